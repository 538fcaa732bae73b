//! The sign-in, begun at the identity provider: who gets in, as whom, and what is written.

use crate::scene::{LONG_ACS, Site, body, cookie};
use crate::support::corpus;
use postern::time::Duration;
use serde_json::json;

/// By which the identity provider means Ada: with its format.
const NAME_ID: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress ada@example.com";

const SOUND: &str = "accept/policy/assertion-signed";

#[test]
fn an_unknown_user_is_created_just_in_time() {
    let site = Site::with_provider();
    let answer = site.sign_in(SOUND);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!(
        site.database.select("SELECT email, email_folded, managed_by, active, version FROM users"),
        ["ada@example.com|ada@example.com|jit|1|1"]
    );
    assert_eq!(site.database.select("SELECT name_id FROM user_links"), [NAME_ID]);
    assert_eq!(site.database.select("SELECT kind FROM spent"), ["assertion"]);
    assert_eq!(site.database.select("SELECT name_id, session_index FROM sessions"), ["ada@example.com|_session"]);
    assert_eq!(
        site.database.select("SELECT outcome, initiated_by, decision, error FROM sign_ins"),
        ["signed_in|idp|created_just_in_time|null"]
    );
}

#[test]
fn both_forms_of_the_acs_url_are_taken() {
    let site = Site::with_provider();
    let response = corpus::case("accept/policy/short-form-of-our-url").form_field();
    assert_eq!(site.post("/saml/acme/acs").response(&response).send().status, 303);
    site.wait(Duration(1));
    let long = corpus::case(SOUND).form_field();
    assert_eq!(site.post("/saml/acme/acs").response(&long).send().status, 403);
    assert_eq!(site.last_sign_in(), "wrong_destination");
}

#[test]
fn a_response_is_used_once() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    site.wait(Duration(1));
    let before = [site.database.count("sessions"), site.database.count("users")];
    let again = site.sign_in(SOUND);
    assert_eq!((again.status, site.last_sign_in().as_str()), (403, "replayed"));
    assert_eq!([site.database.count("sessions"), site.database.count("users")], before);
    // The same assertion in another envelope is the same assertion.
    site.wait(Duration(1));
    assert_eq!(site.sign_in("accept/policy/both-signed").status, 403);
    assert_eq!(site.last_sign_in(), "replayed");
}

#[test]
fn a_response_stays_used_until_it_is_refused_for_its_time() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    let end = site.now().plus(Duration::seconds(5 * 60 + 120));
    let forgotten = site.now().plus(Duration::seconds(5 * 60 + 300));
    for (now, code) in [(end.minus(Duration(1)), "replayed"), (end, "expired"), (forgotten, "expired")] {
        site.set_now(now);
        pollster::block_on(postern::journey::upkeep(&site.database, &Default::default(), now)).unwrap();
        assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, code));
        assert_eq!(site.database.count("spent"), usize::from(now < forgotten), "whatever skew is set meanwhile");
    }
}

#[test]
fn an_existing_user_signs_in_whatever_jit_says() {
    let site = Site::with_provider();
    site.change_provider(&json!({ "jit": { "enabled": false } }));
    let user = "INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version) VALUES ('acme', 'u1', 'ADA@Example.com', 'ada@example.com', NULL, NULL, NULL, 1, 'admin', 1, 1, NULL, 7)";
    site.database.execute(user);
    assert_eq!(site.sign_in(SOUND).status, 303);
    assert_eq!(
        site.database.select("SELECT id, email, managed_by, version, last_sign_in_at FROM users"),
        [format!("u1|ADA@Example.com|admin|7|{}", site.now().0)]
    );
    assert_eq!(site.database.select("SELECT user_id, name_id FROM user_links"), [format!("u1|{NAME_ID}")]);
    assert_eq!(site.database.select("SELECT decision FROM sign_ins"), ["existing_user"]);
}

#[test]
fn who_may_not_come_in_is_refused_for_its_reason() {
    let deactivated = "INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version) VALUES ('acme', 'u1', 'ada@example.com', 'ada@example.com', NULL, NULL, NULL, 0, 'jit', 1, 1, NULL, 1)";
    let linked = "INSERT INTO providers SELECT 'acme', 'other', 'urn:other', settings, 1, 1, 1, NULL, NULL, NULL FROM providers; \
                  INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version) VALUES ('acme', 'u1', 'ada@example.com', 'ada@example.com', NULL, NULL, NULL, 1, 'jit', 1, 1, NULL, 1); \
                  INSERT INTO user_links VALUES ('acme', 'other', 'x', 'u1', 1)";
    for (settings, sql, code) in [
        (json!({ "jit": { "enabled": false } }), "", "not_invited"),
        (
            json!({ "jit": { "validationKey": "department", "validationValue": "Engineering" } }),
            "",
            "jit_validation_failed",
        ),
        (
            json!({ "jit": { "validationKey": "Department", "validationValue": "engineering" } }),
            "",
            "jit_validation_failed",
        ),
        (json!({}), deactivated, "user_deactivated"),
        (json!({}), linked, "linked_to_other_provider"),
        (json!({ "enabled": false }), "", "provider_disabled"),
        (json!({ "allowIdpInitiated": false }), "", "idp_initiated_not_allowed"),
        (json!({ "spEntityId": "urn:other" }), "", "wrong_audience"),
    ] {
        let site = Site::with_provider();
        site.change_provider(&settings);
        site.database.execute(sql);
        let counts = || ["users", "user_links", "sessions", "spent"].map(|table| site.database.count(table));
        let before = counts();
        let answer = site.sign_in(SOUND);
        assert_eq!((answer.status, site.last_sign_in().as_str()), (403, code), "{settings}");
        assert_eq!((counts(), answer.header("set-cookie")), (before, None), "{code}");
    }
}

