//! Why a response is refused: one variant for each rule, with the facts that its remedy needs.

use super::{encryption, signature_method};
use crate::crypto::CryptoError;
use crate::time::Timestamp;
use postern_xml::XmlError;

/// A rule of `SAML` that a response breaks. [`SamlError::code`] is stable; the facts are for the sign-in log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "a field is named after the fact it holds")]
pub enum SamlError {
    /// `SAMLResponse` is not base64 or is empty.
    NotBase64,
    /// Not a document that we read.
    Xml(XmlError),
    /// The document element is not `samlp:Response`.
    WrongRoot { got: String },
    /// Parts of a Response or Assertion missing, repeated or in another place than the schema has them.
    Shape(&'static str),
    /// `Version` is not `2.0`.
    Version { got: String },
    /// The identity provider reports a failure. Code and message are its own words.
    IdpStatus { status: String, message: Option<String> },
    /// No assertion.
    NoAssertion,
    /// More than one assertion in the document.
    TooManyAssertions { got: usize },
    /// The assertion is not a child of the Response.
    MisplacedAssertion,
    /// The assertion is encrypted, and the provider's settings do not have it so.
    EncryptedAssertion,
    /// The assertion is not encrypted, and the provider's settings want that.
    NotEncrypted,
    /// An encrypted assertion of another shape than we read.
    EncryptionShape(&'static str),
    /// An assertion or its key encrypted in a way that is not allowed.
    EncryptionNotAllowed { got: String },
    /// No key of the account opens it, or what comes out is no assertion: an answer does not say which. `keys` are the
    /// fingerprints of the certificates of the keys in use, `unusable` of those in use that cannot be unwrapped, whatever
    /// the message is.
    DecryptionFailed { keys: Vec<String>, unusable: Vec<String> },
    /// A part of the assertion that is encrypted by itself.
    EncryptedPart { got: &'static str },
    /// A signature that is not a child of the Response or Assertion it signs, right after `Issuer`.
    MisplacedSignature,
    /// Two elements of one `ID`.
    DuplicateId { id: String },
    /// `Id`, `id` or `xml:id` beside the `ID` that a signature refers to.
    IdAlias,
    /// Neither Response nor Assertion is signed.
    NotSigned,
    /// A signature that has another shape than SAML core 5.4 allows.
    SignatureShape(&'static str),
    /// A signature or digest algorithm that is not allowed.
    AlgorithmNotAllowed { uri: String },
    /// A transform or canonicalization that is not allowed.
    TransformNotAllowed { uri: String },
    /// A reference to something else than the element around the signature.
    ReferenceElsewhere,
    /// What was signed is not what came.
    DigestMismatch { element: String },
    /// No trusted key made the signature. `trusted` are the certificates' fingerprints; `named` is that of the certificate
    /// which the signature names beside itself, for people: anybody can write one there.
    WrongKey { element: String, trusted: Vec<String>, named: Option<String> },
    /// Our own cryptography failed.
    Crypto(CryptoError),
    /// No issuer, or none that is configured.
    UnknownIssuer { got: Option<String> },
    /// The issuer of an element is not the provider's entity ID.
    WrongIssuer { element: &'static str, expected: String, got: Option<String> },
    /// Sent to another URL.
    WrongDestination { expected: String, got: Option<String> },
    /// The assertion is for somebody else.
    WrongAudience { expected: String, got: Vec<String> },
    /// A condition that we do not understand: the assertion cannot be called valid (SAML core 2.5.1.1).
    UnknownCondition { got: String },
    /// No bearer confirmation.
    NoBearerConfirmation,
    /// The confirmation is for another URL.
    WrongRecipient { expected: String, got: Option<String> },
    /// A time that must be there is not.
    TimeMissing { what: &'static str },
    /// A time that must not be there is.
    TimeNotAllowed { what: &'static str },
    /// Not a time in UTC.
    TimeMalformed { what: &'static str, got: String },
    /// Over. `at` is what the response says, `now` our clock.
    Expired { what: &'static str, at: Timestamp, now: Timestamp },
    /// Not begun. `at` is what the response says, `now` our clock.
    NotYetValid { what: &'static str, at: Timestamp, now: Timestamp },
    /// The user was authenticated in another way than those that are asked for.
    WrongAuthnContext { expected: Vec<String>, got: Vec<String> },
    /// No NameID, or a blank one.
    NoNameId,
    /// The parts of a response disagree on the request they answer.
    InResponseToMismatch { response: Option<String>, assertion: Option<String> },
    /// Answers a request that this browser did not make, that is over, or that has been answered.
    UnknownRequest { got: String },
    /// Answers no request, and this provider is not allowed to begin a sign-in.
    IdpInitiatedNotAllowed,
}

/// What a rule wanted and what came, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    /// What the rule wants.
    pub expected: Option<String>,
    /// What came.
    pub got: Option<String>,
}

impl SamlError {
    /// Whether it is about the encryption of the assertion.
    pub fn is_of_encryption(&self) -> bool {
        matches!(
            self,
            Self::EncryptedAssertion
                | Self::NotEncrypted
                | Self::EncryptionShape(_)
                | Self::EncryptionNotAllowed { .. }
                | Self::DecryptionFailed { .. }
        )
    }

    /// The stable name of the rule.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotBase64 => "not_base64",
            Self::Xml(error) => xml_code(error),
            Self::WrongRoot { .. } => "wrong_root",
            Self::Shape(_) => "response_malformed",
            Self::Version { .. } => "wrong_version",
            Self::IdpStatus { .. } => "idp_status",
            Self::NoAssertion => "no_assertion",
            Self::TooManyAssertions { .. } => "too_many_assertions",
            Self::MisplacedAssertion => "assertion_misplaced",
            Self::EncryptedAssertion => "assertion_encrypted",
            Self::NotEncrypted => "assertion_not_encrypted",
            Self::EncryptionShape(_) => "encryption_malformed",
            Self::EncryptionNotAllowed { .. } => "encryption_algorithm_not_allowed",
            Self::DecryptionFailed { .. } => "decryption_failed",
            Self::EncryptedPart { .. } => "encrypted_part",
            Self::MisplacedSignature => "signature_misplaced",
            Self::DuplicateId { .. } => "duplicate_id",
            Self::IdAlias => "id_alias",
            Self::NotSigned => "not_signed",
            Self::SignatureShape(_) => "signature_malformed",
            Self::AlgorithmNotAllowed { .. } => "algorithm_not_allowed",
            Self::TransformNotAllowed { .. } => "transform_not_allowed",
            Self::ReferenceElsewhere => "reference_elsewhere",
            Self::DigestMismatch { .. } => "digest_mismatch",
            Self::WrongKey { .. } => "wrong_key",
            Self::Crypto(_) => "crypto_unavailable",
            Self::UnknownIssuer { .. } => "unknown_issuer",
            Self::WrongIssuer { .. } => "wrong_issuer",
            Self::WrongDestination { .. } => "wrong_destination",
            Self::WrongAudience { .. } => "wrong_audience",
            Self::UnknownCondition { .. } => "unknown_condition",
            Self::NoBearerConfirmation => "no_bearer_confirmation",
            Self::WrongRecipient { .. } => "wrong_recipient",
            Self::TimeMissing { .. } => "time_missing",
            Self::TimeNotAllowed { .. } => "time_not_allowed",
            Self::TimeMalformed { .. } => "time_malformed",
            Self::Expired { .. } => "expired",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::WrongAuthnContext { .. } => "wrong_authn_context",
            Self::NoNameId => "no_name_id",
            Self::InResponseToMismatch { .. } => "in_response_to_mismatch",
            Self::UnknownRequest { .. } => "unknown_request",
            Self::IdpInitiatedNotAllowed => "idp_initiated_not_allowed",
        }
    }

    /// What the rule wanted and what came.
    pub fn fact(&self) -> Fact {
        let fact = |expected: String, got: Option<String>| Fact { expected: Some(expected), got };
        match self {
            Self::WrongRoot { got } => fact("samlp:Response".into(), Some(got.clone())),
            Self::Version { got } => fact("2.0".into(), Some(got.clone())),
            Self::IdpStatus { status, message } => fact(
                "Success".into(),
                Some(message.as_ref().map_or(status.clone(), |text| format!("{status}: {text}"))),
            ),
            Self::NoAssertion => fact("one assertion".into(), Some("none".into())),
            Self::TooManyAssertions { got } => fact("one assertion".into(), Some(got.to_string())),
            Self::DuplicateId { id } => fact("each ID once".into(), Some(id.clone())),
            Self::NotSigned => fact("a signature on the Response or the Assertion".into(), Some("none".into())),
            Self::SignatureShape(what) | Self::EncryptionShape(what) | Self::Shape(what) => {
                Fact { expected: None, got: Some((*what).into()) }
            }
            Self::AlgorithmNotAllowed { uri } => fact(signature_method::ACCEPTED.into(), Some(uri.clone())),
            Self::EncryptionNotAllowed { got } => fact(encryption::ACCEPTED.into(), Some(got.clone())),
            Self::DecryptionFailed { keys, .. } if keys.is_empty() => {
                fact("an encryption key of the account".into(), None)
            }
            Self::DecryptionFailed { keys, unusable } => {
                let expected = format!("one assertion, encrypted for one of the certificates {}", keys.join(", "));
                let but = match unusable.as_slice() {
                    [] => String::new(),
                    unusable => format!("; the private keys of {} cannot be unwrapped", unusable.join(", ")),
                };
                fact(expected + &but, None)
            }
            Self::EncryptedPart { got } => Fact { expected: None, got: Some((*got).into()) },
            Self::TransformNotAllowed { uri } => {
                fact("enveloped signature, then exclusive canonicalization without comments".into(), Some(uri.clone()))
            }
            Self::WrongKey { trusted, named, .. } => fact(
                format!("a key of the certificates {}", trusted.join(", ")),
                named.as_ref().map(|named| format!("another key; the signature names the certificate {named}")),
            ),
            Self::UnknownIssuer { got } => fact("the entity ID of one of the account's providers".into(), got.clone()),
            Self::WrongIssuer { expected, got, .. }
            | Self::WrongDestination { expected, got }
            | Self::WrongRecipient { expected, got } => fact(expected.clone(), got.clone()),
            Self::WrongAudience { expected, got } => fact(expected.clone(), Some(got.join(", "))),
            Self::WrongAuthnContext { expected, got } => fact(expected.join(" or "), Some(got.join(", "))),
            Self::UnknownCondition { got } | Self::UnknownRequest { got } | Self::TimeMalformed { got, .. } => {
                Fact { expected: None, got: Some(got.clone()) }
            }
            Self::Expired { at, now, .. } => fact(format!("before {at}"), Some(format!("{now} by our clock"))),
            Self::NotYetValid { at, now, .. } => fact(format!("not before {at}"), Some(format!("{now} by our clock"))),
            Self::InResponseToMismatch { response, assertion } => fact(
                response.clone().unwrap_or_else(|| "no request".into()),
                Some(assertion.clone().unwrap_or_else(|| "no request".into())),
            ),
            _ => Fact::default(),
        }
    }
}

fn xml_code(error: &XmlError) -> &'static str {
    match error {
        XmlError::TooMuch(_) => "document_too_large",
        XmlError::Encoding => "not_utf8",
        XmlError::Doctype => "doctype_not_allowed",
        XmlError::Comment => "comment_not_allowed",
        XmlError::ProcessingInstruction => "processing_instruction_not_allowed",
        XmlError::Entity { .. } => "entity_not_allowed",
        XmlError::DuplicateAttribute => "duplicate_attribute",
        XmlError::UnboundPrefix { .. } => "unbound_prefix",
        XmlError::NamespaceDeclaration { .. } => "namespace_not_allowed",
        XmlError::Declaration | XmlError::Malformed { .. } => "not_xml",
    }
}

impl std::fmt::Display for SamlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotBase64 => f.write_str("SAMLResponse is not base64"),
            Self::Xml(error) => write!(f, "the document has {error}"),
            Self::WrongRoot { .. } => f.write_str("the document is not a SAML 2.0 Response"),
            Self::Shape(what) => write!(f, "the Response has {what}"),
            Self::Version { .. } => f.write_str("not SAML 2.0"),
            Self::IdpStatus { .. } => f.write_str("the identity provider reports a failure"),
            Self::NoAssertion => f.write_str("the Response has no assertion"),
            Self::TooManyAssertions { .. } => f.write_str("the Response has more than one assertion"),
            Self::MisplacedAssertion => f.write_str("the assertion is not a child of the Response"),
            Self::EncryptedAssertion => f.write_str("the assertion is encrypted"),
            Self::NotEncrypted => f.write_str("the assertion is not encrypted"),
            Self::EncryptionShape(what) => write!(f, "the encrypted assertion has {what}"),
            Self::EncryptionNotAllowed { .. } => {
                f.write_str("the assertion is encrypted with an algorithm that is not allowed")
            }
            Self::DecryptionFailed { .. } => f.write_str("the assertion cannot be decrypted"),
            Self::EncryptedPart { got } => write!(f, "the assertion has an {got}"),
            Self::MisplacedSignature => f.write_str("a signature is not the child after Issuer of what it signs"),
            Self::DuplicateId { .. } => f.write_str("two elements have one ID"),
            Self::IdAlias => f.write_str("a signed element has another identifier beside its ID"),
            Self::NotSigned => f.write_str("neither the Response nor the Assertion is signed"),
            Self::SignatureShape(what) => write!(f, "the signature has {what}"),
            Self::AlgorithmNotAllowed { .. } => f.write_str("the signature uses an algorithm that is not allowed"),
            Self::TransformNotAllowed { .. } => f.write_str("the signature uses a transform that is not allowed"),
            Self::ReferenceElsewhere => {
                f.write_str("the signature refers to something else than the element around it")
            }
            Self::DigestMismatch { element } => write!(f, "the {element} was changed after it was signed"),
            Self::WrongKey { element, .. } => write!(f, "no certificate of the provider signed the {element}"),
            Self::Crypto(error) => error.fmt(f),
            Self::UnknownIssuer { .. } => f.write_str("no provider of this account has the issuer as its entity ID"),
            Self::WrongIssuer { element, .. } => write!(f, "the {element} has another issuer than the provider"),
            Self::WrongDestination { .. } => f.write_str("the Response was meant for another URL"),
            Self::WrongAudience { .. } => f.write_str("the assertion is meant for another audience"),
            Self::UnknownCondition { .. } => f.write_str("the assertion has a condition that is not known"),
            Self::NoBearerConfirmation => f.write_str("the assertion has no bearer confirmation"),
            Self::WrongRecipient { .. } => f.write_str("the assertion was meant for another URL"),
            Self::TimeMissing { what } => write!(f, "{what} is missing"),
            Self::TimeNotAllowed { what } => write!(f, "{what} is not allowed"),
            Self::TimeMalformed { what, .. } => write!(f, "{what} is not a time in UTC"),
            Self::Expired { what, .. } => write!(f, "{what} has passed"),
            Self::NotYetValid { what, .. } => write!(f, "{what} is still to come"),
            Self::WrongAuthnContext { .. } => {
                f.write_str("the user was authenticated in another way than is asked for")
            }
            Self::NoNameId => f.write_str("the assertion has no NameID"),
            Self::InResponseToMismatch { .. } => f.write_str("Response and Assertion answer different requests"),
            Self::UnknownRequest { .. } => f.write_str("the response answers no open request of this browser"),
            Self::IdpInitiatedNotAllowed => f.write_str("sign-in may not begin at this identity provider"),
        }
    }
}

impl std::error::Error for SamlError {}
