//! The seam to public-key cryptography and randomness.
//!
//! Canonicalization is done here; the public-key operation and the digest of what can be large are asked of a [`Crypto`]:
//! WebCrypto at the edge, the `rsa`, `p256`, `p384` and `sha2` crates natively. Which keys and algorithms are acceptable is
//! decided here, before either is asked.

mod algorithm;
mod certificate;
mod key;
// Fuzz targets bring a scheme of their own, and are built in less time without these.
#[cfg(not(any(target_arch = "wasm32", fuzzing)))]
pub mod native;
mod private_key;
mod self_signed;
mod trust;

pub use algorithm::{DigestAlgorithm, RSA_PSS_WITH_PARAMETERS, SignatureAlgorithm};
pub use certificate::{Certificate, CertificateError};
pub use key::{KeyError, KeyKind, PublicKey};
pub use private_key::{ContentCipher, Encrypted, KeyPair, KeyTransport, MasterKey, PrivateKey, WrappedKey};
pub use self_signed::self_signed;
pub use trust::TrustedKeys;

/// What the core asks of the platform.
#[allow(async_fn_in_trait, reason = "futures of the edge are never sent between threads")]
pub trait Crypto {
    /// Whether `signature` over `message` was made with the private key of `key`.
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError>;

    /// Makes a key pair, its private key wrapped with `master` for `owner`.
    async fn generate(&self, master: &MasterKey, owner: &str) -> Result<KeyPair, CryptoError>;

    /// The signature of a message: RSA, PKCS #1 v1.5, with SHA-256.
    async fn sign(&self, key: PrivateKey<'_>, message: &[u8]) -> Result<Vec<u8>, CryptoError>;

    /// Decrypts what was encrypted to a key of ours. `None`: it was not, or not soundly; nothing tells which, and all take
    /// the same steps.
    async fn decrypt(&self, key: PrivateKey<'_>, encrypted: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError>;

    /// The digest of some bytes. A platform that is faster at it than we are does it itself.
    async fn digest(&self, algorithm: DigestAlgorithm, bytes: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(algorithm.digest(bytes))
    }

    /// Fills the buffer with unpredictable bytes. A platform that has none left ends here: nothing safe could follow.
    fn random(&self, buffer: &mut [u8]);
}

/// The platform could not do the operation. Ours, not the peer's: it says nothing about the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CryptoError(pub String);

impl std::fmt::Display for CryptoError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cryptography is not available: {}", self.0)
    }
}

impl std::error::Error for CryptoError {}
