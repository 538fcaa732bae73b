//! An identity provider's metadata, as an admin uploads it (SAML metadata 2.4.3).

use super::Namespace;
use super::xml::{Document, Element, XmlError};
use crate::crypto::{Certificate, CertificateError};
use serde::{Deserialize, Serialize};

const SAML2_PROTOCOL: &str = Namespace::PROTOCOL;

/// HTTP-Redirect (SAML bindings 3.4).
pub(super) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// HTTP-POST (SAML bindings 3.5).
pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// More signing certificates than any roll-over needs; each is tried on a signature.
const MAX_CERTIFICATES: usize = 10;

/// What we need of an `md:EntityDescriptor` with an `md:IDPSSODescriptor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdpMetadata {
    /// `entityID`
    pub entity_id: String,
    /// Where to send an AuthnRequest.
    pub sso_url: String,
    /// How to send it.
    pub sso_binding: Binding,
    /// Where and how to send logout messages, if it takes them.
    pub logout: Option<LogoutService>,
    /// Every signing certificate with a key that we accept, in order; at least one.
    pub certificates: Vec<Certificate>,
    /// Signing certificates left out, with the reason: shown to the admin.
    pub left_out: Vec<CertificateError>,
}

/// How a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Binding {
    /// HTTP-Redirect (SAML bindings 3.4).
    Redirect,
    /// HTTP-POST (SAML bindings 3.5).
    Post,
}

/// Single logout at an identity provider (SAML metadata 2.4.3, `SingleLogoutService`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogoutService {
    /// `Location`: for requests.
    pub url: String,
    /// `ResponseLocation`: for responses, if that is another place.
    pub response_url: Option<String>,
    /// How both are sent.
    pub binding: Binding,
}

/// Why a document is not the metadata of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MetadataError {
    /// Not a document that we read.
    Xml(XmlError),
    /// The document element is another one.
    WrongRoot(String),
    /// A federation's list of many entities.
    ManyEntities,
    /// No `entityID`, or one over 1,024 characters.
    NoEntityId,
    /// Not exactly one role of an identity provider for SAML 2.0: service provider metadata, perhaps.
    NoIdpRole,
    /// No sign-on URL for redirect or POST that begins with `http`.
    NoSignOnUrl,
    /// No signing certificate at all.
    NoCertificate,
    /// More signing certificates than we try.
    TooManyCertificates,
    /// Signing certificates, but none that we accept; the first one's reason.
    Certificate(CertificateError),
}

impl std::fmt::Display for MetadataError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Xml(error) => write!(f, "The metadata is not XML that can be read: it has {error}."),
            Self::WrongRoot(got) => {
                write!(f, "The document begins with `{got}`; metadata begins with `EntityDescriptor`.")
            }
            Self::ManyEntities => f.write_str("The metadata lists several entities; give the EntityDescriptor of one."),
            Self::NoEntityId => f.write_str("The metadata has no entityID of 1 to 1,024 characters."),
            Self::NoIdpRole => {
                f.write_str("The metadata is not that of a SAML 2.0 identity provider (no IDPSSODescriptor).")
            }
            Self::NoSignOnUrl => f.write_str("The metadata has no SingleSignOnService for HTTP-Redirect or HTTP-POST."),
            Self::NoCertificate => f.write_str("The metadata has no signing certificate (KeyDescriptor)."),
            Self::TooManyCertificates => {
                write!(f, "The metadata has more than {MAX_CERTIFICATES} signing certificates.")
            }
            Self::Certificate(error) => write!(f, "No signing certificate of the metadata can be used: {error}."),
        }
    }
}

impl std::error::Error for MetadataError {}

