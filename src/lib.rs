//! Postern: single sign-on at the CDN.
#![doc = "See ARCHITECTURE.md for the walks of data."]
pub mod crypto;
pub mod id;
pub mod saml;
pub mod time;
