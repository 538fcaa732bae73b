//! A way into the canonicalizer for property tests and fuzz targets. No part of a release.

use super::c14n::{Method, canonicalize, prefix_list};
use super::xml::{Document, Element, XmlError};

/// The canonical form of `apex` but for the element `without`: exclusive with a `PrefixList`, or (`None`) inclusive.
/// `None` where there is no canonical form that we take, or the list is too long.
pub fn canonical(apex: Element<'_, '_>, prefixes: Option<&str>, without: Option<Element<'_, '_>>) -> Option<String> {
    let method = match prefixes {
        Some(prefixes) => Method::Exclusive(prefix_list(prefixes)?),
        None => Method::Inclusive,
    };
    canonicalize(apex, &method, without).ok()
}

/// Reads canonical bytes anew, as the verifier does.
pub fn parse_canonical(canonical: &str) -> Result<Document<'_>, XmlError> {
    Document::parse_canonical(canonical.as_bytes())
}
