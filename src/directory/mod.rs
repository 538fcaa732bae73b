//! People and what happens to them, whoever made it happen: JIT, SCIM or an admin.

mod change;
mod email;
mod group;
mod invitation;
mod management;
mod membership;
mod user;

pub use change::{Change, Meant};
pub use email::{Email, EmailError, folded};
pub use group::{Group, GroupLink, GroupManager, MAX_NAME, identifier, identifier_base};
pub use invitation::Invitation;
pub use management::{GroupAct, ManagedByScim, UserAct};
pub use membership::{AssertedGroups, ENTRA_GROUPS_LINK, LinkedGroup, Membership, follow};
pub use user::{ManagedBy, Profile, User};
