//! The crypto seam on WebCrypto: 15 to 30 times faster than RSA in WebAssembly.

use super::private_keys;
use super::task::settled;
use crate::crypto::{
    Crypto, CryptoError, DigestAlgorithm, Encrypted, KeyKind, KeyPair, MasterKey, PrivateKey, PublicKey,
    SignatureAlgorithm, WrappedKey,
};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::prelude::*;

/// Below this many bytes, asking costs more than SHA-256 in WebAssembly.
const WORTH_ASKING: usize = 1024;

/// So many imported keys are kept; then all are forgotten. Bounds the memory of an isolate.
const CAPACITY: usize = 500;

thread_local! {
    /// Importing a key costs more than verifying with it.
    static KEYS: RefCell<HashMap<(SignatureAlgorithm, Vec<u8>), JsValue>> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        data: &[u8],
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = verify, catch)]
    fn verify(algorithm: &JsValue, key: &JsValue, signature: &[u8], data: &[u8]) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = digest, catch)]
    fn digest(algorithm: &str, data: &[u8]) -> Result<Promise, JsValue>;
}

pub(super) struct WebCrypto;

impl Crypto for WebCrypto {
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        let key = imported(key, algorithm).await?;
        let verdict =
            verify(&verify_parameters(algorithm)?, &key, signature, message).map_err(|error| failed(&error))?;
        settled(&verdict).await.map(|verdict| verdict.is_truthy()).map_err(|error| failed(&error))
    }

    async fn generate(&self, master: &MasterKey, owner: &str) -> Result<KeyPair, CryptoError> {
        let mut nonce = [0; WrappedKey::NONCE];
        self.random(&mut nonce);
        private_keys::generate(nonce, master, owner).await
    }

    async fn sign(&self, key: PrivateKey<'_>, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        private_keys::sign(key, message).await
    }

    async fn decrypt(&self, key: PrivateKey<'_>, encrypted: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError> {
        let mut substitute = [0; 32];
        self.random(&mut substitute);
        private_keys::decrypt(key, encrypted, &substitute).await
    }

    async fn digest(&self, algorithm: DigestAlgorithm, bytes: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if bytes.len() < WORTH_ASKING {
            return Ok(algorithm.digest(bytes));
        }
        let digest = digest(hash(algorithm), bytes).map_err(|error| failed(&error))?;
        let digest = settled(&digest).await.map_err(|error| failed(&error))?;
        Ok(Uint8Array::new(&digest).to_vec())
    }

    #[allow(clippy::disallowed_methods, reason = "this is the seam")]
    fn random(&self, buffer: &mut [u8]) {
        assert!(getrandom::fill(buffer).is_ok(), "the platform has no randomness");
    }
}

async fn imported(key: &PublicKey, algorithm: SignatureAlgorithm) -> Result<JsValue, CryptoError> {
    let known = (algorithm, key.spki().to_vec());
    if let Some(key) = KEYS.with_borrow(|keys| keys.get(&known).cloned()) {
        return Ok(key);
    }
    let usages = Array::of1(&JsValue::from_str("verify"));
    let parameters = import_parameters(key.kind(), algorithm)?;
    let import = import_key("spki", key.spki(), &parameters, false, &usages).map_err(|error| failed(&error))?;
    let key = settled(&import).await.map_err(|error| failed(&error))?;
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= CAPACITY {
            keys.clear();
        }
        keys.insert(known, key.clone());
    });
    Ok(key)
}

fn name(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => "RSASSA-PKCS1-v1_5",
        SignatureAlgorithm::RsaPss(_) => "RSA-PSS",
        SignatureAlgorithm::Ecdsa(_) => "ECDSA",
    }
}

/// WebCrypto's name of a digest.
pub(super) fn hash(digest: DigestAlgorithm) -> &'static str {
    match digest {
        DigestAlgorithm::Sha1 => "SHA-1",
        DigestAlgorithm::Sha256 => "SHA-256",
        DigestAlgorithm::Sha384 => "SHA-384",
        DigestAlgorithm::Sha512 => "SHA-512",
    }
}

/// The `RsaHashedImportParams` or `EcKeyImportParams` of an algorithm.
fn import_parameters(kind: KeyKind, algorithm: SignatureAlgorithm) -> Result<JsValue, CryptoError> {
    let more: (&str, JsValue) = match kind {
        KeyKind::Rsa { .. } => ("hash", hash(algorithm.digest()).into()),
        KeyKind::P256 => ("namedCurve", "P-256".into()),
        KeyKind::P384 => ("namedCurve", "P-384".into()),
    };
    object(&[("name", name(algorithm).into()), more])
}

/// What `verify` is to know: the name alone, `RsaPssParams` or `EcdsaParams`.
fn verify_parameters(algorithm: SignatureAlgorithm) -> Result<JsValue, CryptoError> {
    let digest = algorithm.digest();
    let more: (&str, JsValue) = match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => return Ok(name(algorithm).into()),
        SignatureAlgorithm::RsaPss(_) => ("saltLength", (digest.length() as u32).into()),
        SignatureAlgorithm::Ecdsa(_) => ("hash", hash(digest).into()),
    };
    object(&[("name", name(algorithm).into()), more])
}

/// An object of JavaScript.
pub(super) fn object(members: &[(&str, JsValue)]) -> Result<JsValue, CryptoError> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).map_err(|error| failed(&error))?;
    }
    Ok(object.into())
}

/// What WebCrypto says of a failure.
pub(super) fn failed(error: &JsValue) -> CryptoError {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    CryptoError(message.unwrap_or_else(|| "no reason given".into()))
}
