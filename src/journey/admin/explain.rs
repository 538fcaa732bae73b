//! `POST /api/v1/accounts/{account}/saml/explain`: what a sign-in with this response would come to, and why. Changes
//! nothing, ignores replay, and takes the word of the response for the request it answers.
//!
//! A sign-in stops at the first check that fails. Here every check is evaluated for which there is something to evaluate
//! it on; without a signature that holds, that is what the document claims, and the outcome says so.

use super::findings::{Decided, Findings, fact};
use super::{json_object, not_found};
use crate::crypto::Crypto;
use crate::directory::{Membership, Profile};
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::jit::{self, Known};
use crate::journey::configuration::Configuration;
use crate::journey::known::Asked;
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::saml::{
    self, AuthenticResponse, Check, Decryption, Expectations, Outcome, ReceivedResponse, SamlError, VerifiedAssertion,
};
use crate::store::pending_request::PendingRequest;
use crate::store::{Store, StoreError};
use crate::time::Timestamp;
use serde_json::{Map, Value};

/// What a signature must be, for people.
const BY_A_CERTIFICATE: &str = "a signature by a certificate of the provider";

/// What is to be explained.
pub(super) struct Question {
    pub(super) response: String,
    provider: Option<String>,
    pub(super) at: Timestamp,
    pub(super) destination: String,
}

/// `POST`
pub(crate) async fn explain<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let question = json_object(call).and_then(|input| Question::read(postern, account, &input))?;
    let Some(configuration) = postern.fresh_configuration(account).await? else { return Ok(not_found("account")) };
    let chosen = match &question.provider {
        Some(id) => match configuration.provider(id) {
            Some(provider) => Some(provider),
            None => return Ok(not_found("provider")),
        },
        None => None,
    };
    let kind = configuration.kind(chosen);
    let mut findings = Findings::default();

    let decoded = saml::decode_base64(&question.response);
    let Some(bytes) = findings.passed("base64", decoded) else {
        return Ok(Answer::json(200, &findings.into_json(kind)));
    };
    let Some(received) = findings.passed("document", ReceivedResponse::parse(&bytes)) else {
        return Ok(Answer::json(200, &findings.into_json(kind)));
    };
    let issuer = received.claimed_issuer();
    let provider = chosen.or_else(|| issuer.and_then(|issuer| configuration.provider_of_issuer(issuer)));
    let Some(provider) = provider else {
        let unknown = SamlError::UnknownIssuer { got: issuer.map(str::to_owned) };
        findings.check("issuer", Err(unknown));
        findings.unverified = received.claims().ok().map(|claims| claims.to_json());
        return Ok(Answer::json(200, &findings.into_json(kind)));
    };
    let expected = if chosen.is_some() { "any: the provider was named" } else { provider.entity_id() };
    findings.check("issuer", Ok(fact(expected, issuer.unwrap_or("none"))));

    let expectations = Expectations {
        issuer: provider.entity_id(),
        audience: postern.sp_entity_id(provider),
        acs_url: &question.destination,
        authn_context: &provider.settings().requested_authn_context,
        clock_skew: provider.clock_skew(),
        now: question.at,
    };
    examine(postern, &configuration, provider, received, &expectations, None, &mut findings).await?;
    Ok(Answer::json(200, &findings.into_json(provider.settings().kind)))
}

/// Everything that can be said of a response to a provider. It is to answer `pending`; without, the request that it names
/// counts as open. Answers with the assertion, if it holds.
pub(in crate::journey) async fn examine<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: &Provider,
    received: ReceivedResponse<'_>,
    expectations: &Expectations<'_>,
    pending: Option<&PendingRequest>,
    findings: &mut Findings,
) -> Result<Option<VerifiedAssertion>, StoreError> {
    let decryption = postern.decryption(configuration, provider);
    match authenticate(postern, provider, &decryption, received, expectations, findings).await {
        Some(authentic) => {
            let account = &configuration.account.id;
            decide(postern, account, provider, authentic, expectations, pending, findings).await
        }
        None => Ok(None),
    }
}

impl Question {
    /// The form field in bytes: twice what the ACS takes.
    pub(super) const MAX_RESPONSE: usize = 512 * 1024;

    fn read<S: Store, C: Crypto>(
        postern: &Postern<'_, S, C>,
        account: &str,
        input: &Map<String, Value>,
    ) -> Result<Self, Answer> {
        let mut fields = Fields::of(input);
        let response = match fields.document("samlResponse", Self::MAX_RESPONSE) {
            Patch::Set(text) => text.to_owned(),
            Patch::Keep | Patch::Reset => {
                fields.required("samlResponse");
                String::new()
            }
        };
        let provider = fields.text("provider", 64).over_option(None);
        Self::rest(postern, account, fields, response, provider)
    }

