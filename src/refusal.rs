//! Why a sign-in is refused, for three readers: the user (nothing but a reference), the admin (all of it, with what to
//! do) and the caller (a status).

use crate::jit;
use crate::provider::Kind;
use crate::remedy::{logout_remedy, remedy};
use crate::saml::{Fact, LogoutError, SamlError};
use serde::{Deserialize, Serialize};

/// Why a sign-in is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// More than 256 KiB.
    BodyTooLarge,
    /// Not `application/x-www-form-urlencoded`.
    WrongContentType {
        /// What it is.
        got: String,
    },
    /// No form field `SAMLResponse`, or more than one.
    NoSamlResponse,
    /// A rule of SAML is broken.
    Saml(SamlError),
    /// A rule for logout messages is broken.
    Logout(LogoutError),
    /// A logout message from a provider that has no single logout: there is nowhere to answer to.
    NoLogoutUrl,
    /// The assertion has been used.
    Replayed,
    /// The provider is switched off.
    ProviderDisabled,
    /// The provider is a draft, and this answers no test of it in this browser.
    ProviderIsDraft,
    /// A test of a draft: nobody is signed in by it.
    Tested {
        /// What it came to.
        outcome: String,
    },
    /// The account has an enabled provider of the old integration, which authenticates instead.
    LegacyProviderAuthenticates {
        /// Its name.
        legacy: String,
        /// Name of the provider that was used.
        got: String,
    },
    /// The directory or the JIT rules say no.
    Decision(jit::Reason),
}

/// A refusal as the sign-in log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Stable name of the rule.
    pub code: String,
    /// What was wrong.
    pub message: String,
    /// What the rule wants.
    pub expected: Option<String>,
    /// What came.
    pub got: Option<String>,
    /// What to do about it.
    pub remedy: String,
}

/// The log keeps this many characters of a value that came from outside.
pub(crate) const MAX_LOGGED: usize = 300;

