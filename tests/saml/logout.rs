//! Logout messages: every case comes to what its file says, a message or the very error of its rule; and what we write can
//! be read.

use crate::support::corpus::{ISSUER, Refused};
use crate::support::keys::certificate;
use crate::support::logout_corpus::{AcceptedLogout, SLO_URL, logout_cases};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::crypto::TrustedKeys;
use postern::crypto::native::NativeCrypto;
use postern::saml::{
    LogoutError, LogoutExpectations, LogoutRequest, LogoutResponse, NameId, ReceivedLogout, SamlError,
};
use postern::time::{Duration, Timestamp};
use postern_xml::Document;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn every_logout_message_to_take_is_taken_as_what_it_says() {
    fail_if_any(logout_cases("accept").iter().filter_map(|case| {
        let expected: &AcceptedLogout = case.header.accepted.as_ref().expect("an outcome");
        match case.verify(&NativeCrypto) {
            Err(error) => Some(format!("{}: {error} ({:?})", case.name, Refused::of_logout(&error))),
            Ok(got) => (got != *expected).then(|| format!("{}:\n  wanted {expected:?}\n  got    {got:?}", case.name)),
        }
    }));
}

#[test]
fn every_logout_message_to_refuse_is_refused_by_its_rule() {
    fail_if_any(logout_cases("refuse").iter().filter_map(|case| {
        let mut expected = case.header.refused.clone().expect("an outcome");
        match case.verify(&NativeCrypto) {
            Ok(got) => Some(format!("{}: taken as {got:?}", case.name)),
            Err(error) => {
                let got = Refused::of_logout(&error);
                if expected.detail.is_none() && !got.code.ends_with("_malformed") {
                    expected.detail.clone_from(&got.detail);
                }
                (got != expected).then(|| format!("{}:\n  wanted {expected:?}\n  got    {got:?}", case.name))
            }
        }
    }));
}

#[test]
fn every_code_of_logout_messages_has_a_case() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/saml/logout_error.rs")).unwrap();
    let codes: BTreeSet<&str> =
        source.split("=> \"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(code, _)| code).collect();
    assert!(codes.len() > 10, "the codes are not found in the source any more: {codes:?}");
    let cases = logout_cases("refuse");
    let tried: BTreeSet<&str> =
        cases.iter().filter_map(|case| Some(case.header.refused.as_ref()?.code.as_str())).collect();
    assert_eq!(codes.difference(&tried).collect::<Vec<_>>(), [&""; 0]);
}

/// The issuer chooses the provider, so that no document of a case can be of another one.
#[test]
fn a_message_of_one_provider_is_not_taken_for_anothers() {
    for case in logout_cases("accept").iter().filter(|case| case.name.ends_with("/request")) {
        let received = match case.is_redirect() {
            true => ReceivedLogout::from_query(&case.wire),
            false => ReceivedLogout::from_form(case.wire.as_bytes()),
        };
        let keys = TrustedKeys::new([&certificate("idp")], false).unwrap();
        let authentic = pollster::block_on(received.unwrap().authenticate(&keys, &NativeCrypto)).unwrap();
        let now = case.header.now;
        let wanted =
            LogoutExpectations { issuer: "https://other.example", url: SLO_URL, clock_skew: Duration::seconds(0), now };
        let error = authentic.check(&wanted).err();
        assert!(
            matches!(error, Some(LogoutError::Saml(SamlError::WrongIssuer { got: Some(ref got), .. })) if got == ISSUER)
        );
    }
}

#[test]
fn what_we_write_is_escaped_and_is_read_as_what_was_meant() {
    let name_id = NameId { value: "<Ada> & \"Co\"".into(), format: Some("urn:x\"&".into()) };
    let now = Timestamp::parse("2026-11-22T06:00:00Z").unwrap();
    let request = LogoutRequest {
        id: "_1",
        issued_at: now,
        expires_at: now.plus(Duration::seconds(600)),
        issuer: "sp & co",
        destination: "https://idp.example/slo?a=b&c",
        name_id: &name_id,
        session_index: Some("<1>"),
    };
    let xml = request.to_xml();
    let document = Document::parse(xml.as_bytes()).unwrap();
    let root = document.root();
    assert_eq!(root.attribute("NotOnOrAfter"), Some("2026-11-22T06:10:00.000Z"));
    assert_eq!(root.attribute("Destination"), Some("https://idp.example/slo?a=b&c"));
    let texts: Vec<_> = root.child_elements().map(|child| (child.local_name(), child.text().unwrap())).collect();
    assert_eq!(texts, [("Issuer", "sp & co"), ("NameID", "<Ada> & \"Co\""), ("SessionIndex", "<1>")]);
    assert_eq!(root.child_elements().nth(1).unwrap().attribute("Format"), Some("urn:x\"&"));
    let bare = NameId { value: "ada".into(), format: None };
    let xml = LogoutRequest { name_id: &bare, session_index: None, ..request }.to_xml();
    assert!(xml.contains("<saml:NameID>ada</saml:NameID></samlp:LogoutRequest>"), "{xml}");
    let response =
        LogoutResponse { id: "_2", issued_at: now, issuer: "sp", destination: "https://x/", in_response_to: "a\"b" };
    let xml = response.to_xml();
    assert_eq!(Document::parse(xml.as_bytes()).unwrap().root().attribute("InResponseTo"), Some("a\"b"));
    let posted =
        form_urlencoded::Serializer::new(String::new()).append_pair("SAMLResponse", &STANDARD.encode(&xml)).finish();
    assert_eq!(ReceivedLogout::from_form(posted.as_bytes()).unwrap().claimed_issuer(), Some("sp"));
}

fn fail_if_any(failures: impl Iterator<Item = String>) {
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}
