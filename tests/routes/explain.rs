//! `POST /api/v1/accounts/{account}/saml/explain`

use crate::scene::{Site, body, members, problem};
use crate::support::corpus::{self, Header, cases};
use crate::support::keys::{certificate, metadata};
use serde_json::{Value, json};

const EXPLAIN: &str = "/api/v1/accounts/acme/saml/explain";

const CHECKS: [&str; 15] = [
    "base64",
    "document",
    "issuer",
    "signature",
    "response_issuer",
    "assertion_issuer",
    "destination",
    "audience",
    "subject_confirmation",
    "conditions",
    "session",
    "authn_context",
    "name_id",
    "in_response_to",
    "request",
];

fn explain(site: &Site, case: &str, more: Value) -> Value {
    let mut input = json!({ "samlResponse": corpus::case(case).form_field() });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let answer = site.post(EXPLAIN).admin().json(&input).send();
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    body(&answer)
}

fn outcomes(explained: &Value) -> Vec<(String, String)> {
    let checks = explained["checks"].as_array().unwrap();
    checks
        .iter()
        .map(|check| (check["name"].as_str().unwrap().into(), check["outcome"].as_str().unwrap().into()))
        .collect()
}

#[test]
fn an_acceptable_response_passes_every_check_and_changes_nothing() {
    let site = Site::with_provider();
    let before = site.database.dump();
    for _ in 0..2 {
        let explained = explain(&site, "accept/policy/assertion-signed", json!({}));
        assert_eq!(members(&explained), ["accepted", "attributes", "checks", "decision", "error", "signed", "subject"]);
        assert_eq!((&explained["accepted"], &explained["error"]), (&json!(true), &json!(null)));
        let passed: Vec<_> = CHECKS.iter().map(|name| ((*name).to_owned(), "passed".to_owned())).collect();
        assert_eq!(outcomes(&explained), passed);
        assert_eq!(members(&explained["checks"][0]), ["expected", "got", "name", "outcome"]);
        assert_eq!(explained["signed"]["element"], "Assertion");
        assert_eq!(explained["signed"]["keyFingerprint"], certificate("idp").fingerprint());
        let canonical = explained["signed"]["canonicalXml"].as_str().unwrap();
        assert!(
            canonical.starts_with("<saml:Assertion xmlns:saml=") && !canonical.contains("Signature"),
            "{canonical}"
        );
        assert_eq!(explained["subject"], json!({ "nameId": "ada@example.com", "email": "ada@example.com" }));
        assert_eq!(explained["attributes"], json!({ "department": ["engineering"] }));
        assert_eq!(explained["decision"]["outcome"], "created_just_in_time");
    }
    assert_eq!(site.database.dump(), before);
}

#[test]
fn every_refusal_of_the_corpus_is_explained_by_its_code_at_one_check() {
    let site = Site::with_provider();
    for case in cases("refuse").iter().filter(|case| is_of_the_usual_provider(&case.header)) {
        if case.header.pending.is_some()
            || !case.header.idp_initiated
            || case.header.refused.as_ref().unwrap().code == "unknown_request"
        {
            continue;
        }
        let explained = explain(
            &site,
            &case.name,
            json!({ "destination": case.header.acs_url, "at": case.header.now.to_rfc3339() }),
        );
        let code = &case.header.refused.as_ref().unwrap().code;
        assert_eq!(
            (&explained["accepted"], &explained["error"]["code"]),
            (&json!(false), &json!(code)),
            "{}",
            case.name
        );
        assert_eq!(members(&explained["error"]), ["code", "expected", "got", "message", "remedy"]);
        let outcomes = outcomes(&explained);
        let names: Vec<_> = outcomes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, CHECKS, "{}", case.name);
        let failed = outcomes.iter().position(|(_, outcome)| outcome == "failed").expect("a check that failed");
        assert!(outcomes[..failed].iter().all(|(_, outcome)| outcome == "passed"), "{}", case.name);
        assert!(outcomes[failed + 1..].iter().all(|(_, outcome)| outcome == "not_reached"), "{}", case.name);
    }
}

