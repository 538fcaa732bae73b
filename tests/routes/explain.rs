//! `POST /api/v1/accounts/{account}/saml/explain`

use crate::scene::{Site, body, members, problem};
use crate::support::corpus::{self, Header, cases};
use crate::support::keys::{certificate, metadata};
use postern::provider::Encryption;
use serde_json::{Value, json};

const EXPLAIN: &str = "/api/v1/accounts/acme/saml/explain";

const CHECKS: [&str; 18] = [
    "base64",
    "document",
    "issuer",
    "decryption",
    "signature",
    "content",
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
    "enabled",
    "request",
];

const MEMBERS: [&str; 9] =
    ["accepted", "attributes", "checks", "decision", "error", "signatures", "signed", "subject", "unverified"];

fn explain(site: &Site, case: &str, more: Value) -> Value {
    let mut input = json!({ "samlResponse": corpus::case(case).form_field() });
    for (key, value) in more.as_object().unwrap() {
        input[key] = value.clone();
    }
    let answer = site.post(EXPLAIN).admin().json(&input).send();
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    body(&answer)
}

/// The outcome of each check that is not `usual`, with its name.
fn unusual(explained: &Value, usual: &str) -> Vec<(String, String)> {
    outcomes(explained).into_iter().filter(|(_, outcome)| outcome != usual).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, outcome)| ((*name).to_owned(), (*outcome).to_owned())).collect()
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
        assert_eq!(members(&explained), MEMBERS);
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
        assert_eq!(members(&explained["decision"]), ["hypothetical", "outcome", "trace"]);
        assert_eq!(explained["decision"]["outcome"], "created_just_in_time");
        assert_eq!(explained["decision"]["hypothetical"], false);
        assert_eq!(explained["unverified"], json!(null));
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
        let after = &outcomes[failed + 1..];
        let all = |names: &[&str]| after.iter().all(|(name, o)| name == "enabled" || names.contains(&o.as_str()));
        let enabled = after.iter().find(|(name, _)| name == "enabled").map(|(_, outcome)| outcome.as_str());
        let signed = match CHECKS[failed] {
            "base64" | "document" | "issuer" => {
                assert!(after.iter().all(|(_, outcome)| outcome == "not_reached"), "{}", case.name);
                false
            }
            "signature" => {
                assert!(all(&["would_pass", "would_fail", "not_reached"]), "{}: {after:?}", case.name);
                let read = after[0].1 == "would_pass";
                assert_eq!(all(&["would_pass", "would_fail"]), read, "{}: {after:?}", case.name);
                assert_eq!(explained["unverified"].is_object(), read, "{}", case.name);
                assert_eq!(enabled, Some("passed"));
                false
            }
            "decryption" | "content" => {
                assert!(all(&["not_reached"]), "{}: {after:?}", case.name);
                assert_eq!(enabled, Some("passed"));
                false
            }
            _ => {
                assert!(all(&["passed", "failed"]), "{}: {after:?}", case.name);
                assert_eq!(enabled, Some("passed"));
                assert_eq!(explained["unverified"], json!(null), "{}", case.name);
                true
            }
        };
        for field in ["signed", "subject"] {
            assert_eq!(explained[field].is_object(), signed, "{} {field}", case.name);
        }
        let somebody = signed && !outcomes.contains(&("name_id".into(), "failed".into()));
        assert_eq!(explained["decision"].is_object(), somebody, "{}", case.name);
        assert!(!somebody || explained["decision"]["hypothetical"] == true, "{}", case.name);
        let holds =
            |signature: &Value| signature["checks"].as_array().unwrap().iter().all(|c| c["outcome"] == "passed");
        let signatures = explained["signatures"].as_array().unwrap();
        assert!(signatures.iter().all(|s| s["canonicalXml"].is_string() == holds(s)), "{}", case.name);
        let all_hold = !signatures.is_empty() && signatures.iter().all(holds);
        let can_be_told = CHECKS[failed] != "decryption";
        assert!(!can_be_told || all_hold == (failed > SIGNATURE), "{}", case.name);
    }
}

/// The place of `signature` among the checks.
const SIGNATURE: usize = 4;

fn is_of_the_usual_provider(header: &Header) -> bool {
    header.trusted == ["idp"]
        && header.skew_seconds == 120
        && !header.allow_sha1
        && header.encryption == Encryption::Off
        && !header.allow_unknown_request
        && header.authn_context.is_empty()
}

