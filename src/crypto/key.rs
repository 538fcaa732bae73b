//! Public keys, and which of them are strong enough to trust.

use super::SignatureAlgorithm;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoRef;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// A key under this many bits is trusted only together with SHA-1, where a provider allows both.
const STRONG_RSA_BITS: u32 = 2048;

/// A public key that a signature can be verified with: RSA of 1024 to 8192 bits with an odd exponent of at least 65537, or
/// a point of P-256 or P-384.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    kind: KeyKind,
}

/// What a public key is a key of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// RSA.
    Rsa {
        /// Bits of the modulus.
        bits: u32,
    },
    /// The elliptic curve P-256 (FIPS 186-4, D.1.2.3).
    P256,
    /// The elliptic curve P-384 (FIPS 186-4, D.1.2.4).
    P384,
}

/// Why a public key is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a SubjectPublicKeyInfo in DER.
    Malformed,
    /// Neither RSA nor an elliptic curve; holds the algorithm's object identifier.
    Algorithm(String),
    /// Another elliptic curve; holds its object identifier, if it is a named one.
    Curve(Option<String>),
    /// A modulus of this many bits.
    Bits(u32),
    /// A public exponent that is even or under 65537.
    Exponent,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => f.write_str("the public key cannot be read"),
            Self::Algorithm(oid) => write!(f, "the public key is of algorithm {oid}, neither RSA nor ECDSA"),
            Self::Curve(Some(oid)) => write!(f, "the public key is of the curve {oid}, neither P-256 nor P-384"),
            Self::Curve(None) => f.write_str("the public key is of a curve without a name, neither P-256 nor P-384"),
            Self::Bits(bits) => write!(f, "the RSA key has {bits} bits, not {STRONG_RSA_BITS} to 8192"),
            Self::Exponent => f.write_str("the RSA key's public exponent is even or under 65537"),
        }
    }
}

impl std::error::Error for KeyError {}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7) that holds an RSAPublicKey (RFC 8017, A.1.1) or an
    /// uncompressed ECPoint of a named curve (RFC 5480, section 2).
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::Malformed)?;
        let key = info.subject_public_key.as_bytes().ok_or(KeyError::Malformed)?;
        let kind = match info.algorithm.oid {
            RSA_ENCRYPTION => rsa(key)?,
            EC_PUBLIC_KEY => elliptic(info.algorithm.parameters_oid().ok(), key)?,
            other => return Err(KeyError::Algorithm(other.to_string())),
        };
        Ok(Self { spki: der.to_vec(), kind })
    }

    /// SubjectPublicKeyInfo in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// What it is a key of.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Whether it is strong enough by itself: an RSA key under 2048 bits is not.
    pub fn is_strong(&self) -> bool {
        !matches!(self.kind, KeyKind::Rsa { bits } if bits < STRONG_RSA_BITS)
    }

    /// Whether a signature of this algorithm and length can be this key's.
    pub fn fits(&self, algorithm: SignatureAlgorithm, signature: &[u8]) -> bool {
        let is_rsa = matches!(self.kind, KeyKind::Rsa { .. });
        is_rsa != matches!(algorithm, SignatureAlgorithm::Ecdsa(_)) && signature.len() == self.signature_length()
    }

    /// Bytes of a signature that this key makes: the modulus' length, or both coordinates' (RFC 9231, section 2.3.6).
    pub fn signature_length(&self) -> usize {
        match self.kind {
            KeyKind::Rsa { bits } => bits.div_ceil(8) as usize,
            KeyKind::P256 => 64,
            KeyKind::P384 => 96,
        }
    }
}

impl KeyKind {
    /// Name of the algorithm, for people.
    pub fn algorithm(self) -> &'static str {
        match self {
            Self::Rsa { .. } => "RSA",
            Self::P256 => "ECDSA P-256",
            Self::P384 => "ECDSA P-384",
        }
    }

    /// Bits of the key.
    pub fn bits(self) -> u32 {
        match self {
            Self::Rsa { bits } => bits,
            Self::P256 => 256,
            Self::P384 => 384,
        }
    }
}

fn rsa(key: &[u8]) -> Result<KeyKind, KeyError> {
    let (modulus, exponent) = rsa_public_key(key).ok_or(KeyError::Malformed)?;
    let modulus = modulus.as_bytes();
    let bits = modulus.len() as u32 * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros());
    // Above 8192 bits one verification would cost more than a sign-in may.
    if !(1024..=8192).contains(&bits) {
        return Err(KeyError::Bits(bits));
    }
    let exponent = exponent.as_bytes();
    let value = exponent.iter().take(4).fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    if exponent.len() > 4 || value % 2 == 0 || value < 65_537 {
        return Err(KeyError::Exponent);
    }
    Ok(KeyKind::Rsa { bits })
}

fn rsa_public_key(der: &[u8]) -> Option<(UintRef<'_>, UintRef<'_>)> {
    let mut reader = SliceReader::new(der).ok()?;
    let pair = reader
        .sequence(|inner| Ok::<_, x509_cert::der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?)))
        .ok()?;
    reader.finish().ok()?;
    Some(pair)
}

/// That the point is on its curve is for the platform to find when it imports the key.
fn elliptic(curve: Option<ObjectIdentifier>, point: &[u8]) -> Result<KeyKind, KeyError> {
    let (kind, coordinate) = match curve {
        Some(P256) => (KeyKind::P256, 32),
        Some(P384) => (KeyKind::P384, 48),
        other => return Err(KeyError::Curve(other.map(|oid| oid.to_string()))),
    };
    if point.first() != Some(&4) || point.len() != 1 + 2 * coordinate {
        return Err(KeyError::Malformed);
    }
    Ok(kind)
}
