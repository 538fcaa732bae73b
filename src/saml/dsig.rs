//! XML Signature, as far as SAML allows it (SAML core 5.4): enveloped, one reference to its own parent.
//!
//! The outcome is a [`SignedElement`]: the very bytes that were signed. Whoever wants to know what they say has to read
//! them anew. Policy (who signed what, when, for whom) is not decided here.

use super::error::SamlError;
use super::signature_method::{digest_algorithm, signature_algorithm};
use super::{Namespace, base64_text, key_info};
use crate::crypto::{Certificate, Crypto, DigestAlgorithm, SignatureAlgorithm, TrustedKeys};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern_xml::{CanonicalError, Child, Document, Element, Limit, Method, XmlError, canonicalize};
use subtle::ConstantTimeEq;

pub(super) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// Identifier of Exclusive XML Canonicalization without comments, and the namespace of its parameters.
pub(super) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// An element that one of the trusted keys signed, as the bytes that were signed.
#[derive(Debug)]
pub struct SignedElement {
    canonical: String,
    fingerprint: String,
}

impl SignedElement {
    /// The canonical bytes: a document of its own.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// SHA-256 of the certificate whose key verified.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// What a `ds:Signature` says, all of its shape checked.
pub(super) struct Signature {
    canonical_signed_info: String,
    algorithm: SignatureAlgorithm,
    value: Vec<u8>,
    reference: Reference,
}

struct Reference {
    method: Method,
    digest: DigestAlgorithm,
    value: Vec<u8>,
}

/// Verifies that `signature`, a child of `signed`, is a signature of one of `keys` over `signed`.
pub(super) async fn verify<C: Crypto>(
    signed: Element<'_, '_>,
    signature: Element<'_, '_>,
    keys: &TrustedKeys,
    crypto: &C,
) -> Result<SignedElement, SamlError> {
    let read = read_signature(signed, signature, keys)?;
    let canonical = read.canonical(signed, signature)?;
    if !read.has_digest_of(&canonical, crypto).await? {
        return Err(SamlError::DigestMismatch { element: signed.local_name().to_owned() });
    }
    let certificate = read.signer(signed, signature, keys, crypto).await?;
    Ok(SignedElement { canonical, fingerprint: certificate.fingerprint().to_owned() })
}

impl Signature {
    /// What is signed, as bytes.
    pub(super) fn canonical(&self, signed: Element<'_, '_>, signature: Element<'_, '_>) -> Result<String, SamlError> {
        canonicalize(signed, &self.reference.method, Some(signature))
            .map_err(|error| not_canonical(error, "nothing but itself to sign"))
    }

    /// Whether the signature is one of these bytes, if it is one of a trusted key.
    pub(super) async fn has_digest_of<C: Crypto>(&self, canonical: &str, crypto: &C) -> Result<bool, SamlError> {
        let digest = crypto.digest(self.reference.digest, canonical.as_bytes()).await.map_err(SamlError::Crypto)?;
        Ok(bool::from(digest.ct_eq(&self.reference.value)))
    }

    /// Digests in base64: the one that is signed and that of these bytes.
    pub(super) fn digests(&self, canonical: &str) -> [String; 2] {
        let digest = self.reference.digest.digest(canonical.as_bytes());
        [STANDARD.encode(&self.reference.value), STANDARD.encode(digest)]
    }

    /// The certificate whose key made the signature.
    pub(super) async fn signer<'k, C: Crypto>(
        &self,
        signed: Element<'_, '_>,
        signature: Element<'_, '_>,
        keys: &'k TrustedKeys,
        crypto: &C,
    ) -> Result<&'k Certificate, SamlError> {
        let signed_info = self.canonical_signed_info.as_bytes();
        if let Some(certificate) = signer(signed_info, self.algorithm, &self.value, keys, crypto).await? {
            return Ok(certificate);
        }
        Err(SamlError::WrongKey {
            element: signed.local_name().to_owned(),
            trusted: keys.certificates().iter().map(|certificate| certificate.fingerprint().to_owned()).collect(),
            named: key_info::named_fingerprint(signature),
        })
    }
}

