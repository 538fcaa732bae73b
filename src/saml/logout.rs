//! Logout messages as they come in (SAML core 3.7, profiles 4.4): from bytes to a [`VerifiedLogout`], by redirect or by POST.
//!
//! As with responses, what a message says is read from verified bytes only: of a query those whose octets were signed, of a
//! form the canonical ones of the element that was signed. A message without a signature is nobody's.

use super::Namespace;
use super::assertion::{NameId, check_version, issuer, required_id, time};
use super::dsig;
use super::error::SamlError;
use super::logout_error::LogoutError;
use super::outgoing::Side;
use super::redirect::{QuerySignature, Redirected, one_message};
use super::response::{check_ids, check_signature_places, check_status};
use crate::crypto::{Crypto, SignatureAlgorithm, TrustedKeys};
use crate::provider::MAX_CLOCK_SKEW;
use crate::time::{Duration, Timestamp};
use postern_xml::{Child, Document, Element, trim};

const PARTIAL: &str = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout";

/// A message is good for so long after its `IssueInstant`, and remembered as used until then: some name no end of their own.
const LIFETIME: Duration = Duration::seconds(600);

/// What a RelayState may have (SAML bindings 3.4.3).
const MAX_RELAY_STATE: usize = 80;

/// More indexes than one person's sessions have.
const MAX_SESSION_INDEXES: usize = 100;

/// A logout message that nobody has vouched for.
#[derive(Debug)]
pub struct ReceivedLogout {
    side: Side,
    document: Vec<u8>,
    relay_state: Option<String>,
    /// Of a query; that of a form is in the document.
    signature: Option<QuerySignature>,
    by_redirect: bool,
    claimed_issuer: Option<String>,
}

/// A logout message that a trusted key signed.
#[derive(Debug)]
pub struct AuthenticLogout {
    message: Message,
    relay_state: Option<String>,
}

/// What a logout message is checked against.
#[derive(Clone, Copy, Debug)]
pub struct LogoutExpectations<'a> {
    /// The provider's entity ID.
    pub issuer: &'a str,
    /// The URL that was called, without the parameters of the binding.
    pub url: &'a str,
    /// How far the clocks may be apart.
    pub clock_skew: Duration,
    /// Our clock.
    pub now: Timestamp,
}

/// A logout message that holds, for us, here and now. It is made by [`AuthenticLogout::check`] only.
#[derive(Debug)]
pub enum VerifiedLogout {
    /// The identity provider ends sessions.
    Request(VerifiedLogoutRequest),
    /// The identity provider answers a request of ours.
    Response(VerifiedLogoutResponse),
}

/// A request to end sessions.
#[derive(Debug)]
pub struct VerifiedLogoutRequest {
    id: String,
    name_id: NameId,
    session_indexes: Vec<String>,
    relay_state: Option<String>,
    spent_until: Timestamp,
}

/// The answer to a request of ours. That there is such a request is still to be looked up.
#[derive(Debug)]
pub struct VerifiedLogoutResponse {
    in_response_to: String,
    partial: bool,
}

/// What a message says, read from verified bytes.
#[derive(Debug)]
struct Message {
    id: String,
    issuer: Option<String>,
    destination: Option<String>,
    issued_at: Timestamp,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Request { name_id: NameId, session_indexes: Vec<String>, not_on_or_after: Option<Timestamp> },
    Response { in_response_to: Option<String>, partial: bool },
}

impl ReceivedLogout {
    /// Reads a message from a query as it was called, without `?` (SAML bindings 3.4).
    pub fn from_query(query: &str) -> Result<Self, LogoutError> {
        let Redirected { side, document, relay_state, signature } = Redirected::parse(query)?;
        Self::new(side, document, relay_state, signature, true)
    }

    /// Reads a message from a form (SAML bindings 3.5).
    pub fn from_form(body: &[u8]) -> Result<Self, LogoutError> {
        const NAMES: [&str; 3] = ["SAMLRequest", "SAMLResponse", "RelayState"];
        let mut fields = [const { None }; NAMES.len()];
        for (name, value) in form_urlencoded::parse(body) {
            let Some(place) = NAMES.iter().position(|known| *known == name) else { continue };
            if fields[place].replace(value).is_some() {
                return Err(LogoutError::Repeated(NAMES[place]));
            }
        }
        let [request, response, relay_state] = fields;
        let (side, message) = one_message(request, response)?;
        let document = super::decode_base64(&message).map_err(|_| LogoutError::NotBase64(side.parameter()))?;
        Self::new(side, document, relay_state.map(Into::into), None, false)
    }

    fn new(
        side: Side,
        bytes: Vec<u8>,
        relay_state: Option<String>,
        signature: Option<QuerySignature>,
        by_redirect: bool,
    ) -> Result<Self, LogoutError> {
        let claimed_issuer = {
            let document = Document::parse(&bytes)?;
            check_root(document.root(), side)?;
            issuer(document.root())?
        };
        Ok(Self { side, document: bytes, relay_state, signature, by_redirect, claimed_issuer })
    }

