//! A provider: one SAML app integration of an account (SPEC section 3). What an admin sends becomes a [`Provider`] or a
//! list of every field's error; there is no provider without a key that can be trusted.

mod draft;
mod mapping;
mod metadata;
mod rules;
mod settings;
pub(crate) mod stored;

pub use mapping::{AttributeMapping, Custom, Mapped, Source};
pub use metadata::{DocumentInput, Given, MetadataInput, NOTICE, Watch};
pub use settings::{Authorization, Encryption, Generation, Jit, Kind, NameIdFormat, Settings, Validation};

use crate::crypto::{Certificate, CertificateError, KeyError, TrustedKeys};
use crate::fields::FieldError;
use crate::saml::Unsolicited;
use crate::time::{Duration, Timestamp};
use serde_json::{Map, Value};

/// Clock skew when none is set (SPEC section 3).
const DEFAULT_CLOCK_SKEW: i64 = 120;
/// The largest clock skew that can be set.
pub const MAX_CLOCK_SKEW: Duration = Duration::seconds(300);

/// A SAML app integration.
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    id: String,
    entity_id: String,
    settings: Settings,
    certificates: Vec<Certificate>,
    trusted: TrustedKeys,
    pinned: Option<TrustedKeys>,
    watch: Watch,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

impl Provider {
    /// A new provider from what an admin sent, or every field's error.
    pub fn create(
        input: &Map<String, Value>,
        metadata: Given,
        id: String,
        now: Timestamp,
    ) -> Result<Self, Vec<FieldError>> {
        Self::read(input, metadata, None, id, now)
    }

    /// This provider with a merge patch of an admin's applied, or every field's error.
    pub fn update(&self, patch: &Map<String, Value>, metadata: Given, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        Self::read(patch, metadata, Some(self), self.id.clone(), now)
    }

    /// A provider as it was stored.
    pub fn restore(
        id: String,
        entity_id: String,
        settings: Settings,
        created_at: Timestamp,
        updated_at: Timestamp,
        version: i64,
    ) -> Result<Self, CertificateError> {
        let certificates: Vec<_> =
            settings.certificates.iter().map(|text| Certificate::from_base64(text)).collect::<Result<_, _>>()?;
        let trusted = TrustedKeys::new(&certificates, settings.allow_sha1).ok_or(CertificateError::Malformed)?;
        let pinned = settings.metadata_signing_certificate.as_deref().map(Certificate::from_base64).transpose()?;
        let pinned = pinned.map(|certificate| TrustedKeys::new([&certificate], false));
        let pinned = pinned.map(|keys| keys.ok_or(CertificateError::Malformed)).transpose()?;
        let watch = Watch::default();
        Ok(Self { id, entity_id, settings, certificates, trusted, pinned, watch, created_at, updated_at, version })
    }

    /// Id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The identity provider's entity ID.
    pub fn entity_id(&self) -> &str {
        &self.entity_id
    }

    /// What is configured.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The keys that its signatures are verified with.
    pub fn trusted_keys(&self) -> &TrustedKeys {
        &self.trusted
    }

    /// Every certificate of its metadata with a key that can be used, be it only with the allowance of SHA-1.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// How far its clock and ours may be apart.
    pub fn clock_skew(&self) -> Duration {
        Duration::seconds(self.settings.clock_skew_seconds.clamp(0, MAX_CLOCK_SKEW.0 / 1000))
    }

    /// What it may send without being asked.
    pub fn unsolicited(&self) -> Unsolicited {
        Unsolicited {
            allowed: self.settings.allow_idp_initiated,
            may_name_unknown_request: self.settings.allow_unknown_in_response_to,
        }
    }

    /// When it was made.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it was changed last.
    pub fn updated_at(&self) -> Timestamp {
        self.updated_at
    }

    /// Grows by one with each change.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// What an admin should look at, in sentences.
    pub fn warnings(&self, now: Timestamp) -> Vec<String> {
        let mut warnings = Vec::new();
        for reason in &self.settings.left_out {
            warnings.push(format!("A signing certificate of its metadata is not used: {reason}."));
        }
        if self.settings.allow_sha1 {
            let text = "SHA-1 and RSA keys under 2048 bits are accepted: both can be forged with enough money. Let the \
                identity provider sign with SHA-256, and switch this off.";
            warnings.push(text.to_owned());
        }
        let email = &self.settings.attribute_mapping.email;
        if let (true, Source::Constant(constant)) = (email.enabled, &email.source) {
            warnings
                .push(format!("Everybody whom it sends signs in as {constant}: the e-mail is mapped to a constant."));
        }
        for certificate in self.certificates.iter().filter(|c| !self.trusted.certificates().contains(c)) {
            let reason = KeyError::Bits(certificate.key().kind().bits());
            warnings.push(format!("The certificate {} is not used: {reason}.", certificate.subject()));
        }
        for certificate in self.trusted.certificates() {
            let (subject, end) = (certificate.subject(), certificate.not_after());
            if end <= now {
                warnings.push(format!("The certificate {subject} expired at {end}. It is still accepted; replace it."));
            } else if end <= now.plus(metadata::NOTICE) {
                let remedy = match self.settings.metadata_url {
                    None => "Upload the metadata with the next one.",
                    Some(_) => "The next one is taken over once the metadata has it.",
                };
                warnings.push(format!("The certificate {subject} expires at {end}. {remedy}"));
            }
        }
        if let Watch { error: Some(error), refreshed_at: Some(at), .. } = &self.watch {
            warnings.push(format!("What its metadata was at {at} is used; it could not be refreshed since. {error}"));
        }
        warnings
    }
}
