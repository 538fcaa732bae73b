//! Metadata by URL: when a provider is made or changed, when it is asked for, and by upkeep.

use crate::scene::{Site, TOKEN, body, problem, provider_input};
use crate::support::corpus::ISSUER;
use crate::support::database::Fault;
use crate::support::keys::{certificate, certificate_text, metadata};
use postern::http::{Answer, Method};
use postern::journey::look_at_due;
use postern::outbound::{OutboundError, Received};
use postern::time::{Duration, Timestamp};
use serde_json::{Value, json};

const PROVIDERS: &str = "/api/v1/accounts/acme/providers";
const URL: &str = "https://idp.example/metadata";
const TWO: &str = "https://two.example/metadata";

fn site() -> Site {
    let site = Site::new();
    site.create_account("acme");
    site.servers.serve(URL, &metadata(ISSUER, &["idp"]));
    site
}

/// With a provider whose metadata is fetched.
fn fetching() -> (Site, Value) {
    let site = site();
    let provider = create(&site, json!({ "metadataUrl": URL }));
    site.servers.asked();
    (site, provider)
}

fn input(settings: Value) -> Value {
    let by_url = settings.get("metadataUrl").is_some() && settings.get("metadataXml").is_none();
    let mut input = provider_input(settings);
    if by_url {
        input.as_object_mut().unwrap().remove("metadataXml");
    }
    input
}

fn create(site: &Site, settings: Value) -> Value {
    let answer = site.post(PROVIDERS).admin().json(&input(settings)).send();
    assert_eq!(answer.status, 201, "{}", answer.body_text());
    body(&answer)
}

fn path(provider: &Value) -> String {
    format!("{PROVIDERS}/{}", provider["id"].as_str().unwrap())
}

fn patch(site: &Site, provider: &Value, input: &Value) -> Answer {
    let path = path(provider);
    let version = format!("\"{}\"", body(&site.get(&path).admin().send())["version"]);
    site.call(Method::Patch, &path).admin().header("if-match", &version).json(input).send()
}

fn refresh(site: &Site, provider: &Value) -> Answer {
    site.post(&format!("{}/refresh", path(provider))).admin().send()
}

fn read(site: &Site, provider: &Value) -> Value {
    body(&site.get(&path(provider)).admin().send())
}

fn upkeep(site: &Site) {
    pollster::block_on(look_at_due(&site.postern())).unwrap();
}

fn due_at(site: &Site) -> Option<i64> {
    site.database.select("SELECT due_at FROM providers").remove(0).parse().ok()
}

fn events(site: &Site) -> Vec<String> {
    site.database.select("SELECT kind || ' ' || subject FROM events ORDER BY kind, subject")
}

fn changes(site: &Site) -> Vec<String> {
    site.database.select("SELECT actor, action, version FROM changes WHERE resource LIKE 'provider/%' ORDER BY version")
}

fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem = problem(answer, 422);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

fn fingerprints(provider: &Value) -> Vec<&str> {
    provider["certificates"].as_array().unwrap().iter().map(|c| c["fingerprint"].as_str().unwrap()).collect()
}

fn fingerprint(name: &str) -> String {
    certificate(name).fingerprint().to_owned()
}

#[test]
fn a_provider_is_made_from_a_url() {
    let (site, provider) = fetching();
    for (field, value) in [
        ("entityId", json!(ISSUER)),
        ("metadataUrl", json!(URL)),
        ("metadataSigningCertificate", json!(null)),
        ("metadataRefreshedAt", json!("2026-11-22T06:00:00.000Z")),
        ("metadataError", json!(null)),
        ("warnings", json!([])),
    ] {
        assert_eq!(provider[field], value, "{field}");
    }
    assert_eq!(read(&site, &provider), provider);
    assert_eq!(due_at(&site), Some(site.now().plus(Duration::hours(6)).0));
    assert_eq!(site.sign_in("accept/policy/assertion-signed").status, 303);
    let uploaded = Site::with_provider();
    let list = body(&uploaded.get(PROVIDERS).admin().send());
    assert_eq!(list["items"][0]["metadataRefreshedAt"], json!(null));
    let end = certificate("idp").not_after().minus(Duration::days(30));
    assert_eq!(due_at(&uploaded), Some(end.0), "the certificates of an upload are watched too");
}