#[test]
fn the_validation_key_and_value_admit_whom_they_name() {
    let site = Site::with_provider();
    site.change_provider(&json!({ "jit": { "validationKey": "department", "validationValue": "engineering" } }));
    assert_eq!(site.sign_in(SOUND).status, 303);
    let trace = &site.database.select("SELECT trace FROM sign_ins")[0];
    let last = serde_json::from_str::<Vec<serde_json::Value>>(trace).unwrap().pop().unwrap();
    let value = "department = engineering";
    assert_eq!(last, json!({ "rule": "jit_validation", "wanted": value, "got": value, "matched": true }));
}

#[test]
fn the_form_must_be_one() {
    let site = Site::with_provider();
    let sound = corpus::case(SOUND).form_field();
    let form = "application/x-www-form-urlencoded";
    for (request, status, code) in [
        (site.post(LONG_ACS).too_large(), 413, "body_too_large"),
        (site.post(LONG_ACS).body("text/plain", "SAMLResponse=x"), 415, "wrong_content_type"),
        (site.post(LONG_ACS).body("multipart/form-data; boundary=x", "--x"), 415, "wrong_content_type"),
        (site.post(LONG_ACS), 415, "wrong_content_type"),
        (site.post(LONG_ACS).body(form, ""), 400, "no_saml_response"),
        (site.post(LONG_ACS).form(&[("samlresponse", &sound)]), 400, "no_saml_response"),
        (site.post(LONG_ACS).form(&[("SAMLResponse", &sound), ("SAMLResponse", &sound)]), 400, "no_saml_response"),
        (site.post(LONG_ACS).response("!"), 400, "not_base64"),
        (site.post(LONG_ACS).response("PGEvPg=="), 400, "wrong_root"),
    ] {
        site.wait(Duration(1));
        assert_eq!((request.send().status, site.last_sign_in().as_str()), (status, code));
    }
    assert_eq!(site.database.count("sessions"), 0);
    let form = format!("{form}; charset=UTF-8").to_uppercase();
    let encoded = form_urlencoded::Serializer::new(String::new()).append_pair("SAMLResponse", &sound).finish();
    assert_eq!(site.post(LONG_ACS).body(&form, encoded).send().status, 303, "a media type has no case");
}

#[test]
fn relay_state_leads_to_a_path_of_this_origin_only() {
    for (relay_state, location) in [
        ("/reports?year=1#top", "/reports?year=1#top"),
        ("", "/"),
        ("reports", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
    ] {
        let site = Site::with_provider();
        let response = corpus::case(SOUND).form_field();
        let answer = site.post(LONG_ACS).form(&[("SAMLResponse", &response), ("RelayState", relay_state)]).send();
        assert_eq!((answer.status, answer.header("location")), (303, Some(location)), "{relay_state}");
    }
}

#[test]
fn a_sign_in_takes_three_calls_of_the_database_cold_and_two_warm() {
    let mut site = Site::with_provider();
    site.forget();
    site.database.watch(&[]);
    assert_eq!(site.sign_in(SOUND).status, 303);
    assert_eq!(site.database.batches(), 3);
    site.database.watch(&[]);
    assert_eq!(site.sign_in("accept/shapes/keycloak-assertions").status, 403, "the same ID: a replay");
    assert_eq!(site.database.batches(), 3 - 1, "a read and the log");
    site.database.watch(&[]);
    assert_eq!(site.sign_in("accept/policy/id-of-256-characters").status, 303);
    assert_eq!(site.database.batches(), 2);
    for statement in site.database.statements() {
        for step in site.database.plan(&statement) {
            assert!(!step.starts_with("SCAN"), "{}: {step}", statement.sql);
        }
    }
}

#[test]
fn two_browsers_have_two_sessions_of_one_user() {
    let site = Site::with_provider();
    let one = cookie(&site.sign_in(SOUND));
    let other = cookie(&site.sign_in("accept/policy/id-of-256-characters"));
    let who = |cookie| body(&site.get("/whoami").cookie(cookie).send());
    assert_eq!(who(&one)["user"]["id"], who(&other)["user"]["id"]);
    assert_ne!(who(&one)["session"]["id"], who(&other)["session"]["id"]);
    assert_eq!((site.database.count("users"), site.database.count("user_links")), (1, 1));
}

#[test]
fn a_transient_name_id_is_not_remembered_and_yet_the_user_is_its_providers() {
    let transient = "accept/shapes/shibboleth-assertion";
    let site = Site::with_provider();
    assert_eq!(site.sign_in(transient).status, 303);
    assert_eq!(site.database.select("SELECT email FROM users"), ["ada@example.com"]);
    let links = || site.database.select("SELECT name_id = user_id FROM user_links");
    assert_eq!(links(), ["1"], "the user's id, not the NameID");

    // Again, and by a NameID that lasts.
    site.database.execute("DELETE FROM spent");
    assert_eq!(site.sign_in(transient).status, 303);
    assert_eq!(links(), ["1"]);
    assert_eq!(site.sign_in("accept/policy/id-of-256-characters").status, 303);
    assert_eq!((site.database.count("users"), links().len()), (1, 2));

    // Had that been at another provider, this one could not take its user over.
    let elsewhere = "INSERT INTO providers SELECT 'acme', 'other', 'urn:other', settings, 1, 1, 1, NULL, NULL, NULL FROM providers; \
                     DELETE FROM spent; DELETE FROM user_links WHERE name_id <> user_id; UPDATE user_links SET provider_id = 'other'";
    site.database.execute(elsewhere);
    site.wait(Duration(1));
    assert_eq!(site.sign_in(SOUND).status, 403);
    assert_eq!(site.last_sign_in(), "linked_to_other_provider");
}
