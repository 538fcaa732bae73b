//! A draft of a provider is tried (SPEC section 3, "Test before enabling"): the sign-in was begun here for that, and its answer
//! shows what was checked, what came and what would be decided. Nobody is signed in and nothing comes to be of it but a row
//! of the log; response and request are used up.
//!
//! Only the browser that began is shown anything. D1: one read more than a sign-in, since the request is looked up before
//! anything is verified.

use super::admin::explain::examine;
use super::admin::findings::{Decided, Findings, Signed, fact};
use super::configuration::Configuration;
use super::sign_in::Stop;
use super::{Postern, login, page};
use crate::access::browser_secret;
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::provider::Provider;
use crate::refusal::{Explanation, Refusal};
use crate::saml::{Check, Expectations, Outcome, ReceivedResponse, VerifiedAssertion};
use crate::store::pending_request::{self, PendingRequest};
use crate::store::sign_in::{Initiator, SignIn};
use crate::store::{self, Constraint, Store, StoreError};
use quick_xml::escape::escape;

/// What a response to a draft comes to. It never opens a session.
pub(super) async fn answer<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    received: ReceivedResponse<'_>,
    log: &mut SignIn,
) -> Stop {
    match attempt(postern, call, configuration, provider, received, log).await {
        Ok(shown) => Stop::Tried(shown),
        Err(stop) => stop,
    }
}

async fn attempt<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    received: ReceivedResponse<'_>,
    log: &mut SignIn,
) -> Result<Answer, Stop> {
    let pending = begun_here(postern, call, configuration, provider, received.claimed_request()).await?;
    let is_encrypted = received.is_encrypted();
    let mut findings = Findings::of_draft();
    findings.check("base64", Ok(Default::default()));
    findings.check("document", Ok(Default::default()));
    let issuer = received.claimed_issuer().unwrap_or_default();
    findings.check("issuer", Ok(fact(provider.entity_id(), issuer)));
    let acs_url = postern.called_url(call);
    let expectations = Expectations {
        issuer: provider.entity_id(),
        audience: postern.sp_entity_id(provider),
        acs_url: &acs_url,
        authn_context: &provider.settings().requested_authn_context,
        clock_skew: provider.clock_skew(),
        now: postern.now,
    };
    let verified =
        examine(postern, configuration, provider, received, &expectations, Some(&pending), &mut findings).await?;
    // Whether it opened is told to nobody but the log: answers would help to decrypt.
    let is_sealed = is_encrypted && findings.signed.is_none();
    use_up(postern, configuration, provider, &pending, verified.as_ref(), &findings, log).await?;
    let public_url = &postern.deployment.public_url;
    let body = if is_sealed { sealed(&log.id) } else { shown(provider, findings, &log.id) };
    Ok(page::page(200, &format!("Test of {}", provider.settings().name), public_url, &body))
}

/// The test that this browser has begun, of the name that the response gives.
async fn begun_here<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    named: Option<&str>,
) -> Result<PendingRequest, Stop> {
    let account = &configuration.account.id;
    let mut statements = vec![store::provider::versions(account)];
    let browser = call.header("cookie").and_then(browser_secret);
    statements.extend(
        named
            .zip(browser)
            .map(|(id, secret)| pending_request::find(account, id, provider.id(), &secret.digest(), postern.now)),
    );
    let mut rows = postern.store.batch(statements).await?.into_iter();
    let versions = rows.next().ok_or_else(|| StoreError::Row("too few results".into()))?;
    if !store::provider::are_current(&versions, &configuration.providers)? {
        return Err(Stop::Stale);
    }
    let pending = rows.next().map(|rows| rows.first::<PendingRequest>()).transpose()?.flatten();
    pending.filter(|pending| pending.is_test).ok_or(Stop::Refused(Refusal::ProviderIsDraft))
}

/// One write: what was used cannot be used again, and the log says what it came to.
async fn use_up<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: &Provider,
    pending: &PendingRequest,
    verified: Option<&VerifiedAssertion>,
    findings: &Findings,
    log: &mut SignIn,
) -> Result<(), Stop> {
    let account = configuration.account.id.as_str();
    log.initiated_by = Some(Initiator::Sp);
    let outcome = match (&findings.refusal, &findings.decision) {
        (Some(refusal), _) => format!("it would be refused: {}", refusal.code()),
        (None, Some(decided)) => format!("it would be a sign-in: {}", decided.outcome),
        (None, None) => "nothing was decided".to_owned(),
    };
    log.error = Some(Refusal::Tested { outcome }.explanation(provider.settings().kind));
    log.trace = findings.decision.as_ref().map(|decided| decided.trace.clone()).unwrap_or_default();
    let spent_until = postern.now.plus(login::LIFETIME);
    if let (Some(assertion), Some(signed)) = (verified, &findings.signed) {
        log.name_id = Some(assertion.name_id().value.clone());
        log.email = signed.profile.as_ref().map(|profile| profile.email.as_given().to_owned());
    }
    let mut plan = log.plan(account, ())?;
    plan.push(store::spent::request(account, &pending.id, spent_until));
    plan.push(pending_request::delete(account, &pending.id));
    if let Some(assertion) = verified {
        let until = assertion.spent_until();
        plan.push(store::spent::assertion(account, provider.entity_id(), assertion.id(), until));
    }
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(()),
        Err(StoreError::Constraint(Constraint::Spent)) => Err(Stop::Refused(Refusal::Replayed)),
        Err(error) => Err(Stop::Store(error)),
    }
}