/// The certificate whose key made a signature over some bytes, if one of the trusted did. A key that the platform does not take
/// (a point on no curve) is an error only where no other key made the signature: metadata can name any.
pub(super) async fn signer<'k, C: Crypto>(
    bytes: &[u8],
    algorithm: SignatureAlgorithm,
    signature: &[u8],
    keys: &'k TrustedKeys,
    crypto: &C,
) -> Result<Option<&'k Certificate>, SamlError> {
    let mut outcome = Ok(None);
    for certificate in keys.certificates() {
        let key = certificate.key();
        if !key.fits(algorithm, signature) {
            continue;
        }
        match crypto.verify(key, algorithm, bytes, signature).await {
            Ok(true) => return Ok(Some(certificate)),
            Ok(false) => {}
            Err(error) => outcome = Err(SamlError::Crypto(error)),
        }
    }
    outcome
}

pub(super) fn read_signature(
    signed: Element<'_, '_>,
    signature: Element<'_, '_>,
    keys: &TrustedKeys,
) -> Result<Signature, SamlError> {
    // Schema: SignedInfo, SignatureValue, KeyInfo?, Object*. KeyInfo is no part of it (`key_info`); Object could hide anything.
    let children = fixed_children(signature, "something beside the parts of a signature")?;
    let (signed_info, value) = match children.as_slice() {
        [info, value] => (info, value),
        [info, value, key_info] if is_dsig(*key_info, "KeyInfo") => (info, value),
        _ => {
            return Err(SamlError::SignatureShape(
                "not exactly one SignedInfo, one SignatureValue and at most one KeyInfo",
            ));
        }
    };
    if !is_dsig(*signed_info, "SignedInfo") || !is_dsig(*value, "SignatureValue") {
        return Err(SamlError::SignatureShape("not SignedInfo, then SignatureValue"));
    }
    let value = base64_text(*value).ok_or(SamlError::SignatureShape("a SignatureValue that is not base64"))?;

    // As with the element itself, only what the signature covers is read: the canonical bytes, parsed anew.
    let method = canonicalization_method(*signed_info)?;
    let canonical_signed_info =
        canonicalize(*signed_info, &method, None).map_err(|error| not_canonical(error, "an empty SignedInfo"))?;
    let document = Document::parse(canonical_signed_info.as_bytes()).map_err(SamlError::Xml)?;
    let parts = fixed_children(document.root(), "something beside the parts of SignedInfo")?;
    let [_, signature_method, reference] = parts.as_slice() else {
        return Err(SamlError::SignatureShape("not exactly one method of each kind and one Reference"));
    };
    let algorithm = signature_algorithm(*signature_method, keys)?;
    let reference = read_reference(signed, *reference, keys)?;
    drop(parts);
    drop(document);
    Ok(Signature { canonical_signed_info, algorithm, value, reference })
}

fn canonicalization_method(signed_info: Element<'_, '_>) -> Result<Method, SamlError> {
    let method = signed_info.child_elements().next().filter(|first| is_dsig(*first, "CanonicalizationMethod"));
    let method =
        method.ok_or(SamlError::SignatureShape("a SignedInfo that does not begin with CanonicalizationMethod"))?;
    exclusive_parameters(method)
}

