//! The seam to public-key cryptography and randomness.
//!
//! Digests and canonicalization are done here, in step; the public-key operation is asked of a [`Crypto`]: WebCrypto at
//! the edge, the `rsa`, `p256` and `p384` crates natively. Which keys and algorithms are acceptable is decided here, before either is asked.

mod algorithm;
mod certificate;
mod key;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod trust;

pub use algorithm::{DigestAlgorithm, RSA_PSS_WITH_PARAMETERS, SignatureAlgorithm};
pub use certificate::{Certificate, CertificateError};
pub use key::{KeyError, KeyKind, PublicKey};
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