#[test]
fn the_fields_of_metadata_are_told_what_is_wrong_with_them() {
    let site = site();
    let two = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">{}{}</md:EntitiesDescriptor>",
        metadata(ISSUER, &["idp"]),
        metadata("https://two.example", &["idp"])
    );
    site.servers.serve(TWO, &two);
    let xml = metadata(ISSUER, &["idp"]);
    let weak = certificate_text("rsa-1024");
    let pair = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    for (settings, expected) in [
        (json!({ "metadataXml": null }), vec![pair("/metadataXml", "required")]),
        (json!({ "metadataXml": xml, "metadataUrl": "https://idp.example/x" }), vec![pair("/metadataUrl", "one_of")]),
        (
            json!({ "metadataXml": null, "metadataUrl": "http://idp.example/" }),
            vec![pair("/metadataUrl", "url_not_allowed")],
        ),
        (
            json!({ "metadataXml": null, "metadataUrl": "https://10.0.0.1/" }),
            vec![pair("/metadataUrl", "url_not_allowed")],
        ),
        (
            json!({ "metadataXml": null, "metadataUrl": "http://localhost/" }),
            vec![pair("/metadataUrl", "url_not_allowed")],
        ),
        (
            json!({ "metadataXml": null, "metadataUrl": "https://nobody.example/" }),
            vec![pair("/metadataUrl", "metadata_not_usable")],
        ),
        (json!({ "metadataXml": null, "metadataUrl": TWO }), vec![pair("/metadataUrl", "metadata_not_usable")]),
        (
            json!({ "metadataXml": null, "metadataUrl": URL, "metadataEntityId": "https://two.example" }),
            vec![pair("/metadataUrl", "metadata_not_usable")],
        ),
        (json!({ "metadataXml": two }), vec![pair("/metadataXml", "metadata_not_usable")]),
        (
            json!({ "metadataSigningCertificate": "AAAA" }),
            vec![pair("/metadataSigningCertificate", "certificate_not_usable")],
        ),
        (
            json!({ "metadataSigningCertificate": weak }),
            vec![pair("/metadataSigningCertificate", "certificate_not_usable")],
        ),
        (
            json!({ "metadataSigningCertificate": certificate_text("idp-next") }),
            vec![pair("/metadataXml", "metadata_not_usable")],
        ),
        (
            json!({ "metadataXml": null, "metadataUrl": format!("https://a.example/{}", "x".repeat(2048)), "name": "" }),
            vec![pair("/metadataUrl", "too_long"), pair("/name", "required")],
        ),
        (
            json!({ "metadataXml": null, "metadataUrl": TWO, "clockSkewSeconds": 500, "nothing": 1 }),
            vec![
                pair("/clockSkewSeconds", "out_of_range"),
                pair("/metadataUrl", "metadata_not_usable"),
                pair("/nothing", "unknown_field"),
            ],
        ),
    ] {
        let answer = site.post(PROVIDERS).admin().json(&input(settings.clone())).send();
        let (mut got, mut expected) = (errors(&answer), expected);
        got.sort();
        expected.sort();
        assert_eq!(got, expected, "{settings}");
    }
    assert_eq!(site.database.count("providers"), 0);
    let chosen = create(&site, json!({ "metadataUrl": TWO, "metadataEntityId": "https://two.example" }));
    assert_eq!(chosen["entityId"], "https://two.example");
}

#[test]
fn a_deployment_on_a_machines_own_address_may_ask_it() {
    let site = Site::at("http://localhost:8787");
    site.create_account("acme");
    site.servers.serve("http://localhost:8080/realms/x/protocol/saml/descriptor", &metadata(ISSUER, &["idp"]));
    let provider = create(&site, json!({ "metadataUrl": "http://localhost:8080/realms/x/protocol/saml/descriptor" }));
    assert_eq!(refresh(&site, &provider).status, 200);
}

