//! Single logout: every case of the corpus through `/saml/{account}/slo`, and the journeys around it.

use crate::scene::{Site, body, cookie, members};
use crate::support::crypto::TestCrypto;
use crate::support::database::Fault::{After, Before};
use crate::support::keys::metadata;
use crate::support::logout_corpus::{LogoutCase, LogoutHeader, logout_cases};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::http::Answer;
use postern::time::{Duration, Timestamp};
use serde_json::{Value, json};

const ISSUER: &str = crate::support::corpus::ISSUER;
const SERVICE: &str = "Location=\"https://idp.example/slo\"";

/// Metadata with single logout.
fn with_logout(keys: &[&str], binding: &str, attributes: &str) -> String {
    let service = format!(
        "<md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{binding}\" {attributes}/>\
         <md:SingleSignOnService"
    );
    metadata(ISSUER, keys).replacen("<md:SingleSignOnService", &service, 1)
}

fn site_with(settings: &Value) -> Site {
    let site = Site::new();
    site.create_account("acme");
    let mut settings = settings.clone();
    if settings["metadataXml"].is_null() {
        settings["metadataXml"] = json!(with_logout(&["idp"], "Redirect", SERVICE));
    }
    site.create_provider(settings);
    site
}

fn site() -> Site {
    site_with(&json!({}))
}

/// A site as the case supposes it, with somebody signed in and a logout that is open.
fn site_of(header: &LogoutHeader) -> (Site, String) {
    let keys: Vec<&str> = header.trusted.iter().map(String::as_str).chain(["idp"]).collect();
    let site = site_with(&json!({
        "metadataXml": with_logout(&keys, "Redirect", SERVICE),
        "clockSkewSeconds": header.skew_seconds,
        "allowSha1": header.allow_sha1,
    }));
    let session = site.signed_in();
    open_logout(&site, header.now);
    site.set_now(header.now);
    (site, session)
}

fn open_logout(site: &Site, now: Timestamp) {
    let until = now.plus(Duration(1)).0;
    site.database.execute(&format!("INSERT INTO pending_logouts SELECT 'acme', '_asked', id, {until} FROM providers"));
}

fn send(site: &Site, case: &LogoutCase, session: &str) -> Answer {
    let target = "/saml/acme/slo";
    match case.is_redirect() {
        true => site.get(&format!("{target}?{}", case.wire)).cookie(session).send(),
        false => site.post(target).cookie(session).body("application/x-www-form-urlencoded", case.wire.clone()).send(),
    }
}

fn case(name: &str) -> LogoutCase {
    let folder = name.split('/').next().unwrap();
    logout_cases(folder).into_iter().find(|case| case.name == name).unwrap()
}

fn events(site: &Site) -> Vec<Value> {
    let list = body(&site.get("/api/v1/accounts/acme/events").admin().send());
    list["items"].as_array().unwrap().clone()
}

fn last_event(site: &Site) -> Value {
    site.wait(Duration(1));
    events(site).into_iter().next().expect("an event")
}

#[test]
fn every_message_to_take_ends_what_it_means() {
    for case in logout_cases("accept") {
        let (site, session) = site_of(&case.header);
        let answer = send(&site, &case, &session);
        let expected = case.header.accepted.as_ref().unwrap();
        let event = last_event(&site);
        if expected.response.is_some() {
            assert_eq!(answer.status, 200, "{}", case.name);
            assert!(answer.body_text().contains("<h1>Signed out</h1>"), "{}", case.name);
            assert_eq!(answer.body_text().contains("could not reach every application"), expected.partial);
            assert_eq!((&event["kind"], &event["detail"]["partial"]), (&json!("logout.sp"), &json!(expected.partial)));
            assert_eq!((site.database.count("pending_logouts"), site.database.count("sessions")), (0, 1));
            continue;
        }
        let location = answer.header("location").unwrap_or_default();
        assert_eq!(
            (answer.status, location.split('?').next()),
            (302, Some("https://idp.example/slo")),
            "{}",
            case.name
        );
        let format = expected.format.as_deref();
        // The session has `emailAddress`.
        let meant = format
            .is_none_or(|format| [":emailAddress", ":unspecified"].iter().any(|end| format.ends_with(end)))
            && (expected.session_indexes.is_empty() || expected.session_indexes.contains(&"_session".to_owned()));
        assert_eq!(site.database.count("sessions"), usize::from(!meant), "{}", case.name);
        assert_eq!(answer.header("set-cookie").is_some(), meant, "{}", case.name);
        assert_eq!(event["kind"], "logout.idp", "{}", case.name);
        assert_eq!(event["detail"]["sessions"], i64::from(meant), "{}", case.name);
        assert_eq!(event["detail"]["nameId"], json!(expected.name_id), "{}", case.name);
        let query: Vec<(String, String)> = query_of(location);
        let relay_state = query.iter().find(|(name, _)| name == "RelayState").map(|(_, value)| value.as_str());
        assert_eq!(relay_state, expected.relay_state.as_deref(), "{}", case.name);
        let xml = inflated(&query[0].1);
        assert_eq!(query[0].0, "SAMLResponse");
        assert!(xml.contains(" InResponseTo=\"_logout\"") && xml.contains(":status:Success\""), "{xml}");
    }
}

