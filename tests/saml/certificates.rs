//! Which public keys are trusted at all: a provider is made of certificates whose keys are.

use crate::support::corpus::{ISSUER, case};
use crate::support::keys::{certificate, certificate_text, metadata};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::crypto::native::NativeCrypto;
use postern::crypto::{Certificate, CertificateError, DigestAlgorithm, KeyError, KeyKind, PublicKey, TrustedKeys};
use postern::provider::Encryption;
use postern::saml::{Decryption, IdpMetadata, MetadataError, ReceivedResponse, SamlError};
use postern::time::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    spki: String,
    /// Taken only together with SHA-1.
    #[serde(default)]
    weak: bool,
    refused: Option<String>,
}

#[test]
fn a_key_is_strong_enough_or_refused_for_its_reason() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("public-keys.json")).unwrap();
    assert!(cases.len() > 20);
    for (name, case) in cases {
        let key = PublicKey::from_spki(&STANDARD.decode(case.spki).unwrap());
        assert_eq!(key.as_ref().is_ok_and(|key| !key.is_strong()), case.weak, "{name}");
        assert_eq!(key.err().map(|error| format!("{error:?}")), case.refused, "{name}");
    }
}

#[test]
fn a_signature_is_as_long_as_the_modulus_or_both_coordinates() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("public-keys.json")).unwrap();
    for (name, bytes) in
        [("rsa-2048", 256), ("rsa-2049", 257), ("rsa-4096", 512), ("rsa-8192", 1024), ("ec-p256", 64), ("ec-p384", 96)]
    {
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
    assert_eq!((one.subject(), one.key().kind()), ("Corpus identity provider", KeyKind::Rsa { bits: 2048 }));
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
        (certificate_text("rsa-exponent-3"), CertificateError::Key(KeyError::Exponent)),
        (certificate_text("ec-p521"), CertificateError::Key(KeyError::Curve(Some("1.3.132.0.35".into())))),
    ] {
        assert_eq!(Certificate::from_base64(&text), Err(error), "{text}");
    }
}

#[test]
fn metadata_keeps_the_keys_that_can_be_used_and_tells_of_the_others() {
    let xml = metadata(ISSUER, &["ec-p521", "idp", "rsa-exponent-3", "ec-p256", "idp-next", "rsa-1024", "idp"]);
    let read = IdpMetadata::parse(xml.as_bytes()).unwrap();
    let kinds: Vec<_> = read.certificates.iter().map(|certificate| certificate.key().kind()).collect();
    let rsa = |bits| KeyKind::Rsa { bits };
    assert_eq!(kinds, [rsa(2048), KeyKind::P256, rsa(2048), rsa(1024)]);
    assert_eq!(read.left_out.len(), 2);
    let unusable = metadata(ISSUER, &["rsa-exponent-3"]);
    let error = CertificateError::Key(KeyError::Exponent);
    assert_eq!(IdpMetadata::parse(unusable.as_bytes()), Err(MetadataError::Certificate(error)));
    assert_eq!(IdpMetadata::parse(metadata(ISSUER, &[]).as_bytes()), Err(MetadataError::NoCertificate));
}

#[test]
fn weak_keys_and_sha1_are_trusted_together_or_not_at_all() {
    let [weak, strong] = ["rsa-1024", "idp"].map(|name| Certificate::from_base64(&certificate_text(name)).unwrap());
    assert_eq!(TrustedKeys::new([&weak], false), None);
    assert_eq!(TrustedKeys::new([], true), None);
    let strict = TrustedKeys::new([&weak, &strong], false).unwrap();
    assert_eq!(strict.certificates(), std::slice::from_ref(&strong));
    let lenient = TrustedKeys::new([&weak, &strong], true).unwrap();
    assert_eq!(lenient.certificates(), [weak, strong]);
    for (digest, always) in [(DigestAlgorithm::Sha1, false), (DigestAlgorithm::Sha256, true)] {
        assert_eq!((strict.allow(digest), lenient.allow(digest)), (always, true), "{digest:?}");
    }
}

/// The certificate of a key on P-256 with another number in the place of its point: on no curve.
fn off_the_curve() -> Certificate {
    let sound = Certificate::from_base64(&certificate_text("ec-p256")).unwrap();
    let mut der = STANDARD.decode(sound.to_base64()).unwrap();
    let spki = sound.key().spki();
    let at = der.windows(spki.len()).position(|window| window == spki).unwrap();
    der[at + spki.len() - 1] ^= 1;
    Certificate::from_base64(&STANDARD.encode(der)).unwrap()
}

#[test]
fn a_key_that_the_platform_does_not_take_is_in_nobodys_way() {
    let [sound, broken] = [certificate("ec-p256"), off_the_curve()];
    let response = case("accept/algorithms/ecdsa-p256-sha256-on-the-assertion").document;
    let verified = |certificates: [&Certificate; 2]| {
        let keys = TrustedKeys::new(certificates, false).unwrap();
        let received = ReceivedResponse::parse(&response).unwrap();
        let decryption =
            Decryption { policy: Encryption::Off, account: "acme", keys: &[], master: None, now: Timestamp(0) };
        pollster::block_on(async {
            received.decrypt(&decryption, &keys, &NativeCrypto).await?.authenticate(&keys, &NativeCrypto).await
        })
    };
    for certificates in [[&broken, &sound], [&sound, &broken]] {
        let authentic = verified(certificates).unwrap();
        assert_eq!(authentic.signed().0.fingerprint(), sound.fingerprint());
    }
    // Where no other key made the signature, that one could have: it is not the peer's fault.
    assert!(matches!(verified([&broken, &certificate("idp")]), Err(SamlError::Crypto(_))));
}
