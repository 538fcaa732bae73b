//! The crypto seam of native tests. Public keys are real; private keys, which live in WebCrypto only, are played by what a
//! test can look through: a signature that names the message, and ciphertexts that the test knows beforehand. What WebCrypto
//! does with them is tested where it is, in the built module.

use super::keys::certificate_text;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::crypto::native::NativeCrypto;
use postern::crypto::{
    Certificate, Crypto, CryptoError, Encrypted, KeyPair, MasterKey, PrivateKey, PublicKey, SignatureAlgorithm,
    WrappedKey,
};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;

/// The master key of native tests.
pub(crate) fn master_key() -> MasterKey {
    MasterKey::parse(&STANDARD.encode([7; 32])).unwrap()
}

#[derive(Default)]
pub(crate) struct TestCrypto {
    /// Plaintexts by the SHA-256 of the encrypted content, in base64.
    plaintexts: RefCell<HashMap<String, Vec<u8>>>,
    /// Whose keys something was to be decrypted with, in order.
    tried: RefCell<Vec<String>>,
}

impl TestCrypto {
    /// From now on content of this SHA-256 decrypts to this plaintext, both in base64.
    pub(crate) fn knows(&self, content: &str, plaintext: &str) {
        self.plaintexts.borrow_mut().insert(content.to_owned(), STANDARD.decode(plaintext).unwrap());
    }

    /// Whose keys something was to be decrypted with since this was asked last: account and id of each.
    pub(crate) fn tried(&self) -> Vec<String> {
        self.tried.take()
    }

    /// The signature of a message by a key.
    pub(crate) fn signature(owner: &str, message: &[u8]) -> Vec<u8> {
        Sha256::digest([owner.as_bytes(), message].concat()).repeat(8)
    }
}

impl Crypto for TestCrypto {
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        NativeCrypto.verify(key, algorithm, message, signature).await
    }

    async fn generate(&self, _: &MasterKey, owner: &str) -> Result<KeyPair, CryptoError> {
        let certificate = Certificate::from_base64(&certificate_text("idp-next")).unwrap();
        let wrapped = WrappedKey::new([0; WrappedKey::NONCE], owner.as_bytes());
        Ok(KeyPair { spki: certificate.key().spki().to_vec(), wrapped })
    }

    async fn sign(&self, key: PrivateKey<'_>, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        check(key)?;
        Ok(Self::signature(key.owner, message))
    }

    async fn decrypt(&self, key: PrivateKey<'_>, encrypted: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError> {
        self.tried.borrow_mut().push(key.owner.to_owned());
        check(key)?;
        Ok(self.plaintexts.borrow().get(&STANDARD.encode(Sha256::digest(encrypted.content))).cloned())
    }

    fn random(&self, buffer: &mut [u8]) {
        NativeCrypto.random(buffer);
    }
}

/// A wrapping opens with its master key and for its owner only.
fn check(key: PrivateKey<'_>) -> Result<(), CryptoError> {
    let (_, owner) = key.wrapped.parts();
    if *key.master == master_key() && owner == key.owner.as_bytes() {
        return Ok(());
    }
    Err(CryptoError("a private key cannot be unwrapped".into()))
}
