//! What the native tests share. Each test program uses a part of it.
#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod corpus;
pub(crate) mod crypto;
pub(crate) mod database;
pub(crate) mod keys;
pub(crate) mod logout_corpus;
pub(crate) mod outbound;
pub(crate) mod wycheproof;
