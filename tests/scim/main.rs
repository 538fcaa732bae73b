//! SCIM's rules on documents and patches as clients send them: cases as data, each with its expected outcome.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod bounds;
mod bulk;
mod clients;
mod documents;
mod patches;

use postern::scim::{Quirk, ScimError};
use serde_json::{Value, json};

/// The cases of a file. A file without cases tests nothing.
fn cases(text: &str) -> Vec<Value> {
    let cases: Vec<Value> = serde_json::from_str(text).unwrap();
    assert!(!cases.is_empty());
    cases
}

fn name(case: &Value) -> &str {
    case["name"].as_str().unwrap()
}

/// An error as cases have it: its `scimType` and our name for the rule.
fn error(error: &ScimError) -> Value {
    assert!(!error.detail().is_empty());
    json!({"error": [error.scim_type(), error.code()]})
}

fn quirks(quirks: &[Quirk]) -> Value {
    let mut names: Vec<&str> = quirks.iter().map(|quirk| quirk.name()).collect();
    names.sort_unstable();
    json!(names)
}

/// Which corrections a case expects: none, unless it says so.
fn expected_quirks(case: &Value) -> Value {
    let mut names: Vec<&str> = case["quirks"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    json!(names)
}
