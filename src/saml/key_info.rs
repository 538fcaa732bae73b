//! `ds:KeyInfo`: the certificate that a signature names beside itself. Anybody can write one there, so no signature is
//! verified with it; it is shown to an admin whose identity provider signs with a certificate that is not known here.

use super::dsig::is_dsig;
use super::{Namespace, base64_text};
use crate::crypto::{Certificate, TrustedKeys};
use crate::id::hex;
use crate::time::Timestamp;
use postern_xml::Element;
use serde::Serialize;
use sha2::{Digest, Sha256};

/// The longest text of a certificate that is looked at. One of RSA-4096 has about 2,000 characters.
const MAX_TEXT: usize = 16 * 1024;

/// The certificate that a signature names, by its own word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedCertificate {
    /// SHA-256 of its bytes, in hexadecimal.
    pub fingerprint: String,
    /// Whether it is one of the provider's.
    pub configured: bool,
    /// The subject's common name. `None`, as with the dates: not a certificate with a key that could be used.
    pub subject: Option<String>,
    /// Begin of validity.
    pub not_before: Option<Timestamp>,
    /// End of validity.
    pub not_after: Option<Timestamp>,
}

impl NamedCertificate {
    /// Of a signature that names one.
    pub(super) fn of(signature: Element<'_, '_>, keys: &TrustedKeys) -> Option<Self> {
        let element = certificate_element(signature)?;
        let fingerprint = fingerprint(element)?;
        let read = element.text().and_then(|text| Certificate::from_base64(text).ok());
        Some(Self {
            configured: keys.certificates().iter().any(|trusted| trusted.fingerprint() == fingerprint),
            fingerprint,
            subject: read.as_ref().map(|certificate| certificate.subject().to_owned()),
            not_before: read.as_ref().map(Certificate::not_before),
            not_after: read.as_ref().map(Certificate::not_after),
        })
    }
}

/// SHA-256 of the certificate that a signature names, in hexadecimal.
pub(super) fn named_fingerprint(signature: Element<'_, '_>) -> Option<String> {
    fingerprint(certificate_element(signature)?)
}

/// The first `ds:X509Certificate`. Others are those of its issuers, if the signer puts them in order.
fn certificate_element<'d, 'a>(signature: Element<'d, 'a>) -> Option<Element<'d, 'a>> {
    let key_info = signature.child_elements().find(|child| is_dsig(*child, "KeyInfo"))?;
    let data = key_info.children_named(Namespace::DSIG, "X509Data").next()?;
    let element = data.children_named(Namespace::DSIG, "X509Certificate").next()?;
    element.text().is_some_and(|text| text.len() <= MAX_TEXT).then_some(element)
}

fn fingerprint(element: Element<'_, '_>) -> Option<String> {
    base64_text(element).map(|der| hex(&Sha256::digest(der)))
}
