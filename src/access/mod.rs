//! Who may do what, once they are in.

mod binding;
mod permission;
pub mod record;
mod role;
mod session;
pub(crate) mod stored;

pub use binding::{
    Grant, Loss, Place, Principal, Resource, ResourceType, Scope, losses, permissions, permissions_anywhere, reasons,
};
pub use permission::{Permission, Permissions};
pub use role::{ALL_RESOURCES, ALL_RESOURCES_NAME, BUILT_IN_ROLES, BuiltInRole};
pub use session::{Cookie, IDLE, Session, SessionRow, SessionSecret, browser_secret};