#[test]
fn an_upload_and_a_url_take_turns() {
    let (site, provider) = fetching();
    let uploaded = body(&patch(&site, &provider, &json!({ "metadataXml": metadata(ISSUER, &["idp-next"]) })));
    assert_eq!((&uploaded["metadataUrl"], &uploaded["metadataRefreshedAt"]), (&json!(null), &json!(null)));
    assert_eq!(fingerprints(&uploaded), [fingerprint("idp-next")]);
    problem(&refresh(&site, &provider), 409);
    assert_eq!(site.servers.asked(), [""; 0]);
    let fetched = body(&patch(&site, &provider, &json!({ "metadataUrl": URL })));
    assert_eq!((&fetched["metadataUrl"], fingerprints(&fetched)), (&json!(URL), vec![fingerprint("idp").as_str()]));
    assert_eq!(site.servers.asked(), [URL]);
    // What does not speak of metadata fetches nothing, and keeps what is known of the last look.
    site.wait(Duration::hours(1));
    let renamed = body(&patch(&site, &provider, &json!({ "name": "Renamed" })));
    assert_eq!(renamed["metadataRefreshedAt"], fetched["metadataRefreshedAt"]);
    assert_eq!(site.servers.asked(), [""; 0]);
    assert_eq!(due_at(&site), Some(site.now().plus(Duration::hours(5)).0));
    let kept = body(&patch(&site, &provider, &json!({ "metadataUrl": null })));
    assert_eq!((&kept["metadataUrl"], fingerprints(&kept)), (&json!(null), vec![fingerprint("idp").as_str()]));
    assert_eq!(site.servers.asked(), [""; 0]);
    for (patched, code) in [
        (json!({ "metadataXml": null }), ("/metadataXml", "required")),
        (json!({ "metadataEntityId": "x" }), ("/metadataEntityId", "needs_metadata")),
        (
            json!({ "metadataSigningCertificate": certificate_text("idp") }),
            ("/metadataSigningCertificate", "needs_metadata"),
        ),
    ] {
        let pair = (code.0.to_owned(), code.1.to_owned());
        assert_eq!(errors(&patch(&site, &provider, &patched)), [pair], "{patched}");
    }
}

/// A case of `tests/saml/metadata.json`.
fn document(name: &str) -> String {
    let cases: Value = serde_json::from_str(include_str!("../saml/metadata.json")).unwrap();
    cases[name]["document"].as_str().unwrap_or_else(|| panic!("{name}")).to_owned()
}

#[test]
fn a_pinned_key_must_have_signed() {
    let site = site();
    site.servers.serve(URL, &document("signed by the pinned key"));
    let pem = certificate("idp-next").to_pem();
    let provider = create(&site, json!({ "metadataUrl": URL, "metadataSigningCertificate": pem }));
    assert_eq!(provider["metadataSigningCertificate"], json!(pem));
    assert_eq!(refresh(&site, &provider).status, 200);
    for name in ["not signed", "signed by another key that it brings along", "changed after it was signed"] {
        site.servers.serve(URL, &document(name));
        let sentence = problem(&refresh(&site, &provider), 502)["detail"].as_str().unwrap().to_owned();
        let after = read(&site, &provider);
        assert_eq!((&after["metadataError"], &after["version"]), (&json!(sentence), &json!(1)), "{name}");
        let upload = json!({ "metadataXml": document(name) });
        assert_eq!(errors(&patch(&site, &provider, &upload))[0].0, "/metadataXml", "an upload is held to it too");
    }
    // Another key is pinned: what is at the URL must have its signature at once.
    site.servers.serve(URL, &document("signed by the pinned key"));
    let other = patch(&site, &provider, &json!({ "metadataSigningCertificate": certificate_text("idp") }));
    assert_eq!(errors(&other), [("/metadataUrl".to_owned(), "metadata_not_usable".to_owned())]);
    let unpinned = body(&patch(&site, &provider, &json!({ "metadataSigningCertificate": null })));
    assert_eq!(unpinned["metadataSigningCertificate"], json!(null));
}

#[test]
fn a_look_that_finds_nothing_new_changes_no_version() {
    let (site, provider) = fetching();
    site.wait(Duration::hours(6));
    site.database.watch(&[]);
    upkeep(&site);
    assert_eq!(site.database.batches(), 2);
    assert_eq!(site.servers.asked(), [URL]);
    let mut expected = provider.clone();
    expected["metadataRefreshedAt"] = json!("2026-11-22T12:00:00.000Z");
    assert_eq!(read(&site, &provider), expected);
    assert_eq!(due_at(&site), Some(site.now().plus(Duration::hours(6)).0));
    assert_eq!((changes(&site).len(), site.database.count("events")), (1, 0));
    upkeep(&site);
    assert_eq!(site.servers.asked(), [""; 0], "not due");
}

#[test]
fn the_metadata_says_how_long_it_may_be_kept_within_bounds() {
    let (site, provider) = fetching();
    for (text, hours) in [("PT2H", 2), ("PT5M", 1), ("P7D", 24), ("nonsense", 6)] {
        let xml = metadata(ISSUER, &["idp"]).replace("entityID=", &format!("cacheDuration=\"{text}\" entityID="));
        site.servers.serve(URL, &xml);
        assert_eq!(refresh(&site, &provider).status, 200);
        assert_eq!(due_at(&site), Some(site.now().plus(Duration::hours(hours)).0), "{text}");
    }
}

