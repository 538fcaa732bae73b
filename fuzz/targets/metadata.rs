//! Any bytes as an identity provider's metadata: what we take has what a provider needs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern::crypto::Certificate;
use postern::saml::IdpMetadata;

fuzz_target!(|data: &[u8]| {
    let Ok(metadata) = IdpMetadata::parse(data) else { return };
    assert!(!metadata.entity_id.trim().is_empty(), "no entity ID");
    assert!((1..=10).contains(&metadata.certificates.len()), "{} certificates", metadata.certificates.len());
    for certificate in &metadata.certificates {
        assert_eq!(Certificate::from_base64(&certificate.to_base64()).as_ref(), Ok(certificate));
    }
    assert!(metadata.sso_url.starts_with("http"), "{}", metadata.sso_url);
});
