//! What an admin sends, read into a [`Provider`]: every field's error at once.

use super::metadata::{Given, Watch};
use super::rules;
use super::settings::{ENCRYPTIONS, GENERATIONS, KINDS, NAME_ID_FORMATS};
use super::{
    AttributeMapping, Authorization, DEFAULT_CLOCK_SKEW, Encryption, Generation, Jit, MAX_CLOCK_SKEW, Provider,
    Settings, Validation,
};
use crate::crypto::{Certificate, KeyError, TrustedKeys};
use crate::directory::folded;
use crate::fields::{FieldError, Fields, Patch};
use crate::saml::{Binding, IdpMetadata, LogoutService};
use crate::time::Timestamp;
use serde_json::{Map, Value};

/// So many domains of e-mails can be allowed.
const MAX_EMAIL_DOMAINS: usize = 100;
/// So many ways to authenticate can be asked for.
const MAX_AUTHN_CONTEXTS: usize = 10;

impl Provider {
    pub(super) fn read(
        input: &Map<String, Value>,
        metadata: Given,
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
        fields.known(&Given::FIELDS, metadata.errors);
        let (enabled, draft) = state(&mut fields, old);
        let sp_entity_id = fields.text("spEntityId", 1024).over_option(old.and_then(|s| s.sp_entity_id.clone()));
        let allow_idp_initiated =
            fields.boolean("allowIdpInitiated").over(old.is_none_or(|s| s.allow_idp_initiated), true);
        let clock_skew_seconds = fields
            .integer("clockSkewSeconds", 0..=MAX_CLOCK_SKEW.0 / 1000)
            .over(old.map_or(DEFAULT_CLOCK_SKEW, |s| s.clock_skew_seconds), DEFAULT_CLOCK_SKEW);
        let allow_unknown_in_response_to =
            fields.boolean("allowUnknownInResponseTo").over(old.is_some_and(|s| s.allow_unknown_in_response_to), false);
        let allow_sha1 = fields.boolean("allowSha1").over(old.is_some_and(|s| s.allow_sha1), false);
        let sign_requests = fields.boolean("signRequests").over(old.is_some_and(|s| s.sign_requests), false);
        let force_authn = fields.boolean("forceAuthn").over(old.is_some_and(|s| s.force_authn), false);
        let name_id_format =
            fields.choice("nameIdFormat", NAME_ID_FORMATS).over_option(old.and_then(|s| s.name_id_format));
        let requested_authn_context = fields
            .texts("requestedAuthnContext", MAX_AUTHN_CONTEXTS, 256)
            .over(old.map(|s| s.requested_authn_context.clone()).unwrap_or_default(), Vec::new());
        let encryption = fields
            .choice("encryption", ENCRYPTIONS)
            .over(old.map(|s| s.encryption).unwrap_or_default(), Encryption::Off);
        let generation = old.map_or(Generation::Current, |s| s.generation);
        let generation = fields.choice("generation", GENERATIONS).over(generation, Generation::Current);
        let follows_before = old.map(|s| s.authorization.clone()).unwrap_or_default();
        let authorization = fields.object("authorization", |fields| authorization(fields, &follows_before));
        let authorization = authorization.over(follows_before.clone(), Authorization::default());
        let jit_before = old.map(|s| s.jit.clone()).unwrap_or_default();
        let jit = fields.object("jit", |fields| jit(fields, &jit_before)).over(jit_before.clone(), Jit::default());
        let mapping_before = old.map(|s| s.attribute_mapping.clone()).unwrap_or_default();
        let attribute_mapping = fields
            .object("attributeMapping", |fields| AttributeMapping::read(fields, &mapping_before))
            .over(mapping_before.clone(), AttributeMapping::default());
        let allowed_email_domains =
            email_domains(&mut fields, old.map(|s| s.allowed_email_domains.clone()).unwrap_or_default());
        let accept_users_of_other_providers = fields
            .boolean("acceptUsersOfOtherProviders")
            .over(old.is_some_and(|s| s.accept_users_of_other_providers), false);
        let errors = fields.into_errors();
        let (Some(name), Some(kind), true) = (name, kind, errors.is_empty()) else {
            return Err(errors);
        };
        let is_new = metadata.idp.is_some();
        let Some(idp) = metadata.idp.or_else(|| before.map(IdpPart::kept)) else { return Err(errors) };
        let Some(trusted) = TrustedKeys::new(&idp.certificates, allow_sha1) else {
            return Err(vec![too_weak(&idp.certificates, is_new, metadata.is_fetched)]);
        };
        let settings = Settings {
            name,
            kind,
            enabled,
            draft,
            sso_url: idp.sso_url,
            sso_binding: idp.sso_binding,
            logout: idp.logout,
            certificates: idp.certificates.iter().map(Certificate::to_base64).collect(),
            left_out: idp.left_out,
            metadata_url: metadata.url,
            metadata_signing_certificate: metadata.pinned.as_ref().and_then(pinned),
            sp_entity_id,
            allow_idp_initiated,
            allow_unknown_in_response_to,
            allow_sha1,
            clock_skew_seconds,
            sign_requests,
            force_authn,
            name_id_format,
            requested_authn_context,
            encryption,
            attribute_mapping,
            allowed_email_domains,
            accept_users_of_other_providers,
            jit,
            generation,
            authorization,
        };
        let watch = match before {
            _ if metadata.is_fetched => Watch { refreshed_at: Some(now), ..Watch::default() },
            Some(before) => before.watch.clone(),
            None => Watch::default(),
        };
        Ok(Self {
            pinned: metadata.pinned,
            watch: watch.saved(&settings, &idp.certificates),
            id,
            entity_id: idp.entity_id,
            settings,
            certificates: idp.certificates,
            trusted,
            created_at: before.map_or(now, |provider| provider.created_at),
            updated_at: now,
            version: before.map_or(1, |provider| provider.version + 1),
        })
    }
}