impl IdpMetadata {
    /// Reads metadata. A byte order mark and comments are accepted: files come from editors.
    pub fn parse(xml: &[u8]) -> Result<Self, MetadataError> {
        let document = Document::parse_configuration(xml).map_err(MetadataError::Xml)?;
        let entity = document.root();
        if entity.is(Namespace::METADATA, "EntitiesDescriptor") {
            return Err(MetadataError::ManyEntities);
        }
        if !entity.is(Namespace::METADATA, "EntityDescriptor") {
            return Err(MetadataError::WrongRoot(entity.local_name().to_owned()));
        }
        let entity_id = entity.attribute("entityID").map(str::trim).filter(|id| (1..=1024).contains(&id.len()));
        let entity_id = entity_id.ok_or(MetadataError::NoEntityId)?.to_owned();
        let mut roles = entity.children_named(Namespace::METADATA, "IDPSSODescriptor").filter(speaks_saml2);
        let (Some(role), None) = (roles.next(), roles.next()) else {
            return Err(MetadataError::NoIdpRole);
        };
        let (sso_url, sso_binding) = sign_on(role).ok_or(MetadataError::NoSignOnUrl)?;
        let logout = logout(role);
        let (certificates, left_out) = signing_certificates(role)?;
        Ok(Self { entity_id, sso_url, sso_binding, logout, certificates, left_out })
    }
}

fn speaks_saml2(role: &Element<'_, '_>) -> bool {
    let protocols = role.attribute("protocolSupportEnumeration").unwrap_or_default();
    protocols.split_ascii_whitespace().any(|protocol| protocol == SAML2_PROTOCOL)
}

fn sign_on(role: Element<'_, '_>) -> Option<(String, Binding)> {
    let (service, binding) = service(role, "SingleSignOnService")?;
    Some((location(service, "Location")?, binding))
}

fn logout(role: Element<'_, '_>) -> Option<LogoutService> {
    let (service, binding) = service(role, "SingleLogoutService")?;
    let (url, response_url) = (location(service, "Location")?, location(service, "ResponseLocation"));
    Some(LogoutService { url, response_url, binding })
}

/// The first service of a name that can be called. Redirect is preferred: it needs no script and no click.
fn service<'d, 'a>(role: Element<'d, 'a>, name: &str) -> Option<(Element<'d, 'a>, Binding)> {
    let of_binding = |uri: &str, binding| {
        let service = role
            .children_named(Namespace::METADATA, name)
            .find(|service| service.attribute("Binding") == Some(uri))
            .filter(|service| location(*service, "Location").is_some())?;
        Some((service, binding))
    };
    of_binding(REDIRECT, Binding::Redirect).or_else(|| of_binding(POST, Binding::Post))
}

fn location(service: Element<'_, '_>, attribute: &str) -> Option<String> {
    let url = service.attribute(attribute).map(str::trim)?;
    (is_web_url(url) && url.len() <= 2048).then(|| url.to_owned())
}

/// An absolute URL of the web, of characters that need no escaping in a header (RFC 3986, section 2).
fn is_web_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && rest.bytes().all(|b| (0x21..0x7F).contains(&b))
    })
}

fn signing_certificates(role: Element<'_, '_>) -> Result<(Vec<Certificate>, Vec<CertificateError>), MetadataError> {
    let descriptors = role.children_named(Namespace::METADATA, "KeyDescriptor");
    let signing = descriptors.filter(|key| key.attribute("use").is_none_or(|usage| usage == "signing"));
    let texts = signing
        .flat_map(|key| key.children_named(Namespace::DSIG, "KeyInfo"))
        .flat_map(|info| info.children_named(Namespace::DSIG, "X509Data"))
        .flat_map(|data| data.children_named(Namespace::DSIG, "X509Certificate"));
    let (mut certificates, mut left_out): (Vec<Certificate>, _) = (Vec::new(), Vec::new());
    for text in texts {
        match Certificate::from_base64(text.text().unwrap_or_default()) {
            Ok(certificate) if certificates.contains(&certificate) => {}
            Ok(certificate) => certificates.push(certificate),
            Err(error) => left_out.push(error),
        }
        if certificates.len() + left_out.len() > MAX_CERTIFICATES {
            return Err(MetadataError::TooManyCertificates);
        }
    }
    match (certificates.is_empty(), left_out.first()) {
        (false, _) => Ok((certificates, left_out)),
        (true, Some(error)) => Err(MetadataError::Certificate(error.clone())),
        (true, None) => Err(MetadataError::NoCertificate),
    }
}
