//! Certificates: envelopes that carry an identity provider's public key. Trust comes from the configuration that names
//! them, so no chain is built; the dates are shown, warned about and not enforced (metadata interoperability profile 2.6).

use super::key::{KeyError, PublicKey};
use crate::id::hex;
use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::name::Name;

/// A certificate whose key is acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    fingerprint: String,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
    key: PublicKey,
}

/// Why a certificate is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// Not base64.
    NotBase64,
    /// Not an X.509 certificate in DER.
    Malformed,
    /// Its key is not acceptable.
    Key(KeyError),
}

impl std::fmt::Display for CertificateError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotBase64 => f.write_str("the certificate is not base64"),
            Self::Malformed => f.write_str("the certificate is not an X.509 certificate"),
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CertificateError {}

impl Certificate {
    /// Reads what `ds:X509Certificate` holds: DER in base64 with any white space.
    pub fn from_base64(text: &str) -> Result<Self, CertificateError> {
        let compact: String = text.split_ascii_whitespace().collect();
        let der = STANDARD.decode(compact).map_err(|_| CertificateError::NotBase64)?;
        Self::from_der(der)
    }

    pub(super) fn from_der(der: Vec<u8>) -> Result<Self, CertificateError> {
        let parsed = x509_cert::Certificate::from_der(&der).map_err(|_| CertificateError::Malformed)?;
        let content = parsed.tbs_certificate();
        let spki = content.subject_public_key_info().to_der().map_err(|_| CertificateError::Malformed)?;
        let key = PublicKey::from_spki(&spki).map_err(CertificateError::Key)?;
        let time = |time: x509_cert::time::Time| Timestamp(time.to_unix_duration().as_millis() as i64);
        Ok(Self {
            fingerprint: hex(&Sha256::digest(&der)),
            subject: common_name(content.subject()),
            not_before: time(content.validity().not_before),
            not_after: time(content.validity().not_after),
            key,
            der,
        })
    }

    /// DER in base64, as metadata has it.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(&self.der)
    }

    /// In PEM (RFC 7468), for people who copy it.
    pub fn to_pem(&self) -> String {
        let text = self.to_base64();
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for (at, c) in text.chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                pem.push('\n');
            }
            pem.push(c);
        }
        pem.push_str("\n-----END CERTIFICATE-----\n");
        pem
    }

    /// SHA-256 of the DER, in hexadecimal.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The subject's common name, for people.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Begin of validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// End of validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The key it is there for.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }
}

/// The last common name of a subject: what people know a certificate by.
fn common_name(subject: &Name) -> String {
    const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
    let names = subject.iter().filter(|attribute| attribute.oid == COMMON_NAME);
    let text = names.last().map(|attribute| String::from_utf8_lossy(attribute.value.value()).into_owned());
    let printable = text.map(|text| text.chars().filter(|c| !c.is_control()).take(200).collect::<String>());
    printable.filter(|text| !text.trim().is_empty()).unwrap_or_else(|| "without a common name".to_owned())
}
