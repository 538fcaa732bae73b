//! Postern: single sign-on at the CDN.
//!
//! Identity providers send users and their SAML responses to an edge URL; this crate verifies them, decides whether a new
//! user may be created just in time, opens the session and answers. It is one Worker of WebAssembly over D1.
//!
//! The core is pure: it knows no platform, no clock and no randomness but what it is given, and runs natively in tests.
//! Two seams lead out of it, [`crypto::Crypto`] and [`store::Store`]. `edge` is the Worker: it exists in WebAssembly only.
//!
//! | module | what is in it |
//! |---|---|
//! | [`saml`] | bytes to a verified assertion |
//! | [`jit`] | assertion and settings to a decision |
//! | [`directory`] | users and what happens to them |
//! | [`access`] | sessions and cookies |
//! | `portable` | lines of an import to rows |
//! | `strict` | JSON from outside |
//! | [`provider`] | what an admin configures |
//! | [`scim`] | what SCIM 2.0 says, as functions over JSON |
//! | [`store`] | all SQL, plans and commits |
//! | [`journey`] | each request, top to bottom |

pub mod access;
pub mod account_key;
pub mod crypto;
pub mod deployment;
pub mod directory;
#[cfg(target_arch = "wasm32")]
mod edge;
pub mod fields;
pub mod http;
pub mod id;
pub mod jit;
pub mod journey;
pub mod outbound;
mod portable;
mod problem;
pub mod provider;
pub mod refusal;
mod remedy;
pub mod saml;
pub mod scim;
pub mod store;
mod strict;
pub mod time;