fn read_reference(
    signed: Element<'_, '_>,
    reference: Element<'_, '_>,
    keys: &TrustedKeys,
) -> Result<Reference, SamlError> {
    if !is_dsig(reference, "Reference") {
        return Err(SamlError::SignatureShape("no Reference"));
    }
    let id = signed.attribute("ID").filter(|id| !id.is_empty());
    let points_here = match (reference.attribute("URI").and_then(|uri| uri.strip_prefix('#')), id) {
        (Some(target), Some(id)) => target == id,
        _ => false,
    };
    if !points_here {
        return Err(SamlError::ReferenceElsewhere);
    }
    let parts = fixed_children(reference, "something beside the parts of a Reference")?;
    let [transforms, digest_method, digest_value] = parts.as_slice() else {
        return Err(SamlError::SignatureShape("not exactly one Transforms, one DigestMethod and one DigestValue"));
    };
    if !is_dsig(*transforms, "Transforms")
        || !is_dsig(*digest_method, "DigestMethod")
        || !is_dsig(*digest_value, "DigestValue")
    {
        return Err(SamlError::SignatureShape("not Transforms, DigestMethod, DigestValue in this order"));
    }
    if digest_method.children().next().is_some() {
        return Err(SamlError::SignatureShape("a DigestMethod with content"));
    }
    let digest = digest_algorithm(*digest_method, keys)?;
    let value = base64_text(*digest_value).ok_or(SamlError::SignatureShape("a DigestValue that is not base64"))?;
    Ok(Reference { method: transform_method(*transforms)?, digest, value })
}

fn transform_method(transforms: Element<'_, '_>) -> Result<Method, SamlError> {
    let transforms = fixed_children(transforms, "something beside Transform in Transforms")?;
    if !transforms.iter().all(|transform| is_dsig(*transform, "Transform")) {
        return Err(SamlError::SignatureShape("something beside Transform in Transforms"));
    }
    let enveloped = transforms.first().ok_or(SamlError::SignatureShape("no Transform"))?;
    if algorithm_uri(*enveloped)? != ENVELOPED || enveloped.children().next().is_some() {
        return Err(SamlError::TransformNotAllowed { uri: algorithm_uri(*enveloped)?.to_owned() });
    }
    match transforms.as_slice() {
        // XML Signature 4.4.3.2: without a canonicalization, Canonical XML 1.0.
        [_] => Ok(Method::Inclusive),
        [_, canonicalization] => exclusive_parameters(*canonicalization),
        _ => Err(SamlError::SignatureShape("more than two Transforms")),
    }
}

/// Exclusive canonicalization with its optional `InclusiveNamespaces`.
fn exclusive_parameters(method: Element<'_, '_>) -> Result<Method, SamlError> {
    let uri = algorithm_uri(method)?;
    if uri != EXCLUSIVE {
        return Err(SamlError::TransformNotAllowed { uri: uri.to_owned() });
    }
    let parameters = fixed_children(method, "text in a canonicalization method")?;
    match parameters.as_slice() {
        [] => Ok(Method::Exclusive(Vec::new())),
        [inclusive] if inclusive.is(EXCLUSIVE, "InclusiveNamespaces") && inclusive.children().next().is_none() => {
            let method = Method::exclusive(inclusive.attribute("PrefixList").unwrap_or_default());
            method.ok_or(SamlError::SignatureShape("more than 16 prefixes in a PrefixList"))
        }
        _ => Err(SamlError::SignatureShape("a parameter of canonicalization that is not InclusiveNamespaces")),
    }
}

fn not_canonical(error: CanonicalError, empty: &'static str) -> SamlError {
    match error {
        CanonicalError::Empty => SamlError::SignatureShape(empty),
        CanonicalError::TooLarge => SamlError::Xml(XmlError::TooMuch(Limit::Bytes)),
    }
}

pub(super) fn algorithm_uri<'d>(method: Element<'d, '_>) -> Result<&'d str, SamlError> {
    method.attribute("Algorithm").ok_or(SamlError::SignatureShape("a method without an Algorithm"))
}

pub(super) fn is_dsig(element: Element<'_, '_>, local: &str) -> bool {
    element.is(Namespace::DSIG, local)
}

/// Child elements, where only white space may stand between them.
pub(super) fn fixed_children<'d, 'a>(
    parent: Element<'d, 'a>,
    otherwise: &'static str,
) -> Result<Vec<Element<'d, 'a>>, SamlError> {
    let mut elements = Vec::with_capacity(4);
    for child in parent.children() {
        match child {
            Child::Element(element) => elements.push(element),
            Child::Text(text) if text.bytes().all(|b| b.is_ascii_whitespace()) => {}
            Child::Text(_) => return Err(SamlError::SignatureShape(otherwise)),
        }
    }
    Ok(elements)
}
