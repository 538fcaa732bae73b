//! Every route, called natively: the journeys as the Worker runs them, on a database in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod access;
mod accounts;
mod admin_faults;
mod authorization;
mod bad_input;
mod corpus;
mod directory;
mod drafts;
mod dry_run;
mod explain;
mod faults;
mod groups;
mod jit;
mod keys;
mod login;
mod logout;
mod logs;
mod metadata;
mod odd_rows;
mod overtaken;
mod pages;
mod permitted;
mod portable;
mod providers;
mod records;
mod rule_groups;
mod scene;
mod scim;
mod scim_model;
mod session;
mod sign_in;
mod sign_ins;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod users;
