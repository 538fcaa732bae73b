//! Where a provider's metadata comes from: what an admin may say of it, and what a new look at it changes.

use super::draft::IdpPart;
use super::{Provider, Settings};
use crate::crypto::{Certificate, KeyError, TrustedKeys};
use crate::fields::{FieldError, Fields, Patch};
use crate::outbound::{MAX_BODY, RemoteUrl};
use crate::saml::IdpMetadata;
use crate::time::{Duration, Timestamp};
use serde_json::{Map, Value};

/// How long metadata is used without a look, if it says nothing of it.
const REFRESH: Duration = Duration::hours(6);
/// And whatever it says.
const SHORTEST: Duration = Duration::hours(1);
/// The same, and the longest time between two tries that fail.
const LONGEST: Duration = Duration::hours(24);
/// The shortest time between two tries that fail.
const AGAIN: Duration = Duration::seconds(15 * 60);

/// So long before its end a certificate is told of (SPEC section 3).
pub const NOTICE: Duration = Duration::days(30);

/// As many certificates as one document may have, and as many of earlier ones.
pub(super) const MAX_CERTIFICATES: usize = 20;

const XML: &str = "metadataXml";
const URL: &str = "metadataUrl";
const ENTITY: &str = "metadataEntityId";
const PIN: &str = "metadataSigningCertificate";

/// What an admin sent of a provider's metadata. The document itself is still to be fetched or read.
#[derive(Debug)]
pub struct MetadataInput<'a> {
    /// The document that is to be read, if there is one.
    pub document: Option<DocumentInput<'a>>,
    /// `entityID` of the one that is meant.
    pub wanted: Option<String>,
    /// The key that must have signed it.
    pub pinned: Option<TrustedKeys>,
    /// Where it is fetched from now on.
    url: Option<String>,
    errors: Vec<FieldError>,
}

/// A document, or where it is.
#[derive(Debug)]
pub enum DocumentInput<'a> {
    /// Uploaded.
    Xml(&'a str),
    /// To be fetched.
    Url(RemoteUrl),
}

/// What an admin sent of a provider's metadata, with the document read.
#[derive(Debug)]
pub struct Given {
    pub(super) idp: Option<IdpPart>,
    pub(super) url: Option<String>,
    pub(super) pinned: Option<TrustedKeys>,
    pub(super) is_fetched: bool,
    pub(super) errors: Vec<FieldError>,
}

impl<'a> MetadataInput<'a> {
    /// Reads the fields of metadata. `before` is the provider that is changed; `local`: we run on a machine's own address.
    pub fn read(input: &'a Map<String, Value>, before: Option<&Provider>, local: bool) -> Self {
        let mut fields = Fields::of(input);
        let old = before.map(Provider::settings);
        let xml = fields.document(XML, MAX_BODY);
        let url = fields.text(URL, crate::outbound::MAX_URL);
        let wanted = fields.text(ENTITY, 1024).over_option(None);
        let pin = fields.document(PIN, 16 * 1024);
        let repinned = !matches!(pin, Patch::Keep);
        let pinned = pinned(&mut fields, pin, before);
        let old_url = old.and_then(|settings| settings.metadata_url.clone());
        let again = wanted.is_some() || (repinned && pinned.is_some());
        let source = match (xml, url) {
            (Patch::Set(_), Patch::Set(_)) => {
                fields.error(URL, "one_of", "Give metadataXml or metadataUrl, not both.");
                (None, None)
            }
            (Patch::Set(xml), _) => (Some(DocumentInput::Xml(xml)), None),
            (_, Patch::Set(url)) => (remote(&mut fields, &url, local), Some(url)),
            (Patch::Keep, Patch::Keep) if old_url.is_some() => {
                let document = old_url.as_deref().filter(|_| again).and_then(|url| remote(&mut fields, url, true));
                (document, old_url)
            }
            (Patch::Keep, _) if before.is_some() => {
                if again {
                    let field = if wanted.is_some() { ENTITY } else { PIN };
                    fields.error(field, "needs_metadata", "Send the metadata again with it: it was not kept.");
                }
                (None, None)
            }
            // A URL that cannot be read has its error already.
            _ if input.get(URL).is_some_and(|url| !url.is_null()) => (None, None),
            _ => {
                let message = "Give the metadata as metadataXml, or where it can be fetched as metadataUrl.";
                fields.error_if_first(XML, "required", message);
                (None, None)
            }
        };
        let (document, url) = source;
        Self { document, wanted, url, pinned, errors: fields.errors() }
    }

