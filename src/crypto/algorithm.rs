//! Algorithms of XML Signature that we accept, by their identifiers. What is not here is refused.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A digest algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// SHA-1: only where a provider allows it.
    Sha1,
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
            "http://www.w3.org/2000/09/xmldsig#sha1" => Some(Self::Sha1),
            "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Self::Sha256),
            "http://www.w3.org/2001/04/xmldsig-more#sha384" => Some(Self::Sha384),
            "http://www.w3.org/2001/04/xmlenc#sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// The digest of some bytes.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    /// Bytes of a digest.
    pub fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSA, PKCS #1 v1.5, with a digest.
    RsaPkcs1(DigestAlgorithm),
    /// RSA, PSS, with a digest, MGF1 of the same digest and a salt as long as it.
    RsaPss(DigestAlgorithm),
    /// ECDSA with a digest. A signature is the two numbers side by side, not DER (RFC 9231, section 2.3.6).
    Ecdsa(DigestAlgorithm),
}

/// RSASSA-PSS with its parameters beside it (RFC 9231, section 2.3.9).
pub const RSA_PSS_WITH_PARAMETERS: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";

impl SignatureAlgorithm {
    /// From its identifier in XML Signature (RFC 9231, sections 2.3.2 to 2.3.10). [`RSA_PSS_WITH_PARAMETERS`] is none by
    /// itself.
    pub fn from_uri(uri: &str) -> Option<Self> {
        use DigestAlgorithm::{Sha1, Sha256, Sha384, Sha512};
        match uri {
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1" => Some(Self::RsaPkcs1(Sha1)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" => Some(Self::RsaPkcs1(Sha256)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384" => Some(Self::RsaPkcs1(Sha384)),
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512" => Some(Self::RsaPkcs1(Sha512)),
            "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1" => Some(Self::RsaPss(Sha256)),
            "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1" => Some(Self::RsaPss(Sha384)),
            "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1" => Some(Self::RsaPss(Sha512)),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" => Some(Self::Ecdsa(Sha256)),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384" => Some(Self::Ecdsa(Sha384)),
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512" => Some(Self::Ecdsa(Sha512)),
            _ => None,
        }
    }

    /// The digest that is signed.
    pub fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaPkcs1(digest) | Self::RsaPss(digest) | Self::Ecdsa(digest) => digest,
        }
    }
}
