//! Private keys of an account. They are made, used and forgotten inside the platform: what we hold of one is its wrapping.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What private keys are wrapped with: AES-256 (SPEC section 11).
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// Reads 32 bytes in base64, as `openssl rand -base64 32` prints them. White space around it is the shell's.
    pub fn parse(text: &str) -> Option<Self> {
        STANDARD.decode(text.trim()).ok()?.try_into().ok().map(Self)
    }

    /// The key itself, for the platform.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey")
    }
}

/// A private key in PKCS #8, wrapped with AES-256-GCM: the nonce of 12 bytes, then what the cipher made of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WrappedKey(Vec<u8>);

impl WrappedKey {
    /// Bytes of the nonce.
    pub const NONCE: usize = 12;

    /// From nonce and ciphertext.
    pub fn new(nonce: [u8; Self::NONCE], ciphertext: &[u8]) -> Self {
        Self([nonce.as_slice(), ciphertext].concat())
    }

    /// From base64, as it is stored.
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().filter(|bytes| bytes.len() > Self::NONCE).map(Self)
    }

    /// In base64, to be stored.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.0)
    }

    /// Nonce and ciphertext.
    pub fn parts(&self) -> (&[u8], &[u8]) {
        self.0.split_at(Self::NONCE)
    }
}

/// A private key that can be used: its wrapping, what unwraps it, and whose it is, which the wrapping is bound to.
#[derive(Clone, Copy, Debug)]
pub struct PrivateKey<'a> {
    /// The key, wrapped.
    pub wrapped: &'a WrappedKey,
    /// What it is wrapped with.
    pub master: &'a MasterKey,
    /// Account and id of the key: authenticated with the wrapping, so that no account can be given another's.
    pub owner: &'a str,
}

/// A fresh RSA key pair of 2048 bits.
#[derive(Clone, Debug)]
pub struct KeyPair {
    /// SubjectPublicKeyInfo in DER.
    pub spki: Vec<u8>,
    /// The private key, wrapped.
    pub wrapped: WrappedKey,
}

/// Something that was encrypted to us: a content key for our RSA key, and content for the content key (XML Encryption 1.1).
#[derive(Clone, Copy, Debug)]
pub struct Encrypted<'a> {
    /// How the content key is encrypted.
    pub transport: KeyTransport,
    /// Label of RSA-OAEP; usually empty.
    pub label: &'a [u8],
    /// The encrypted content key.
    pub key: &'a [u8],
    /// How the content is encrypted.
    pub cipher: ContentCipher,
    /// Initialization vector, ciphertext and, for GCM, the tag.
    pub content: &'a [u8],
}

/// How a content key is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyTransport {
    /// RSA-OAEP with SHA-1 and MGF1 of SHA-1.
    OaepSha1,
    /// RSA-OAEP with SHA-256 and MGF1 of SHA-256.
    OaepSha256,
}

/// How content is encrypted; the number is the key's bits: 128, 192 or 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentCipher {
    /// AES-GCM: a nonce of 12 bytes, then ciphertext, then a tag of 16 bytes.
    AesGcm(u16),
    /// AES-CBC: an initialization vector of 16 bytes, then blocks. The last byte says how many of the last block are
    /// padding, whatever is in them (XML Encryption 1.1, section 5.2).
    AesCbc(u16),
}
