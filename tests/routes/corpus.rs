//! Every case of the corpus through the ACS: whom it lets in, what it writes, and the status it is refused with.

use crate::scene::{Site, cookie};
use crate::support::corpus::{ACS_URL, AUDIENCE, Case, Header, NOW, case, cases};
use crate::support::keys::metadata;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::http::Answer;
use postern::id::Secret;
use postern::provider::Encryption;
use postern::store::commit;
use postern::store::pending_request::{self, PendingRequest};
use postern::time::{Duration, Timestamp};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Cases whose assertion is sound and names nobody whom Postern could create: the NameID is no address, and there is no
/// attribute with one.
const WITHOUT_EMAIL: &[&str] =
    &["accept/policy/name-id-of-1024-characters", "accept/policy/name-id-with-no-break-space"];

/// A site as the case supposes it. `None` if it is called at a URL that this site does not have.
fn site(case: &Case) -> Option<Site> {
    let header = &case.header;
    header
        .acs_url
        .strip_prefix("https://sp.example")
        .filter(|path| path.contains("/acs") || path.contains("saml-login"))?;
    if header.acs_url.contains("/acs?") {
        return None;
    }
    let site = Site::new();
    site.create_account("acme");
    if header.encryption != Encryption::Off {
        let made = site.post("/api/v1/accounts/acme/keys").admin().json(&json!({ "purpose": "encryption" })).send();
        assert_eq!(made.status, 201, "{}", made.body_text());
    }
    for (content, plaintext) in &header.decrypts {
        site.crypto.knows(content, plaintext);
    }
    let keys: Vec<&str> = header.trusted.iter().map(String::as_str).collect();
    site.create_provider(json!({
        "metadataXml": metadata(&header.issuer.replace('&', "&amp;"), &keys),
        "allowIdpInitiated": header.idp_initiated,
        "clockSkewSeconds": header.skew_seconds,
        "allowSha1": header.allow_sha1,
        "encryption": header.encryption,
        "requestedAuthnContext": header.authn_context,
        "allowUnknownInResponseTo": header.allow_unknown_request,
        "spEntityId": (header.audience != AUDIENCE).then_some(&header.audience),
    }));
    site.set_now(header.now);
    Some(site)
}

fn post(site: &Site, case: &Case) -> Answer {
    let Header { acs_url, pending, .. } = &case.header;
    let target = acs_url.strip_prefix("https://sp.example").unwrap();
    let mut request = site.post(target).response(&case.form_field());
    if let Some(id) = pending {
        let secret = "A".repeat(43);
        let provider = &site.database.select("SELECT id FROM providers")[0];
        let pending = PendingRequest { id: id.clone(), return_to: "/reports".into(), is_test: false };
        let until = site.now().plus(Duration::seconds(60));
        let plan = pending_request::plan("acme", &pending, provider, Secret::presented(&secret).unwrap(), until);
        pollster::block_on(commit(&site.database, plan)).unwrap();
        request = request.cookie(&format!("__Host-postern-login={secret}"));
    }
    request.send()
}

#[test]
fn every_response_to_accept_opens_a_session() {
    for case in cases("accept") {
        let Some(site) = site(&case) else { continue };
        let answer = post(&site, &case);
        if WITHOUT_EMAIL.contains(&case.name.as_str()) {
            assert_eq!((answer.status, site.last_sign_in().as_str()), (403, "missing_email"), "{}", case.name);
            continue;
        }
        assert_eq!(answer.status, 303, "{}: {}", case.name, site.last_sign_in());
        let expected = case.header.accepted.as_ref().unwrap();
        let who = site.get("/whoami").cookie(&cookie(&answer)).send();
        let ended = expected.session_end.as_ref().is_some_and(|end| Timestamp::parse(end).unwrap() <= site.now());
        assert_eq!(who.status, if ended { 401 } else { 200 }, "{}", case.name);
        let name_ids = site.database.select("SELECT name_id FROM sessions");
        assert_eq!(name_ids, [expected.name_id.as_str()], "{}", case.name);
        let location = if expected.answers.is_some() { "/reports" } else { "/" };
        assert_eq!(answer.header("location"), Some(location), "{}", case.name);
    }
}

#[test]
fn every_response_to_refuse_writes_one_line_of_the_log_and_nothing_else() {
    let shared = Site::with_provider();
    let mut used = 0;
    for case in cases("refuse") {
        let own = if is_usual(&case.header) { None } else { site(&case) };
        let site = own.as_ref().unwrap_or(&shared);
        if own.is_none() {
            // The log is ordered by the time of its rows; the verdict is that of the usual time.
            site.database.execute("DELETE FROM sign_ins");
            site.set_now(Timestamp::parse(NOW).unwrap());
        }
        let before = site.database.dump();
        let answer = post(site, &case);
        used += 1;
        let code = &case.header.refused.as_ref().unwrap().code;
        let early = ["not_base64", "wrong_root", "not_utf8", "not_xml", "document_too_large"];
        let is_xml = code.ends_with("_not_allowed") && !code.contains("algorithm") && !code.contains("transform");
        let is_syntax = early.contains(&code.as_str())
            || ["duplicate_attribute", "unbound_prefix"].contains(&code.as_str())
            || is_xml && !["time_not_allowed", "idp_initiated_not_allowed"].contains(&code.as_str());
        assert_eq!(answer.status, if is_syntax { 400 } else { 403 }, "{}", case.name);
        assert_eq!(site.last_sign_in(), *code, "{}", case.name);
        assert_eq!(answer.header("set-cookie"), None, "{}", case.name);
        let after = site.database.dump();
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        let pending = usize::from(case.header.pending.is_some());
        assert_eq!(new.len(), 1 + pending, "{}: {new:?}", case.name);
        assert_eq!(new.iter().filter(|row| row.starts_with("sign_ins|")).count(), 1, "{}", case.name);
    }
    assert!(used > 800, "{used}");
}