#[test]
fn every_message_to_refuse_writes_one_event_and_nothing_else() {
    let (shared, session) = site_of(&case("refuse/redirect/unsigned").header);
    let usual = shared.now();
    for case in logout_cases("refuse") {
        let header = &case.header;
        let own = (header.now != usual || header.skew_seconds != 120).then(|| site_of(header));
        let (site, session) = own.as_ref().map_or((&shared, &session), |(site, session)| (site, session));
        site.set_now(header.now);
        site.database.execute("DELETE FROM events");
        let before = site.database.dump();
        let answer = send(site, &case, session);
        let code = &header.refused.as_ref().unwrap().code;
        let found = site.database.select("SELECT detail ->> '$.error.code' FROM events WHERE kind = 'logout.refused'");
        assert_eq!(found, [code.as_str()], "{}", case.name);
        let syntax = [
            "not_one_message",
            "parameter_repeated",
            "encoding_not_allowed",
            "not_base64",
            "not_deflated",
            "wrong_root",
            "document_too_large",
            "not_utf8",
            "not_xml",
            "doctype_not_allowed",
            "comment_not_allowed",
            "processing_instruction_not_allowed",
        ];
        assert_eq!(answer.status, if syntax.contains(&code.as_str()) { 400 } else { 403 }, "{}", case.name);
        assert_eq!(answer.header("set-cookie"), None, "{}", case.name);
        let reference = site.database.select("SELECT id FROM events").remove(0);
        let page = answer.body_text();
        assert!(page.contains("<h1>Sign-out failed</h1>") && page.contains(&reference), "{page}");
        assert!(!page.contains(code.as_str()), "the page tells why");
        site.database.execute("DELETE FROM events");
        assert_eq!(site.database.dump(), before, "{}", case.name);
    }
}

fn query_of(location: &str) -> Vec<(String, String)> {
    let (_, query) = location.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn inflated(message: &str) -> String {
    String::from_utf8(postern::saml::inflate(&STANDARD.decode(message).unwrap()).unwrap()).unwrap()
}

/// The value of an attribute.
fn attribute<'x>(xml: &'x str, name: &str) -> &'x str {
    xml.split_once(&format!(" {name}=\"")).unwrap().1.split('"').next().unwrap()
}

fn sign_out(site: &Site, session: &str) -> Answer {
    site.post("/sign-out").cookie(session).send()
}

#[test]
fn a_sign_out_goes_on_to_the_identity_provider() {
    let site = site();
    let session = site.signed_in();
    let answer = sign_out(&site, &session);
    assert_eq!((answer.status, cookie(&answer).as_str()), (302, "__Host-postern="));
    assert_eq!(site.database.count("sessions"), 0);
    let query = query_of(answer.header("location").unwrap());
    let names: Vec<_> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["SAMLRequest"], "it is not signed unless that is asked for");
    let xml = inflated(&query[0].1);
    assert_eq!(site.database.select("SELECT id FROM pending_logouts"), [attribute(&xml, "ID")]);
    assert_eq!(attribute(&xml, "Destination"), "https://idp.example/slo");
    assert_eq!(attribute(&xml, "NotOnOrAfter"), "2026-11-22T06:10:00.000Z");
    let format = "Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\"";
    assert!(xml.contains(&format!("<saml:NameID {format}>ada@example.com</saml:NameID>")), "{xml}");
    assert!(xml.contains("<samlp:SessionIndex>_session</samlp:SessionIndex>"), "{xml}");
    assert!(xml.contains("<saml:Issuer>sp.example</saml:Issuer>"), "{xml}");
    // Once more, from the same page.
    let again = sign_out(&site, &session);
    assert_eq!((again.status, again.header("location")), (303, Some("/")));
}

