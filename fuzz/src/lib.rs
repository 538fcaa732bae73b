//! What the fuzz targets share.

pub mod honest;
pub mod mutate;
#[path = "../../xml/tests/peer/mod.rs"]
pub mod peer;
pub mod random;
pub mod scheme;
pub mod spans;
