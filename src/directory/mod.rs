//! People and what happens to them, whoever made it happen: JIT, SCIM or an admin.

mod change;
mod email;
mod user;

pub use change::Change;
pub use email::{Email, EmailError};
pub use user::{ManagedBy, Profile, User};
