//! Why a logout message is refused. What it has in common with a response is [`SamlError`]'s.

use super::error::{Fact, SamlError};
use postern_xml::XmlError;

/// A rule that a logout message breaks. [`LogoutError::code`] is stable; the facts are for the event log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a field is named after the fact it holds")]
pub enum LogoutError {
    /// Not exactly one of `SAMLRequest` and `SAMLResponse`.
    NotOneMessage,
    /// A parameter of the binding that comes twice.
    Repeated(&'static str),
    /// A `SAMLEncoding` other than DEFLATE (SAML bindings 3.4.4.1).
    Encoding { got: String },
    /// A parameter that is not base64 or is empty.
    NotBase64(&'static str),
    /// Not deflated, cut short, or with something behind its end.
    NotDeflated,
    /// More than the 80 bytes that a RelayState may have (SAML bindings 3.4.3).
    RelayStateTooLong,
    /// The document element is not the message that the parameter announces.
    WrongRoot { expected: &'static str, got: String },
    /// Parts of the message missing, repeated or in another place than the schema has them.
    Shape(&'static str),
    /// No signature, or one without its algorithm.
    NotSigned,
    /// Sent to another URL, or to none.
    WrongDestination { expected: String, got: Option<String> },
    /// The NameID is encrypted.
    EncryptedNameId,
    /// Answers no logout that began here and is open.
    UnknownRequest { got: Option<String> },
    /// A rule that holds for every message.
    Saml(SamlError),
}

impl LogoutError {
    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOneMessage => "not_one_message",
            Self::Repeated(_) => "parameter_repeated",
            Self::Encoding { .. } => "encoding_not_allowed",
            Self::NotBase64(_) => "not_base64",
            Self::NotDeflated => "not_deflated",
            Self::RelayStateTooLong => "relay_state_too_long",
            Self::WrongRoot { .. } => "wrong_root",
            Self::Shape(_) => "message_malformed",
            Self::NotSigned => "not_signed",
            Self::WrongDestination { .. } => "wrong_destination",
            Self::EncryptedNameId => "name_id_encrypted",
            Self::UnknownRequest { .. } => "unknown_request",
            Self::Saml(error) => error.code(),
        }
    }

    /// What the rule wanted and what came.
    pub fn fact(&self) -> Fact {
        let fact = |expected: &str, got: Option<String>| Fact { expected: Some(expected.to_owned()), got };
        match self {
            Self::NotOneMessage => fact("one SAMLRequest or one SAMLResponse", None),
            Self::Repeated(name) | Self::NotBase64(name) => Fact { expected: None, got: Some((*name).into()) },
            Self::Encoding { got } => fact("DEFLATE", Some(got.clone())),
            Self::RelayStateTooLong => fact("at most 80 bytes", None),
            Self::WrongRoot { expected, got } => fact(expected, Some(got.clone())),
            Self::Shape(what) => Fact { expected: None, got: Some((*what).into()) },
            Self::NotSigned => fact("a signature of the message", Some("none".into())),
            Self::WrongDestination { expected, got } => fact(expected, got.clone()),
            Self::UnknownRequest { got } => fact("an open logout of ours", got.clone()),
            Self::NotDeflated | Self::EncryptedNameId => Fact::default(),
            Self::Saml(error) => error.fact(),
        }
    }
}

impl std::fmt::Display for LogoutError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotOneMessage => f.write_str("not exactly one SAMLRequest or SAMLResponse"),
            Self::Repeated(name) => write!(f, "{name} comes twice"),
            Self::Encoding { .. } => f.write_str("the message is encoded in a way that is not known"),
            Self::NotBase64(name) => write!(f, "{name} is not base64"),
            Self::NotDeflated => f.write_str("the message is not deflated as a whole"),
            Self::RelayStateTooLong => f.write_str("the RelayState is too long"),
            Self::WrongRoot { expected, .. } => write!(f, "the document is not a {expected}"),
            Self::Shape(what) => write!(f, "the message has {what}"),
            Self::NotSigned => f.write_str("the message is not signed"),
            Self::WrongDestination { .. } => f.write_str("the message was meant for another URL"),
            Self::EncryptedNameId => f.write_str("the NameID is encrypted"),
            Self::UnknownRequest { .. } => f.write_str("the message answers no open logout of ours"),
            Self::Saml(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LogoutError {}

impl From<SamlError> for LogoutError {
    fn from(error: SamlError) -> Self {
        match error {
            SamlError::Shape(what) => Self::Shape(what),
            error => Self::Saml(error),
        }
    }
}

impl From<XmlError> for LogoutError {
    fn from(error: XmlError) -> Self {
        Self::Saml(SamlError::Xml(error))
    }
}
