//! Public keys that are strong enough to trust.

use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoRef;

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// An RSA public key of 2048 to 8192 bits with an odd exponent of at least 65537.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    spki: Vec<u8>,
    bits: u32,
}

/// Why a public key is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// Not a SubjectPublicKeyInfo in DER.
    Malformed,
    /// Not an RSA key; holds the algorithm's object identifier.
    Algorithm(String),
    /// A modulus of this many bits.
    Bits(u32),
    /// A public exponent that is even or under 65537.
    Exponent,
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed => f.write_str("the public key cannot be read"),
            Self::Algorithm(oid) => write!(f, "the public key is of algorithm {oid}, not RSA"),
            Self::Bits(bits) => write!(f, "the RSA key has {bits} bits, not 2048 to 8192"),
            Self::Exponent => f.write_str("the RSA key's public exponent is even or under 65537"),
        }
    }
}

impl std::error::Error for KeyError {}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER (RFC 5280, section 4.1.2.7) that holds an RSAPublicKey (RFC 8017, A.1.1).
    pub fn from_spki(der: &[u8]) -> Result<Self, KeyError> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| KeyError::Malformed)?;
        if info.algorithm.oid != RSA_ENCRYPTION {
            return Err(KeyError::Algorithm(info.algorithm.oid.to_string()));
        }
        let key = info.subject_public_key.as_bytes().ok_or(KeyError::Malformed)?;
        let (modulus, exponent) = rsa_public_key(key).ok_or(KeyError::Malformed)?;
        let modulus = modulus.as_bytes();
        let bits = modulus.len() as u32 * 8 - modulus.first().map_or(0, |byte| byte.leading_zeros());
        // Above 8192 bits one verification would cost more than a sign-in may.
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::Bits(bits));
        }
        let exponent = exponent.as_bytes();
        let value = exponent.iter().take(4).fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        if exponent.len() > 4 || value % 2 == 0 || value < 65_537 {
            return Err(KeyError::Exponent);
        }
        Ok(Self { spki: der.to_vec(), bits })
    }

    /// SubjectPublicKeyInfo in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Bits of the modulus.
    pub fn bits(&self) -> u32 {
        self.bits
    }

    /// Bytes of a signature that this key makes.
    pub fn signature_length(&self) -> usize {
        self.bits.div_ceil(8) as usize
    }
}

fn rsa_public_key(der: &[u8]) -> Option<(UintRef<'_>, UintRef<'_>)> {
    let mut reader = SliceReader::new(der).ok()?;
    let pair = reader
        .sequence(|inner| Ok::<_, x509_cert::der::Error>((UintRef::decode(inner)?, UintRef::decode(inner)?)))
        .ok()?;
    reader.finish().ok()?;
    Some(pair)
}
