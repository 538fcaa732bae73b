//! SAML 2.0 for a service provider: from untrusted bytes to a [`VerifiedAssertion`].
//!
//! The way is one-directional, and each step can be made from the one before only:
//!
//! 1. [`ReceivedResponse::parse`]: a bounded tree of SAML's fixed shape. Nothing in it is trusted.
//! 2. [`ReceivedResponse::decrypt`]: with the assertion in the clear, if it was not. Still nothing is trusted.
//! 3. [`ReadableResponse::authenticate`]: the element that a configured key signed, read anew from the signed bytes.
//! 4. [`AuthenticResponse::check`]: who said it, to whom, for whom, when.
//! 5. [`CheckedResponse::answering`]: in answer to what. Now it is a [`VerifiedAssertion`].

mod assertion;
mod authn_request;
mod check;
mod claims;
mod dsig;
mod encryption;
mod error;
mod inspect;
mod key_info;
mod logout;
mod logout_error;
mod logout_message;
mod metadata;
mod outgoing;
mod policy;
mod redirect;
mod response;
mod signature_method;
mod sp_metadata;

pub use assertion::{Attribute, NameId, UNSPECIFIED};
pub use authn_request::AuthnRequest;
pub use check::{Check, Outcome, Report};
pub use claims::Claims;
pub use dsig::SignedElement;
pub use encryption::Decryption;
pub use error::{Fact, SamlError};
pub use inspect::SignatureView;
pub use key_info::NamedCertificate;
pub use logout::{LogoutExpectations, ReceivedLogout, VerifiedLogout, VerifiedLogoutRequest, VerifiedLogoutResponse};
pub use logout_error::LogoutError;
pub use logout_message::{LogoutRequest, LogoutResponse};
pub use metadata::{Binding, IdpMetadata, LogoutService, MetadataError, Reading};
pub(crate) use metadata::{is_entity_id, is_location};
pub use outgoing::{Carried, Outgoing, Side, Signer};
pub(crate) use policy::rule_names;
pub use policy::{Expectations, Request, Unsolicited};
pub use redirect::inflate;
pub use response::{AuthenticResponse, CheckedResponse, ReadableResponse, ReceivedResponse, VerifiedAssertion};
pub use sp_metadata::{RequestedAttribute, SpMetadata};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern_xml::Element;

/// Namespace URIs.
pub struct Namespace;

impl Namespace {
    /// Assertions (SAML core 1.2).
    pub const ASSERTION: &'static str = "urn:oasis:names:tc:SAML:2.0:assertion";
    /// Protocol messages (SAML core 1.2).
    pub const PROTOCOL: &'static str = "urn:oasis:names:tc:SAML:2.0:protocol";
    /// Metadata (SAML metadata 2.1).
    pub const METADATA: &'static str = "urn:oasis:names:tc:SAML:2.0:metadata";
    /// XML Signature.
    pub const DSIG: &'static str = "http://www.w3.org/2000/09/xmldsig#";
}

/// Decodes the form field `SAMLResponse`: base64, in which identity providers put line ends (RFC 2045).
pub fn decode_base64(text: &str) -> Result<Vec<u8>, SamlError> {
    let without_spaces = |_| STANDARD.decode(text.split_ascii_whitespace().collect::<String>());
    let decoded = STANDARD.decode(text).or_else(without_spaces);
    decoded.ok().filter(|bytes| !bytes.is_empty()).ok_or(SamlError::NotBase64)
}

/// The bytes of an element that holds base64 and nothing else.
fn base64_text(element: Element<'_, '_>) -> Option<Vec<u8>> {
    decode_base64(element.text()?).ok()
}
