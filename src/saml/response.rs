//! From untrusted bytes to a [`VerifiedAssertion`]: five types, each made from the one before.

use super::Namespace;
use super::assertion::{Assertion, Attribute, NameId, check_version, issuer, required_id};
use super::check::Report;
use super::dsig::{self, SignedElement};
use super::encryption::{Decryption, Plaintext};
use super::error::SamlError;
use super::policy::{self, Expectations, Request, Said, Unsolicited};
use crate::crypto::{Crypto, TrustedKeys};
use crate::provider::{Encryption, MAX_CLOCK_SKEW};
use crate::store::pending_request::PendingRequest;
use crate::time::Timestamp;
use postern_xml::{Document, Element, Place, order, sort_by, trim};

const SUCCESS: &str = "urn:oasis:names:tc:SAML:2.0:status:Success";

/// A document of the shape of a SAML response. Nothing that it says is known to be true.
#[derive(Debug)]
pub struct ReceivedResponse<'a> {
    pub(super) document: Document<'a>,
    assertion: Place,
    claimed_issuer: Option<String>,
}

/// A response with its assertion in the clear. Nothing that the assertion says is known to be true.
#[derive(Debug)]
pub struct ReadableResponse<'a> {
    document: Document<'a>,
    assertion: Readable,
}

/// The assertion of a response, in the clear.
#[derive(Debug)]
enum Readable {
    /// It came so: where it is in the document.
    AsReceived(Place),
    /// It came encrypted. `around` is the Response, if that is signed: the ciphertext was read from it then.
    Decrypted { plaintext: Plaintext, around: Option<SignedElement> },
}

/// A response of which a trusted key signed the assertion, by itself or with all of the response.
#[derive(Debug)]
pub struct AuthenticResponse {
    pub(super) envelope: Envelope,
    pub(super) assertion: Assertion,
    signed: SignedElement,
    signed_name: &'static str,
}

/// A response that meets the policy. What it answers is still to be looked up.
#[derive(Debug)]
pub struct CheckedResponse {
    assertion: Assertion,
    name_id: NameId,
    in_response_to: Option<String>,
    key_fingerprint: String,
    spent_until: Timestamp,
}

/// An assertion that holds, for us, here and now. It can be made by [`CheckedResponse::answering`] only.
#[derive(Debug)]
pub struct VerifiedAssertion {
    assertion: Assertion,
    name_id: NameId,
    request: Request,
    key_fingerprint: String,
    spent_until: Timestamp,
}

/// What the Response says around the assertion. Signed or not: `signed` tells.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) signed: bool,
    pub(super) issuer: Option<String>,
    pub(super) destination: Option<String>,
    pub(super) in_response_to: Option<String>,
}

impl<'a> ReceivedResponse<'a> {
    /// Reads a document and checks everything of its shape that signatures rely on.
    pub fn parse(xml: &'a [u8]) -> Result<Self, SamlError> {
        let document = Document::parse(xml).map_err(SamlError::Xml)?;
        let (assertion, claimed_issuer) = {
            let response = document.root();
            if !response.is(Namespace::PROTOCOL, "Response") {
                let got = format!("{{{}}}{}", response.namespace(), response.local_name());
                return Err(SamlError::WrongRoot { got });
            }
            let landmarks = Landmarks::of(&document);
            let assertion = landmarks.assertion(response)?;
            check_signature_places(&landmarks.signatures, response, assertion)?;
            check_ids(&[&document], assertion)?;
            (assertion.place(), issuer(response)?.or(issuer(assertion)?))
        };
        Ok(Self { document, assertion, claimed_issuer })
    }

    /// The issuer by the response's own word: enough to choose the provider to check it against, and for nothing else.
    pub fn claimed_issuer(&self) -> Option<&str> {
        self.claimed_issuer.as_deref()
    }

    /// The request that it answers by its own word: enough to look for that, and for nothing else.
    pub fn claimed_request(&self) -> Option<&str> {
        let around = self.document.root().attribute("InResponseTo");
        let mut elements = self.document.elements();
        around.or_else(|| {
            let named = |element: Element<'_, '_>| element.is(Namespace::ASSERTION, "SubjectConfirmationData");
            elements.find(|element| named(*element))?.attribute("InResponseTo")
        })
    }

