//! A sign-in that begins here: the request, the browser it is bound to, and its one answer.

use crate::scene::{LONG_ACS, Site, cookie};
use crate::support::corpus;
use crate::support::keys::metadata;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::http::Answer;
use postern::saml::Namespace;
use postern::time::Duration;
use postern_xml::Document;
use serde_json::json;

const ANSWER: &str = "accept/policy/answer";

/// Begins a sign-in, and gives the request the name by which the responses of the corpus answer it.
fn begin(site: &Site, target: &str) -> (Answer, String) {
    let answer = site.get(target).send();
    assert_eq!(answer.status, 302, "{}", answer.body_text());
    site.database.execute("UPDATE pending_requests SET id = '_request'");
    let browser = cookie(&answer);
    (answer, browser)
}

fn post(site: &Site, case: &str, browser: &str) -> Answer {
    site.post(LONG_ACS).cookie(browser).response(&corpus::case(case).form_field()).send()
}

#[test]
fn the_browser_is_sent_with_a_request_that_is_bound_to_it() {
    let site = Site::with_provider();
    let answer = site.get("/saml/acme/login?return_to=%2Freports%3Fyear%3D1").send();
    assert_eq!(answer.status, 302);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-postern-login="), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=None; Max-Age=600"), "{cookie}");
    let query = answer.header("location").unwrap().strip_prefix("https://idp.example/sso?").unwrap();
    let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let [(name, value)] = fields.as_slice() else { panic!("{fields:?}") };
    assert_eq!(name, "SAMLRequest");
    let xml = miniz_oxide::inflate::decompress_to_vec(&STANDARD.decode(value).unwrap()).unwrap();
    let document = Document::parse(&xml).unwrap();
    let request = document.root();
    assert!(request.is(Namespace::PROTOCOL, "AuthnRequest"));
    for (attribute, value) in [
        ("Version", "2.0"),
        ("IssueInstant", "2026-11-22T06:00:00.000Z"),
        ("Destination", "https://idp.example/sso"),
        ("AssertionConsumerServiceURL", corpus::ACS_URL),
    ] {
        assert_eq!(request.attribute(attribute), Some(value));
    }
    assert_eq!(request.children_named(Namespace::ASSERTION, "Issuer").next().unwrap().text(), Some("sp.example"));
    assert_eq!(
        site.database.select("SELECT id, return_to, expires_at FROM pending_requests"),
        [format!("{}|/reports?year=1|{}", request.attribute("ID").unwrap(), site.now().plus(Duration::seconds(600)).0)]
    );
    assert!(!site.database.dump().iter().any(|row| row.contains(&cookie[21..64])), "the database has a digest alone");
}

#[test]
fn the_answer_opens_a_session_and_leads_back() {
    let site = Site::with_provider();
    site.change_provider(&json!({ "allowIdpInitiated": false }));
    let (_, browser) = begin(&site, "/saml/acme/login?return_to=/reports");
    let answer = post(&site, ANSWER, &browser);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/reports")));
    assert_eq!(site.database.count("pending_requests"), 0);
    assert_eq!(site.database.select("SELECT kind FROM spent ORDER BY 1"), ["assertion", "request"]);
    assert_eq!(site.database.select("SELECT initiated_by FROM sign_ins"), ["sp"]);
}

#[test]
fn a_request_is_answered_in_its_browser_in_time_and_once() {
    for (browser, over, code) in [
        (None, false, "unknown_request"),
        (Some("__Host-postern-login=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), false, "unknown_request"),
        (Some(""), true, "unknown_request"),
    ] {
        let site = Site::with_provider();
        let (_, own) = begin(&site, "/saml/acme/login");
        if over {
            site.database.execute(&format!("UPDATE pending_requests SET expires_at = {}", site.now().0));
        }
        let browser = browser.map(|browser| if browser.is_empty() { own.as_str() } else { browser });
        let answer = post(&site, ANSWER, browser.unwrap_or_default());
        assert_eq!((answer.status, site.last_sign_in().as_str()), (403, code), "{browser:?}");
        assert_eq!(site.database.count("pending_requests"), 1, "it stays open for its own browser");
    }
    let site = Site::with_provider();
    let (_, browser) = begin(&site, "/saml/acme/login");
    assert_eq!(post(&site, ANSWER, &browser).status, 303);
    site.wait(Duration(1));
    assert_eq!(post(&site, ANSWER, &browser).status, 403);
    assert_eq!(site.last_sign_in(), "replayed");
}

#[test]
fn a_request_to_one_provider_is_not_answered_by_another() {
    let site = Site::with_provider();
    let (_, browser) = begin(&site, "/saml/acme/login");
    site.database.execute(
        "INSERT INTO providers SELECT 'acme', 'other', 'urn:other', settings, 1, 1, 1, NULL, NULL, NULL FROM providers; \
         UPDATE pending_requests SET provider_id = 'other'",
    );
    assert_eq!(post(&site, ANSWER, &browser).status, 403);
    assert_eq!(site.last_sign_in(), "unknown_request");
}

#[test]
fn a_browser_keeps_its_secret_over_several_sign_ins() {
    let site = Site::with_provider();
    let (_, browser) = begin(&site, "/saml/acme/login");
    let second = site.get("/saml/acme/login").cookie(&browser).send();
    assert_eq!(cookie(&second), browser);
    assert_eq!(site.database.count("pending_requests"), 2);
    assert_eq!(post(&site, ANSWER, &browser).status, 303);
}

#[test]
fn return_to_is_a_path_of_this_origin() {
    let site = Site::with_provider();
    for bad in ["https://evil.example", "//evil.example", "/%5Cevil.example", "reports", "%09/x", "/a%0D%0Ab"] {
        let answer = site.get(&format!("/saml/acme/login?return_to={bad}")).send();
        assert_eq!(answer.status, 400, "{bad}");
    }
    assert_eq!(site.database.count("pending_requests"), 0);
}

#[test]
fn with_several_providers_one_is_chosen() {
    let site = Site::new();
    assert_eq!(site.get("/saml/acme/login").send().status, 404, "no account");
    site.create_account("acme");
    assert_eq!(site.get("/saml/acme/login").send().status, 404, "no provider");
    let one = site.create_provider(json!({ "name": "One <1>" }));
    assert_eq!(site.get("/saml/acme/login").send().status, 302);
    let other = metadata("https://two.example", &["idp-next"]);
    site.create_provider(json!({ "name": "Two", "metadataXml": other }));
    let third = metadata("https://three.example", &["idp-next"]);
    site.create_provider(json!({ "name": "Three", "metadataXml": third, "enabled": false }));
    let choice = site.get("/saml/acme/login?return_to=/a%3Fb%3Dc").send();
    assert_eq!(choice.status, 200);
    let text = choice.body_text();
    let id = one["id"].as_str().unwrap();
    assert!(text.contains(&format!("href=\"/saml/acme/login?provider={id}&amp;return_to=%2Fa%3Fb%3Dc\"")), "{text}");
    assert!(text.contains("One &lt;1&gt;") && text.contains("Two") && !text.contains("Three"), "{text}");
    assert_eq!(one["sp"]["loginUrl"], format!("https://sp.example/saml/acme/login?provider={id}"));
    assert_eq!(site.get(&format!("/saml/acme/login?provider={id}")).send().status, 302);
    assert_eq!(site.get("/saml/acme/login?provider=none").send().status, 404);
}
