//! `/api/v1/accounts/{account}/providers`

use crate::scene::{Site, body, members, problem, provider_input};
use crate::support::corpus::ISSUER;
use crate::support::keys::{certificate, metadata};
use postern::http::{Answer, Method};
use serde_json::{Value, json};

const PROVIDERS: &str = "/api/v1/accounts/acme/providers";

fn site() -> Site {
    let site = Site::new();
    site.create_account("acme");
    site
}

fn path(provider: &Value) -> String {
    format!("{PROVIDERS}/{}", provider["id"].as_str().unwrap())
}

fn patch(site: &Site, provider: &Value, version: &str, input: &Value) -> Answer {
    site.call(Method::Patch, &path(provider)).admin().header("if-match", version).json(input).send()
}

#[track_caller]
fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem = problem(answer, 422);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[test]
fn a_provider_is_made_from_its_metadata() {
    let site = site();
    let xml = metadata(ISSUER, &["idp", "idp-4096"]);
    let answer =
        site.post(PROVIDERS).admin().json(&provider_input(json!({ "metadataXml": format!("\u{feff}{xml}\n") }))).send();
    assert_eq!((answer.status, answer.header("etag")), (201, Some("\"1\"")));
    let provider = body(&answer);
    assert_eq!(answer.header("location"), Some(path(&provider).as_str()));
    assert_eq!(
        members(&provider),
        [
            "acceptUsersOfOtherProviders",
            "allowIdpInitiated",
            "allowSha1",
            "allowUnknownInResponseTo",
            "allowedEmailDomains",
            "attributeMapping",
            "authorization",
            "certificates",
            "clockSkewSeconds",
            "createdAt",
            "draft",
            "enabled",
            "encryption",
            "entityId",
            "forceAuthn",
            "generation",
            "id",
            "jit",
            "kind",
            "metadataError",
            "metadataRefreshedAt",
            "metadataSigningCertificate",
            "metadataUrl",
            "name",
            "nameIdFormat",
            "requestedAuthnContext",
            "signRequests",
            "sloBinding",
            "sloResponseUrl",
            "sloUrl",
            "sp",
            "spEntityId",
            "ssoBinding",
            "ssoUrl",
            "updatedAt",
            "version",
            "warnings",
        ]
    );
    for (field, value) in [
        ("name", json!("Corpus")),
        ("kind", json!("okta")),
        ("enabled", json!(true)),
        ("entityId", json!(ISSUER)),
        ("ssoUrl", json!("https://idp.example/sso")),
        ("ssoBinding", json!("redirect")),
        ("sloUrl", json!(null)),
        ("sloResponseUrl", json!(null)),
        ("sloBinding", json!(null)),
        ("spEntityId", json!(null)),
        ("allowIdpInitiated", json!(true)),
        ("clockSkewSeconds", json!(120)),
        ("jit", json!({ "enabled": true, "validationKey": null, "validationValue": null, "rules": [] })),
        ("version", json!(1)),
        ("warnings", json!([])),
        ("createdAt", json!("2026-11-22T06:00:00.000Z")),
    ] {
        assert_eq!(provider[field], value, "{field}");
    }
    assert_eq!(
        provider["certificates"][1],
        json!({
            "fingerprint": certificate("idp-4096").fingerprint(),
            "subject": "Corpus identity provider 4096",
            "notBefore": "2026-01-01T00:00:00.000Z",
            "notAfter": "2046-01-01T00:00:00.000Z",
            "algorithm": "RSA",
            "bits": 4096,
        })
    );
    let id = provider["id"].as_str().unwrap();
    assert_eq!(
        provider["sp"],
        json!({
            "entityId": "sp.example",
            "acsUrl": "https://sp.example/gateway/api/users/saml-login?accountId=acme",
            "acsUrlShort": "https://sp.example/saml/acme/acs",
            "sloUrl": "https://sp.example/saml/acme/slo",
            "metadataUrl": format!("https://sp.example/saml/acme/metadata?provider={id}"),
            "loginUrl": format!("https://sp.example/saml/acme/login?provider={id}"),
            "testUrl": format!("https://sp.example/saml/acme/login?provider={id}&test=1"),
        })
    );
    let read = site.get(&path(&provider)).admin().send();
    assert_eq!((read.status, read.header("etag"), body(&read)), (200, Some("\"1\""), provider.clone()));
    assert_eq!(body(&site.get(PROVIDERS).admin().send()), json!({ "items": [provider], "nextCursor": null }));
}

