//! An identity provider's metadata, as an admin uploads it or as it is fetched (SAML metadata 2.4.3).

use super::{Namespace, SamlError, dsig};
use crate::crypto::{Certificate, CertificateError, Crypto, TrustedKeys};
use crate::time::{Duration, Timestamp};
use postern_xml::{Document, Element, XmlError};
use serde::{Deserialize, Serialize};

const SAML2_PROTOCOL: &str = Namespace::PROTOCOL;

/// HTTP-Redirect (SAML bindings 3.4).
pub(super) const REDIRECT: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
/// HTTP-POST (SAML bindings 3.5).
pub(super) const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

/// More signing certificates than any roll-over needs; each is tried on a signature.
const MAX_CERTIFICATES: usize = 10;

/// So many entities are named to choose from.
const LISTED: usize = 10;

/// What metadata is read with.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// `entityID` of the one that must be it.
    pub wanted: Option<&'a str>,
    /// `entityID` of the one that it is if there are several.
    pub preferred: Option<&'a str>,
    /// The key that must have signed the document.
    pub pinned: Option<&'a TrustedKeys>,
    /// The time.
    pub now: Timestamp,
}

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
    /// `cacheDuration`, the shortest that applies: how long it may be used without a look.
    pub cache_duration: Option<Duration>,
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
    /// A list of several identity providers, and nobody said which: some of them.
    ManyEntities(Vec<String>),
    /// The wanted one is not there: some that are.
    NoSuchEntity(Vec<String>),
    /// `validUntil` has passed, or is no time.
    Expired(String),
    /// A key is pinned, and the document element does not begin with a signature.
    NotSigned,
    /// The signature is not one of the pinned key.
    Signature(SamlError),
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
            Self::ManyEntities(listed) => write!(
                f,
                "The metadata lists several identity providers. Say which one is meant, for instance: {}.",
                listed.join(", ")
            ),
            Self::NoSuchEntity(listed) if listed.is_empty() => f.write_str("The metadata lists no identity provider."),
            Self::NoSuchEntity(listed) => {
                write!(f, "The metadata does not have the wanted entity ID. It has: {}.", listed.join(", "))
            }
            Self::Expired(until) => write!(f, "The metadata was valid until {until} only."),
            Self::NotSigned => f.write_str(
                "The metadata is not signed, and a certificate is pinned. A signature is the first child of the \
                 document element.",
            ),
            Self::Signature(error) => {
                write!(f, "The metadata is not signed by the pinned certificate: {error}.")
            }
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
    /// Reads metadata that needs no signature, at a time when all of it is valid.
    pub fn parse(xml: &[u8]) -> Result<Self, MetadataError> {
        let document = Document::parse_configuration(xml).map_err(MetadataError::Xml)?;
        Self::of(&document, &Reading { wanted: None, preferred: None, pinned: None, now: Timestamp(0) })
    }

    /// Reads metadata. A byte order mark is accepted and, where no key is pinned, are comments: files come from editors.
    /// Where one is, all is read from the bytes that it signed.
    pub async fn read<C: Crypto>(xml: &[u8], reading: &Reading<'_>, crypto: &C) -> Result<Self, MetadataError> {
        let Some(pinned) = reading.pinned else {
            let document = Document::parse_configuration(xml).map_err(MetadataError::Xml)?;
            return Self::of(&document, reading);
        };
        let signed = {
            let document = Document::parse(xml).map_err(MetadataError::Xml)?;
            let root = document.root();
            let first = root.child_elements().next().filter(|first| dsig::is_dsig(*first, "Signature"));
            let signature = first.ok_or(MetadataError::NotSigned)?;
            dsig::verify(root, signature, pinned, crypto).await.map_err(MetadataError::Signature)?
        };
        let document = Document::parse(signed.canonical().as_bytes()).map_err(MetadataError::Xml)?;
        Self::of(&document, reading)
    }

    fn of(document: &Document<'_>, reading: &Reading<'_>) -> Result<Self, MetadataError> {
        let root = document.root();
        let entity = match (root.namespace(), root.local_name()) {
            (Namespace::METADATA, "EntityDescriptor") => root,
            (Namespace::METADATA, "EntitiesDescriptor") => choose(root, reading)?,
            (_, got) => return Err(MetadataError::WrongRoot(got.to_owned())),
        };
        let entity_id = entity_id(entity).filter(|id| is_entity_id(id));
        let entity_id = entity_id.ok_or(MetadataError::NoEntityId)?;
        if reading.wanted.is_some_and(|wanted| wanted != entity_id) {
            return Err(MetadataError::NoSuchEntity(vec![entity_id.to_owned()]));
        }
        let mut roles = entity.children_named(Namespace::METADATA, "IDPSSODescriptor").filter(speaks_saml2);
        let (Some(role), None) = (roles.next(), roles.next()) else {
            return Err(MetadataError::NoIdpRole);
        };
        let around = || std::iter::successors(Some(role), Element::parent);
        for until in around().filter_map(|element| element.attribute("validUntil")) {
            if Timestamp::parse(until.trim()).is_none_or(|end| end <= reading.now) {
                return Err(MetadataError::Expired(until.chars().take(40).collect()));
            }
        }
        let cache_duration = around().filter_map(|element| duration(element.attribute("cacheDuration")?)).min();
        let (sso_url, sso_binding) = sign_on(role).ok_or(MetadataError::NoSignOnUrl)?;
        let logout = logout(role);
        let (certificates, left_out) = signing_certificates(role)?;
        let entity_id = entity_id.to_owned();
        Ok(Self { entity_id, sso_url, sso_binding, logout, certificates, left_out, cache_duration })
    }
}

