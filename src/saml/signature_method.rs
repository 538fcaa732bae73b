//! `ds:SignatureMethod`: which algorithm a signature says to be of.

use super::dsig::{algorithm_uri, fixed_children, is_dsig};
use super::error::SamlError;
use crate::crypto::{DigestAlgorithm, RSA_PSS_WITH_PARAMETERS, SignatureAlgorithm, TrustedKeys};
use postern_xml::{Element, trim};

/// Namespace of the parameters of RSASSA-PSS (RFC 9231, section 2.3.9).
const MORE: &str = "http://www.w3.org/2007/05/xmldsig-more#";
const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";

/// The algorithm, if it is one that these keys may be used with.
pub(super) fn signature_algorithm(
    method: Element<'_, '_>,
    keys: &TrustedKeys,
) -> Result<SignatureAlgorithm, SamlError> {
    if !is_dsig(method, "SignatureMethod") {
        return Err(SamlError::SignatureShape("not one plain SignatureMethod"));
    }
    let uri = algorithm_uri(method)?;
    let algorithm = match uri {
        RSA_PSS_WITH_PARAMETERS => pss(method)?.map(SignatureAlgorithm::RsaPss),
        _ if method.children().next().is_some() => {
            return Err(SamlError::SignatureShape("not one plain SignatureMethod"));
        }
        _ => SignatureAlgorithm::from_uri(uri),
    };
    let allowed = algorithm.filter(|algorithm| keys.allow(algorithm.digest()));
    allowed.ok_or_else(|| SamlError::AlgorithmNotAllowed { uri: uri.to_owned() })
}

/// The digest algorithm of a `ds:DigestMethod`, if it may be part of a signature of these keys.
pub(super) fn digest_algorithm(method: Element<'_, '_>, keys: &TrustedKeys) -> Result<DigestAlgorithm, SamlError> {
    let uri = algorithm_uri(method)?;
    let allowed = DigestAlgorithm::from_uri(uri).filter(|digest| keys.allow(*digest));
    allowed.ok_or_else(|| SamlError::AlgorithmNotAllowed { uri: uri.to_owned() })
}

/// The digest of RSASSA-PSS with parameters. `None`: parameters that the platform has no way to verify, which are those
/// whose mask has another digest, and those whose salt has another length.
fn pss(method: Element<'_, '_>) -> Result<Option<DigestAlgorithm>, SamlError> {
    const OTHERWISE: &str = "parameters of RSASSA-PSS that are not RSAPSSParams";
    let parameters = match fixed_children(method, OTHERWISE)?.as_slice() {
        [] => return Ok(Some(DigestAlgorithm::Sha256)),
        [parameters] if parameters.is(MORE, "RSAPSSParams") => fixed_children(*parameters, OTHERWISE)?,
        _ => return Err(SamlError::SignatureShape(OTHERWISE)),
    };
    let mut parameters = parameters.into_iter().peekable();
    let digest = match parameters.next_if(|p| is_dsig(*p, "DigestMethod")) {
        Some(method) => DigestAlgorithm::from_uri(algorithm_uri(method)?),
        None => Some(DigestAlgorithm::Sha256),
    };
    let mask = match parameters.next_if(|p| p.is(MORE, "MaskGenerationFunction")) {
        Some(mask) if algorithm_uri(mask)? == MGF1 => match fixed_children(mask, OTHERWISE)?.as_slice() {
            [] => Some(DigestAlgorithm::Sha256),
            [method] if is_dsig(*method, "DigestMethod") => DigestAlgorithm::from_uri(algorithm_uri(*method)?),
            _ => return Err(SamlError::SignatureShape(OTHERWISE)),
        },
        Some(_) => None,
        None => Some(DigestAlgorithm::Sha256),
    };
    let mut number = |local| {
        let element = parameters.next_if(|p| p.is(MORE, local));
        element.map(|element| element.text().map(trim).unwrap_or_default())
    };
    let (salt, trailer) = (number("SaltLength"), number("TrailerField"));
    if parameters.next().is_some() {
        return Err(SamlError::SignatureShape(OTHERWISE));
    }
    let usual = |digest: &DigestAlgorithm| {
        mask == Some(*digest)
            && salt.is_none_or(|salt| salt == digest.length().to_string())
            && trailer.is_none_or(|trailer| trailer == "1")
    };
    Ok(digest.filter(usual))
}

/// What can be said of the algorithms that are accepted.
pub(super) const ACCEPTED: &str =
    "RSA (PKCS #1 v1.5 or PSS) or ECDSA with SHA-256, SHA-384 or SHA-512; RSA with SHA-1 where the provider allows it";