#[test]
fn by_post_it_is_a_form_and_signed_where_that_is_asked_for() {
    let site = site_with(&json!({ "metadataXml": with_logout(&["idp"], "POST", SERVICE) }));
    let session = site.signed_in();
    let posted = sign_out_unguarded(&site, &session);
    assert_eq!(posted.status, 200);
    assert!(posted.body_text().contains("<form method=\"post\" action=\"https://idp.example/slo\""));

    let signing = site_with(&json!({ "signRequests": true }));
    let session = signing.signed_in();
    let answer = sign_out(&signing, &session);
    let location = answer.header("location").unwrap();
    let query = query_of(location);
    let names: Vec<_> = query.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["SAMLRequest", "SigAlg", "Signature"]);
    let octets = location.split_once('?').unwrap().1.split("&Signature=").next().unwrap();
    let key = &signing.database.select("SELECT id FROM account_keys")[0];
    let signature = STANDARD.encode(TestCrypto::signature(&format!("acme/{key}"), octets.as_bytes()));
    assert_eq!(query[2].1, signature);
}

/// The page that carries a message on has a script and another target for its form: not what every page has.
fn sign_out_unguarded(site: &Site, session: &str) -> Answer {
    site.post("/sign-out").cookie(session).send_carrying()
}

#[test]
fn the_page_with_the_button_lets_its_form_lead_to_the_identity_provider() {
    for (attributes, policy) in [
        (SERVICE, "form-action 'self' https:;"),
        ("Location=\"http://localhost/slo\"", "form-action 'self' https: http:;"),
    ] {
        let site = site_with(&json!({ "metadataXml": with_logout(&["idp"], "Redirect", attributes) }));
        let session = site.signed_in();
        let home = site.get("/").cookie(&session).send();
        assert!(home.header("content-security-policy").unwrap().contains(policy));
        assert!(home.body_text().contains("Sign out"));
    }
    let site = Site::with_provider();
    let session = site.signed_in();
    let home = site.get("/").cookie(&session).send();
    assert!(home.header("content-security-policy").unwrap().contains("form-action 'self';"));
}

#[test]
fn without_single_logout_or_while_disabled_the_session_ends_here_alone() {
    let site = Site::with_provider();
    let session = site.signed_in();
    let answer = sign_out(&site, &session);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!((site.database.count("sessions"), site.database.count("pending_logouts")), (0, 0));

    let disabled = self::site();
    let session = disabled.signed_in();
    disabled.change_provider(&json!({ "enabled": false }));
    let answer = sign_out(&disabled, &session);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!((disabled.database.count("sessions"), disabled.database.count("pending_logouts")), (0, 0));
}

#[test]
fn a_key_that_fails_ends_the_session_here_all_the_same() {
    let mut site = site_with(&json!({ "signRequests": true }));
    let session = site.signed_in();
    site.deployment.master_key = None;
    let answer = sign_out(&site, &session);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert!(answer.fault.is_some(), "the Worker's log says why");
    assert_eq!((site.database.count("sessions"), site.database.count("pending_logouts")), (0, 0));

    let mut site = site_with(&json!({ "signRequests": true }));
    let session = site.signed_in();
    site.deployment.master_key = None;
    let answer = send(&site, &case("accept/redirect/request"), &session);
    assert_eq!((answer.status, site.database.count("sessions")), (503, 0));
    assert!(answer.fault.is_some() && answer.body_text().contains("<h1>Sign-out failed</h1>"));
}

#[test]
fn a_request_is_taken_once() {
    for binding in ["redirect", "post"] {
        let (site, session) = site_of(&case(&format!("accept/{binding}/request")).header);
        let request = case(&format!("accept/{binding}/request"));
        assert_eq!(send(&site, &request, &session).status, 302);
        site.wait(Duration(1));
        // Somebody signs in anew, and somebody else has kept the request.
        site.database.execute("DELETE FROM spent WHERE kind = 'assertion'");
        let session = site.signed_in();
        let other = case(&format!("accept/{}/request", if binding == "post" { "redirect" } else { "post" }));
        for again in [&request, &other] {
            let answer = send(&site, again, &session);
            let event = last_event(&site);
            assert_eq!((answer.status, &event["detail"]["error"]["code"]), (403, &json!("replayed")));
            assert_eq!(site.get("/whoami").cookie(&session).send().status, 200);
        }
    }
}