/// Whether metadata could give this entity ID.
pub(crate) fn is_entity_id(id: &str) -> bool {
    (1..=1024).contains(&id.len()) && id.trim() == id
}

fn entity_id<'d>(entity: Element<'d, '_>) -> Option<&'d str> {
    entity.attribute("entityID").map(str::trim)
}

/// The entity that is meant, of a list that may have lists in it (SAML metadata 2.3.1): the wanted one, else the only
/// identity provider, else the preferred one.
fn choose<'d, 'a>(list: Element<'d, 'a>, reading: &Reading<'_>) -> Result<Element<'d, 'a>, MetadataError> {
    let is_list = |element: Element<'_, '_>| element.is(Namespace::METADATA, "EntitiesDescriptor");
    let is_idp = |element: &Element<'_, '_>| {
        element.is(Namespace::METADATA, "EntityDescriptor")
            && std::iter::successors(element.parent(), Element::parent).all(is_list)
            && element.children_named(Namespace::METADATA, "IDPSSODescriptor").any(|role| speaks_saml2(&role))
    };
    let found: Vec<_> = list.descendants().filter(is_idp).collect();
    let listed = || {
        let ids = found.iter().filter_map(|entity| entity_id(*entity));
        ids.take(LISTED).map(|id| id.chars().take(1024).collect()).collect()
    };
    let of_id = |id: Option<&str>| {
        let mut matching = found.iter().filter(|entity| id.is_some() && entity_id(**entity) == id);
        matching.next().filter(|_| matching.next().is_none()).copied()
    };
    match (reading.wanted, found.as_slice()) {
        (None, [only]) => Ok(*only),
        (None, [_, _, ..]) => of_id(reading.preferred).ok_or_else(|| MetadataError::ManyEntities(listed())),
        (wanted, _) => of_id(wanted).ok_or_else(|| MetadataError::NoSuchEntity(listed())),
    }
}

/// An `xs:duration` (XML Schema part 2, section 3.2.6) of days and less in milliseconds; a month counts 30 days, a year 365.
/// `None`: none, a negative one, or one that is longer than anything.
fn duration(text: &str) -> Option<Duration> {
    let (date, time) = text.trim().strip_prefix('P').map(|rest| rest.split_once('T').unwrap_or((rest, "")))?;
    let part = |mut text: &str, units: &[(char, i64)]| {
        let mut seconds = 0_i64;
        for (unit, length) in units {
            if let Some((number, rest)) = text.split_once(*unit) {
                let whole = number.split('.').next().unwrap_or_default().parse::<u32>().ok()?;
                seconds = seconds.checked_add(i64::from(whole).checked_mul(*length)?)?;
                text = rest;
            }
        }
        text.is_empty().then_some(seconds)
    };
    let days = part(date, &[('Y', 365 * 86400), ('M', 30 * 86400), ('D', 86400)])?;
    let seconds = part(time, &[('H', 3600), ('M', 60), ('S', 1)])?;
    Some(Duration(days.checked_add(seconds)?.checked_mul(1000)?))
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
    is_location(url).then(|| url.to_owned())
}

/// Whether metadata could name this place.
pub(crate) fn is_location(url: &str) -> bool {
    is_web_url(url) && url.len() <= 2048
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
