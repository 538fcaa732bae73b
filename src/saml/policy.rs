//! The rules that a response must meet once its signature holds: a list, evaluated in order. The sign-in stops at the
//! first that fails; the debugger shows all that came before, with what each wanted and got.

use super::assertion::Confirmation;
use super::error::{Fact, SamlError};
use super::response::AuthenticResponse;
use crate::time::{Duration, Timestamp};
use serde::Serialize;

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

/// One rule and how it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: &'static str,
    /// How it was met.
    pub outcome: Outcome,
    /// What the rule wants.
    pub expected: Option<String>,
    /// What came.
    pub got: Option<String>,
}

/// How a rule was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Met.
    Passed,
    /// Broken.
    Failed,
    /// Not evaluated, because one before it failed.
    NotReached,
}

impl Check {
    /// A rule that was met or broken.
    pub fn of(name: &'static str, result: Result<Fact, &SamlError>) -> Self {
        let (outcome, fact) = match result {
            Ok(fact) => (Outcome::Passed, fact),
            Err(error) => (Outcome::Failed, error.fact()),
        };
        Self { name, outcome, expected: fact.expected, got: fact.got }
    }

    /// A rule that was not evaluated.
    pub fn not_reached(name: &'static str) -> Self {
        Self { name, outcome: Outcome::NotReached, expected: None, got: None }
    }
}

type Rule = fn(&AuthenticResponse, &Expectations<'_>) -> Result<Fact, SamlError>;

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

pub(super) fn evaluate(
    response: &AuthenticResponse,
    expectations: &Expectations<'_>,
) -> (Vec<Check>, Option<SamlError>) {
    let mut checks = Vec::with_capacity(RULES.len());
    for (name, rule) in RULES {
        let result = rule(response, expectations);
        match result {
            Ok(fact) => checks.push(Check::of(name, Ok(fact))),
            Err(error) => {
                checks.push(Check::of(name, Err(&error)));
                return (checks, Some(error));
            }
        }
    }
    (checks, None)
}

fn fact(expected: impl Into<String>, got: impl Into<String>) -> Fact {
    Fact { expected: Some(expected.into()), got: Some(got.into()) }
}

fn response_issuer(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.envelope.issuer {
        None => Ok(fact(wanted.issuer, "none")),
        Some(got) if got == wanted.issuer => Ok(fact(wanted.issuer, got)),
        got => Err(SamlError::WrongIssuer { element: "Response", expected: wanted.issuer.into(), got: got.clone() }),
    }
}

fn assertion_issuer(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.assertion.issuer {
        Some(got) if got == wanted.issuer => Ok(fact(wanted.issuer, got)),
        got => Err(SamlError::WrongIssuer { element: "Assertion", expected: wanted.issuer.into(), got: got.clone() }),
    }
}

/// Required on a signed Response by POST (SAML bindings 3.5.5.2), and true wherever it is given.
fn destination(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.envelope.destination {
        None if !response.envelope.signed => Ok(fact(wanted.acs_url, "none, and the Response is not signed")),
        Some(got) if got == wanted.acs_url => Ok(fact(wanted.acs_url, got)),
        got => Err(SamlError::WrongDestination { expected: wanted.acs_url.into(), got: got.clone() }),
    }
}

/// At least one restriction, and every one names us (SAML core 2.5.1.4).
fn audience(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
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
fn subject_confirmation(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
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

fn conditions(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
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
fn session(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let Some(end) = response.assertion.session_not_on_or_after else { return Ok(Fact::default()) };
    if wanted.now >= end {
        return Err(SamlError::Expired { what: "SessionNotOnOrAfter", at: end, now: wanted.now });
    }
    Ok(fact(format!("before {end}"), wanted.now.to_rfc3339()))
}

/// Of several statements one is enough: it says how the user was authenticated (SAML core 2.7.2).
fn authn_context(response: &AuthenticResponse, wanted: &Expectations<'_>) -> Result<Fact, SamlError> {
    let got = &response.assertion.authn_contexts;
    if wanted.authn_context.is_empty() {
        return Ok(fact("any", got.join(", ")));
    }
    if got.iter().any(|context| wanted.authn_context.contains(context)) {
        return Ok(fact(wanted.authn_context.join(", "), got.join(", ")));
    }
    Err(SamlError::WrongAuthnContext { expected: wanted.authn_context.to_vec(), got: got.clone() })
}

fn name_id(response: &AuthenticResponse, _: &Expectations<'_>) -> Result<Fact, SamlError> {
    match &response.assertion.name_id {
        Some(name_id) if !name_id.value.is_empty() && name_id.value.len() <= 1024 => {
            Ok(fact("a NameID", name_id.value.clone()))
        }
        _ => Err(SamlError::NoNameId),
    }
}

/// Wherever the response says what it answers, it says the same.
fn in_response_to(response: &AuthenticResponse, _: &Expectations<'_>) -> Result<Fact, SamlError> {
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

/// `end` is exclusive.
fn before(end: Timestamp, what: &'static str, wanted: &Expectations<'_>) -> Result<(), SamlError> {
    if wanted.now < end.plus(wanted.clock_skew) {
        return Ok(());
    }
    Err(SamlError::Expired { what, at: end, now: wanted.now })
}
