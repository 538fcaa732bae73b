//! Who may do what, once they are in.

mod session;

pub use session::{Cookie, IDLE, Session, SessionSecret, browser_secret};