    /// Whether the assertion came encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.document.at(self.assertion).local_name() == "EncryptedAssertion"
    }

    /// Decrypts the assertion, if it is encrypted. A signature around the ciphertext is verified before.
    pub async fn decrypt<C: Crypto>(
        self,
        decryption: &Decryption<'_>,
        keys: &TrustedKeys,
        crypto: &C,
    ) -> Result<ReadableResponse<'a>, SamlError> {
        let assertion = self.document.at(self.assertion);
        let assertion = match (self.is_encrypted(), decryption.policy) {
            (false, Encryption::Require) => return Err(SamlError::NotEncrypted),
            (true, Encryption::Off) => return Err(SamlError::EncryptedAssertion),
            (false, _) => Readable::AsReceived(self.assertion),
            (true, _) => {
                let around = verify_child_signature(self.document.root(), keys, crypto).await?;
                let plaintext = match &around {
                    Some(signed) => {
                        let signed = signed.canonical().as_bytes();
                        let document = Document::parse_canonical(signed).map_err(SamlError::Xml)?;
                        let assertion = Landmarks::of(&document).assertion(document.root())?;
                        decryption.open(assertion, crypto).await?
                    }
                    None => decryption.open(assertion, crypto).await?,
                };
                Readable::Decrypted { plaintext, around }
            }
        };
        Ok(ReadableResponse { document: self.document, assertion })
    }
}

impl ReadableResponse<'_> {
    /// Verifies every signature in the response with these keys, and reads what was signed from the signed bytes.
    pub async fn authenticate<C: Crypto>(self, keys: &TrustedKeys, crypto: &C) -> Result<AuthenticResponse, SamlError> {
        let response = self.document.root();
        match self.assertion {
            Readable::AsReceived(assertion) => {
                let by_response = verify_child_signature(response, keys, crypto).await?;
                let by_assertion = verify_child_signature(self.document.at(assertion), keys, crypto).await?;
                AuthenticResponse::read(response, by_response, by_assertion, None)
            }
            Readable::Decrypted { plaintext, around } => {
                // It has a document of its own, and yet an ID stands once in both.
                let document = Document::parse(plaintext.bytes()).map_err(SamlError::Xml)?;
                let assertion = plaintext.assertion(&document).ok_or(SamlError::NoAssertion)?;
                let landmarks = Landmarks::of(&document);
                landmarks.check_only_one()?;
                check_signature_places(&landmarks.signatures, assertion, assertion)?;
                check_ids(&[&document, &self.document], assertion)?;
                let by_assertion = verify_child_signature(assertion, keys, crypto).await?;
                AuthenticResponse::read(response, around, by_assertion, Some(assertion))
            }
        }
    }
}

impl AuthenticResponse {
    /// Reads what the signatures cover. `decrypted` is what came out of a ciphertext, which a signature around that covers.
    fn read(
        response: Element<'_, '_>,
        by_response: Option<SignedElement>,
        by_assertion: Option<SignedElement>,
        decrypted: Option<Element<'_, '_>>,
    ) -> Result<Self, SamlError> {
        match (by_response, by_assertion) {
            (None, None) => Err(SamlError::NotSigned),
            (Some(signed), inner) => {
                let document = Document::parse_canonical(signed.canonical().as_bytes()).map_err(SamlError::Xml)?;
                let envelope = Envelope::read(document.root(), true)?;
                let assertion = match (&inner, decrypted) {
                    (Some(inner), _) => Self::assertion_of(inner)?,
                    (None, Some(decrypted)) => Assertion::read(decrypted)?,
                    (None, None) => Assertion::read(Landmarks::of(&document).assertion(document.root())?)?,
                };
                drop(document);
                Ok(Self { envelope, assertion, signed, signed_name: "Response" })
            }
            (None, Some(signed)) => {
                let envelope = Envelope::read(response, false)?;
                let assertion = Self::assertion_of(&signed)?;
                Ok(Self { envelope, assertion, signed, signed_name: "Assertion" })
            }
        }
    }

    fn assertion_of(signed: &SignedElement) -> Result<Assertion, SamlError> {
        let document = Document::parse_canonical(signed.canonical().as_bytes()).map_err(SamlError::Xml)?;
        Assertion::read(document.root())
    }

    /// Checks the policy, every line of it, in order. The first line that fails refuses the response.
    pub fn check(self, expectations: &Expectations<'_>) -> Result<CheckedResponse, SamlError> {
        policy::first_failure(self.said(), expectations)?;
        let name_id = self.assertion.name_id.clone().ok_or(SamlError::NoNameId)?;
        let in_response_to = self.said().in_response_to().map(str::to_owned);
        let latest = self.assertion.confirmations.iter().filter_map(|confirmation| confirmation.not_on_or_after).max();
        Ok(CheckedResponse {
            // A replay is refused for its time when this one is forgotten, whatever the skew is by then.
            spent_until: latest.unwrap_or(expectations.now).plus(MAX_CLOCK_SKEW),
            key_fingerprint: self.signed.fingerprint().to_owned(),
            assertion: self.assertion,
            name_id,
            in_response_to,
        })
    }