    /// The issuer by the message's own word: enough to choose the provider to check it against, and for nothing else.
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claimed_issuer.as_deref()
    }

    /// Verifies the signature with these keys, and reads the message from what was signed.
    pub async fn authenticate<C: Crypto>(self, keys: &TrustedKeys, crypto: &C) -> Result<AuthenticLogout, LogoutError> {
        let document = Document::parse(&self.document)?;
        let root = document.root();
        let message = if self.by_redirect {
            let signature = self.signature.as_ref().ok_or(LogoutError::NotSigned)?;
            verify_octets(signature, keys, crypto).await?;
            Message::read(root, self.side)?
        } else {
            let signatures: Vec<_> = document.elements().filter(|e| e.is(Namespace::DSIG, "Signature")).collect();
            check_signature_places(&signatures, root, root)?;
            check_ids(&[&document], root)?;
            let signature = root.children_named(Namespace::DSIG, "Signature").next().ok_or(LogoutError::NotSigned)?;
            let signed = dsig::verify(root, signature, keys, crypto).await?;
            Message::read(Document::parse(signed.canonical().as_bytes())?.root(), self.side)?
        };
        Ok(AuthenticLogout { message, relay_state: self.relay_state })
    }
}

impl AuthenticLogout {
    /// Checks by whom, to whom and when.
    pub fn check(self, wanted: &LogoutExpectations<'_>) -> Result<VerifiedLogout, LogoutError> {
        let Self { message, relay_state } = self;
        if message.issuer.as_deref() != Some(wanted.issuer) {
            let expected = wanted.issuer.to_owned();
            return Err(SamlError::WrongIssuer { element: "message", expected, got: message.issuer }.into());
        }
        // Required of what is signed (SAML bindings 3.4.5.2 and 3.5.5.2), and all of this is.
        if message.destination.as_deref() != Some(wanted.url) {
            return Err(LogoutError::WrongDestination { expected: wanted.url.to_owned(), got: message.destination });
        }
        let (now, skew) = (wanted.now, wanted.clock_skew);
        if now.plus(skew) < message.issued_at {
            return Err(SamlError::NotYetValid { what: "IssueInstant", at: message.issued_at, now }.into());
        }
        let end = message.issued_at.plus(LIFETIME);
        not_over(end, "ten minutes after IssueInstant", wanted)?;
        match message.content {
            Content::Request { name_id, session_indexes, not_on_or_after } => {
                if let Some(end) = not_on_or_after {
                    not_over(end, "NotOnOrAfter", wanted)?;
                }
                if relay_state.as_ref().is_some_and(|text| text.len() > MAX_RELAY_STATE) {
                    return Err(LogoutError::RelayStateTooLong);
                }
                Ok(VerifiedLogout::Request(VerifiedLogoutRequest {
                    id: message.id,
                    name_id,
                    session_indexes,
                    relay_state,
                    // It is refused for its time when this is forgotten, whatever the skew is by then.
                    spent_until: end.plus(MAX_CLOCK_SKEW),
                }))
            }
            Content::Response { in_response_to, partial } => {
                let in_response_to = in_response_to.ok_or(LogoutError::UnknownRequest { got: None })?;
                Ok(VerifiedLogout::Response(VerifiedLogoutResponse { in_response_to, partial }))
            }
        }
    }
}

impl VerifiedLogoutRequest {
    /// `ID`
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whose sessions end.
    pub fn name_id(&self) -> &NameId {
        &self.name_id
    }

    /// Which of their sessions. Empty: all.
    pub fn session_indexes(&self) -> &[String] {
        &self.session_indexes
    }

    /// What is to come back with the answer.
    pub fn relay_state(&self) -> Option<&str> {
        self.relay_state.as_deref()
    }

    /// Until when it must be remembered as spent: later it is refused for its time.
    pub fn spent_until(&self) -> Timestamp {
        self.spent_until
    }
}

impl VerifiedLogoutResponse {
    /// `ID` of the request that it answers.
    pub fn in_response_to(&self) -> &str {
        &self.in_response_to
    }

    /// Whether other applications may not have been reached.
    pub fn is_partial(&self) -> bool {
        self.partial
    }
}

impl Message {
    /// The schema's children in the schema's order, `Issuer` being required (SAML profiles 4.4.4.1). A signature is none of
    /// them: that of a form is not part of what it signs, and a query has its own.
    fn read(root: Element<'_, '_>, side: Side) -> Result<Self, LogoutError> {
        check_root(root, side)?;
        check_version(root)?;
        let children = child_elements(root)?;
        let rest = match children.as_slice() {
            [issuer, rest @ ..] if issuer.is(Namespace::ASSERTION, "Issuer") => rest,
            _ => return Err(LogoutError::Shape("no Issuer as its first child")),
        };
        let rest = match rest {
            [extensions, rest @ ..] if extensions.is(Namespace::PROTOCOL, "Extensions") => rest,
            rest => rest,
        };
        let issued_at = time(root, "IssueInstant", "IssueInstant")?;
        Ok(Self {
            id: required_id(root)?,
            issuer: issuer(root)?,
            destination: root.attribute("Destination").map(str::to_owned),
            issued_at: issued_at.ok_or(SamlError::TimeMissing { what: "IssueInstant" })?,
            content: match side {
                Side::Request => Content::request(root, rest)?,
                Side::Response => Content::response(root, rest)?,
            },
        })
    }
}

