//! `/api/v1/accounts/{account}/sign-ins`

use crate::scene::{Site, body, members, problem};
use postern::time::Duration;
use serde_json::json;

const SIGN_INS: &str = "/api/v1/accounts/acme/sign-ins";

#[test]
fn attempts_are_listed_the_newest_first_and_read() {
    let site = Site::with_provider();
    site.signed_in();
    site.wait(Duration(1));
    site.sign_in("refuse/policy/audience-other");
    let list = body(&site.get(SIGN_INS).admin().send());
    let [refused, signed_in] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    for item in [refused, signed_in] {
        assert_eq!(
            members(item),
            ["at", "decision", "email", "error", "id", "initiatedBy", "nameId", "outcome", "provider", "trace", "user"]
        );
        assert_eq!(members(&item["provider"]), ["id", "name"]);
        let read = site.get(&format!("{SIGN_INS}/{}", item["id"].as_str().unwrap())).admin().send();
        assert_eq!((read.status, &body(&read)), (200, item));
    }
    assert_eq!(members(&signed_in["user"]), ["email", "id"]);
    assert_eq!((&signed_in["outcome"], &signed_in["error"]), (&json!("signed_in"), &json!(null)));
    assert_eq!((&signed_in["initiatedBy"], &signed_in["decision"]), (&json!("idp"), &json!("created_just_in_time")));
    assert_eq!(members(&signed_in["trace"][0]), ["got", "matched", "rule", "wanted"]);
    assert_eq!((&refused["outcome"], &refused["user"]), (&json!("refused"), &json!(null)));
    assert_eq!(
        refused["error"],
        json!({
            "code": "wrong_audience",
            "message": "the assertion is meant for another audience",
            "expected": "sp.example",
            "got": "other.example",
            "remedy": "In Okta, set “Audience URI (SP Entity ID)” to the expected value.",
        })
    );
    problem(&site.get(&format!("{SIGN_INS}/none")).admin().send(), 404);
    problem(&site.get("/api/v1/accounts/nobody/sign-ins").admin().send(), 404);
}

#[test]
fn attempts_are_filtered_by_outcome_and_paged() {
    let site = Site::with_provider();
    for case in ["accept/policy/assertion-signed", "refuse/xml/malformed-json", "refuse/places/unsigned-nothing"] {
        site.sign_in(case);
        site.wait(Duration(1));
    }
    let list = |query: &str| body(&site.get(&format!("{SIGN_INS}{query}")).admin().send());
    let count = |query| list(query)["items"].as_array().unwrap().len();
    assert_eq!((count(""), count("?outcome=refused"), count("?outcome=signed_in"), count("?outcome=")), (3, 2, 1, 3));
    let first = list("?outcome=refused&limit=1");
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = list(&format!("?outcome=refused&limit=1&cursor={cursor}"));
    assert_eq!((&second["nextCursor"], &second["items"][0]["error"]["code"]), (&json!(null), &json!("not_xml")));
    problem(&site.get(&format!("{SIGN_INS}?outcome=maybe")).admin().send(), 400);
}

#[test]
fn what_nobody_has_vouched_for_is_not_logged_as_if_somebody_had() {
    let site = Site::with_provider();
    site.sign_in("refuse/digests/assertion-name-id");
    let item = body(&site.get(SIGN_INS).admin().send())["items"][0].clone();
    for field in ["email", "nameId", "user", "decision", "initiatedBy"] {
        assert_eq!(item[field], json!(null), "{field}");
    }
    assert!(!item.to_string().contains("mallory"), "{item}");
}

#[test]
fn a_long_value_from_outside_is_cut() {
    let site = Site::with_provider();
    let issuer = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
                          <saml:Issuer>{}</saml:Issuer><saml:Assertion/></samlp:Response>",
        "ä".repeat(5000)
    );
    use base64::Engine;
    let field = base64::engine::general_purpose::STANDARD.encode(issuer);
    assert_eq!(site.post(crate::scene::LONG_ACS).response(&field).send().status, 403);
    let item = body(&site.get(SIGN_INS).admin().send())["items"][0].clone();
    assert_eq!(item["error"]["got"].as_str().unwrap().chars().count(), 301);
}