#[test]
fn every_field_is_told_what_is_wrong_with_it() {
    let site = site();
    let weak = metadata(ISSUER, &["rsa-1024"]);
    let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for (settings, expected) in [
        (json!({ "name": "" }), vec![pair("/name", "required")]),
        (json!({ "kind": "adfs" }), vec![pair("/kind", "unknown_value")]),
        (json!({ "metadataXml": null }), vec![pair("/metadataXml", "required")]),
        (json!({ "metadataXml": "<a/>" }), vec![pair("/metadataXml", "metadata_not_usable")]),
        (json!({ "metadataXml": weak }), vec![pair("/metadataXml", "metadata_not_usable")]),
        (json!({ "metadataXml": "x".repeat(256 * 1024 + 1) }), vec![pair("/metadataXml", "too_long")]),
        (json!({ "enabled": "yes" }), vec![pair("/enabled", "wrong_type")]),
        (json!({ "clockSkewSeconds": 301 }), vec![pair("/clockSkewSeconds", "out_of_range")]),
        (json!({ "clockSkewSeconds": -1 }), vec![pair("/clockSkewSeconds", "out_of_range")]),
        (json!({ "clockSkewSeconds": 1.5 }), vec![pair("/clockSkewSeconds", "out_of_range")]),
        (json!({ "jit": true }), vec![pair("/jit", "wrong_type")]),
        (json!({ "jit": { "validationKey": "a" } }), vec![pair("/jit/validationValue", "half_filled")]),
        (
            json!({ "jit": { "validationValue": "a", "validationKey": "" } }),
            vec![pair("/jit/validationKey", "half_filled")],
        ),
        (json!({ "jit": { "rule": [] } }), vec![pair("/jit/rule", "unknown_field")]),
        (
            json!({ "certificates": [], "name": 7 }),
            vec![pair("/name", "wrong_type"), pair("/certificates", "unknown_field")],
        ),
    ] {
        let answer = site.post(PROVIDERS).admin().json(&provider_input(settings.clone())).send();
        assert_eq!(errors(&answer), expected, "{settings}");
    }
    assert_eq!(site.database.count("providers"), 0);
}

#[test]
fn blank_validation_admits_everyone() {
    let site = site();
    let provider =
        site.create_provider(json!({ "jit": { "enabled": true, "validationKey": " ", "validationValue": "" } }));
    assert_eq!(
        provider["jit"],
        json!({ "enabled": true, "validationKey": null, "validationValue": null, "rules": [] })
    );
}

#[test]
fn a_merge_patch_changes_what_it_names() {
    let site = site();
    let provider = site.create_provider(json!({ "clockSkewSeconds": 60, "spEntityId": "urn:own", "jit": { "enabled": true, "validationKey": "a", "validationValue": "b" } }));
    site.wait(postern::time::Duration::seconds(1));
    let answer = patch(
        &site,
        &provider,
        "\"1\"",
        &json!({ "name": "Renamed", "clockSkewSeconds": null, "jit": { "enabled": false } }),
    );
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"2\"")));
    let mut expected = provider.clone();
    expected["name"] = json!("Renamed");
    expected["clockSkewSeconds"] = json!(120);
    expected["jit"]["enabled"] = json!(false);
    expected["version"] = json!(2);
    expected["updatedAt"] = json!("2026-11-22T06:00:01.000Z");
    assert_eq!(body(&answer), expected);
    assert_eq!(body(&site.get(&path(&provider)).admin().send()), expected);
    let reset = body(&patch(&site, &provider, "\"2\"", &json!({ "spEntityId": null, "jit": null })));
    assert_eq!(
        (&reset["spEntityId"], &reset["jit"]),
        (&json!(null), &json!({ "enabled": false, "validationKey": null, "validationValue": null, "rules": [] }))
    );
    assert_eq!(
        errors(&patch(&site, &provider, "\"3\"", &json!({ "name": null, "kind": null, "metadataXml": null }))).len(),
        3
    );
    assert_eq!(
        site.database.select("SELECT action, version, before IS NULL, after IS NULL FROM changes WHERE resource LIKE 'provider/%' ORDER BY version"),
        ["provider.created|1|1|0", "provider.updated|2|0|0", "provider.updated|3|0|0"]
    );
}

#[test]
fn new_metadata_brings_new_keys() {
    let site = site();
    let provider = site.create_provider(json!({}));
    assert_eq!(site.sign_in("accept/policy/second-certificate-signs").status, 403);
    let both = metadata(ISSUER, &["idp", "idp-next"]);
    assert_eq!(patch(&site, &provider, "\"1\"", &json!({ "metadataXml": both })).status, 200);
    assert_eq!(site.sign_in("accept/policy/second-certificate-signs").status, 303);
}

#[test]
fn a_change_names_the_version_it_starts_from() {
    let site = site();
    let provider = site.create_provider(json!({}));
    let path = path(&provider);
    for method in [Method::Patch, Method::Delete] {
        problem(&site.call(method, &path).admin().json(&json!({})).send(), 428);
        let with = |header: &str| site.call(method, &path).admin().header("if-match", header).json(&json!({})).send();
        for any in ["*", " *\t"] {
            problem(&with(any), 428);
        }
        for stale in [
            "",
            "\"2\"",
            "\"0\"",
            "1",
            "W/\"1\"",
            "\"x\"",
            "\"+1\"",
            "\"01\"",
            "\" 1\"",
            "\"1",
            "\"\"1\"\"",
            "\"2\", W/\"1\"",
            "\"2\", *",
            "\"2\", 1",
            "\"1,2\"",
        ] {
            problem(&with(stale), 412);
        }
        let other =
            site.call(method, &format!("{PROVIDERS}/none")).admin().header("if-match", "\"1\"").json(&json!({})).send();
        problem(&other, 404);
    }
    assert_eq!(site.database.count("providers"), 1);
}