fn pinned(keys: &TrustedKeys) -> Option<String> {
    keys.certificates().first().map(Certificate::to_base64)
}

/// The part of a provider that comes from its metadata.
#[derive(Debug)]
pub(super) struct IdpPart {
    pub(super) entity_id: String,
    pub(super) sso_url: String,
    pub(super) sso_binding: Binding,
    pub(super) logout: Option<LogoutService>,
    pub(super) certificates: Vec<Certificate>,
    pub(super) left_out: Vec<String>,
}

impl IdpPart {
    pub(super) fn of(metadata: IdpMetadata) -> Self {
        Self {
            left_out: metadata.left_out.iter().map(ToString::to_string).collect(),
            entity_id: metadata.entity_id,
            sso_url: metadata.sso_url,
            sso_binding: metadata.sso_binding,
            logout: metadata.logout,
            certificates: metadata.certificates,
        }
    }

    fn kept(provider: &Provider) -> Self {
        let settings = &provider.settings;
        Self {
            entity_id: provider.entity_id.clone(),
            sso_url: settings.sso_url.clone(),
            sso_binding: settings.sso_binding,
            logout: settings.logout.clone(),
            certificates: provider.certificates.clone(),
            left_out: settings.left_out.clone(),
        }
    }
}

/// Every key of the metadata would need the allowance of SHA-1. The error is at what the admin sent.
fn too_weak(certificates: &[Certificate], is_new: bool, is_fetched: bool) -> FieldError {
    let bits = certificates.first().map_or(0, |certificate| certificate.key().kind().bits());
    let reason = KeyError::Bits(bits);
    let message = format!(
        "No signing certificate of the metadata can be used: {reason}. Let the identity provider make a stronger one; \
         until then, `allowSha1` accepts it."
    );
    let field = match (is_new, is_fetched) {
        (false, _) => "/allowSha1",
        (true, false) => "/metadataXml",
        (true, true) => "/metadataUrl",
    };
    FieldError { pointer: field.to_owned(), code: "metadata_not_usable", message }
}

/// Whether it signs anybody in, and whether it is a draft. What nothing is said of follows from the other where it is new.
fn state(fields: &mut Fields<'_>, old: Option<&Settings>) -> (bool, bool) {
    let draft = fields.boolean("draft").over(old.is_some_and(|s| s.draft), false);
    let asked = fields.boolean("enabled");
    let is_asked = asked == Patch::Set(true);
    let enabled = asked.over(old.map_or(!draft, |s| s.enabled), !draft);
    if enabled && draft {
        let (field, message) = match is_asked {
            true => ("enabled", "A draft signs nobody in. Send `draft`: false with it."),
            false => ("draft", "An enabled provider is no draft. Send `enabled`: false with it."),
        };
        fields.error_if_first(field, "not_allowed", message);
    }
    (enabled, draft)
}

fn authorization(fields: &mut Fields<'_>, before: &Authorization) -> Authorization {
    Authorization {
        enabled: fields.boolean("enabled").over(before.enabled, false),
        groups_attribute: fields.text("groupsAttribute", 256).over_option(before.groups_attribute.clone()),
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
    Jit { enabled, validation, rules: rules::read(fields, &before.rules) }
}

/// Domains as they are compared.
fn email_domains(fields: &mut Fields<'_>, before: Vec<String>) -> Vec<String> {
    let domains = fields.texts("allowedEmailDomains", MAX_EMAIL_DOMAINS, 253).over(before, Vec::new());
    let domains: Vec<String> = domains.iter().map(|domain| folded(domain)).collect();
    for (index, domain) in domains.iter().enumerate() {
        if domain.contains(|c: char| c.is_whitespace() || c == '@') || domain.starts_with('.') || domain.contains('*') {
            let message = "A domain such as example.com, without @ and *. Domains below it are named one by one.";
            fields.error(&format!("allowedEmailDomains/{index}"), "malformed", message);
        }
    }
    fields.each_once("allowedEmailDomains", "", domains.iter().map(String::as_str));
    domains
}