#[test]
fn what_cannot_be_decrypted_is_explained_at_a_check_of_its_own() {
    let site = Site::with_provider();
    site.post("/api/v1/accounts/acme/keys").admin().json(&json!({ "purpose": "encryption" })).send();
    site.change_provider(&json!({ "encryption": "accept" }));
    let all: Vec<_> = cases("refuse/encryption").into_iter().chain(cases("accept/encryption")).collect();
    let mut tried = 0;
    for case in all.iter().filter(|case| case.header.encryption == Encryption::Accept) {
        for (content, plaintext) in &case.header.decrypts {
            site.crypto.knows(content, plaintext);
        }
        let explained = explain(&site, &case.name, json!({ "at": case.header.now.to_rfc3339() }));
        let outcomes = outcomes(&explained);
        let of = |check: &str| outcomes.iter().find(|(name, _)| name == check).map(|(_, outcome)| outcome.as_str());
        let names: Vec<_> = outcomes.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, CHECKS, "{}", case.name);
        let Some(refused) = &case.header.refused else {
            assert_eq!((&explained["accepted"], of("decryption")), (&json!(true), Some("passed")), "{}", case.name);
            continue;
        };
        assert_eq!(explained["error"]["code"], refused.code, "{}", case.name);
        let is_around = refused.detail.as_deref() == Some("Response");
        let expected = match refused.code.as_str() {
            "decryption_failed" | "encryption_malformed" | "encryption_algorithm_not_allowed" => "failed",
            "comment_not_allowed" | "unknown_issuer" | "assertion_misplaced" => "not_reached",
            "too_many_assertions" if of("document") == Some("failed") => "not_reached",
            _ if is_around => "not_reached",
            _ => "passed",
        };
        assert_eq!(of("decryption"), Some(expected), "{}", case.name);
        tried += 1;
    }
    assert!(tried > 150, "{tried}");
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
fn what_nobody_trusted_signed_is_told_as_what_it_claims() {
    let site = Site::with_provider();
    let stranger = explain(&site, "refuse/keys/stranger-without-key-info", json!({}));
    assert_eq!(stranger["error"]["code"], "wrong_key");
    let claimed: Vec<_> =
        CHECKS[SIGNATURE + 1..].iter().filter(|name| **name != "enabled").map(|n| (*n, "would_pass")).collect();
    let expected: Vec<_> = [("signature", "failed")].into_iter().chain(claimed).collect();
    assert_eq!(unusual(&stranger, "passed"), named(&expected));
    let claims = &stranger["unverified"];
    assert_eq!(claims["nameId"], "ada@example.com");
    assert_eq!(claims["audiences"], json!([corpus::AUDIENCE]));
    assert_eq!(claims["recipients"], json!([corpus::ACS_URL]));
    assert_eq!(claims["assertionIssuer"], corpus::ISSUER);
    let late = explain(&site, "refuse/keys/stranger-without-key-info", json!({ "at": "2027-01-01T00:00:00Z" }));
    assert_eq!(late["error"]["code"], "wrong_key", "the first failure is the error");
    let outcomes = outcomes(&late);
    assert!(outcomes.contains(&("conditions".into(), "would_fail".into())), "{outcomes:?}");
    assert!(outcomes.contains(&("audience".into(), "would_pass".into())), "{outcomes:?}");
}

#[test]
fn the_issuer_of_nobody_is_told_with_what_the_response_claims() {
    let site = Site::with_provider();
    let explained = explain(&site, "refuse/policy/issuer-of-response-unknown", json!({}));
    assert_eq!(explained["error"]["code"], "unknown_issuer");
    assert_eq!(explained["unverified"]["nameId"], "ada@example.com");
    assert_eq!(explained["signatures"], json!([]), "there is no key to look at them with");
}

#[test]
fn each_signature_is_told_step_by_step() {
    let site = Site::with_provider();
    let both = explain(&site, "accept/policy/both-signed", json!({}));
    let signatures = both["signatures"].as_array().unwrap();
    assert_eq!(signatures.iter().map(|s| &s["element"]).collect::<Vec<_>>(), ["Response", "Assertion"]);
    for signature in signatures {
        let names: Vec<_> = signature["checks"].as_array().unwrap().iter().map(|c| &c["name"]).collect();
        assert_eq!(names, ["shape", "algorithm", "digest", "key"]);
        assert_eq!(steps(signature), ["passed"; 4]);
        assert_eq!(signature["keyFingerprint"], certificate("idp").fingerprint());
        assert_eq!(signature["signatureAlgorithm"], "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256");
        assert_eq!(signature["digestAlgorithm"], "http://www.w3.org/2001/04/xmlenc#sha256");
        assert_eq!(signature["canonicalization"], "http://www.w3.org/2001/10/xml-exc-c14n#");
        assert_eq!(signature["transforms"][0], "http://www.w3.org/2000/09/xmldsig#enveloped-signature");
        assert_eq!(signature["checks"][2]["expected"], signature["checks"][2]["got"]);
        let start = format!(
            "<sam{}:{} ",
            if signature["element"] == "Response" { "lp" } else { "l" },
            signature["element"].as_str().unwrap()
        );
        assert!(signature["canonicalXml"].as_str().unwrap().starts_with(&start));
    }
    assert_eq!(both["signed"]["canonicalXml"], signatures[0]["canonicalXml"]);

    for (case, expected) in [
        ("refuse/digests/assertion-name-id", ["passed", "passed", "failed", "passed"]),
        ("refuse/keys/stranger-without-key-info", ["passed", "passed", "passed", "failed"]),
        ("refuse/algorithms/signature-rsa-sha1", ["not_reached", "failed", "not_reached", "not_reached"]),
        ("refuse/signature/an-unknown-element-in-signed-info", ["failed", "not_reached", "not_reached", "not_reached"]),
    ] {
        let signature = &explain(&site, case, json!({}))["signatures"][0];
        assert_eq!(steps(signature), expected, "{case}");
        assert_eq!(signature["canonicalXml"], json!(null), "{case}");
    }
}

