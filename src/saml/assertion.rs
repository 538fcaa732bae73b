//! What an assertion says, read from the bytes that were signed.

use super::Namespace;
use super::error::SamlError;
use crate::time::Timestamp;
use postern_xml::{Child, Element, trim};

/// The format of a NameID that names none (SAML core 8.3.1).
pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The content of a `saml:Assertion`. Made by `response`, from signed bytes only; and by `claims`, which gives nothing of it
/// away but text for people.
#[derive(Clone, Debug)]
pub(super) struct Assertion {
    pub(super) id: String,
    pub(super) issuer: Option<String>,
    pub(super) name_id: Option<NameId>,
    pub(super) confirmations: Vec<Confirmation>,
    pub(super) conditions: Conditions,
    /// The `AuthnContextClassRef` of each statement that has one.
    pub(super) authn_contexts: Vec<String>,
    pub(super) session_index: Option<String>,
    pub(super) session_not_on_or_after: Option<Timestamp>,
    pub(super) attributes: Vec<Attribute>,
}

/// `saml:NameID`: whom the identity provider means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameId {
    /// The identifier, without white space around it.
    pub value: String,
    /// URI of the format, if one is given.
    pub format: Option<String>,
}

impl NameId {
    /// URI of the format: where none is given, the unspecified one (SAML core 2.2.2).
    pub fn format_uri(&self) -> &str {
        self.format.as_deref().unwrap_or(UNSPECIFIED)
    }

    /// What stands for the same person at the next sign-in: the identifier with its format, since one text can mean two
    /// people in two formats (SAML core 8.3). `None` for a transient one.
    pub fn link_key(&self) -> Option<String> {
        let format = self.format_uri();
        (format != TRANSIENT).then(|| format!("{format} {}", self.value))
    }

    /// Whether the identifier may be read as an e-mail address where no attribute has one.
    pub fn may_be_email(&self) -> bool {
        matches!(self.format.as_deref(), None | Some(UNSPECIFIED | EMAIL_ADDRESS))
    }
}

/// `saml:Attribute` with its values in order. A nil value is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `Name`
    pub name: String,
    /// `FriendlyName`
    pub friendly_name: Option<String>,
    /// Values, without white space around them.
    pub values: Vec<String>,
}

impl Attribute {
    /// Whether this is its `Name` or its `FriendlyName`, exactly.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.friendly_name.as_deref() == Some(name)
    }
}

/// A bearer `saml:SubjectConfirmation`.
#[derive(Clone, Debug, Default)]
pub(super) struct Confirmation {
    pub(super) recipient: Option<String>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) not_on_or_after: Option<Timestamp>,
    pub(super) in_response_to: Option<String>,
}

/// `saml:Conditions`
#[derive(Clone, Debug, Default)]
pub(super) struct Conditions {
    pub(super) not_before: Option<Timestamp>,
    pub(super) not_on_or_after: Option<Timestamp>,
    /// One list an `AudienceRestriction`: each must be met.
    pub(super) audiences: Vec<Vec<String>>,
}