/// Time is an answer too: what a ciphertext opened to must not decide how often the database or a private key is asked.
#[test]
fn whether_an_assertion_opened_shows_in_no_call_of_the_database_or_of_a_key() {
    let mut by_calls = BTreeMap::<(usize, Vec<String>), Vec<String>>::new();
    let mut codes = BTreeSet::new();
    for case in cases("refuse/encryption") {
        let code = &case.header.refused.as_ref().unwrap().code;
        let is_tried = case.name.contains("/failed/") || !case.header.decrypts.is_empty();
        let is_tried = is_tried && !["assertion_misplaced", "unknown_issuer"].contains(&code.as_str());
        // Two assertions that anybody can see, and what only a key of the provider can say.
        let is_outside = ["/beside-a-plain-one", "/original-in-the-response", "/two-encrypted", "/policy/"];
        if !is_tried || is_outside.iter().any(|part| case.name.contains(part)) {
            continue;
        }
        let site = site(&case).unwrap();
        let next = site.post("/api/v1/accounts/acme/keys").admin().json(&json!({ "purpose": "encryption" })).send();
        assert_eq!(next.status, 201, "{}", next.body_text());
        assert_eq!(site.post("/saml/acme/acs").response("PGEvPg==").send().status, 400, "an isolate that remembers");
        site.wait(Duration(1));
        site.database.watch(&[]);
        assert_eq!(post(&site, &case).status, 403, "{}", case.name);
        assert_eq!(site.last_sign_in(), *code, "{}", case.name);
        let calls = site.database.statements().into_iter().map(|statement| statement.sql.into_owned()).collect();
        // Where a signature around the ciphertext is not sound, no key is asked: that is told before.
        let tried = site.crypto.tried();
        let is_asked = !tried.is_empty();
        assert_eq!(
            is_asked,
            !case.name.contains("response-changed") && !case.name.contains("in-a-response-of"),
            "{}",
            case.name
        );
        if is_asked {
            by_calls.entry((tried.len(), calls)).or_default().push(case.name);
        }
        codes.insert(code.clone());
    }
    assert!(
        ["decryption_failed", "digest_mismatch", "not_signed"].iter().all(|code| codes.contains(*code)),
        "{codes:?}"
    );
    assert_eq!(by_calls.len(), 1, "{by_calls:#?}");
}

/// A sender declares prefixes around the ciphertext, and with that makes canonical bytes of what opens too many.
#[test]
fn what_opens_to_too_much_is_told_as_what_does_not_open() {
    let mut case = case("accept/encryption/prefix-of-the-response");
    let [(content, plaintext)] = &mut case.header.decrypts.iter_mut().collect::<Vec<_>>()[..] else { panic!("one") };
    let assertion = String::from_utf8(STANDARD.decode(&**plaintext).unwrap()).unwrap();
    **plaintext =
        STANDARD.encode(assertion.replace("</saml:Assertion>", &format!("{}</saml:Assertion>", "<x:a/>".repeat(50))));
    let opens = content.to_string();
    let around = format!("<samlp:Response xmlns:x=\"urn:{}\"", "x".repeat(7_000));
    let document = String::from_utf8(case.document.clone()).unwrap();
    case.document = document.replacen("<samlp:Response", &around, 1).into_bytes();

    let site = site(&case).unwrap();
    let answer = post(&site, &case);
    assert_eq!((answer.status, site.last_sign_in().as_str()), (403, "document_too_large"));
    site.wait(Duration(1));
    site.crypto.knows(&opens, &STANDARD.encode("nothing"));
    let failed = post(&site, &case);
    assert_eq!((failed.status, site.last_sign_in().as_str()), (403, "decryption_failed"));
}

fn is_usual(header: &Header) -> bool {
    header.now == Timestamp::parse(NOW).unwrap()
        && header.acs_url == ACS_URL
        && header.audience == AUDIENCE
        && header.issuer == crate::support::corpus::ISSUER
        && header.skew_seconds == 120
        && header.trusted == ["idp"]
        && !header.allow_sha1
        && header.encryption == Encryption::Off
        && header.authn_context.is_empty()
        && !header.allow_unknown_request
        && header.pending.is_none()
        && header.idp_initiated
}
