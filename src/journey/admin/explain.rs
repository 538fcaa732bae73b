//! `POST /api/v1/accounts/{account}/saml/explain`: what a sign-in with this response would come to, and why. Changes
//! nothing, ignores replay, and takes the word of the response for the request it answers.

use super::{json_object, not_found};
use crate::crypto::Crypto;
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::jit::{self, Admission, Known};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::{Kind, Provider};
use crate::refusal::Refusal;
use crate::saml::{self, Attribute, Check, CheckedResponse, Expectations, Fact, ReceivedResponse, SamlError};
use crate::store::{self, Store, StoreError};
use crate::time::Timestamp;
use serde_json::{Map, Value, json};

/// What is to be explained.
struct Question {
    response: String,
    provider: Option<String>,
    at: Timestamp,
    destination: String,
}

/// What has been found out so far.
#[derive(Default)]
struct Findings {
    checks: Vec<Check>,
    refusal: Option<Refusal>,
    signed: Option<Value>,
    subject: Option<Value>,
    attributes: Map<String, Value>,
    decision: Option<Value>,
}

/// `POST`
pub(crate) async fn explain<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let question = json_object(call).and_then(|input| Question::read(postern, account, &input))?;
    let Some(configuration) = postern.fresh_configuration(account).await? else { return Ok(not_found("account")) };
    let mut findings = Findings::default();
    let mut kind = Kind::Other;

    let received = saml::decode_base64(&question.response);
    findings.check("base64", received.as_ref().err());
    let bytes = received.unwrap_or_default();
    let received = if findings.refusal.is_none() { Some(ReceivedResponse::parse(&bytes)) } else { None };
    findings.check("document", received.as_ref().and_then(|result| result.as_ref().err()));
    if let Some(Ok(received)) = received {
        let provider = match &question.provider {
            Some(id) => match configuration.provider(id) {
                Some(provider) => Some(provider),
                None => return Ok(not_found("provider")),
            },
            None => received.claimed_issuer().and_then(|issuer| configuration.provider_of_issuer(issuer)),
        };
        let unknown = SamlError::UnknownIssuer { got: received.claimed_issuer().map(str::to_owned) };
        findings.check("issuer", if provider.is_none() { Some(&unknown) } else { None });
        if let Some(provider) = provider {
            kind = provider.settings().kind;
            let checked = verify(postern, &question, provider, received, &mut findings).await;
            if let Some(checked) = checked {
                decide(postern, account, provider, checked, &mut findings).await?;
            }
        }
    }
    Ok(Answer::json(200, &findings.into_json(kind)))
}

impl Question {
    fn read<S: Store, C: Crypto>(
        postern: &Postern<'_, S, C>,
        account: &str,
        input: &Map<String, Value>,
    ) -> Result<Self, Answer> {
        let mut fields = Fields::of(input);
        let response = match fields.document("samlResponse", 512 * 1024) {
            Patch::Set(text) => text.to_owned(),
            Patch::Keep | Patch::Reset => {
                fields.required("samlResponse");
                String::new()
            }
        };
        let provider = fields.text("provider", 64).over_option(None);
        let at = match fields.text("at", 40) {
            Patch::Set(text) => Timestamp::parse(&text).unwrap_or_else(|| {
                fields.error("at", "malformed", "A time such as 2026-11-22T06:00:00Z.");
                postern.now
            }),
            Patch::Keep | Patch::Reset => postern.now,
        };
        let destination = fields.text("destination", 2048).over_option(None);
        let errors = fields.into_errors();
        if !errors.is_empty() {
            return Err(Problem::fields(errors).answer());
        }
        let [long, _] = postern.acs_urls(account);
        Ok(Self { response, provider, at, destination: destination.unwrap_or(long) })
    }
}