    /// With the document read, or why it cannot be.
    pub fn given(self, document: Option<Result<IdpMetadata, String>>) -> Given {
        let is_fetched = matches!(self.document, Some(DocumentInput::Url(_)));
        let mut errors = self.errors;
        let idp = match document {
            Some(Ok(idp)) => Some(IdpPart::of(idp)),
            Some(Err(message)) => {
                let pointer = if is_fetched { "/metadataUrl" } else { "/metadataXml" };
                errors.push(FieldError { pointer: pointer.to_owned(), code: "metadata_not_usable", message });
                None
            }
            None => None,
        };
        Given { idp, url: self.url, pinned: self.pinned, is_fetched, errors }
    }
}

impl Given {
    /// The names of the fields that this was read from.
    pub(super) const FIELDS: [&str; 4] = [XML, URL, ENTITY, PIN];

    /// What is stored of metadata that was read once.
    pub(super) fn stored(idp: IdpPart, url: Option<String>, pinned: Option<TrustedKeys>) -> Self {
        Self { idp: Some(idp), url, pinned, is_fetched: false, errors: Vec::new() }
    }
}

fn remote<'a>(fields: &mut Fields<'_>, url: &str, local: bool) -> Option<DocumentInput<'a>> {
    match RemoteUrl::parse(url, local) {
        Ok(url) => Some(DocumentInput::Url(url)),
        Err(error) => {
            fields.error(URL, "url_not_allowed", error.to_string());
            None
        }
    }
}

fn pinned(fields: &mut Fields<'_>, pin: Patch<&str>, before: Option<&Provider>) -> Option<TrustedKeys> {
    let text = match pin {
        Patch::Keep => return before.and_then(|provider| provider.pinned().cloned()),
        Patch::Reset => return None,
        Patch::Set(text) if text.trim().is_empty() => return None,
        Patch::Set(text) => text.trim(),
    };
    let base64 = text.strip_prefix("-----BEGIN CERTIFICATE-----");
    let base64 = base64.and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----")).unwrap_or(text);
    let error = match Certificate::from_base64(base64) {
        Ok(certificate) => match TrustedKeys::new([&certificate], false) {
            Some(keys) => return Some(keys),
            None => KeyError::Bits(certificate.key().kind().bits()).to_string(),
        },
        Err(error) => error.to_string(),
    };
    fields.error(PIN, "certificate_not_usable", format!("A certificate in PEM or base64 is expected: {error}."));
    None
}

/// When upkeep looks at a provider next, and how its last look at the metadata went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// When it looks next.
    pub due_at: Option<Timestamp>,
    /// When the metadata was fetched last.
    pub refreshed_at: Option<Timestamp>,
    /// Why it could not be fetched since, in a sentence.
    pub error: Option<String>,
}

impl Watch {
    /// After an admin's change, with what was known before it: what is to be told of a certificate is told soon.
    pub(super) fn saved(self, settings: &Settings, certificates: &[Certificate]) -> Self {
        let known = if settings.metadata_url.is_some() { self } else { Self::default() };
        let refresh = known.refreshed_at.map(|at| at.plus(REFRESH));
        Self { due_at: moments(certificates).chain(refresh).min(), ..known }
    }

