//! Who may do what, once they are in.

mod permission;
mod session;

pub use permission::Permission;
pub use session::{Cookie, IDLE, Session, SessionSecret, browser_secret};