    /// The fields that are the same for whoever asks about a response.
    pub(super) fn rest<S: Store, C: Crypto>(
        postern: &Postern<'_, S, C>,
        account: &str,
        mut fields: Fields<'_>,
        response: String,
        provider: Option<String>,
    ) -> Result<Self, Answer> {
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

/// The signatures, and what can be said of the rest where they do not hold.
pub(super) async fn authenticate<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    provider: &Provider,
    decryption: &Decryption<'_>,
    received: ReceivedResponse<'_>,
    expectations: &Expectations<'_>,
    findings: &mut Findings,
) -> Option<AuthenticResponse> {
    let keys = provider.trusted_keys();
    findings.signatures = received.signatures(keys, postern.crypto).await;
    let claims = received.claims();
    let readable = match received.decrypt(decryption, keys, postern.crypto).await {
        // Nothing else can be said of what cannot be read.
        Err(error) if error.is_of_encryption() => {
            findings.check("decryption", Err(error));
            findings.enabled(provider);
            return None;
        }
        readable => readable,
    };
    if readable.is_ok() {
        findings.check("decryption", Ok(Default::default()));
    }
    let authentic = match readable {
        Ok(readable) => readable.authenticate(keys, postern.crypto).await,
        Err(error) => Err(error),
    };
    let error = match authentic {
        Ok(authentic) => {
            let (signed, element) = authentic.signed();
            let got = format!("the {element}, by {}", signed.fingerprint());
            findings.check("signature", Ok(fact(BY_A_CERTIFICATE, got)));
            findings.check("content", Ok(Default::default()));
            return Some(authentic);
        }
        Err(error) => error,
    };
    let signed = !findings.signatures.is_empty() && findings.signatures.iter().all(|signature| signature.holds());
    if signed && !matches!(error, SamlError::Crypto(_)) {
        let of = findings.signatures.iter().map(|signature| signature.element).collect::<Vec<_>>().join(" and the ");
        findings.check("signature", Ok(fact(BY_A_CERTIFICATE, format!("the {of}"))));
        findings.check("content", Err(error));
    } else {
        findings.check("signature", Err(error));
        let read = claims.map(|claims| {
            findings.checks.extend(claims.checks(expectations, provider.unsolicited()));
            findings.unverified = Some(claims.to_json());
            Default::default()
        });
        findings.checks.push(Check::of("content", &read).only_claimed());
    }
    findings.enabled(provider);
    None
}

/// The policy, and what is decided if it is met, or would be if it were.
async fn decide<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    provider: &Provider,
    authentic: AuthenticResponse,
    expectations: &Expectations<'_>,
    pending: Option<&PendingRequest>,
    findings: &mut Findings,
) -> Result<Option<VerifiedAssertion>, StoreError> {
    let name_id = authentic.name_id().cloned();
    let mapping = &provider.settings().attribute_mapping;
    let person = name_id.as_ref().map(|name_id| jit::person(mapping, name_id, authentic.attributes()));
    let profile = person.as_ref().and_then(|person| person.profile.as_ref());
    findings.show(&authentic, profile);
    findings.report(authentic.report(expectations));
    findings.enabled(provider);
    findings.report(authentic.request_check(provider.unsolicited()));

    let somebody = |check: &Check| check.name == "name_id" && check.outcome == Outcome::Passed;
    let (Some(name_id), Some(person), true) = (&name_id, &person, findings.checks.iter().any(somebody)) else {
        return Ok(None);
    };
    let known = known(postern, account, provider, &authentic, profile).await?;
    if findings.refusal.is_some() {
        let preview = jit::preview(provider, name_id, authentic.attributes(), person, known);
        let (outcome, trace, membership) = (preview.outcome, preview.trace, Membership::default());
        findings.decision = Some(Decided { outcome, trace, membership, hypothetical: true });
        return Ok(None);
    }
    let verified = authentic.check(expectations).and_then(|checked| {
        let named = checked.in_response_to().map(PendingRequest::supposed);
        checked.answering(pending.or(named.as_ref()), provider.unsolicited())
    });
    match verified {
        Ok(assertion) => {
            let decision = jit::decide(provider, &assertion, person, known);
            let outcome = decision.outcome_name();
            let (trace, membership) = (decision.trace, decision.membership);
            findings.decision = Some(Decided { outcome, trace, membership, hypothetical: false });
            findings.refusal = decision.outcome.err().map(Refusal::Decision);
            Ok(Some(assertion))
        }
        Err(error) => {
            findings.refusal = Some(Refusal::Saml(error));
            Ok(None)
        }
    }
}

/// What the directory knows of the one whom the response is about.
pub(super) async fn known<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    provider: &Provider,
    authentic: &AuthenticResponse,
    profile: Option<&Profile>,
) -> Result<Known, StoreError> {
    let name_id = authentic.name_id().and_then(|name_id| name_id.link_key());
    let email = profile.map(|profile| &profile.email);
    let asked = Asked { account, provider, name_id: name_id.as_deref(), email, now: postern.now };
    asked.read(&mut postern.store.batch(asked.statements()).await?.into_iter())
}