impl Content {
    fn request(root: Element<'_, '_>, children: &[Element<'_, '_>]) -> Result<Self, LogoutError> {
        let Some((subject, indexes)) = children.split_first() else { return Err(SamlError::NoNameId.into()) };
        if subject.is(Namespace::ASSERTION, "EncryptedID") {
            return Err(LogoutError::EncryptedNameId);
        }
        if !subject.is(Namespace::ASSERTION, "NameID") {
            return Err(SamlError::NoNameId.into());
        }
        let value = text(*subject, "a NameID that is not text")?;
        if !(1..=1024).contains(&value.len()) {
            return Err(SamlError::NoNameId.into());
        }
        if indexes.len() > MAX_SESSION_INDEXES {
            return Err(LogoutError::Shape("more than 100 SessionIndex"));
        }
        let index = |element: &Element<'_, '_>| match element.is(Namespace::PROTOCOL, "SessionIndex") {
            true => text(*element, "a SessionIndex that is not text"),
            false => Err(LogoutError::Shape("something beside NameID and SessionIndex")),
        };
        Ok(Self::Request {
            name_id: NameId { value, format: subject.attribute("Format").map(str::to_owned) },
            session_indexes: indexes.iter().map(index).collect::<Result<_, _>>()?,
            not_on_or_after: time(root, "NotOnOrAfter", "NotOnOrAfter")?,
        })
    }

    fn response(root: Element<'_, '_>, children: &[Element<'_, '_>]) -> Result<Self, LogoutError> {
        let [status] = children else { return Err(LogoutError::Shape("something beside its Status")) };
        let codes = || status.children_named(Namespace::PROTOCOL, "StatusCode");
        let inner = codes().flat_map(|code| code.children_named(Namespace::PROTOCOL, "StatusCode"));
        let partial = codes().chain(inner).any(|code| code.attribute("Value") == Some(PARTIAL));
        match check_status(root) {
            // The standard says nowhere which code it stands under (SAML core 3.7.3.2).
            Err(SamlError::IdpStatus { .. }) if partial => {}
            checked => checked?,
        }
        Ok(Self::Response { in_response_to: root.attribute("InResponseTo").map(str::to_owned), partial })
    }
}

async fn verify_octets<C: Crypto>(
    signature: &QuerySignature,
    keys: &TrustedKeys,
    crypto: &C,
) -> Result<(), LogoutError> {
    let QuerySignature { octets, algorithm: uri, value } = signature;
    let algorithm = SignatureAlgorithm::from_uri(uri).filter(|algorithm| keys.allow(algorithm.digest()));
    let algorithm = algorithm.ok_or_else(|| SamlError::AlgorithmNotAllowed { uri: uri.clone() })?;
    match dsig::signer(octets.as_bytes(), algorithm, value, keys, crypto).await? {
        Some(_) => Ok(()),
        None => Err(SamlError::WrongKey {
            element: "query".into(),
            trusted: keys.certificates().iter().map(|certificate| certificate.fingerprint().to_owned()).collect(),
            named: None,
        }
        .into()),
    }
}

fn check_root(root: Element<'_, '_>, side: Side) -> Result<(), LogoutError> {
    let (local, expected) = match side {
        Side::Request => ("LogoutRequest", "samlp:LogoutRequest"),
        Side::Response => ("LogoutResponse", "samlp:LogoutResponse"),
    };
    if root.is(Namespace::PROTOCOL, local) {
        return Ok(());
    }
    Err(LogoutError::WrongRoot { expected, got: format!("{{{}}}{}", root.namespace(), root.local_name()) })
}

/// `end` is exclusive.
fn not_over(end: Timestamp, what: &'static str, wanted: &LogoutExpectations<'_>) -> Result<(), LogoutError> {
    if wanted.now < end.plus(wanted.clock_skew) {
        return Ok(());
    }
    Err(SamlError::Expired { what, at: end, now: wanted.now }.into())
}

/// Child elements, where only white space may stand between them.
fn child_elements<'d, 'a>(parent: Element<'d, 'a>) -> Result<Vec<Element<'d, 'a>>, LogoutError> {
    let element = |child| match child {
        Child::Element(element) => Some(Ok(element)),
        Child::Text(text) if trim(text).is_empty() => None,
        Child::Text(_) => Some(Err(LogoutError::Shape("text between its parts"))),
    };
    parent.children().filter_map(element).collect()
}

fn text(element: Element<'_, '_>, otherwise: &'static str) -> Result<String, LogoutError> {
    Ok(trim(element.text().ok_or(LogoutError::Shape(otherwise))?).to_owned())
}