#[test]
fn a_response_is_taken_once_in_time_of_its_provider() {
    let response = case("accept/redirect/response");
    let refused = |site: &Site, what: &str| {
        let answer = send(site, &response, "");
        let event = last_event(site);
        assert_eq!((answer.status, &event["detail"]["error"]["code"]), (403, &json!("unknown_request")), "{what}");
        assert_eq!(event["detail"]["error"]["got"], "_asked");
    };
    let (site, _) = site_of(&response.header);
    assert_eq!(send(&site, &response, "").status, 200);
    site.wait(Duration(1));
    refused(&site, "answered");
    site.database.execute("DELETE FROM events WHERE kind <> 'logout.sp'");
    open_logout(&site, site.now());
    refused(&site, "logged as answered");
    let (site, _) = site_of(&response.header);
    site.wait(Duration(1));
    refused(&site, "over");
    let (site, _) = site_of(&response.header);
    site.database.execute(
        "INSERT INTO providers SELECT 'acme', 'other', 'urn:other', settings, 1, 1, 1, NULL, NULL, NULL FROM providers; \
         UPDATE pending_logouts SET provider_id = 'other'",
    );
    refused(&site, "asked of another");
}

#[test]
fn a_provider_that_is_disabled_or_has_no_single_logout_is_refused() {
    let request = case("accept/redirect/request");
    for (settings, code) in [
        (json!({ "enabled": false }), "provider_disabled"),
        (json!({ "metadataXml": metadata(ISSUER, &["idp"]) }), "no_logout_url"),
    ] {
        let site = site();
        let session = site.signed_in();
        site.change_provider(&settings);
        let answer = send(&site, &request, &session);
        assert_eq!(answer.status, 403, "{code}");
        let event = last_event(&site);
        assert_eq!(event["detail"]["error"]["code"], code);
        assert_eq!(event["detail"]["provider"]["name"], "Corpus");
        assert_eq!(members(&event["detail"]["error"]), ["code", "expected", "got", "message", "remedy"]);
        assert_eq!(site.database.count("sessions"), 1);
    }
}

#[test]
fn the_answer_goes_where_answers_go_and_as_the_provider_takes_it() {
    let attributes = format!("{SERVICE} ResponseLocation=\"https://idp.example/answers?a=b\"");
    let site = site_with(&json!({ "metadataXml": with_logout(&["idp"], "Redirect", &attributes) }));
    let answer = send(&site, &case("accept/post/relay-state"), "");
    let location = answer.header("location").unwrap();
    assert!(location.starts_with("https://idp.example/answers?a=b&SAMLResponse="), "{location}");
    assert_eq!(last_event(&site)["detail"]["sessions"], 0, "nobody to end is no failure");
    let posting = site_with(&json!({ "metadataXml": with_logout(&["idp"], "POST", &attributes) }));
    let case = case("accept/redirect/relay-state");
    let page = posting.get(&format!("/saml/acme/slo?{}", case.wire)).send_carrying();
    let text = page.body_text();
    assert!(text.contains("action=\"https://idp.example/answers?a=b\""), "{text}");
    assert!(text.contains("name=\"RelayState\" value=\"a b&amp;c=d+é\""), "{text}");
}

