//! The verifier on responses as they come: a corpus of cases, each with its expected outcome.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod certificates;
mod corpus;
mod crypto;
mod logout;
mod metadata;
mod signatures;
#[path = "../support/mod.rs"]
mod support;
mod wycheproof;