#[test]
fn keys_are_changed_with_overlap() {
    let (site, provider) = fetching();
    site.sign_in("accept/policy/assertion-signed");
    site.servers.serve(URL, &metadata(ISSUER, &["idp-next"]).replace("idp.example/sso", "idp.example/moved"));
    assert_eq!(site.sign_in("accept/policy/second-certificate-signs").status, 403);
    site.wait(Duration::hours(6));
    upkeep(&site);
    let after = read(&site, &provider);
    assert_eq!(fingerprints(&after), [fingerprint("idp"), fingerprint("idp-next")]);
    assert_eq!((&after["ssoUrl"], &after["version"]), (&json!("https://idp.example/moved"), &json!(2)));
    assert_eq!(changes(&site), ["setup-token|provider.created|1", "upkeep|provider.refreshed|2"]);
    // Twice the same is no change.
    assert_eq!(body(&refresh(&site, &provider))["version"], json!(2));
    site.servers.serve(URL, &metadata(ISSUER, &["idp-next", "idp-4096"]));
    let third = body(&refresh(&site, &provider));
    assert_eq!(fingerprints(&third), [fingerprint("idp"), fingerprint("idp-next"), fingerprint("idp-4096")]);
    assert_eq!(changes(&site)[2], "setup-token|provider.refreshed|3");
    // What has ended goes, but for what the metadata still has.
    site.set_now(certificate("idp").not_after());
    let ended = body(&refresh(&site, &provider));
    assert_eq!(fingerprints(&ended), [fingerprint("idp-next"), fingerprint("idp-4096")]);
    assert_eq!(ended["warnings"].as_array().unwrap().len(), 2, "{}", ended["warnings"]);
}

#[test]
fn both_keys_sign_in_while_they_overlap() {
    let (site, _) = fetching();
    site.servers.serve(URL, &metadata(ISSUER, &["idp-next"]));
    site.database.execute("UPDATE providers SET due_at = 0");
    upkeep(&site);
    assert_eq!(site.sign_in("accept/policy/second-certificate-signs").status, 303);
    assert_eq!(site.sign_in("accept/policy/id-of-256-characters").status, 303);
}

#[test]
fn an_entity_id_that_changed_is_refused_and_reported() {
    let (site, provider) = fetching();
    site.servers.serve(URL, &metadata("https://evil.example", &["attacker"]));
    site.wait(Duration::hours(6));
    upkeep(&site);
    let after = read(&site, &provider);
    assert_eq!((&after["entityId"], &after["version"]), (&json!(ISSUER), &json!(1)));
    assert_eq!(fingerprints(&after), [fingerprint("idp")]);
    let error = after["metadataError"].as_str().unwrap();
    assert!(error.contains("https://evil.example") && error.contains("not taken over"), "{error}");
    assert_eq!(after["warnings"].as_array().unwrap().len(), 1);
    let id = provider["id"].as_str().unwrap();
    assert_eq!(events(&site), [format!("metadata.entity_changed {id}/1795327200000")]);
    // An admin may mean it.
    let moved = body(&patch(&site, &provider, &json!({ "metadataUrl": URL })));
    assert_eq!((&moved["entityId"], &moved["metadataError"]), (&json!("https://evil.example"), &json!(null)));
}

#[test]
fn a_server_that_fails_is_told_of_once_and_asked_less_often() {
    let (site, provider) = fetching();
    site.servers.answer(URL, Ok(Received { status: 404, location: None, body: Vec::new() }));
    site.wait(Duration::hours(6));
    let mut waits = Vec::new();
    for _ in 0..9 {
        upkeep(&site);
        let due = due_at(&site).unwrap();
        waits.push((due - site.now().0) / 60_000);
        site.set_now(Timestamp(due));
    }
    assert_eq!(waits, [15, 15, 30, 60, 120, 240, 480, 960, 1440]);
    assert_eq!(site.database.count("events"), 1);
    let failing = read(&site, &provider);
    assert_eq!(failing["metadataError"], json!("The server answers with status 404, not 200."));
    assert_eq!(failing["metadataRefreshedAt"], json!("2026-11-22T06:00:00.000Z"));
    assert!(failing["warnings"][0].as_str().unwrap().contains("could not be refreshed since"));
    assert_eq!((changes(&site).len(), &failing["version"]), (1, &json!(1)));
    let renamed = body(&patch(&site, &provider, &json!({ "name": "Renamed" })));
    assert_eq!(renamed["metadataError"], failing["metadataError"], "a change of something else mends nothing");
    // It answers again, and fails again: that is told anew.
    site.servers.serve(URL, &metadata(ISSUER, &["idp"]));
    upkeep(&site);
    assert_eq!(read(&site, &provider)["metadataError"], json!(null));
    site.servers.answer(URL, Err(OutboundError::Slow));
    site.wait(Duration::hours(6));
    upkeep(&site);
    assert_eq!(site.database.count("events"), 2);
}