    /// How each line of the policy is met, for the debugger: also those after one that fails.
    pub fn report(&self, expectations: &Expectations<'_>) -> Report {
        policy::report(self.said(), expectations)
    }

    /// The last line, for the debugger, by the response's own word: the request that it says to answer counts as open.
    pub fn request_check(&self, unsolicited: Unsolicited) -> Report {
        policy::request_report(self.said(), unsolicited)
    }

    fn said(&self) -> Said<'_> {
        Said { envelope: &self.envelope, assertion: &self.assertion }
    }

    /// The signed bytes, the name of their element, and the key.
    pub fn signed(&self) -> (&SignedElement, &'static str) {
        (&self.signed, self.signed_name)
    }

    /// The attributes that were signed, for the debugger. A decision needs a [`VerifiedAssertion`].
    pub fn attributes(&self) -> &[Attribute] {
        &self.assertion.attributes
    }

    /// The NameID that was signed, for the debugger.
    pub fn name_id(&self) -> Option<&NameId> {
        self.assertion.name_id.as_ref()
    }
}

impl CheckedResponse {
    /// `ID` of the assertion.
    pub fn assertion_id(&self) -> &str {
        &self.assertion.id
    }

    /// Whom it is about.
    pub fn name_id(&self) -> &NameId {
        &self.name_id
    }

    /// What it says of them.
    pub fn attributes(&self) -> &[Attribute] {
        &self.assertion.attributes
    }

    /// The request that it says to answer.
    pub fn in_response_to(&self) -> Option<&str> {
        self.in_response_to.as_deref()
    }

    /// The last step. `pending` is the open request of this id, browser and provider, as the store found it.
    pub fn answering(
        self,
        pending: Option<&PendingRequest>,
        unsolicited: Unsolicited,
    ) -> Result<VerifiedAssertion, SamlError> {
        let pending = pending.map(|pending| pending.id.as_str());
        let request = policy::request(self.in_response_to.as_deref(), pending, unsolicited)?;
        Ok(VerifiedAssertion {
            assertion: self.assertion,
            name_id: self.name_id,
            request,
            key_fingerprint: self.key_fingerprint,
            spent_until: self.spent_until,
        })
    }
}

impl VerifiedAssertion {
    /// `ID` of the assertion.
    pub fn id(&self) -> &str {
        &self.assertion.id
    }

    /// Whom it is about.
    pub fn name_id(&self) -> &NameId {
        &self.name_id
    }

    /// What it says of them.
    pub fn attributes(&self) -> &[Attribute] {
        &self.assertion.attributes
    }

    /// Which request it answers.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// `SessionIndex` of the first authentication statement.
    pub fn session_index(&self) -> Option<&str> {
        self.assertion.session_index.as_deref()
    }

    /// When the identity provider wants the session to end.
    pub fn session_not_on_or_after(&self) -> Option<Timestamp> {
        self.assertion.session_not_on_or_after
    }

    /// SHA-256 of the certificate whose key verified.
    pub fn key_fingerprint(&self) -> &str {
        &self.key_fingerprint
    }

    /// Until when the assertion must be remembered as spent: later it is refused for its time.
    pub fn spent_until(&self) -> Timestamp {
        self.spent_until
    }
}

impl Envelope {
    pub(super) fn read(response: Element<'_, '_>, signed: bool) -> Result<Self, SamlError> {
        check_version(response)?;
        check_status(response)?;
        required_id(response)?;
        Ok(Self {
            signed,
            issuer: issuer(response)?,
            destination: response.attribute("Destination").map(str::to_owned),
            in_response_to: response.attribute("InResponseTo").map(str::to_owned),
        })
    }
}

async fn verify_child_signature<C: Crypto>(
    signed: Element<'_, '_>,
    keys: &TrustedKeys,
    crypto: &C,
) -> Result<Option<SignedElement>, SamlError> {
    match signed.children_named(Namespace::DSIG, "Signature").next() {
        Some(signature) => dsig::verify(signed, signature, keys, crypto).await.map(Some),
        None => Ok(None),
    }
}

/// The one assertion of the document: a child of the Response, with no other anywhere.
pub(super) fn the_assertion<'d, 'a>(document: &'d Document<'a>) -> Result<Element<'d, 'a>, SamlError> {
    Landmarks::of(document).assertion(document.root())
}