#[test]
fn sessions_of_others_and_the_cookie_of_another_stay() {
    let site = site();
    let session = site.signed_in();
    site.database.execute(
        "INSERT INTO sessions SELECT account_id, 'd2', 'i2', user_id, provider_id, 'grace@example.com', session_index, \
         created_at, seen_at, expires_at, name_id_format FROM sessions",
    );
    let answer = send(
        &site,
        &case("accept/redirect/request"),
        "__Host-postern=acme.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    );
    assert_eq!((answer.status, answer.header("set-cookie")), (302, None));
    assert_eq!(site.database.select("SELECT name_id FROM sessions"), ["grace@example.com"]);
    assert_eq!(site.get("/whoami").cookie(&session).send().status, 401);
}

/// Signed in with each format, ended by a request with each: Entra signs in with one and out without.
#[test]
fn a_request_without_a_format_means_all_and_a_session_without_one_is_meant_by_all() {
    const EMAIL: &str = "'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'";
    const UNSPECIFIED: &str = "'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified'";
    for binding in ["redirect", "post"] {
        for (request, meant) in [
            ("name-id-without-format", ["NULL", UNSPECIFIED, EMAIL, "'urn:x'"].as_slice()),
            ("name-id-unspecified", &["NULL", UNSPECIFIED, EMAIL, "'urn:x'"]),
            ("request", &["NULL", UNSPECIFIED, EMAIL]),
            ("name-id-persistent", &["NULL", UNSPECIFIED]),
        ] {
            for format in ["NULL", UNSPECIFIED, EMAIL, "'urn:x'"] {
                let site = site();
                let session = site.signed_in();
                site.database.execute(&format!("UPDATE sessions SET name_id_format = {format}"));
                let answer = send(&site, &case(&format!("accept/{binding}/{request}")), &session);
                let (status, ended) = (answer.status, answer.header("set-cookie").is_some());
                assert_eq!((status, ended), (302, meant.contains(&format)), "{binding} {request} {format}");
                assert_eq!(site.database.count("sessions"), usize::from(!ended), "{binding} {request} {format}");
            }
        }
    }
}

#[test]
fn a_configuration_that_is_old_is_read_anew() {
    let site = site_with(&json!({ "metadataXml": with_logout(&["idp-next"], "Redirect", SERVICE) }));
    site.get("/saml/acme/login").send();
    site.database.execute(&format!(
        "UPDATE providers SET settings = json_set(settings, '$.certificates[0]', '{}'), version = 2",
        crate::support::keys::certificate("idp").to_base64()
    ));
    site.database.watch(&[]);
    assert_eq!(send(&site, &case("accept/redirect/request"), "").status, 302);
    assert_eq!(site.database.batches(), 3, "the configuration, the look-up, the commit");
}

#[test]
fn forms_of_another_kind_and_accounts_that_are_not_there() {
    let site = site();
    let answer = site.post("/saml/acme/slo").body("text/plain", "SAMLRequest=x").send();
    assert_eq!((answer.status, &last_event(&site)["detail"]["error"]["code"]), (415, &json!("wrong_content_type")));
    let answer = site.post("/saml/acme/slo").too_large().send();
    assert_eq!((answer.status, &last_event(&site)["detail"]["error"]["code"]), (413, &json!("body_too_large")));
    assert_eq!(site.get("/saml/nobody/slo").send().status, 404);
    assert_eq!(site.get("/saml/a.b/slo").send().status, 404);
}

#[test]
fn under_a_fault_at_any_call_all_of_it_has_happened_or_nothing() {
    let request = case("accept/redirect/request");
    for number in 1..=5 {
        for faults in [vec![(number, Before)], vec![(number, After)], vec![(3, After), (number, Before)]] {
            let mut site = site();
            let session = site.signed_in();
            site.forget();
            site.database.watch(&faults);
            let answer = send(&site, &request, &session);
            site.database.watch(&[]);
            let spent = site.database.select("SELECT count(*) FROM spent WHERE kind = 'request'");
            let left = (site.database.count("sessions"), site.database.count("events"));
            match answer.status {
                302 => assert_eq!(left, (0, 1), "{faults:?}"),
                503 => assert!(left == (1, 0) || left == (0, 1), "{faults:?} left {left:?}"),
                other => panic!("{other} under {faults:?}"),
            }
            assert_eq!(spent, [left.1.to_string()]);
        }
    }
}

#[test]
fn events_are_listed_the_newest_first_in_pages() {
    let site = site();
    for _ in 0..3 {
        site.get("/saml/acme/slo").send();
        site.wait(Duration(1));
    }
    let all = events(&site);
    assert_eq!(all.len(), 3);
    assert!(all.windows(2).all(|pair| pair[0]["id"].as_str() > pair[1]["id"].as_str()));
    assert_eq!(members(&all[0]), ["at", "detail", "id", "kind", "subject"]);
    let first = body(&site.get("/api/v1/accounts/acme/events?limit=2").admin().send());
    assert_eq!(first["items"].as_array().unwrap(), &all[..2]);
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = body(&site.get(&format!("/api/v1/accounts/acme/events?limit=2&cursor={cursor}")).admin().send());
    assert_eq!((&second["items"], &second["nextCursor"]), (&json!([all[2]]), &json!(null)));
    assert_eq!(site.get("/api/v1/accounts/nobody/events").admin().send().status, 404);
    assert_eq!(site.get("/api/v1/accounts/acme/events").send().status, 401);
}