#[test]
fn a_change_can_name_several_versions() {
    let site = site();
    let provider = site.create_provider(json!({}));
    let rename = |versions: &str| patch(&site, &provider, versions, &json!({ "name": "Changed" }));
    for (versions, made) in
        [("\"1\", \"7\"", "\"2\""), ("W/\"2\",\"2\"", "\"3\""), (",\"9\"\t,\t\"3\" ,", "\"4\""), (" \"4\"", "\"5\"")]
    {
        let answer = rename(versions);
        assert_eq!((answer.status, answer.header("etag")), (200, Some(made)), "{versions}");
        problem(&rename(versions), 412);
    }
    let answer = site.call(Method::Delete, &path(&provider)).admin().header("if-match", "\"4\", \"5\"").send();
    assert_eq!(answer.status, 204);
}

#[test]
fn a_provider_is_deleted_with_its_sessions() {
    let site = Site::with_provider();
    let session = site.signed_in();
    let provider = body(&site.get(PROVIDERS).admin().send())["items"][0].clone();
    let answer = site.call(Method::Delete, &path(&provider)).admin().header("if-match", "\"1\"").send();
    assert_eq!((answer.status, answer.body_text()), (204, ""));
    problem(&site.get(&path(&provider)).admin().send(), 404);
    problem(&site.get("/whoami").cookie(&session).send(), 401);
    assert_eq!((site.database.count("users"), site.database.count("user_links")), (1, 0));
    assert_eq!(site.sign_in("accept/policy/id-of-256-characters").status, 403, "this isolate knows at once");
}

#[test]
fn an_entity_id_has_one_provider_in_an_account() {
    let site = site();
    site.create_provider(json!({}));
    problem(&site.post(PROVIDERS).admin().json(&provider_input(json!({ "name": "Second" }))).send(), 409);
    let other = site.create_provider(json!({ "metadataXml": metadata("https://two.example", &["idp"]) }));
    problem(&patch(&site, &other, "\"1\"", &json!({ "metadataXml": metadata(ISSUER, &["idp"]) })), 409);
    site.create_account("other");
    let elsewhere = site.post("/api/v1/accounts/other/providers").admin().json(&provider_input(json!({}))).send();
    assert_eq!(elsewhere.status, 201);
    problem(&site.post("/api/v1/accounts/nobody/providers").admin().json(&provider_input(json!({}))).send(), 404);
    problem(&site.get("/api/v1/accounts/nobody/providers").admin().send(), 404);
}

#[test]
fn a_certificate_that_ends_is_warned_of() {
    let site = site();
    site.create_provider(json!({}));
    let warnings = |at: &str| {
        site.set_now(postern::time::Timestamp::parse(at).unwrap());
        body(&site.get(PROVIDERS).admin().send())["items"][0]["warnings"].as_array().unwrap().len()
    };
    assert_eq!(warnings("2045-12-01T23:59:59Z"), 0);
    assert_eq!(warnings("2045-12-02T00:00:00Z"), 1);
    assert_eq!(warnings("2046-01-01T00:00:00Z"), 1);
}

#[test]
fn a_metadata_of_weak_keys_needs_the_allowance_for_as_long_as_it_is_there() {
    let site = site();
    let weak = metadata(ISSUER, &["rsa-1024"]);
    let refused = site.post(PROVIDERS).admin().json(&provider_input(json!({ "metadataXml": weak }))).send();
    assert_eq!(errors(&refused), [("/metadataXml".into(), "metadata_not_usable".into())]);
    let provider = site.create_provider(json!({ "metadataXml": weak, "allowSha1": true }));
    let warnings = provider["warnings"].to_string();
    assert!(warnings.contains("SHA-1 and RSA keys under 2048 bits are accepted"), "{warnings}");
    let refused = patch(&site, &provider, "\"1\"", &json!({ "allowSha1": false }));
    assert_eq!(errors(&refused), [("/allowSha1".into(), "metadata_not_usable".into())]);
    let both = json!({ "allowSha1": false, "metadataXml": metadata(ISSUER, &["rsa-1024", "idp"]) });
    let changed = patch(&site, &provider, "\"1\"", &both);
    assert_eq!(changed.status, 200, "{}", changed.body_text());
    let warnings = body(&changed)["warnings"].to_string();
    assert!(warnings.contains("Corpus RSA-1024 is not used: the RSA key has 1024 bits"), "{warnings}");
}
