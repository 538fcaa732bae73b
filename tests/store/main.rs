//! Every statement of `src/store` against the real schema: what it finds and changes, which constraint holds it, by which
//! index it goes, and what a commit is worth when the database fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod account_keys;
mod commits;
mod constraints;
mod directory;
mod filters;
mod logouts;
mod logs;
mod portable;
mod query_plans;
mod scene;
mod sessions;
mod single_use;
#[path = "../support/mod.rs"]
mod support;
mod tenants;
mod token_roles;
mod upkeep;
