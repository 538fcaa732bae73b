//! What is configured for a provider, as it is stored: one JSON column, so a field that is added has a default for rows
//! that do not have it.

use super::AttributeMapping;
use crate::jit::Rule;
use crate::saml::{Binding, LogoutService};
use serde::{Deserialize, Serialize};

/// What is configured, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// For people.
    pub name: String,
    /// Whose product it is.
    pub kind: Kind,
    /// Whether it signs anybody in.
    pub enabled: bool,
    /// Whether it is being set up: it can be tried, and signs nobody in. Never together with `enabled`.
    #[serde(default)]
    pub draft: bool,
    /// Where to send an AuthnRequest.
    pub sso_url: String,
    /// How to send it.
    pub sso_binding: Binding,
    /// Where and how to send logout messages, if it takes them.
    #[serde(default)]
    pub logout: Option<LogoutService>,
    /// Signing certificates: DER in base64.
    pub(super) certificates: Vec<String>,
    /// Why signing certificates of the metadata were left out, a sentence each.
    pub(super) left_out: Vec<String>,
    /// Where the metadata is fetched, if it is.
    #[serde(default)]
    pub metadata_url: Option<String>,
    /// The certificate that must have signed the metadata: DER in base64.
    #[serde(default)]
    pub metadata_signing_certificate: Option<String>,
    /// Our entity ID for this provider, if it is not the usual one.
    pub sp_entity_id: Option<String>,
    /// Whether a sign-in may begin at the identity provider.
    pub allow_idp_initiated: bool,
    /// Whether a response may say to answer a request that nobody made: some identity providers write anything there.
    #[serde(default)]
    pub allow_unknown_in_response_to: bool,
    /// Whether SHA-1 and RSA keys under 2048 bits are accepted.
    #[serde(default)]
    pub allow_sha1: bool,
    /// How far its clock and ours may be apart.
    pub clock_skew_seconds: i64,
    /// Whether what we send to it is signed.
    #[serde(default)]
    pub sign_requests: bool,
    /// Whether users are to show who they are again, although the identity provider knows.
    #[serde(default)]
    pub force_authn: bool,
    /// The format of NameID that is asked for.
    #[serde(default)]
    pub name_id_format: Option<NameIdFormat>,
    /// URIs of the ways to authenticate of which one is asked for, and must have been taken. Empty: any.
    #[serde(default)]
    pub requested_authn_context: Vec<String>,
    /// What becomes of encrypted assertions.
    #[serde(default)]
    pub encryption: Encryption,
    /// From what of an assertion each attribute of a user comes.
    #[serde(default)]
    pub attribute_mapping: AttributeMapping,
    /// Domains of the e-mails that unknown users may have, folded. Empty: any.
    #[serde(default)]
    pub allowed_email_domains: Vec<String>,
    /// Whether it may sign in users whom another provider signs in.
    #[serde(default)]
    pub accept_users_of_other_providers: bool,
    /// Just-in-time provisioning.
    pub jit: Jit,
    /// Which of two integrations it is.
    #[serde(default)]
    pub generation: Generation,
    /// Whether linked groups follow it.
    #[serde(default)]
    pub authorization: Authorization,
}

/// Which of two integrations with an account a provider is (SPEC section 6; seeds 001, 003 and 004): where one of the old kind is
/// enabled, that one authenticates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Generation {
    /// The old integration.
    Legacy,
    /// The new one.
    #[default]
    Current,
}

pub(super) const GENERATIONS: &[(&str, Generation)] =
    &[("legacy", Generation::Legacy), ("current", Generation::Current)];

/// Linked groups follow the groups that the provider names at each sign-in (SPEC section 4; seed 000).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorization {
    /// Whether they do. If not, groups are managed by hand.
    pub enabled: bool,
    /// The SAML attribute that names them, if it is not one of the usual.
    pub groups_attribute: Option<String>,
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

pub(super) const KINDS: &[(&str, Kind)] = &[
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
    /// Rules that are asked after it. Without: as if one admitted everybody.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// The attribute and the value that it must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// SAML attribute name.
    pub key: String,
    /// Required value.
    pub value: String,
}

/// A format of NameID that can be asked for (SAML core 8.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "names of the standard")]
pub enum NameIdFormat {
    Unspecified,
    EmailAddress,
    Persistent,
    Transient,
}

pub(super) const NAME_ID_FORMATS: &[(&str, NameIdFormat)] = &[
    ("unspecified", NameIdFormat::Unspecified),
    ("emailAddress", NameIdFormat::EmailAddress),
    ("persistent", NameIdFormat::Persistent),
    ("transient", NameIdFormat::Transient),
];

impl NameIdFormat {
    /// Its identifier.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Unspecified => "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
            Self::EmailAddress => "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            Self::Persistent => "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            Self::Transient => "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        }
    }
}

/// What becomes of encrypted assertions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// They are refused, and our metadata has no key for them.
    #[default]
    Off,
    /// They are accepted, and asked for by the key in our metadata.
    Accept,
    /// Only they are accepted.
    Require,
}

pub(super) const ENCRYPTIONS: &[(&str, Encryption)] =
    &[("off", Encryption::Off), ("accept", Encryption::Accept), ("require", Encryption::Require)];
