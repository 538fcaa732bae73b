//! A provider: one SAML app integration of an account (SPEC section 3). What an admin sends becomes a [`Provider`] or a
//! list of every field's error; there is no provider without a key that can be trusted.

use crate::crypto::{Certificate, CertificateError};
use crate::fields::{FieldError, Fields, Patch};
use crate::saml::{Binding, IdpMetadata};
use crate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Clock skew when none is set (SPEC section 3).
const DEFAULT_CLOCK_SKEW: i64 = 120;
/// The largest clock skew that can be set.
pub const MAX_CLOCK_SKEW: Duration = Duration::seconds(300);

/// A SAML app integration.
#[derive(Clone, Debug)]
pub struct Provider {
    id: String,
    entity_id: String,
    settings: Settings,
    certificates: Vec<Certificate>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

/// What is configured, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// For people.
    pub name: String,
    /// Whose product it is.
    pub kind: Kind,
    /// Whether it signs anybody in.
    pub enabled: bool,
    /// Where to send an AuthnRequest.
    pub sso_url: String,
    /// How to send it.
    pub sso_binding: Binding,
    /// Signing certificates: DER in base64.
    certificates: Vec<String>,
    /// Why signing certificates of the metadata were left out, a sentence each.
    left_out: Vec<String>,
    /// Our entity ID for this provider, if it is not the usual one.
    pub sp_entity_id: Option<String>,
    /// Whether a sign-in may begin at the identity provider.
    pub allow_idp_initiated: bool,
    /// How far its clock and ours may be apart.
    pub clock_skew_seconds: i64,
    /// Just-in-time provisioning.
    pub jit: Jit,
}

/// Whose product an identity provider is: it decides the words in which we explain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "names of products")]
pub enum Kind {
    Okta,
    Entra,
    Onelogin,
    Keycloak,
    Jumpcloud,
    Other,
}

const KINDS: &[(&str, Kind)] = &[
    ("okta", Kind::Okta),
    ("entra", Kind::Entra),
    ("onelogin", Kind::Onelogin),
    ("keycloak", Kind::Keycloak),
    ("jumpcloud", Kind::Jumpcloud),
    ("other", Kind::Other),
];

/// Just-in-time provisioning (seed 000).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jit {
    /// Enable JIT Provisioning.
    pub enabled: bool,
    /// JIT Validation Key and Value. Without: everyone whom the identity provider sends.
    pub validation: Option<Validation>,
}

/// The attribute and the value that it must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// SAML attribute name.
    pub key: String,
    /// Required value.
    pub value: String,
}

impl Provider {
    /// A new provider from what an admin sent, or every field's error.
    pub fn create(input: &Map<String, Value>, id: String, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        Self::read(input, None, id, now)
    }

    /// This provider with a merge patch of an admin's applied, or every field's error.
    pub fn update(&self, patch: &Map<String, Value>, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        Self::read(patch, Some(self), self.id.clone(), now)
    }

