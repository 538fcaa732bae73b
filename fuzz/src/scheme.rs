//! An ideal signature scheme: a signature is good if, and only if, the honest signer made it over these very bytes. What
//! the verifier accepts beyond that is its own doing, not a weak key's.

use postern::crypto::{
    Certificate, Crypto, CryptoError, Encrypted, KeyPair, MasterKey, PrivateKey, PublicKey, SignatureAlgorithm,
};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

/// The signatures that were made.
#[derive(Default)]
pub struct Scheme(HashSet<(Vec<u8>, Vec<u8>)>);

/// What the corpus's key makes; the certificate is the trusted one.
const SIGNATURE_LENGTH: usize = 256;

impl Scheme {
    /// Signs: the value can be told by nobody who has not seen it.
    pub fn sign(&mut self, message: &str) -> Vec<u8> {
        let block = |counter: u8| Sha256::digest([b"signature", &[counter][..], message.as_bytes()].concat());
        let value: Vec<u8> = (0..SIGNATURE_LENGTH / 32).flat_map(|counter| block(counter as u8)).collect();
        self.0.insert((message.as_bytes().to_vec(), value.clone()));
        value
    }
}

impl Crypto for Scheme {
    // The algorithm is named in the message.
    async fn verify(
        &self,
        _: &PublicKey,
        _: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        Ok(self.0.contains(&(message.to_vec(), signature.to_vec())))
    }

    async fn generate(&self, _: &MasterKey, _: &str) -> Result<KeyPair, CryptoError> {
        Err(no_private_keys())
    }

    async fn sign(&self, _: PrivateKey<'_>, _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(no_private_keys())
    }

    async fn decrypt(&self, _: PrivateKey<'_>, _: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError> {
        Err(no_private_keys())
    }

    fn random(&self, buffer: &mut [u8]) {
        buffer.fill(0);
    }
}

fn no_private_keys() -> CryptoError {
    CryptoError("we have no private keys here".into())
}

/// The one certificate that is trusted.
pub fn certificate() -> Certificate {
    let pem = include_str!("../../tests/saml/keys/idp.pem");
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----").expect("a certificate");
    let (text, _) = rest.split_once("-----END CERTIFICATE-----").expect("its end");
    Certificate::from_base64(text).expect("a certificate that we take")
}
