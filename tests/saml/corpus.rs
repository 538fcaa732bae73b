//! Every case comes to what its file says: to an identity, or to the very error of its rule. Most forged responses would
//! fail the RSA check too, so "refused" alone would prove nothing about the rule.

use crate::support::corpus::{Accepted, Case, Refused, cases};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_response_to_accept_is_accepted_as_what_it_says() {
    fail_if_any(cases("accept").iter().filter_map(|case| {
        let expected: &Accepted = case.header.accepted.as_ref().expect("an outcome");
        match case.verify_natively() {
            Err(error) => Some(format!("{}: {error} ({:?})", case.name, Refused::of(&error))),
            Ok(verified) => {
                let got = expected.of(&verified);
                (got != *expected).then(|| format!("{}:\n  wanted {expected:?}\n  got    {got:?}", case.name))
            }
        }
    }));
}

#[test]
fn every_response_to_refuse_is_refused_by_its_rule() {
    fail_if_any(cases("refuse").iter().filter_map(|case| {
        let expected = case.header.refused.as_ref().expect("an outcome");
        match case.verify_natively() {
            Ok(verified) => Some(format!("{}: accepted as {}", case.name, verified.assertion.name_id().value)),
            Err(error) => {
                let got = Refused::of(&error);
                (got != *expected).then(|| format!("{}:\n  wanted {expected:?}\n  got    {got:?}", case.name))
            }
        }
    }));
}

#[test]
fn every_code_has_a_case_but_those_that_no_document_can_cause() {
    let refusals = cases("refuse");
    let tried: BTreeSet<&str> = refusals.iter().filter_map(code).collect();
    let exceptions: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(include_str!("codes-without-a-case.json")).unwrap();
    fail_if_any(codes().iter().filter_map(|code| {
        match (tried.contains(code.as_str()), exceptions.contains_key(code)) {
            (true, false) | (false, true) => None,
            (true, true) => Some(format!("{code} has a case and is listed as an exception")),
            (false, false) => Some(format!("{code} has no case")),
        }
    }));
    for (exception, reason) in &exceptions {
        assert!(codes().contains(exception), "{exception} is no code of SamlError");
        assert!(reason.as_str().is_some_and(|reason| !reason.is_empty()), "{exception} has no reason");
    }
}

fn code(case: &Case) -> Option<&str> {
    case.header.refused.as_ref().map(|refused| refused.code.as_str())
}

/// Every code that `SamlError::code` can answer with. Read from its source, so that a new one cannot be forgotten here.
fn codes() -> BTreeSet<String> {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/saml/error.rs")).unwrap();
    let after_arrows = source.split("=> \"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(code, _)| code);
    let codes: BTreeSet<String> = after_arrows
        .filter(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()))
        .map(str::to_owned)
        .collect();
    assert!(codes.len() > 40, "the codes are not found in the source any more: {codes:?}");
    codes
}

fn fail_if_any(failures: impl Iterator<Item = String>) {
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
