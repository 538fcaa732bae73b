//! Resources and lists as they are answered.

use super::document::UserDocument;
use super::{ResourceType, ScimError};
use crate::time::Timestamp;
use serde_json::Value;

/// What is answered of a resource (RFC 7644, 3.9): all of it, some attributes alone, or all but some.
#[derive(Clone, Debug, Default)]
pub struct Projection {}

impl Projection {
    /// Out of the query of a request that answers one resource, as it came.
    pub fn of_query(query: &str, resource: ResourceType) -> Result<Self, ScimError> {
        let _ = (query, resource);
        Ok(Self::default())
    }

    /// Whether anything of an attribute at the top of a resource is answered, e.g. `members` or `groups`: what is not need not be
    /// read.
    pub fn shows(&self, attribute: &str) -> bool {
        let _ = attribute;
        true
    }

    /// What is answered of a whole resource.
    pub fn of(&self, resource: Value) -> Value {
        resource
    }
}

/// What the server says of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// Id.
    pub id: &'a str,
    /// The base that was called, without a slash at its end, e.g. `https://sso.example/scim/v2/acme`.
    pub base: &'a str,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

/// A group that a user is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupReference {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The entity tag of a version (RFC 7644, 3.14).
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// Where a resource is.
pub fn location(base: &str, resource: ResourceType, id: &str) -> String {
    [base, resource.endpoint(), "/", id].concat()
}

/// A user, whole.
pub fn user(document: &UserDocument, groups: &[GroupReference], meta: &Meta<'_>) -> Value {
    let _ = (groups, meta);
    Value::Object(document.object().clone())
}

/// A group, whole but for its members.
pub fn group(display_name: &str, external_id: Option<&str>, meta: &Meta<'_>) -> Value {
    let _ = (display_name, external_id, meta);
    Value::Null
}

/// Members as they are rendered, for a filter that [needs](super::Filter::needs) them.
pub fn members(ids: &[String], base: &str) -> Value {
    let _ = (ids, base);
    Value::Null
}

/// The text of a group's answer: a [`group`] without members, projected, and the ids of its members, so many that they are written
/// one by one. No ids, no `members`.
pub fn group_text(group: Value, projection: &Projection, ids: &mut dyn Iterator<Item = &str>, base: &str) -> String {
    let _ = (projection, ids, base);
    group.to_string()
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    /// How many there are in all, if that is known.
    pub total: Option<u64>,
    /// Place of the first, from 1 on, of a page by index.
    pub start: Option<u64>,
    /// The text of each resource.
    pub resources: Vec<String>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// Where the page before begins.
    pub previous_cursor: Option<String>,
}

impl ListPage {
    /// The text of the answer.
    pub fn text(&self) -> String {
        String::new()
    }
}