#[test]
fn every_kind_of_bad_answer_is_a_sentence_and_changes_nothing() {
    let (site, provider) = fetching();
    let page = |text: &str| Ok(Received { status: 200, location: None, body: text.into() });
    let redirect = |to: &str| Ok(Received { status: 302, location: Some(to.into()), body: Vec::new() });
    let bomb = format!("<!DOCTYPE a [<!ENTITY a \"aa\">]>{}", metadata(ISSUER, &["idp"]));
    let deep = "<a>".repeat(100);
    for (answer, says) in [
        (page("<!doctype html><title>Sign in</title>"), "DOCTYPE"),
        (page(&bomb), "DOCTYPE"),
        (page(&deep), "Depth"),
        (page(""), "not XML"),
        (page(&"x".repeat(256 * 1024 + 1)), "more than 256 KiB"),
        (page(&metadata(ISSUER, &[])), "no signing certificate"),
        (redirect(URL), "circles"),
        (redirect("http://idp.example/"), "https://"),
        (redirect("https://169.254.169.254/"), "public host"),
        (Err(OutboundError::Slow), "within 10 seconds"),
        (Err(OutboundError::TooLarge), "more than 256 KiB"),
        (Err(OutboundError::Unreachable("no such host".into())), "no such host"),
    ] {
        site.servers.answer(URL, answer);
        let detail = problem(&refresh(&site, &provider), 502)["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{detail}");
        let created = site.post(PROVIDERS).admin().json(&input(json!({ "metadataUrl": URL }))).send();
        assert_eq!(errors(&created)[0].0, "/metadataUrl");
    }
    assert_eq!(site.sign_in("accept/policy/assertion-signed").status, 303, "what was good stays good");
    assert_eq!(changes(&site).len(), 1);
}

#[test]
fn certificates_that_end_are_told_of_once_before_and_at_their_end() {
    let site = Site::with_provider();
    let provider = body(&site.get(PROVIDERS).admin().send())["items"][0].clone();
    let subject = format!("{}/{}", provider["id"].as_str().unwrap(), fingerprint("idp"));
    let end = certificate("idp").not_after();
    upkeep(&site);
    assert_eq!(events(&site), [""; 0]);
    for (at, expected) in [
        (Timestamp(end.minus(Duration::days(30)).0 - 1), vec![]),
        (end.minus(Duration::days(30)), vec!["certificate.expires"]),
        (end.minus(Duration::days(1)), vec!["certificate.expires"]),
        (end, vec!["certificate.expired", "certificate.expires"]),
        (end.plus(Duration::days(400)), vec!["certificate.expired", "certificate.expires"]),
    ] {
        site.set_now(at);
        upkeep(&site);
        let expected: Vec<_> = expected.into_iter().map(|kind| format!("{kind} {subject}")).collect();
        assert_eq!(events(&site), expected, "{at}");
    }
    assert_eq!(due_at(&site), None, "there is nothing more to tell");
    let detail = site.database.select("SELECT detail FROM events WHERE kind = 'certificate.expires'").remove(0);
    let detail: Value = serde_json::from_str(&detail).unwrap();
    let expected = json!({ "providerName": "Corpus", "subject": "Corpus identity provider", "notAfter": "2046-01-01T00:00:00.000Z" });
    assert_eq!(detail, expected);
    // A change makes it due, and what was told is not told again.
    patch(&site, &provider, &json!({ "name": "Renamed" }));
    assert!(due_at(&site).is_some_and(|due| due <= site.now().0));
    upkeep(&site);
    assert_eq!((site.database.count("events"), due_at(&site)), (2, None));
}