fn is_of_the_usual_provider(header: &Header) -> bool {
    header.trusted == ["idp"]
        && header.skew_seconds == 120
        && !header.allow_sha1
        && !header.allow_unknown_request
        && header.authn_context.is_empty()
}

#[test]
fn nothing_unsigned_is_shown_as_signed() {
    let site = Site::with_provider();
    for case in
        ["refuse/digests/assertion-name-id", "refuse/keys/stranger-without-key-info", "refuse/places/unsigned-nothing"]
    {
        let explained = explain(&site, case, json!({}));
        for field in ["signed", "subject", "decision"] {
            assert_eq!(explained[field], json!(null), "{case} {field}");
        }
        assert_eq!(explained["attributes"], json!({}), "{case}");
    }
}

#[test]
fn the_clock_and_the_url_can_be_set() {
    let site = Site::with_provider();
    let late = explain(&site, "accept/policy/assertion-signed", json!({ "at": "2026-11-22T07:00:00+01:00" }));
    assert_eq!(late["accepted"], true);
    let late = explain(&site, "accept/policy/assertion-signed", json!({ "at": "2027-01-01T00:00:00Z" }));
    assert_eq!(late["error"]["code"], "expired");
    assert_eq!(late["subject"]["nameId"], "ada@example.com", "what was signed is shown all the same");
    let short = json!({ "destination": "https://sp.example/saml/acme/acs" });
    assert_eq!(explain(&site, "accept/policy/short-form-of-our-url", short)["accepted"], true);
    assert_eq!(explain(&site, "accept/policy/short-form-of-our-url", json!({}))["error"]["code"], "wrong_destination");
}

#[test]
fn a_replay_and_an_unknown_request_do_not_matter() {
    let site = Site::with_provider();
    site.signed_in();
    let replayed = explain(&site, "accept/policy/assertion-signed", json!({}));
    assert_eq!((&replayed["accepted"], &replayed["decision"]["outcome"]), (&json!(true), &json!("existing_user")));
    assert_eq!(explain(&site, "accept/policy/answer", json!({}))["accepted"], true);
}

#[test]
fn the_provider_can_be_named_and_then_the_issuer_is_checked_against_it() {
    let site = Site::with_provider();
    let other = site.create_provider(json!({ "metadataXml": metadata("https://two.example", &["idp"]) }));
    let named = explain(&site, "accept/policy/both-signed", json!({ "provider": other["id"] }));
    assert_eq!(named["error"]["code"], "wrong_issuer");
    assert_eq!(outcomes(&named)[4], ("response_issuer".into(), "failed".into()));
    let input = json!({ "samlResponse": corpus::case("accept/policy/both-signed").form_field(), "provider": "none" });
    problem(&site.post(EXPLAIN).admin().json(&input).send(), 404);
}

#[test]
fn the_decision_is_shown_with_its_trace() {
    let site = Site::with_provider();
    site.change_provider(&json!({ "jit": { "validationKey": "department", "validationValue": "sales" } }));
    let explained = explain(&site, "accept/policy/assertion-signed", json!({}));
    assert_eq!(explained["error"]["code"], "jit_validation_failed");
    assert_eq!(explained["decision"]["outcome"], "refused");
    assert_eq!(explained["decision"]["trace"][2]["wanted"], "department = sales");
    site.change_provider(&json!({ "enabled": false }));
    assert_eq!(explain(&site, "accept/policy/assertion-signed", json!({}))["error"]["code"], "provider_disabled");
}

#[test]
fn every_field_is_told_what_is_wrong_with_it() {
    let site = Site::with_provider();
    let answer = site.post(EXPLAIN).admin().json(&json!({ "at": "yesterday", "response": "" })).send();
    let codes: Vec<_> =
        problem(&answer, 422)["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(codes, ["/samlResponse", "/at", "/response"]);
    problem(
        &site.post("/api/v1/accounts/nobody/saml/explain").admin().json(&json!({ "samlResponse": "" })).send(),
        404,
    );
}