/// The elements of a document that rules are about, found in one walk: a sender chooses how long it is.
struct Landmarks<'d, 'a> {
    /// The first assertion, encrypted or not, and how many there are.
    assertion: Option<Element<'d, 'a>>,
    assertions: usize,
    signatures: Vec<Element<'d, 'a>>,
}

impl<'d, 'a> Landmarks<'d, 'a> {
    fn of(document: &'d Document<'a>) -> Self {
        let mut found = Self { assertion: None, assertions: 0, signatures: Vec::with_capacity(2) };
        for element in document.elements() {
            match element.local_name() {
                "Assertion" | "EncryptedAssertion" if element.namespace() == Namespace::ASSERTION => {
                    found.assertion = found.assertion.or(Some(element));
                    found.assertions += 1;
                }
                "Signature" if element.namespace() == Namespace::DSIG => found.signatures.push(element),
                _ => {}
            }
        }
        found
    }

    /// The one assertion of the document: a child of the Response, with no other anywhere.
    fn assertion(&self, response: Element<'d, 'a>) -> Result<Element<'d, 'a>, SamlError> {
        let Some(assertion) = self.assertion else {
            // A refusal at the identity provider comes without an assertion: its reason is the one to tell.
            check_status(response)?;
            return Err(SamlError::NoAssertion);
        };
        self.check_only_one()?;
        if assertion.parent() != Some(response) {
            return Err(SamlError::MisplacedAssertion);
        }
        Ok(assertion)
    }

    fn check_only_one(&self) -> Result<(), SamlError> {
        match self.assertions {
            0 | 1 => Ok(()),
            got => Err(SamlError::TooManyAssertions { got }),
        }
    }
}

/// A signature stands after `Issuer`, as a child of the Response or of the Assertion, once in each.
pub(super) fn check_signature_places(
    signatures: &[Element<'_, '_>],
    response: Element<'_, '_>,
    assertion: Element<'_, '_>,
) -> Result<(), SamlError> {
    for signature in signatures {
        let parent = signature.parent().filter(|parent| *parent == response || *parent == assertion);
        let mut children = parent.into_iter().flat_map(|parent| parent.child_elements());
        let after_issuer = children.next().is_some_and(|first| first.is(Namespace::ASSERTION, "Issuer"));
        if !after_issuer || children.next() != Some(*signature) {
            return Err(SamlError::MisplacedSignature);
        }
    }
    Ok(())
}

/// Every identifier stands once in all of the documents, and what can be signed has one only.
pub(super) fn check_ids(documents: &[&Document<'_>], assertion: Element<'_, '_>) -> Result<(), SamlError> {
    // `Id`, `xml:id`, `wsu:Id`: whatever another reader could take for an identifier.
    let is_like_one = |local: &str| local.eq_ignore_ascii_case("id");
    for signable in documents.iter().map(|document| document.root()).chain([assertion]) {
        let mut aliases = signable.attributes().filter(|a| !(a.namespace.is_empty() && a.local == "ID"));
        if aliases.any(|alias| is_like_one(alias.local)) {
            return Err(SamlError::IdAlias);
        }
    }
    let mut ids: Vec<&str> = documents
        .iter()
        .flat_map(|document| document.attributes())
        .filter(|a| is_like_one(a.local))
        .map(|a| a.value)
        .collect();
    sort_by(&mut ids, |one, other| order(one, other));
    match ids.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(SamlError::DuplicateId { id: pair[0].to_owned() }),
        None => Ok(()),
    }
}

/// Exactly one status, exactly one top code in it, and that one is `Success` (SAML core 3.2.2.1).
pub(super) fn check_status(response: Element<'_, '_>) -> Result<(), SamlError> {
    let mut statuses = response.children_named(Namespace::PROTOCOL, "Status");
    let (Some(status), None) = (statuses.next(), statuses.next()) else {
        return Err(SamlError::Shape("not exactly one Status"));
    };
    let mut codes = status.children_named(Namespace::PROTOCOL, "StatusCode");
    let (Some(code), None) = (codes.next(), codes.next()) else {
        return Err(SamlError::Shape("not exactly one StatusCode"));
    };
    let value = code.attribute("Value").unwrap_or_default();
    if value == SUCCESS {
        return Ok(());
    }
    let inner =
        code.children_named(Namespace::PROTOCOL, "StatusCode").next().and_then(|inner| inner.attribute("Value"));
    let message = status.children_named(Namespace::PROTOCOL, "StatusMessage").next().and_then(|message| message.text());
    Err(SamlError::IdpStatus {
        status: inner.map_or_else(|| value.to_owned(), |inner| format!("{value}, {inner}")),
        message: message.map(|text| trim(text).to_owned()),
    })
}
