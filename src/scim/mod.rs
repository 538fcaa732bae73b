//! SCIM 2.0 (RFC 7643, 7644 and 9865) as pure functions over JSON: no store and no HTTP.
//!
//! The order of reading: a request's JSON goes through [`dialect`], which makes what real clients send into what the RFCs say, then
//! into a [`document`] or a [`patch`]. A list is asked for by a [`query`] with a [`filter`]. [`render`] makes the answer.
//! Everything is driven by the tables of [`schema`]: there is no code for one attribute but where it means something here.

pub mod bulk;
pub mod cursor;
pub mod dialect;
pub mod discovery;
pub mod document;
pub mod error;
pub mod filter;
pub mod patch;
pub mod path;
pub mod query;
pub mod render;
pub mod schema;
mod value;

pub use bulk::{Bulk, BulkOperation};
pub use cursor::{Cursor, Mark};
pub use dialect::{Client, Quirk};
pub use document::{GroupDocument, UserDocument};
pub use error::ScimError;
pub use filter::{Filter, Lookup, Needed};
pub use patch::{GroupPatch, MemberChange, Patch};
pub use query::{ListQuery, Page, Sort};
pub use render::{GroupReference, ListPage, Meta, Projection};

/// Schema of a user.
pub const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// Schema of what a user is in an enterprise.
pub const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// Schema of a group.
pub const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// Schema of an error.
pub const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// Schema of a list.
pub const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// Schema of a search.
pub const SEARCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
/// Schema of a patch.
pub const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Schema of many requests in one.
pub const BULK_REQUEST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// Schema of the answer to many requests in one.
pub const BULK_RESPONSE_URN: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
/// Media type of every answer (RFC 7644, 8.1).
pub const MEDIA_TYPE: &str = "application/scim+json";

/// A type of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceType {
    /// A person.
    User,
    /// A group of people.
    Group,
}

impl ResourceType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Group];

    /// Its name, as in `meta.resourceType`.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    /// Where its resources are, below the base.
    pub fn endpoint(self) -> &'static str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
        }
    }

    /// Its core schema.
    pub fn urn(self) -> &'static str {
        match self {
            Self::User => USER_URN,
            Self::Group => GROUP_URN,
        }
    }
}
