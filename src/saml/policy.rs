//! The rules that a response must meet once its signature holds: a list, evaluated in order. The sign-in stops at the
//! first that fails; the debugger shows all of them, with what each wanted and got.

use super::assertion::{Assertion, Confirmation};
use super::check::Report;
use super::error::{Fact, SamlError};
use super::response::Envelope;
use crate::time::{Duration, Timestamp};

/// What a response is checked against.
#[derive(Clone, Debug)]
pub struct Expectations<'a> {
    /// The provider's entity ID.
    pub issuer: &'a str,
    /// Our entity ID.
    pub audience: &'a str,
    /// The URL that was called, with its query.
    pub acs_url: &'a str,
    /// URIs of the ways to authenticate of which one must have been taken. Empty: any.
    pub authn_context: &'a [String],
    /// How far the clocks may be apart.
    pub clock_skew: Duration,
    /// Our clock.
    pub now: Timestamp,
}

/// Which request an assertion answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// None: the sign-in began at the identity provider.
    Unsolicited,
    /// The one of this id, which this browser made.
    Answered(String),
}

/// What a provider may send without being asked.
#[derive(Clone, Copy, Debug)]
pub struct Unsolicited {
    /// Whether a sign-in may begin at the identity provider.
    pub allowed: bool,
    /// Whether such a response may say to answer a request that nobody made.
    pub may_name_unknown_request: bool,
}

/// What a response says: envelope and assertion. Whether that is proven is for those to know who made it.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) envelope: &'a Envelope,
    pub(super) assertion: &'a Assertion,
}

impl<'a> Said<'a> {
    /// The request that the *signed* part says to answer.
    pub(super) fn in_response_to(self) -> Option<&'a str> {
        let confirmed = self.assertion.confirmations.iter().find_map(|c| c.in_response_to.as_deref());
        let around = self.envelope.in_response_to.as_deref().filter(|_| self.envelope.signed);
        around.or(confirmed)
    }
}

type Rule = fn(Said<'_>, &Expectations<'_>) -> Result<Fact, SamlError>;

/// `SAML.md`, "Policy, after the signature", but for the request that is answered: that needs the store.
const RULES: &[(&str, Rule)] = &[
    ("response_issuer", response_issuer),
    ("assertion_issuer", assertion_issuer),
    ("destination", destination),
    ("audience", audience),
    ("subject_confirmation", subject_confirmation),
    ("conditions", conditions),
    ("session", session),
    ("authn_context", authn_context),
    ("name_id", name_id),
    ("in_response_to", in_response_to),
];

/// The names of the rules, in order.
pub(crate) fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}

/// The first rule that is broken, as a sign-in wants to know.
pub(super) fn first_failure(said: Said<'_>, expectations: &Expectations<'_>) -> Result<(), SamlError> {
    RULES.iter().try_for_each(|(_, rule)| rule(said, expectations).map(drop))
}

/// Every rule, as the debugger wants to know: none needs the ones before it.
pub(super) fn report(said: Said<'_>, expectations: &Expectations<'_>) -> Report {
    let mut report = Report::default();
    for (name, rule) in RULES {
        report.add(name, rule(said, expectations));
    }
    report
}

/// The rule after them, for the debugger, where the request that is named counts as open.
pub(super) fn request_report(said: Said<'_>, unsolicited: Unsolicited) -> Report {
    let named = said.in_response_to();
    let expected = if unsolicited.allowed { "an open request, or none" } else { "an open request" };
    let mut report = Report::default();
    report.add("request", request(named, named, unsolicited).map(|_| fact(expected, named.unwrap_or("none"))));
    report
}

fn fact(expected: impl Into<String>, got: impl Into<String>) -> Fact {
    Fact { expected: Some(expected.into()), got: Some(got.into()) }
}

fn response_issuer(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.envelope.issuer {
        None => Ok(fact(wanted.issuer, "none")),
        Some(got) if got == wanted.issuer => Ok(fact(wanted.issuer, got)),
        got => Err(SamlError::WrongIssuer { element: "Response", expected: wanted.issuer.into(), got: got.clone() }),
    }
}

fn assertion_issuer(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.assertion.issuer {
        Some(got) if got == wanted.issuer => Ok(fact(wanted.issuer, got)),
        got => Err(SamlError::WrongIssuer { element: "Assertion", expected: wanted.issuer.into(), got: got.clone() }),
    }
}

/// Required on a signed Response by POST (SAML bindings 3.5.5.2), and true wherever it is given.
fn destination(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.envelope.destination {
        None if !response.envelope.signed => Ok(fact(wanted.acs_url, "none, and the Response is not signed")),
        Some(got) if got == wanted.acs_url => Ok(fact(wanted.acs_url, got)),
        got => Err(SamlError::WrongDestination { expected: wanted.acs_url.into(), got: got.clone() }),
    }
}

