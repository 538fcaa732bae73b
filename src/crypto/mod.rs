//! The seam to public-key cryptography and randomness.
//!
//! Digests and canonicalization are done here, in step; the public-key operation is asked of a [`Crypto`]: WebCrypto at
//! the edge, the `rsa` crate natively. Which keys and algorithms are acceptable is decided here, before either is asked.

mod certificate;
mod key;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;

pub use certificate::{Certificate, CertificateError};
pub use key::{KeyError, PublicKey};

use sha2::{Digest, Sha256, Sha384, Sha512};

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

/// A digest algorithm that we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl DigestAlgorithm {
    /// From its identifier in XML Signature (RFC 9231, section 2.1).
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Self::Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(Self::Sha384),
            "http://www.w3.org/2001/04/xmlenc#sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The digest of some bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// A signature algorithm that we accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSA, PKCS #1 v1.5, with a digest.
    RsaPkcs1(DigestAlgorithm),
}

impl SignatureAlgorithm {
    /// From its identifier in XML Signature (RFC 9231, section 2.3).
    pub fn from_uri(uri: &str) -> Option<Self> {
        match uri {
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Some(Self::RsaPkcs1(DigestAlgorithm::Sha256)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Some(Self::RsaPkcs1(DigestAlgorithm::Sha384)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Some(Self::RsaPkcs1(DigestAlgorithm::Sha512)),
            _ => None,
        }
    }
}