async fn verify<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    question: &Question,
    provider: &Provider,
    received: ReceivedResponse<'_>,
    findings: &mut Findings,
) -> Option<CheckedResponse> {
    let authentic = received.authenticate(provider.trusted_keys(), postern.crypto).await;
    findings.check("signature", authentic.as_ref().err());
    let authentic = authentic.ok()?;
    let (signed, element) = authentic.signed();
    findings.signed = Some(json!({
        "element": element,
        "keyFingerprint": signed.fingerprint(),
        "canonicalXml": signed.canonical(),
    }));
    findings.attributes = attributes_by_name(authentic.attributes());
    let profile = authentic.name_id().and_then(|name_id| jit::profile(name_id, authentic.attributes()));
    findings.subject = Some(json!({
        "nameId": authentic.name_id().map(|name_id| &name_id.value),
        "email": profile.as_ref().map(|profile| profile.email.as_given()),
    }));
    let (checks, result) = authentic.check(&Expectations {
        issuer: provider.entity_id(),
        audience: postern.sp_entity_id(provider),
        acs_url: &question.destination,
        authn_context: &provider.settings().requested_authn_context,
        clock_skew: provider.clock_skew(),
        now: question.at,
    });
    findings.checks.extend(checks);
    result.map_err(|error| findings.refusal = Some(Refusal::Saml(error))).ok()
}

async fn decide<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    provider: &Provider,
    checked: CheckedResponse,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    let profile = jit::profile(checked.name_id(), checked.attributes());
    let name_id = checked.name_id().link_key().unwrap_or_default();
    let mut statements = vec![store::user::find_by_link(account, provider.id(), &name_id)];
    statements.extend(profile.as_ref().map(|p| store::user::find_by_email(account, &p.email, provider.id())));
    let rows = postern.store.batch(statements).await?;
    let known = Known {
        linked: rows.first().map(|rows| rows.first()).transpose()?.flatten(),
        by_email: rows.get(1).map(|rows| rows.first()).transpose()?.flatten(),
    };
    let answered = checked.in_response_to().map(str::to_owned);
    let assertion = checked.answering(answered.as_deref(), provider.unsolicited());
    findings.check("request", assertion.as_ref().err());
    let Ok(assertion) = assertion else { return Ok(()) };
    if !provider.settings().enabled {
        findings.refusal = Some(Refusal::ProviderDisabled);
        return Ok(());
    }
    let decision = jit::decide(provider, &assertion, profile, known);
    let outcome = match decision.outcome {
        Ok(Admission::Existing { .. }) => "existing_user",
        Ok(Admission::Create { .. }) => "created_just_in_time",
        Err(reason) => {
            findings.refusal = Some(Refusal::Decision(reason));
            "refused"
        }
    };
    findings.decision = Some(json!({ "outcome": outcome, "trace": decision.trace }));
    Ok(())
}

impl Findings {
    /// Notes a check, unless one before it failed.
    fn check(&mut self, name: &'static str, error: Option<&SamlError>) {
        if self.refusal.is_some() {
            return;
        }
        self.checks.push(Check::of(name, error.map_or(Ok(Fact::default()), Err)));
        self.refusal = error.cloned().map(Refusal::Saml);
    }

    fn into_json(self, kind: Kind) -> Value {
        let mut checks = self.checks;
        for name in
            ["base64", "document", "issuer", "signature"].into_iter().chain(saml::rule_names()).chain(["request"])
        {
            if !checks.iter().any(|check| check.name == name) {
                checks.push(Check::not_reached(name));
            }
        }
        json!({
            "accepted": self.refusal.is_none(),
            "error": self.refusal.map(|refusal| refusal.explanation(kind)),
            "checks": checks,
            "signed": self.signed,
            "subject": self.subject,
            "attributes": self.attributes,
            "decision": self.decision,
        })
    }
}

fn attributes_by_name(attributes: &[Attribute]) -> Map<String, Value> {
    let mut by_name = Map::new();
    for attribute in attributes {
        let values = by_name.entry(attribute.name.clone()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.extend(attribute.values.iter().map(|value| Value::from(value.as_str())));
        }
    }
    by_name
}