impl Assertion {
    pub(super) fn read(assertion: Element<'_, '_>) -> Result<Self, SamlError> {
        check_version(assertion)?;
        let subject = at_most_one(assertion, "Subject", "more than one Subject")?;
        let mut read = Self {
            id: required_id(assertion)?,
            issuer: issuer(assertion)?,
            name_id: None,
            confirmations: Vec::new(),
            conditions: Conditions::default(),
            authn_contexts: Vec::new(),
            session_index: None,
            session_not_on_or_after: None,
            attributes: Vec::new(),
        };
        if let Some(subject) = subject {
            check_in_the_clear(subject, "EncryptedID")?;
            read.name_id = name_id(subject)?;
            for confirmation in subject.children_named(Namespace::ASSERTION, "SubjectConfirmation") {
                if confirmation.attribute("Method") == Some(BEARER) {
                    read.confirmations.push(bearer(confirmation)?);
                }
            }
        }
        if let Some(conditions) = at_most_one(assertion, "Conditions", "more than one Conditions")? {
            read.conditions = Conditions::read(conditions)?;
        }
        for statement in assertion.children_named(Namespace::ASSERTION, "AuthnStatement") {
            if read.session_index.is_none() {
                read.session_index = statement.attribute("SessionIndex").map(str::to_owned);
            }
            for context in statement.children_named(Namespace::ASSERTION, "AuthnContext") {
                let class = at_most_one(context, "AuthnContextClassRef", "more than one AuthnContextClassRef")?;
                read.authn_contexts.extend(class.and_then(|class| class.text()).map(|text| trim(text).to_owned()));
            }
            let end = time(statement, "SessionNotOnOrAfter", "SessionNotOnOrAfter")?;
            read.session_not_on_or_after = match (read.session_not_on_or_after, end) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        for statement in assertion.children_named(Namespace::ASSERTION, "AttributeStatement") {
            check_in_the_clear(statement, "EncryptedAttribute")?;
            for element in statement.children_named(Namespace::ASSERTION, "Attribute") {
                read.attributes.push(attribute(element)?);
            }
        }
        Ok(read)
    }
}

impl Conditions {
    fn read(conditions: Element<'_, '_>) -> Result<Self, SamlError> {
        let mut audiences = Vec::new();
        for condition in conditions.child_elements() {
            match (condition.namespace(), condition.local_name()) {
                (Namespace::ASSERTION, "AudienceRestriction") => {
                    let audience = |element: Element<'_, '_>| element.text().map(|text| trim(text).to_owned());
                    let listed = condition.children_named(Namespace::ASSERTION, "Audience").map(audience);
                    audiences
                        .push(listed.collect::<Option<_>>().ok_or(SamlError::Shape("an Audience that is not text"))?);
                }
                // Every assertion is used once here, and nothing is issued on its strength.
                (Namespace::ASSERTION, "OneTimeUse" | "ProxyRestriction") => {}
                (_, other) => return Err(SamlError::UnknownCondition { got: other.to_owned() }),
            }
        }
        Ok(Self {
            not_before: time(conditions, "NotBefore", "Conditions NotBefore")?,
            not_on_or_after: time(conditions, "NotOnOrAfter", "Conditions NotOnOrAfter")?,
            audiences,
        })
    }
}

fn bearer(confirmation: Element<'_, '_>) -> Result<Confirmation, SamlError> {
    let data = at_most_one(confirmation, "SubjectConfirmationData", "more than one SubjectConfirmationData")?;
    let Some(data) = data else { return Ok(Confirmation::default()) };
    Ok(Confirmation {
        recipient: data.attribute("Recipient").map(str::to_owned),
        not_before: time(data, "NotBefore", "SubjectConfirmationData NotBefore")?,
        not_on_or_after: time(data, "NotOnOrAfter", "SubjectConfirmationData NotOnOrAfter")?,
        in_response_to: data.attribute("InResponseTo").map(str::to_owned),
    })
}

fn name_id(subject: Element<'_, '_>) -> Result<Option<NameId>, SamlError> {
    let Some(element) = at_most_one(subject, "NameID", "more than one NameID")? else { return Ok(None) };
    let value = trim(element.text().ok_or(SamlError::Shape("a NameID that is not text"))?).to_owned();
    Ok(Some(NameId { value, format: element.attribute("Format").map(str::to_owned) }))
}

fn attribute(element: Element<'_, '_>) -> Result<Attribute, SamlError> {
    let name = element.attribute("Name").ok_or(SamlError::Shape("an Attribute without Name"))?.to_owned();
    let mut values = Vec::new();
    for value in element.children_named(Namespace::ASSERTION, "AttributeValue") {
        let nil =
            value.attributes().any(|a| a.namespace == XSI && a.local == "nil" && matches!(trim(a.value), "true" | "1"));
        if !nil {
            values.push(value_text(value));
        }
    }
    Ok(Attribute { name, friendly_name: element.attribute("FriendlyName").map(str::to_owned), values })
}

/// The text of a value. Some identity providers wrap it in one element (a NameID in eduPersonTargetedID): its text is
/// the value then. Anything deeper has no one reading and counts as empty.
fn value_text(value: Element<'_, '_>) -> String {
    if let Some(text) = value.text() {
        return trim(text).to_owned();
    }
    let blank = |child: &Child<'_, '_>| matches!(child, Child::Text(text) if trim(text).is_empty());
    let mut content = value.children().filter(|child| !blank(child));
    match (content.next(), content.next()) {
        (Some(Child::Element(inner)), None) => trim(inner.text().unwrap_or_default()).to_owned(),
        _ => String::new(),
    }
}

/// What is encrypted by itself is not read, and must not be missed without a word.
fn check_in_the_clear(parent: Element<'_, '_>, encrypted: &'static str) -> Result<(), SamlError> {
    match parent.children_named(Namespace::ASSERTION, encrypted).next() {
        Some(_) => Err(SamlError::EncryptedPart { got: encrypted }),
        None => Ok(()),
    }
}

pub(super) fn check_version(element: Element<'_, '_>) -> Result<(), SamlError> {
    match element.attribute("Version") {
        Some("2.0") => Ok(()),
        other => Err(SamlError::Version { got: other.unwrap_or("none").to_owned() }),
    }
}

pub(super) fn required_id(element: Element<'_, '_>) -> Result<String, SamlError> {
    let id = element.attribute("ID").filter(|id| !id.is_empty() && id.len() <= 256);
    Ok(id.ok_or(SamlError::Shape("an element without an ID of 1 to 256 characters"))?.to_owned())
}

/// The text of the `saml:Issuer` child.
pub(super) fn issuer(element: Element<'_, '_>) -> Result<Option<String>, SamlError> {
    let Some(issuer) = at_most_one(element, "Issuer", "more than one Issuer")? else { return Ok(None) };
    let text = issuer.text().ok_or(SamlError::Shape("an Issuer that is not text"))?;
    Ok(Some(trim(text).to_owned()))
}

fn at_most_one<'d, 'a>(
    parent: Element<'d, 'a>,
    local: &str,
    otherwise: &'static str,
) -> Result<Option<Element<'d, 'a>>, SamlError> {
    let mut found = parent.children_named(Namespace::ASSERTION, local);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(SamlError::Shape(otherwise)),
    }
}

pub(super) fn time(element: Element<'_, '_>, name: &str, what: &'static str) -> Result<Option<Timestamp>, SamlError> {
    let Some(text) = element.attribute(name) else { return Ok(None) };
    let time = Timestamp::parse(text).ok_or_else(|| SamlError::TimeMalformed { what, got: text.to_owned() })?;
    Ok(Some(time))
}
