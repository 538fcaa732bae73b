//! What happens on a request, read top to bottom: one file a journey. A journey reads, decides with the pure parts, and
//! commits what was decided; then it answers.

pub mod admin;
mod configuration;
mod known;
mod login;
mod logout;
mod metadata;
mod page;
mod route;
mod scim;
mod session;
mod sign_in;
mod trial;
mod upkeep;

pub use configuration::Configurations;
pub use metadata::look_at_due;
pub use route::{Endpoint, Needs, ROUTES, body_limit, route};
pub use upkeep::upkeep;

use crate::crypto::{Crypto, CryptoError};
use crate::deployment::Deployment;
use crate::http::Answer;
use crate::id;
use crate::outbound::Outbound;
use crate::store::{Store, StoreError};
use crate::time::Timestamp;

/// Why a journey ends before its end: `?` does it.
#[derive(Debug)]
enum Ending {
    /// It has its answer already.
    Answer(Answer),
    /// The store failed.
    Store(StoreError),
    /// Our own cryptography failed.
    Crypto(CryptoError),
}

impl std::fmt::Display for Ending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Answer(answer) => write!(f, "an answer of status {}", answer.status),
            Self::Store(error) => error.fmt(f),
            Self::Crypto(error) => error.fmt(f),
        }
    }
}

impl From<Answer> for Ending {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<CryptoError> for Ending {
    fn from(error: CryptoError) -> Self {
        Self::Crypto(error)
    }
}

impl From<StoreError> for Ending {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What a journey is given: everything that is not the request.
#[derive(Debug)]
pub struct Postern<'a, S, C> {
    /// The database.
    pub store: &'a S,
    /// Public-key cryptography and randomness.
    pub crypto: &'a C,
    /// Other people's servers.
    pub outbound: &'a dyn Outbound,
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
