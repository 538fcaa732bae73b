//! A provider as a file brings it: within the bounds of its form, and with nothing of metadata that no document could say.

use super::draft::IdpPart;
use super::metadata::{Given, MAX_CERTIFICATES};
use super::{Provider, Settings};
use crate::crypto::{Certificate, TrustedKeys};
use crate::fields::FieldError;
use crate::outbound::RemoteUrl;
use crate::saml::{is_entity_id, is_location};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// So many reasons at most why certificates were left out, each of so many characters.
const MAX_LEFT_OUT: (usize, usize) = (10, 300);

impl Settings {
    /// What the form takes of them, as the API shows it: all but the metadata.
    pub fn form(&self) -> Map<String, Value> {
        let validation = self.jit.validation.as_ref();
        let form = json!({
            "name": self.name,
            "kind": self.kind,
            "enabled": self.enabled,
            "draft": self.draft,
            "spEntityId": self.sp_entity_id,
            "allowIdpInitiated": self.allow_idp_initiated,
            "allowUnknownInResponseTo": self.allow_unknown_in_response_to,
            "allowSha1": self.allow_sha1,
            "clockSkewSeconds": self.clock_skew_seconds,
            "signRequests": self.sign_requests,
            "forceAuthn": self.force_authn,
            "nameIdFormat": self.name_id_format,
            "requestedAuthnContext": self.requested_authn_context,
            "encryption": self.encryption,
            "jit": {
                "enabled": self.jit.enabled,
                "validationKey": validation.map(|v| &v.key),
                "validationValue": validation.map(|v| &v.value),
                "rules": self.jit.rules,
            },
            "generation": self.generation,
            "authorization": {
                "enabled": self.authorization.enabled,
                "groupsAttribute": self.authorization.groups_attribute,
            },
            "attributeMapping": self.attribute_mapping.view(),
            "allowedEmailDomains": self.allowed_email_domains,
            "acceptUsersOfOtherProviders": self.accept_users_of_other_providers,
        });
        if let Value::Object(form) = form { form } else { Map::new() }
    }
}

/// Every error of a provider's entity ID and settings, by a pointer such as `/settings/clockSkewSeconds`, with the names that
/// the API has for them. `local`: we run on a machine's own address.
pub(crate) fn errors(entity_id: &str, settings: &Settings, local: bool) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut error = |at: &str, message: &str| errors.push(malformed(at, message));
    if !is_entity_id(entity_id) {
        error("/entity_id", "1 to 1,024 characters, without white space around them.");
    }
    let web = "An absolute URL of the web, of at most 2,048 characters.";
    if !is_location(&settings.sso_url) {
        error("/settings/ssoUrl", web);
    }
    if let Some(logout) = &settings.logout {
        if !is_location(&logout.url) {
            error("/settings/sloUrl", web);
        }
        if logout.response_url.as_deref().is_some_and(|url| !is_location(url)) {
            error("/settings/sloResponseUrl", web);
        }
    }
    if let Some(Err(refused)) = settings.metadata_url.as_deref().map(|url| RemoteUrl::parse(url, local)) {
        error("/settings/metadataUrl", &refused.to_string());
    }
    let (most, longest) = MAX_LEFT_OUT;
    let is_sentence = |text: &String| text.chars().count() <= longest && !text.contains(char::is_control);
    if settings.left_out.len() > most || !settings.left_out.iter().all(is_sentence) {
        error("/settings/leftOut", "At most 10 reasons of at most 300 characters.");
    }
    let read = |text: &String| Certificate::from_base64(text).ok();
    let certificates: Option<Vec<Certificate>> = settings.certificates.iter().map(read).collect();
    let certificates = certificates.filter(|found| (1..=MAX_CERTIFICATES).contains(&found.len()));
    if certificates.is_none() {
        error("/settings/certificates", "1 to 20 certificates: DER in base64.");
    }
    let pinned = settings.metadata_signing_certificate.as_ref();
    let pinned_keys = pinned.and_then(read).and_then(|certificate| TrustedKeys::new([&certificate], false));
    if pinned.is_some() && pinned_keys.is_none() {
        error("/settings/metadataSigningCertificate", "A certificate with a key that is strong enough: DER in base64.");
    }
    let (Some(certificates), true) = (certificates, errors.is_empty()) else { return errors };
    let idp = IdpPart {
        entity_id: entity_id.to_owned(),
        sso_url: settings.sso_url.clone(),
        sso_binding: settings.sso_binding,
        logout: settings.logout.clone(),
        certificates,
        left_out: settings.left_out.clone(),
    };
    let metadata = Given::stored(idp, settings.metadata_url.clone(), pinned_keys);
    match Provider::create(&settings.form(), metadata, String::new(), Timestamp(0)) {
        Ok(provider) if provider.settings == *settings => Vec::new(),
        Ok(_) => vec![malformed(
            "/settings",
            "Expected what this version writes: no white space around text, nothing empty, domains in small letters.",
        )],
        Err(errors) => errors.into_iter().map(|error| error.below("/settings")).collect(),
    }
}

fn malformed(pointer: &str, message: &str) -> FieldError {
    FieldError { pointer: pointer.to_owned(), code: "malformed", message: message.to_owned() }
}