fn steps(signature: &Value) -> Vec<&Value> {
    signature["checks"].as_array().unwrap().iter().map(|check| &check["outcome"]).collect()
}

#[test]
fn the_certificate_that_a_signature_names_is_shown_and_not_trusted() {
    let site = Site::with_provider();
    let stranger = explain(&site, "refuse/keys/stranger-with-their-certificate", json!({}));
    let named = &stranger["signatures"][0]["namedCertificate"];
    let fingerprint = certificate("attacker").fingerprint().to_owned();
    assert_eq!((&named["fingerprint"], &named["configured"]), (&json!(fingerprint), &json!(false)));
    assert_eq!(named["subject"], certificate("attacker").subject());
    assert_eq!(stranger["signatures"][0]["keyFingerprint"], json!(null));
    assert!(stranger["error"]["got"].as_str().unwrap().contains(&fingerprint), "{}", stranger["error"]);
    assert!(stranger["error"]["expected"].as_str().unwrap().contains(certificate("idp").fingerprint()));
    let posing = explain(&site, "refuse/keys/stranger-with-our-certificate", json!({}));
    assert_eq!(posing["signatures"][0]["namedCertificate"]["configured"], true);
    assert_eq!(posing["signatures"][0]["keyFingerprint"], json!(null));
    assert_eq!((&posing["error"]["code"], &posing["signed"]), (&json!("wrong_key"), &json!(null)));
}

#[test]
fn the_clock_and_the_url_can_be_set() {
    let site = Site::with_provider();
    let late = explain(&site, "accept/policy/assertion-signed", json!({ "at": "2026-11-22T07:00:00+01:00" }));
    assert_eq!(late["accepted"], true);
    let late = explain(&site, "accept/policy/assertion-signed", json!({ "at": "2027-01-01T00:00:00Z" }));
    assert_eq!(late["error"]["code"], "expired");
    assert_eq!(late["subject"]["nameId"], "ada@example.com", "what was signed is shown all the same");
    assert_eq!(unusual(&late, "passed"), named(&[("subject_confirmation", "failed"), ("conditions", "failed")]));
    assert_eq!(late["accepted"], false);
    assert_eq!(
        (&late["decision"]["outcome"], &late["decision"]["hypothetical"]),
        (&json!("created_just_in_time"), &json!(true))
    );
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
    assert_eq!(
        unusual(&named, "passed"),
        [("response_issuer".into(), "failed".into()), ("assertion_issuer".into(), "failed".into())]
    );
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
    let disabled = explain(&site, "accept/policy/assertion-signed", json!({}));
    assert_eq!(disabled["error"]["code"], "provider_disabled");
    assert_eq!(unusual(&disabled, "passed"), named(&[("enabled", "failed")]));
    assert_eq!(
        (&disabled["decision"]["outcome"], &disabled["decision"]["hypothetical"]),
        (&json!("refused"), &json!(true))
    );
}

#[test]
fn a_refusal_before_a_provider_is_found_is_explained_in_the_words_of_the_kind_that_all_have() {
    let site = Site::with_provider();
    let remedy = || {
        let explained = explain(&site, "refuse/policy/issuer-of-response-unknown", json!({}));
        explained["error"]["remedy"].as_str().unwrap().to_owned()
    };
    site.change_provider(&json!({ "kind": "okta" }));
    assert!(remedy().contains("Okta"), "{}", remedy());
    site.create_provider(json!({ "kind": "entra", "metadataXml": metadata("https://two.example", &["idp"]) }));
    assert!(!remedy().contains("Okta") && !remedy().contains("Entra"), "{}", remedy());
    let nothing = site.post(EXPLAIN).admin().json(&json!({ "samlResponse": "-", "provider": "none" })).send();
    problem(&nothing, 404);
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