    fn read(
        input: &Map<String, Value>,
        before: Option<&Self>,
        id: String,
        now: Timestamp,
    ) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(input);
        let old = before.map(|provider| &provider.settings);
        let name = fields.text("name", 100).over_option(old.map(|s| s.name.clone()));
        if name.is_none() {
            fields.required("name");
        }
        let kind = fields.choice("kind", KINDS).over_option(old.map(|s| s.kind));
        if kind.is_none() {
            fields.required("kind");
        }
        let metadata = metadata(&mut fields, before.is_none());
        let enabled = fields.boolean("enabled").over(old.is_none_or(|s| s.enabled), true);
        let sp_entity_id = fields.text("spEntityId", 1024).over_option(old.and_then(|s| s.sp_entity_id.clone()));
        let allow_idp_initiated =
            fields.boolean("allowIdpInitiated").over(old.is_none_or(|s| s.allow_idp_initiated), true);
        let clock_skew_seconds = fields
            .integer("clockSkewSeconds", 0..=MAX_CLOCK_SKEW.0 / 1000)
            .over(old.map_or(DEFAULT_CLOCK_SKEW, |s| s.clock_skew_seconds), DEFAULT_CLOCK_SKEW);
        let jit_before = old.map(|s| s.jit.clone()).unwrap_or_default();
        let jit = fields.object("jit", |fields| jit(fields, &jit_before)).over(jit_before.clone(), Jit::default());
        let errors = fields.into_errors();
        let (Some(name), Some(kind), true) = (name, kind, errors.is_empty()) else {
            return Err(errors);
        };
        let (entity_id, sso_url, sso_binding, certificates, left_out) = match (metadata, before) {
            (Some(new), _) => {
                let left_out = new.left_out.iter().map(ToString::to_string).collect();
                (new.entity_id, new.sso_url, new.sso_binding, new.certificates, left_out)
            }
            (None, Some(old)) => {
                let settings = &old.settings;
                let (url, left_out) = (settings.sso_url.clone(), settings.left_out.clone());
                (old.entity_id.clone(), url, settings.sso_binding, old.certificates.clone(), left_out)
            }
            (None, None) => return Err(errors),
        };
        let settings = Settings {
            name,
            kind,
            enabled,
            sso_url,
            sso_binding,
            certificates: certificates.iter().map(Certificate::to_base64).collect(),
            left_out,
            sp_entity_id,
            allow_idp_initiated,
            clock_skew_seconds,
            jit,
        };
        Ok(Self {
            id,
            entity_id,
            settings,
            certificates,
            created_at: before.map_or(now, |provider| provider.created_at),
            updated_at: now,
            version: before.map_or(1, |provider| provider.version + 1),
        })
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
        if certificates.is_empty() {
            return Err(CertificateError::Malformed);
        }
        Ok(Self { id, entity_id, settings, certificates, created_at, updated_at, version })
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

    /// Certificates of the keys that are trusted; at least one.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// How far its clock and ours may be apart.
    pub fn clock_skew(&self) -> Duration {
        Duration::seconds(self.settings.clock_skew_seconds)
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
        if self.settings.sso_binding == Binding::Post {
            let text =
                "Its metadata has no sign-on URL for HTTP-Redirect: sign-in can begin at the identity provider only.";
            warnings.push(text.to_owned());
        }
        for reason in &self.settings.left_out {
            warnings.push(format!("A signing certificate of its metadata is not used: {reason}."));
        }
        for certificate in &self.certificates {
            let (subject, end) = (certificate.subject(), certificate.not_after());
            if end <= now {
                warnings.push(format!("The certificate {subject} expired at {end}. It is still accepted; replace it."));
            } else if end <= now.plus(Duration::days(30)) {
                warnings.push(format!(
                    "The certificate {subject} expires at {end}. Upload the metadata with the next one."
                ));
            }
        }
        warnings
    }
}

fn metadata(fields: &mut Fields<'_>, required: bool) -> Option<IdpMetadata> {
    let xml = match fields.document("metadataXml", 256 * 1024) {
        Patch::Set(xml) => xml,
        Patch::Keep if !required => return None,
        Patch::Keep | Patch::Reset => {
            fields.required("metadataXml");
            return None;
        }
    };
    match IdpMetadata::parse(xml.trim().as_bytes()) {
        Ok(metadata) => Some(metadata),
        Err(error) => {
            fields.error("metadataXml", "metadata_not_usable", error.to_string());
            None
        }
    }
}

fn jit(fields: &mut Fields<'_>, before: &Jit) -> Jit {
    let enabled = fields.boolean("enabled").over(before.enabled, false);
    let old = before.validation.as_ref();
    let key = fields.text("validationKey", 256).over_option(old.map(|v| v.key.clone()));
    let value = fields.text("validationValue", 256).over_option(old.map(|v| v.value.clone()));
    let validation = match (key, value) {
        (Some(key), Some(value)) => Some(Validation { key, value }),
        (None, None) => None,
        (Some(_), None) => {
            let message = "Fill in the JIT Validation Value too, or clear the JIT Validation Key to admit everyone.";
            fields.error_if_first("validationValue", "half_filled", message);
            None
        }
        (None, Some(_)) => {
            let message = "Fill in the JIT Validation Key too, or clear the JIT Validation Value to admit everyone.";
            fields.error_if_first("validationKey", "half_filled", message);
            None
        }
    };
    Jit { enabled, validation }
}
