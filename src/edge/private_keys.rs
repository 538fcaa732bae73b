//! What WebCrypto does with private keys. They are made in it, leave it wrapped only, and come back as keys that cannot be
//! exported.

use super::task::settled;
use super::web_crypto::{failed, hash, object};
use crate::crypto::{
    ContentCipher, CryptoError, DigestAlgorithm, Encrypted, KeyPair, KeyTransport, MasterKey, PrivateKey, WrappedKey,
};
use js_sys::{Array, ArrayBuffer, Promise, Reflect, Uint8Array};
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::prelude::*;

const SIGNING: &str = "RSASSA-PKCS1-v1_5";
const ENCRYPTION: &str = "RSA-OAEP";
const WRAPPING: &str = "AES-GCM";

/// Bytes of a block of AES.
const BLOCK: usize = 16;

/// So many unwrapped keys are kept; then all are forgotten. Bounds the memory of an isolate.
const CAPACITY: usize = 100;

/// What an unwrapped key is for, with the digest that it is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Usage {
    Sign,
    Decrypt(DigestAlgorithm),
}

thread_local! {
    /// Unwrapping a key costs more than using it.
    static KEYS: RefCell<HashMap<(Usage, String, WrappedKey), JsValue>> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = generateKey, catch)]
    fn generate_key(algorithm: &JsValue, extractable: bool, usages: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = exportKey, catch)]
    fn export_key(format: &str, key: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        data: &[u8],
        algorithm: &str,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = wrapKey, catch)]
    fn wrap_key(format: &str, key: &JsValue, wrapping: &JsValue, algorithm: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = unwrapKey, catch)]
    fn unwrap_key(
        format: &str,
        wrapped: &[u8],
        unwrapping: &JsValue,
        algorithm: &JsValue,
        of: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = sign, catch)]
    fn sign_with(algorithm: &str, key: &JsValue, data: &[u8]) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = encrypt, catch)]
    fn encrypt_with(algorithm: &JsValue, key: &JsValue, data: &[u8]) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = decrypt, catch)]
    fn decrypt_with(algorithm: &JsValue, key: &JsValue, data: &[u8]) -> Result<Promise, JsValue>;
}

pub(super) async fn generate(nonce: [u8; 12], master: &MasterKey, owner: &str) -> Result<KeyPair, CryptoError> {
    let exponent = Uint8Array::from([1, 0, 1].as_slice());
    let algorithm = object(&[
        ("name", SIGNING.into()),
        ("modulusLength", 2048.into()),
        ("publicExponent", exponent.into()),
        ("hash", hash(DigestAlgorithm::Sha256).into()),
    ])?;
    let pair = done(generate_key(&algorithm, true, &usages(&["sign", "verify"]))).await?;
    let half = |name: &str| Reflect::get(&pair, &name.into()).map_err(|error| failed(&error));
    let spki = done(export_key("spki", &half("publicKey")?)).await?;
    let wrapping = imported(master, "wrapKey").await?;
    let algorithm = authenticated(&nonce, owner)?;
    let wrapped = done(wrap_key("pkcs8", &half("privateKey")?, &wrapping, &algorithm)).await?;
    Ok(KeyPair { spki: bytes(spki), wrapped: WrappedKey::new(nonce, &bytes(wrapped)) })
}

pub(super) async fn sign(key: PrivateKey<'_>, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let key = unwrapped(key, Usage::Sign).await?;
    done(sign_with(SIGNING, &key, message)).await.map(bytes)
}

/// Whether the content key cannot be decrypted or the content cannot: the same is done, and nothing is told. A key of the
/// platform's making takes the place of one that is none.
pub(super) async fn decrypt(
    key: PrivateKey<'_>,
    encrypted: Encrypted<'_>,
    substitute: &[u8; 32],
) -> Result<Option<Vec<u8>>, CryptoError> {
    let digest = match encrypted.transport {
        KeyTransport::OaepSha1 => DigestAlgorithm::Sha1,
        KeyTransport::OaepSha256 => DigestAlgorithm::Sha256,
    };
    let key = unwrapped(key, Usage::Decrypt(digest)).await?;
    let (name, bits) = match encrypted.cipher {
        ContentCipher::AesGcm(bits) => ("AES-GCM", bits),
        ContentCipher::AesCbc(bits) => ("AES-CBC", bits),
    };
    let uses = usages(&["encrypt", "decrypt"]);
    let transport = match encrypted.label {
        [] => object(&[("name", ENCRYPTION.into())])?,
        label => object(&[("name", ENCRYPTION.into()), ("label", Uint8Array::from(label).into())])?,
    };
    let content_key = done(unwrap_key("raw", encrypted.key, &key, &transport, &name.into(), false, &uses)).await;
    let content_key = content_key.ok().filter(|key| length(key) == Some(f64::from(bits)));
    let known = content_key.is_some();
    let content_key = match content_key {
        Some(key) => key,
        None => done(import_key("raw", &substitute[..usize::from(bits) / 8], name, false, &uses)).await?,
    };
    let plaintext = match encrypted.cipher {
        ContentCipher::AesGcm(_) => open_gcm(&content_key, encrypted.content).await,
        ContentCipher::AesCbc(_) => open_cbc(&content_key, encrypted.content).await,
    };
    Ok(plaintext.ok().flatten().filter(|_| known))
}