/// At least one restriction, and every one names us (SAML core 2.5.1.4).
fn audience(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let restrictions = &response.assertion.conditions.audiences;
    let named = |listed: &Vec<String>| listed.iter().any(|audience| audience == wanted.audience);
    let all = restrictions.concat();
    if restrictions.is_empty() || !restrictions.iter().all(named) {
        return Err(SamlError::WrongAudience { expected: wanted.audience.into(), got: all });
    }
    Ok(fact(wanted.audience, all.join(", ")))
}

/// One bearer confirmation that is met is enough (SAML profiles 4.1.4.3). Of several that are not, the last one's
/// failure is told.
fn subject_confirmation(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let mut outcome = Err(SamlError::NoBearerConfirmation);
    for confirmation in &response.assertion.confirmations {
        outcome = confirmed(confirmation, wanted);
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn confirmed(confirmation: &Confirmation, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    if confirmation.recipient.as_deref() != Some(wanted.acs_url) {
        let got = confirmation.recipient.clone();
        return Err(SamlError::WrongRecipient { expected: wanted.acs_url.into(), got });
    }
    if confirmation.not_before.is_some() {
        return Err(SamlError::TimeNotAllowed { what: "SubjectConfirmationData NotBefore" });
    }
    let what = "SubjectConfirmationData NotOnOrAfter";
    let end = confirmation.not_on_or_after.ok_or(SamlError::TimeMissing { what })?;
    before(end, what, wanted)?;
    Ok(fact(format!("{} before {end}", wanted.acs_url), format!("{} at {}", wanted.acs_url, wanted.now)))
}

fn conditions(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let conditions = &response.assertion.conditions;
    if let Some(at) = conditions.not_before
        && wanted.now.plus(wanted.clock_skew) < at
    {
        return Err(SamlError::NotYetValid { what: "Conditions NotBefore", at, now: wanted.now });
    }
    if let Some(end) = conditions.not_on_or_after {
        before(end, "Conditions NotOnOrAfter", wanted)?;
    }
    let text = |time: Option<Timestamp>| time.map_or_else(|| "any time".to_owned(), Timestamp::to_rfc3339);
    let span = format!("{} until {}", text(conditions.not_before), text(conditions.not_on_or_after));
    Ok(fact(span, wanted.now.to_rfc3339()))
}

/// The end of a session is for our own clock: there is no skew to it, or the session would be over when it begins.
fn session(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let Some(end) = response.assertion.session_not_on_or_after else { return Ok(Fact::default()) };
    if wanted.now >= end {
        return Err(SamlError::Expired { what: "SessionNotOnOrAfter", at: end, now: wanted.now });
    }
    Ok(fact(format!("before {end}"), wanted.now.to_rfc3339()))
}

/// Of several statements one is enough: it says how the user was authenticated (SAML core 2.7.2).
fn authn_context(response: Said<'_>, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let got = &response.assertion.authn_contexts;
    if wanted.authn_context.is_empty() {
        return Ok(fact("any", got.join(", ")));
    }
    if got.iter().any(|context| wanted.authn_context.contains(context)) {
        return Ok(fact(wanted.authn_context.join(", "), got.join(", ")));
    }
    Err(SamlError::WrongAuthnContext { expected: wanted.authn_context.to_vec(), got: got.clone() })
}

fn name_id(response: Said<'_>, _: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.assertion.name_id {
        Some(name_id) if !name_id.value.is_empty() && name_id.value.len() <= 1024 => {
            Ok(fact("a NameID", name_id.value.clone()))
        }
        _ => Err(SamlError::NoNameId),
    }
}

/// Wherever the response says what it answers, it says the same.
fn in_response_to(response: Said<'_>, _: &Expectations<'_>) -> Result<Fact, SamlError> {
    let answers = response.in_response_to();
    let confirmations = response.assertion.confirmations.iter().map(|c| &c.in_response_to);
    for given in confirmations.chain([&response.envelope.in_response_to]).flatten() {
        if answers != Some(given) {
            return Err(SamlError::InResponseToMismatch {
                response: response.envelope.in_response_to.clone(),
                assertion: Some(given.clone()),
            });
        }
    }
    Ok(fact("one request, or none", answers.unwrap_or("none")))
}

/// Which request is answered. `pending` is the open one of this id, browser and provider, if there is one.
pub(super) fn request(
    in_response_to: Option<&str>,
    pending: Option<&str>,
    unsolicited: Unsolicited,
) -> Result<Request, SamlError> {
    match (in_response_to, pending) {
        (Some(id), Some(pending)) if id == pending => Ok(Request::Answered(id.to_owned())),
        (None, _) if unsolicited.allowed => Ok(Request::Unsolicited),
        (None, _) => Err(SamlError::IdpInitiatedNotAllowed),
        (Some(_), _) if unsolicited.allowed && unsolicited.may_name_unknown_request => Ok(Request::Unsolicited),
        (Some(id), _) => Err(SamlError::UnknownRequest { got: id.to_owned() }),
    }
}

/// `end` is exclusive.
fn before(end: Timestamp, what: &'static str, wanted: &Expectations<'_>) -> Result<(), SamlError> {
    if wanted.now < end.plus(wanted.clock_skew) {
        return Ok(());
    }
    Err(SamlError::Expired { what, at: end, now: wanted.now })
}
