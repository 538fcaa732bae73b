//! Signatures as the debugger shows them: what each says to be, and how far it holds. Each step is the one that a sign-in
//! takes (`dsig`), but a step that fails does not end it where the next one can still be taken.
//!
//! Nothing but text comes from here. What a signature vouches for is for `response` to say.

use super::Namespace;
use super::check::{Check, Outcome};
use super::dsig::{self, Signature};
use super::error::{Fact, SamlError};
use super::key_info::NamedCertificate;
use super::response::{ReceivedResponse, the_assertion};
use super::signature_method::ACCEPTED;
use crate::crypto::{Crypto, TrustedKeys};
use crate::refusal::bounded;
use postern_xml::Element;
use serde::Serialize;

/// A signature with more transforms is refused; so many of them are shown.
const MAX_TRANSFORMS: usize = 8;

/// A signature, as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureView {
    /// `Response` or `Assertion`: the element that it says to be of.
    pub element: &'static str,
    /// URI, by its own word.
    pub signature_algorithm: Option<String>,
    /// URI, by its own word.
    pub digest_algorithm: Option<String>,
    /// URI of how the signature's own description is canonicalized, by its own word.
    pub canonicalization: Option<String>,
    /// URIs of what is done to the element before it is digested, by its own word.
    pub transforms: Vec<String>,
    /// The certificate that it names, by its own word.
    pub named_certificate: Option<NamedCertificate>,
    /// SHA-256 of the configured certificate whose key made it.
    pub key_fingerprint: Option<String>,
    /// The bytes that were signed. `None` unless every check passed.
    pub canonical_xml: Option<String>,
    /// `shape`, `algorithm`, `digest`, `key`.
    pub checks: [Check; 4],
}

impl SignatureView {
    /// Whether all of it holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::Passed)
    }
}

impl ReceivedResponse<'_> {
    /// Looks at every signature in the response: that of the Response first, then that of the Assertion.
    pub async fn signatures<C: Crypto>(&self, keys: &TrustedKeys, crypto: &C) -> Vec<SignatureView> {
        let response = ("Response", Some(self.document.root()));
        let assertion = ("Assertion", the_assertion(&self.document).ok());
        let mut views = Vec::with_capacity(2);
        for (name, signed) in [response, assertion] {
            let Some(signed) = signed else { continue };
            if let Some(signature) = signed.children_named(Namespace::DSIG, "Signature").next() {
                views.push(inspect(name, signed, signature, keys, crypto).await);
            }
        }
        views
    }
}

async fn inspect<C: Crypto>(
    name: &'static str,
    signed: Element<'_, '_>,
    signature: Element<'_, '_>,
    keys: &TrustedKeys,
    crypto: &C,
) -> SignatureView {
    let mut view = described(name, signature, keys);
    let read = match dsig::read_signature(signed, signature, keys) {
        Ok(read) => read,
        Err(error) => {
            let algorithm =
                matches!(error, SamlError::AlgorithmNotAllowed { .. } | SamlError::TransformNotAllowed { .. });
            view.checks[usize::from(algorithm)] = Check::of(view.checks[usize::from(algorithm)].name, &Err(error));
            return view;
        }
    };
    let reference = signed.attribute("ID").map(|id| format!("#{id}"));
    let uris = [&view.signature_algorithm, &view.digest_algorithm].map(|uri| uri.as_deref().unwrap_or_default());
    let (shape, algorithm) = (
        Fact { expected: Some("one reference, to the element around the signature".into()), got: reference },
        Fact { expected: Some(ACCEPTED.into()), got: Some(uris.join(", ")) },
    );
    view.checks[0] = Check::of("shape", &Ok(shape));
    view.checks[1] = Check::of("algorithm", &Ok(algorithm));
    let canonical = read.canonical(signed, signature);
    view.checks[2] = digest(&read, canonical.as_ref());
    // Also where the digest differs: then it tells whether the identity provider signed something else, or a stranger.
    let signer = read.signer(signed, signature, keys, crypto).await;
    view.checks[3] = match &signer {
        Ok(certificate) => {
            let trusted: Vec<_> = keys.certificates().iter().map(|trusted| trusted.fingerprint()).collect();
            let expected = format!("a key of the certificates {}", trusted.join(", "));
            Check::of("key", &Ok(Fact { expected: Some(expected), got: Some(certificate.fingerprint().to_owned()) }))
        }
        Err(error) => Check::of("key", &Err(error.clone())),
    };
    view.key_fingerprint = signer.ok().map(|certificate| certificate.fingerprint().to_owned());
    view.canonical_xml = canonical.ok().filter(|_| view.holds());
    view
}

fn digest(read: &Signature, canonical: Result<&String, &SamlError>) -> Check {
    match canonical {
        Ok(canonical) => {
            let [expected, got] = read.digests(canonical).map(Some);
            let outcome = if expected == got { Outcome::Passed } else { Outcome::Failed };
            Check { name: "digest", outcome, expected, got }
        }
        Err(error) => Check::of("digest", &Err(error.clone())),
    }
}

/// What a signature says of itself, whether or not it is of a shape that is accepted.
fn described(name: &'static str, signature: Element<'_, '_>, keys: &TrustedKeys) -> SignatureView {
    let signed_info = child(signature, "SignedInfo");
    let reference = signed_info.and_then(|info| child(info, "Reference"));
    let algorithm_of = |parent: Option<Element<'_, '_>>, local| algorithm(child(parent?, local)?);
    let transforms = reference.and_then(|reference| child(reference, "Transforms"));
    SignatureView {
        element: name,
        signature_algorithm: algorithm_of(signed_info, "SignatureMethod"),
        digest_algorithm: algorithm_of(reference, "DigestMethod"),
        canonicalization: algorithm_of(signed_info, "CanonicalizationMethod"),
        transforms: transforms
            .map(|list| list.children_named(Namespace::DSIG, "Transform").take(MAX_TRANSFORMS).filter_map(algorithm))
            .into_iter()
            .flatten()
            .collect(),
        named_certificate: NamedCertificate::of(signature, keys),
        key_fingerprint: None,
        canonical_xml: None,
        checks: ["shape", "algorithm", "digest", "key"].map(Check::not_reached),
    }
}

fn child<'d, 'a>(parent: Element<'d, 'a>, local: &str) -> Option<Element<'d, 'a>> {
    parent.children_named(Namespace::DSIG, local).next()
}

fn algorithm(element: Element<'_, '_>) -> Option<String> {
    element.attribute("Algorithm").map(|uri| bounded(uri.to_owned()))
}
