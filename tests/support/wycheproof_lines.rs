//! Prints the vectors, a line of JSON each, for the test of the built module.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a tool of the tests may fail")]

#[path = "wycheproof.rs"]
mod wycheproof_vectors;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use wycheproof_vectors::vectors;

fn main() {
    for vector in vectors() {
        let line = json!({
            "name": vector.name,
            "spki": STANDARD.encode(&vector.spki),
            "algorithm": vector.uri(),
            "message": STANDARD.encode(&vector.message),
            "signature": STANDARD.encode(&vector.signature),
            "verdict": format!("{:?}", vector.verdict).to_lowercase(),
        });
        println!("{line}");
    }
}
