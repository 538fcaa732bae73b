//! What the verifier makes of a platform whose cryptography fails: neither an acceptance nor a verdict on the signature.

use crate::support::corpus::case;
use postern::crypto::{Crypto, CryptoError, Encrypted, KeyPair, MasterKey, PrivateKey, PublicKey, SignatureAlgorithm};
use postern::saml::SamlError;

/// A platform that answers every question with one answer.
struct Answers(Result<bool, CryptoError>);

impl Crypto for Answers {
    async fn verify(&self, _: &PublicKey, _: SignatureAlgorithm, _: &[u8], _: &[u8]) -> Result<bool, CryptoError> {
        self.0.clone()
    }

    async fn generate(&self, _: &MasterKey, _: &str) -> Result<KeyPair, CryptoError> {
        panic!("a verifier has no private key")
    }

    async fn sign(&self, _: PrivateKey<'_>, _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        panic!("a verifier has no private key")
    }

    async fn decrypt(&self, _: PrivateKey<'_>, _: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError> {
        panic!("nothing is encrypted")
    }

    fn random(&self, _: &mut [u8]) {}
}

#[test]
fn a_platform_that_fails_refuses() {
    let failure = CryptoError("gone".into());
    let error = case("accept/policy/assertion-signed").verify(&Answers(Err(failure.clone()))).err();
    assert_eq!(error, Some(SamlError::Crypto(failure)));
    assert_eq!(error.unwrap().code(), "crypto_unavailable");
}

#[test]
fn only_the_platform_says_that_a_signature_is_good() {
    let error = case("accept/policy/both-signed").verify(&Answers(Ok(false))).err();
    assert!(matches!(error, Some(SamlError::WrongKey { ref element, .. }) if element == "Response"), "{error:?}");
    assert!(case("refuse/keys/stranger-without-key-info").verify(&Answers(Ok(true))).is_ok());
}

#[test]
fn a_signature_of_another_length_is_not_asked_about() {
    let shortened = case("refuse/keys/signature-shortened").verify(&Answers(Ok(true))).err();
    assert!(matches!(shortened, Some(SamlError::WrongKey { .. })), "{shortened:?}");
}

#[test]
fn a_digest_that_does_not_match_is_not_asked_about() {
    let altered = case("refuse/digests/assertion-name-id").verify(&Answers(Err(CryptoError("asked".into())))).err();
    assert!(matches!(altered, Some(SamlError::DigestMismatch { .. })), "{altered:?}");
}