#[test]
fn two_who_look_at_once_make_one_change() {
    let (site, provider) = fetching();
    site.servers.serve(URL, &metadata(ISSUER, &["idp-next"]));
    site.database.watch(&[]);
    // While one is about to commit, another has just done so.
    let other = "INSERT INTO changes (account_id, id, at, actor, action, resource, version) \
         SELECT 'acme', 'other', 1, 'upkeep', 'provider.refreshed', 'provider/' || id, 2 FROM providers; \
         UPDATE providers SET version = 2";
    site.database.interrupt(2, other);
    problem(&refresh(&site, &provider), 409);
    assert_eq!(fingerprints(&read(&site, &provider)), [fingerprint("idp")], "the other's change stays");
    site.database.execute("UPDATE providers SET due_at = 0");
    site.database.watch(&[]);
    let edited = "INSERT INTO changes (account_id, id, at, actor, action, resource, version) \
         SELECT 'acme', 'edit', 1, 'setup-token', 'provider.updated', 'provider/' || id, 3 FROM providers; \
         UPDATE providers SET version = 3, settings = json_set(settings, '$.name', 'Edited')";
    site.database.interrupt(2, edited);
    upkeep(&site);
    let after = read(&site, &provider);
    assert_eq!((&after["name"], &after["version"]), (&json!("Edited"), &json!(3)), "an admin's change wins");
    // Nothing new was found, and meanwhile an admin saved: the next look is the admin's.
    site.servers.serve(URL, &metadata(ISSUER, &["idp"]));
    site.database.watch(&[]);
    site.database.interrupt(2, "UPDATE providers SET version = 4, due_at = 77");
    assert_eq!(refresh(&site, &provider).status, 200);
    assert_eq!(due_at(&site), Some(77));
}

#[test]
fn one_who_cannot_be_looked_at_keeps_no_other_from_its_turn() {
    let (site, _) = fetching();
    site.database.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 7) \
         INSERT INTO providers SELECT 'acme', 'bad' || i, 'urn:bad' || i, '{}', 1, 1, 1, i, NULL, NULL FROM n",
    );
    site.database.execute("UPDATE providers SET due_at = 8 WHERE id NOT LIKE 'bad%'");
    pollster::block_on(look_at_due(&site.postern())).unwrap_err();
    assert_eq!(site.servers.asked(), [""; 0], "five at once");
    pollster::block_on(look_at_due(&site.postern())).unwrap_err();
    assert_eq!(site.servers.asked(), [URL]);
    pollster::block_on(look_at_due(&site.postern())).unwrap();
}

#[test]
fn under_a_fault_of_the_database_a_look_has_happened_or_not() {
    for number in 1..=4 {
        for fault in [Fault::Before, Fault::After] {
            let (site, provider) = fetching();
            site.servers.serve(URL, &metadata(ISSUER, &["idp-next"]));
            site.wait(Duration::hours(6));
            site.database.watch(&[(number, fault)]);
            let _ = pollster::block_on(look_at_due(&site.postern()));
            site.database.watch(&[]);
            let after = read(&site, &provider);
            let expected = if after["version"] == 1 { (1, 1) } else { (2, 2) };
            assert_eq!((changes(&site).len(), fingerprints(&after).len()), expected, "{fault:?} {number}");
            site.wait(Duration::hours(2));
            upkeep(&site);
            assert_eq!(read(&site, &provider)["version"], json!(2), "{fault:?} {number}");
        }
    }
}

#[test]
fn a_refresh_that_changes_nothing_is_a_use_of_the_set_up_token() {
    let site = site();
    site.servers.serve(URL, &metadata(ISSUER, &["idp"]));
    let provider = create(&site, json!({ "metadataUrl": URL }));
    let uses = || {
        let of = format!("action = 'setup-token.used' AND resource = '{}/refresh'", path(&provider));
        site.database.select(&format!("SELECT 1 FROM changes WHERE {of}")).len()
    };
    for (xml, status, logged) in [
        (metadata(ISSUER, &["idp"]), 200, 1),
        (metadata(ISSUER, &["idp-next"]), 200, 1),
        ("no metadata".to_owned(), 502, 2),
    ] {
        site.servers.serve(URL, &xml);
        assert_eq!((refresh(&site, &provider).status, uses()), (status, logged));
    }
}

#[test]
fn a_refresh_needs_the_token_and_a_provider() {
    let (site, provider) = fetching();
    let path = format!("{}/refresh", path(&provider));
    problem(&site.post(&path).send(), 401);
    problem(&site.post(&format!("{PROVIDERS}/none/refresh")).admin().send(), 404);
    problem(&site.post(&path.replace("acme", "other")).admin().send(), 404);
    assert_eq!(site.servers.asked(), [""; 0]);
    assert!(!TOKEN.is_empty());
}