/// The page's body, as markup that is escaped where it is added.
struct Body(String);

impl Body {
    fn heading(&mut self, text: &str) {
        self.add(&["<h2>", "</h2>\n"], text);
    }

    fn paragraph(&mut self, text: &str) {
        self.add(&["<p>", "</p>\n"], text);
    }

    fn add(&mut self, around: &[&str; 2], text: &str) {
        self.0.push_str(around[0]);
        self.0.push_str(&escape(text));
        self.0.push_str(around[1]);
    }

    fn table(&mut self, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        self.0.push_str("<table>\n<tr>");
        head.iter().for_each(|text| self.add(&["<th>", "</th>"], text));
        self.0.push_str("</tr>\n");
        for row in rows {
            self.0.push_str("<tr>");
            row.iter().for_each(|text| self.add(&["<td>", "</td>"], text));
            self.0.push_str("</tr>\n");
        }
        self.0.push_str("</table>\n");
    }

    fn end(mut self, reference: &str) -> String {
        self.add(&["<p class=\"reference\">Reference: <code>", "</code></p>"], reference);
        self.0
    }
}

const NOTHING_DONE: &str = "This was a test: nobody was signed in, and nothing was created or changed.";

/// For an assertion that came encrypted, where no signature holds.
fn sealed(reference: &str) -> String {
    let mut body = Body(String::new());
    body.paragraph(NOTHING_DONE);
    body.paragraph("The sign-in would be refused: the encrypted assertion cannot be opened, or no signature holds.");
    body.paragraph("Which of them it is stands in the sign-in log, for admins.");
    body.end(reference)
}

fn shown(provider: &Provider, mut findings: Findings, reference: &str) -> String {
    let mut body = Body(String::new());
    body.paragraph(NOTHING_DONE);
    match (&findings.refusal, &findings.decision) {
        (Some(refusal), _) => {
            let Explanation { code, message, expected, got, remedy } = refusal.explanation(provider.settings().kind);
            body.paragraph(&format!("With the provider enabled, the sign-in would be refused: {message} ({code})."));
            if expected.is_some() || got.is_some() {
                let row = vec![expected.unwrap_or_default(), got.unwrap_or_default()];
                body.table(&["Expected", "Got"], std::iter::once(row));
            }
            body.paragraph(&remedy);
        }
        (None, Some(decided)) => body.paragraph(match decided.outcome {
            "existing_user" => "With the provider enabled, this would be a sign-in of a user who exists.",
            "accepted_invitation" => "With the provider enabled, this would be a sign-in that accepts an invitation.",
            _ => "With the provider enabled, this would be a sign-in, and the user would be created just in time.",
        }),
        (None, None) => {}
    }
    if let Some(signed) = &findings.signed {
        received(&mut body, signed);
    }
    if let Some(decided) = &findings.decision {
        decision(&mut body, decided);
    }
    body.heading("Checks");
    let checks = findings.take_checks();
    let row = |check: Check| {
        let words = [Some(outcome(check.outcome).to_owned()), check.expected, check.got];
        std::iter::once(check.name.replace('_', " ")).chain(words.map(Option::unwrap_or_default)).collect()
    };
    body.table(&["Check", "Outcome", "Expected", "Got"], checks.into_iter().map(row));
    body.end(reference)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::WouldPass => "would pass, if it were signed",
        Outcome::WouldFail => "would fail, even if it were signed",
        Outcome::NotReached => "not reached",
    }
}

fn received(body: &mut Body, Signed { name_id, profile, attributes, .. }: &Signed) {
    body.heading("Who");
    let mut rows = Vec::new();
    if let Some(name_id) = name_id {
        rows.push(vec!["NameID".to_owned(), name_id.value.clone()]);
        rows.push(vec!["Format".to_owned(), name_id.format_uri().to_owned()]);
    }
    if let Some(profile) = profile {
        let names = [
            ("E-mail", Some(profile.email.as_given())),
            ("Given name", profile.given_name.as_deref()),
            ("Family name", profile.family_name.as_deref()),
            ("Display name", profile.display_name.as_deref()),
        ];
        rows.extend(names.map(|(name, value)| vec![name.to_owned(), value.unwrap_or("none").to_owned()]));
    }
    body.table(&["What", "Value"], rows.into_iter());
    body.heading("Attributes received");
    let row = |attribute: &crate::saml::Attribute| {
        let friendly_name = attribute.friendly_name.clone().unwrap_or_default();
        vec![attribute.name.clone(), friendly_name, attribute.values.join(", ")]
    };
    body.table(&["Name", "Friendly name", "Values"], attributes.iter().map(row));
}

fn decision(body: &mut Body, decided: &Decided) {
    body.heading(if decided.hypothetical { "What would be decided if every check passed" } else { "Decision" });
    let row = |step: &crate::jit::Step| {
        let met = if step.matched { "yes" } else { "no" };
        vec![step.rule.replace('_', " "), met.to_owned(), step.wanted.clone(), step.got.clone()]
    };
    body.table(&["Rule", "Met", "Wanted", "Got"], decided.trace.iter().map(row));
    let groups = &decided.membership;
    for (what, listed) in [("Linked groups to join", &groups.join), ("Linked groups to leave", &groups.leave)] {
        let names: Vec<_> = listed.iter().map(|(_, name)| name.as_str()).collect();
        if !names.is_empty() {
            body.paragraph(&format!("{what}: {}.", names.join(", ")));
        }
    }
}