async fn open_gcm(key: &JsValue, content: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
    let Some((nonce, ciphertext)) = content.split_at_checked(WrappedKey::NONCE) else { return Ok(None) };
    let algorithm = object(&[("name", "AES-GCM".into()), ("iv", Uint8Array::from(nonce).into())])?;
    done(decrypt_with(&algorithm, key, ciphertext)).await.map(|plaintext| Some(bytes(plaintext)))
}

/// WebCrypto takes PKCS #7 padding only and XML Encryption has its own, so one more block is put behind, which decrypts to
/// a whole block of padding: then the platform takes away that one, and the sender's is left to be taken away here.
async fn open_cbc(key: &JsValue, content: &[u8]) -> Result<Option<Vec<u8>>, CryptoError> {
    if content.len() < 2 * BLOCK || !content.len().is_multiple_of(BLOCK) {
        return Ok(None);
    }
    let cbc = |vector: &[u8]| object(&[("name", "AES-CBC".into()), ("iv", Uint8Array::from(vector).into())]);
    let (vector, ciphertext) = content.split_at(BLOCK);
    let last = &content[content.len() - BLOCK..];
    let padding = bytes(done(encrypt_with(&cbc(last)?, key, &[])).await?);
    let padded = [ciphertext, &padding].concat();
    let mut plaintext = bytes(done(decrypt_with(&cbc(vector)?, key, &padded)).await?);
    let padding = plaintext.last().copied().map_or(0, usize::from);
    if !(1..=BLOCK).contains(&padding) {
        return Ok(None);
    }
    plaintext.truncate(plaintext.len().saturating_sub(padding));
    Ok(Some(plaintext))
}

async fn unwrapped(key: PrivateKey<'_>, usage: Usage) -> Result<JsValue, CryptoError> {
    let known = (usage, key.owner.to_owned(), key.wrapped.clone());
    if let Some(key) = KEYS.with_borrow(|keys| keys.get(&known).cloned()) {
        return Ok(key);
    }
    let (name, digest, uses) = match usage {
        Usage::Sign => (SIGNING, DigestAlgorithm::Sha256, usages(&["sign"])),
        Usage::Decrypt(digest) => (ENCRYPTION, digest, usages(&["decrypt", "unwrapKey"])),
    };
    let of = object(&[("name", name.into()), ("hash", hash(digest).into())])?;
    let (nonce, ciphertext) = key.wrapped.parts();
    let unwrapping = imported(key.master, "unwrapKey").await?;
    let algorithm = authenticated(nonce, key.owner)?;
    let unwrapped = done(unwrap_key("pkcs8", ciphertext, &unwrapping, &algorithm, &of, false, &uses)).await;
    let unwrapped =
        unwrapped.map_err(|_| CryptoError("a private key cannot be unwrapped: is MASTER_KEY another one?".into()))?;
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= CAPACITY {
            keys.clear();
        }
        keys.insert(known, unwrapped.clone());
    });
    Ok(unwrapped)
}

async fn imported(master: &MasterKey, usage: &str) -> Result<JsValue, CryptoError> {
    done(import_key("raw", master.expose(), WRAPPING, false, &usages(&[usage]))).await
}

/// The `AesGcmParams` that bind a wrapping to its owner.
fn authenticated(nonce: &[u8], owner: &str) -> Result<JsValue, CryptoError> {
    let (nonce, owner) = (Uint8Array::from(nonce), Uint8Array::from(owner.as_bytes()));
    object(&[("name", WRAPPING.into()), ("iv", nonce.into()), ("additionalData", owner.into())])
}

/// Bits of a `CryptoKey` of AES.
fn length(key: &JsValue) -> Option<f64> {
    let algorithm = Reflect::get(key, &"algorithm".into()).ok()?;
    Reflect::get(&algorithm, &"length".into()).ok()?.as_f64()
}

fn usages(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from_str(name)).collect()
}

fn bytes(buffer: JsValue) -> Vec<u8> {
    Uint8Array::new(&buffer.unchecked_into::<ArrayBuffer>()).to_vec()
}

async fn done(promise: Result<Promise, JsValue>) -> Result<JsValue, CryptoError> {
    let promise = promise.map_err(|error| failed(&error))?;
    settled(&promise).await.map_err(|error| failed(&error))
}