    /// After a look that found what could be read.
    pub(super) fn fetched(certificates: &[Certificate], cache: Option<Duration>, now: Timestamp) -> Self {
        let after = cache.unwrap_or(REFRESH).clamp(SHORTEST, LONGEST);
        Self { due_at: next(certificates, Some(now.plus(after)), now), refreshed_at: Some(now), error: None }
    }

    /// After a look that found nothing. The time to the next doubles with the time since the last that did.
    pub(super) fn failed(&self, certificates: &[Certificate], error: String, now: Timestamp) -> Self {
        let since = self.refreshed_at.map_or(0, |at| now.0 - at.0 - REFRESH.0);
        let after = Duration(since).clamp(AGAIN, LONGEST);
        let due_at = next(certificates, Some(now.plus(after)), now);
        Self { due_at, refreshed_at: self.refreshed_at, error: Some(error) }
    }

    /// After a look at certificates alone.
    pub(super) fn told(&self, certificates: &[Certificate], now: Timestamp) -> Self {
        Self { due_at: next(certificates, None, now), ..self.clone() }
    }
}

/// When there is something to tell of a certificate: before its end, and at it.
fn moments(certificates: &[Certificate]) -> impl Iterator<Item = Timestamp> {
    certificates.iter().flat_map(|c| [c.not_after().minus(NOTICE), c.not_after()])
}

fn next(certificates: &[Certificate], refresh: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    moments(certificates).filter(|at| *at > now).chain(refresh).min()
}

impl Provider {
    /// Where its metadata is fetched, if it is.
    pub fn metadata_url(&self) -> Option<&str> {
        self.settings.metadata_url.as_deref()
    }

    /// The key that must have signed its metadata.
    pub fn pinned(&self) -> Option<&TrustedKeys> {
        self.pinned.as_ref()
    }

    /// When upkeep looks at it, and how its last look went.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// The same with what is known of looks at it.
    pub fn with_watch(self, watch: Watch) -> Self {
        Self { watch, ..self }
    }

    /// After a look at its metadata. `Err`: why what was found is not taken. The version tells whether anything changed.
    ///
    /// New certificates are added; earlier ones stay until they end: users are in the middle of a change of keys when their
    /// identity provider is.
    pub fn refreshed(&self, found: IdpMetadata, now: Timestamp) -> Result<Self, String> {
        let cache = found.cache_duration;
        let mut certificates: Vec<Certificate> = self.certificates.clone();
        certificates.retain(|c| found.certificates.contains(c) || c.not_after() > now);
        for certificate in &found.certificates {
            if !certificates.contains(certificate) {
                certificates.push(certificate.clone());
            }
        }
        while certificates.len() > MAX_CERTIFICATES {
            let Some(oldest) = certificates.iter().position(|c| !found.certificates.contains(c)) else { break };
            certificates.remove(oldest);
        }
        let trusted = TrustedKeys::new(&certificates, self.settings.allow_sha1);
        let trusted = trusted.ok_or("No signing certificate of the metadata has a key that is strong enough.")?;
        let idp = IdpPart::of(found);
        let settings = Settings {
            sso_url: idp.sso_url,
            sso_binding: idp.sso_binding,
            logout: idp.logout,
            certificates: certificates.iter().map(Certificate::to_base64).collect(),
            left_out: idp.left_out,
            ..self.settings.clone()
        };
        let watch = Watch::fetched(&certificates, cache, now);
        if settings == self.settings {
            return Ok(self.clone().with_watch(watch));
        }
        let (version, updated_at) = (self.version + 1, now);
        Ok(Self { settings, certificates, trusted, watch, version, updated_at, ..self.clone() })
    }

    /// After a look at its metadata that found nothing to take.
    pub fn not_refreshed(&self, error: String, now: Timestamp) -> Self {
        let watch = self.watch.failed(&self.certificates, error, now);
        self.clone().with_watch(watch)
    }

    /// After a look at its certificates alone.
    pub fn looked_at(&self, now: Timestamp) -> Self {
        let watch = self.watch.told(&self.certificates, now);
        self.clone().with_watch(watch)
    }
}