impl Refusal {
    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BodyTooLarge => "body_too_large",
            Self::WrongContentType { .. } => "wrong_content_type",
            Self::NoSamlResponse => "no_saml_response",
            Self::Saml(error) => error.code(),
            Self::Logout(error) => error.code(),
            Self::NoLogoutUrl => "no_logout_url",
            Self::Replayed => "replayed",
            Self::ProviderDisabled => "provider_disabled",
            Self::ProviderIsDraft => "provider_is_draft",
            Self::Tested { .. } => "tested",
            Self::LegacyProviderAuthenticates { .. } => "legacy_provider_authenticates",
            Self::Decision(reason) => match reason {
                jit::Reason::MissingAttribute(_) => "missing_attribute",
                jit::Reason::MissingEmail => "missing_email",
                jit::Reason::NotInvited => "not_invited",
                jit::Reason::UserRemoved => "user_removed",
                jit::Reason::UserDeactivated => "user_deactivated",
                jit::Reason::LinkedToOtherProvider => "linked_to_other_provider",
                jit::Reason::JitValidationFailed { .. } => "jit_validation_failed",
                jit::Reason::DeniedByRule { .. } => "denied_by_rule",
                jit::Reason::NoRuleMatched => "no_rule_matched",
                jit::Reason::EmailDomainNotAllowed { .. } => "email_domain_not_allowed",
            },
        }
    }

    /// The status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            // Ours, not the peer's: the same response can be right a moment later.
            Self::Saml(SamlError::Crypto(_)) | Self::Logout(LogoutError::Saml(SamlError::Crypto(_))) => 503,
            Self::BodyTooLarge => 413,
            Self::WrongContentType { .. } => 415,
            Self::NoSamlResponse
            | Self::Saml(SamlError::NotBase64 | SamlError::Xml(_) | SamlError::WrongRoot { .. })
            | Self::Logout(
                LogoutError::NotOneMessage
                | LogoutError::Repeated(_)
                | LogoutError::Encoding { .. }
                | LogoutError::NotBase64(_)
                | LogoutError::NotDeflated
                | LogoutError::WrongRoot { .. }
                | LogoutError::Saml(SamlError::Xml(_)),
            ) => 400,
            _ => 403,
        }
    }

    /// What the operator should know: the refusal is our failure, or may be, and not the peer's.
    pub fn fault(&self) -> Option<String> {
        match self {
            Self::Saml(SamlError::Crypto(error)) | Self::Logout(LogoutError::Saml(SamlError::Crypto(error))) => {
                Some(error.to_string())
            }
            // The peer's, as far as can be told; unless it is encrypted to one of these.
            Self::Saml(SamlError::DecryptionFailed { unusable, .. }) if !unusable.is_empty() => {
                let keys = unusable.join(", ");
                Some(format!(
                    "the private keys of the certificates {keys} cannot be unwrapped: is MASTER_KEY another one?"
                ))
            }
            _ => None,
        }
    }

    /// All of it, in the words of a kind of identity provider.
    pub fn explanation(&self, kind: Kind) -> Explanation {
        let fact = self.fact();
        Explanation {
            code: self.code().to_owned(),
            message: self.message(),
            expected: fact.expected.map(bounded),
            got: fact.got.map(bounded),
            remedy: match self {
                Self::Logout(_) => logout_remedy(self.code(), kind),
                _ => remedy(self.code(), kind),
            }
            .to_owned(),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::BodyTooLarge => "the request is larger than 256 KiB".into(),
            Self::WrongContentType { .. } => "the request is not a form".into(),
            Self::NoSamlResponse => "the form has not exactly one field SAMLResponse".into(),
            Self::Saml(error) => error.to_string(),
            Self::Logout(error) => error.to_string(),
            Self::NoLogoutUrl => "the metadata of the provider names no URL for single logout".into(),
            Self::Replayed => "the message has been used before".into(),
            Self::ProviderDisabled => "the provider is disabled".into(),
            Self::ProviderIsDraft => "the provider is a draft, which signs nobody in".into(),
            Self::Tested { .. } => "this was a test: nobody was signed in, and nothing was created".into(),
            Self::LegacyProviderAuthenticates { .. } => "the account's legacy provider authenticates".into(),
            Self::Decision(reason) => match reason {
                jit::Reason::MissingAttribute(missing) => {
                    format!("the required attribute {} did not come", bounded(missing.attribute.clone()))
                }
                jit::Reason::MissingEmail => "the assertion has no e-mail address".into(),
                jit::Reason::NotInvited => "the user is unknown and JIT provisioning is off".into(),
                jit::Reason::UserRemoved => "the user was removed, and JIT provisioning brings nobody back".into(),
                jit::Reason::UserDeactivated => "the user is deactivated".into(),
                jit::Reason::LinkedToOtherProvider => "the user signs in through another provider".into(),
                jit::Reason::JitValidationFailed { .. } => "the JIT validation key has not the required value".into(),
                jit::Reason::DeniedByRule { rule } => format!("a JIT rule denies: {rule}"),
                jit::Reason::NoRuleMatched => "none of the JIT rules matches".into(),
                jit::Reason::EmailDomainNotAllowed { .. } => "the domain of the e-mail is not allowed".into(),
            },
        }
    }

    fn fact(&self) -> Fact {
        let fact = |expected: String, got: String| Fact { expected: Some(expected), got: Some(got) };
        match self {
            Self::Saml(error) => error.fact(),
            Self::Logout(error) => error.fact(),
            Self::WrongContentType { got } => fact("application/x-www-form-urlencoded".into(), got.clone()),
            Self::Decision(jit::Reason::JitValidationFailed { key, wanted, got }) => fact(
                format!("{key} = {wanted}"),
                if got.is_empty() { format!("no attribute {key}") } else { format!("{key} = {}", got.join(", ")) },
            ),
            Self::LegacyProviderAuthenticates { legacy, got } => fact(legacy.clone(), got.clone()),
            Self::Tested { outcome } => Fact { expected: None, got: Some(outcome.clone()) },
            Self::Decision(jit::Reason::MissingAttribute(missing)) => {
                fact(missing.wanted.clone(), "nothing that can be used".into())
            }
            Self::Decision(jit::Reason::EmailDomainNotAllowed { allowed, got }) => {
                fact(allowed.join(", "), got.clone())
            }
            _ => Fact::default(),
        }
    }
}

/// A value that came from outside, as the log keeps it.
pub(crate) fn bounded(text: String) -> String {
    if text.chars().count() <= MAX_LOGGED {
        return text;
    }
    text.chars().take(MAX_LOGGED).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::CryptoError;

    #[test]
    fn a_failure_of_ours_is_not_the_peers() {
        let ours = Refusal::Saml(SamlError::Crypto(CryptoError("gone".into())));
        assert_eq!((ours.status(), ours.fault().is_some()), (503, true));
        for theirs in [Refusal::Saml(SamlError::NotSigned), Refusal::Replayed, Refusal::BodyTooLarge] {
            assert!(theirs.status() < 500 && theirs.fault().is_none(), "{theirs:?}");
        }
    }
}
