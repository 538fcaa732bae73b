//! Which public keys are trusted at all: a provider is made of certificates whose keys are.

use crate::support::keys::{certificate_text, metadata};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::crypto::{Certificate, CertificateError, KeyError, PublicKey};
use postern::saml::{IdpMetadata, MetadataError};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    spki: String,
    refused: Option<String>,
}

#[test]
fn a_key_is_strong_enough_or_refused_for_its_reason() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("public-keys.json")).unwrap();
    assert!(cases.len() > 20);
    for (name, case) in cases {
        let key = PublicKey::from_spki(&STANDARD.decode(case.spki).unwrap());
        assert_eq!(key.err().map(|error| format!("{error:?}")), case.refused, "{name}");
    }
}

#[test]
fn a_signature_is_as_long_as_the_modulus() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("public-keys.json")).unwrap();
    for (name, bytes) in [("rsa-2048", 256), ("rsa-2049", 257), ("rsa-4096", 512), ("rsa-8192", 1024)] {
        let key = PublicKey::from_spki(&STANDARD.decode(&cases[name].spki).unwrap()).unwrap();
        assert_eq!(key.signature_length(), bytes, "{name}");
    }
}

#[test]
fn a_certificate_is_read_from_base64_with_any_white_space() {
    let text = certificate_text("idp");
    let one = Certificate::from_base64(&text).unwrap();
    let compact: String = text.split_ascii_whitespace().collect();
    let wide = format!("\r\n\t {} \n", text.replace('\n', "\r\n   "));
    assert_eq!(Certificate::from_base64(&compact).as_ref(), Ok(&one));
    assert_eq!(Certificate::from_base64(&wide).as_ref(), Ok(&one));
    assert_eq!(Certificate::from_base64(&one.to_base64()), Ok(one.clone()));
    assert_eq!((one.subject(), one.key().bits()), ("Corpus identity provider", 2048));
    assert_eq!(one.not_before().to_rfc3339(), "2026-01-01T00:00:00.000Z");
    assert_eq!(one.not_after().to_rfc3339(), "2046-01-01T00:00:00.000Z");
    assert_eq!(one.fingerprint().len(), 64);
}

#[test]
fn what_is_no_certificate_of_a_strong_key_is_refused() {
    let der = STANDARD.decode(certificate_text("idp").split_ascii_whitespace().collect::<String>()).unwrap();
    let cut = STANDARD.encode(&der[..der.len() - 1]);
    let tail = STANDARD.encode([der.as_slice(), &[0]].concat());
    for (text, error) in [
        (String::new(), CertificateError::Malformed),
        ("AAAA".into(), CertificateError::Malformed),
        (cut, CertificateError::Malformed),
        (tail, CertificateError::Malformed),
        ("not base64".into(), CertificateError::NotBase64),
        ("-----BEGIN CERTIFICATE-----".into(), CertificateError::NotBase64),
        (certificate_text("rsa-1024"), CertificateError::Key(KeyError::Bits(1024))),
        (certificate_text("rsa-exponent-3"), CertificateError::Key(KeyError::Exponent)),
        (certificate_text("ec-p256"), CertificateError::Key(KeyError::Algorithm("1.2.840.10045.2.1".into()))),
    ] {
        assert_eq!(Certificate::from_base64(&text), Err(error), "{text}");
    }
}

#[test]
fn metadata_keeps_the_strong_keys_and_tells_of_the_others() {
    let xml = metadata("https://idp.example/entity", &["rsa-1024", "idp", "ec-p256", "idp-next", "idp"]);
    let read = IdpMetadata::parse(xml.as_bytes()).unwrap();
    let subjects: Vec<_> = read.certificates.iter().map(Certificate::subject).collect();
    assert_eq!(subjects, ["Corpus identity provider", "Corpus identity provider next"]);
    assert_eq!(read.left_out.len(), 2);
    let weak = metadata("https://idp.example/entity", &["rsa-1024"]);
    let error = CertificateError::Key(KeyError::Bits(1024));
    assert_eq!(IdpMetadata::parse(weak.as_bytes()), Err(MetadataError::Certificate(error)));
    assert_eq!(
        IdpMetadata::parse(metadata("https://idp.example/entity", &[]).as_bytes()),
        Err(MetadataError::NoCertificate)
    );
}
