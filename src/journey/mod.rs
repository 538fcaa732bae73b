//! What happens on a request, read top to bottom: one file a journey. A journey reads, decides with the pure parts, and
//! commits what was decided; then it answers.

pub mod admin;
mod configuration;
mod login;
mod page;
mod route;
mod session;
mod sign_in;
mod upkeep;

pub use configuration::Configurations;
pub use route::{Endpoint, ROUTES, body_limit, route};
pub use upkeep::upkeep;

use crate::crypto::Crypto;
use crate::deployment::Deployment;
use crate::id;
use crate::store::Store;
use crate::time::Timestamp;

/// What a journey is given: everything that is not the request.
#[derive(Debug)]
pub struct Postern<'a, S, C> {
    /// The database.
    pub store: &'a S,
    /// Public-key cryptography and randomness.
    pub crypto: &'a C,
    /// Configuration of the Worker.
    pub deployment: &'a Deployment,
    /// Configuration of accounts that this isolate has read.
    pub configurations: &'a Configurations,
    /// The time of the request.
    pub now: Timestamp,
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    fn fresh_id(&self) -> String {
        id::fresh(self.crypto, self.now)
    }
}
