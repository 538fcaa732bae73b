//! `POST /api/v1/accounts/{account}/providers/{id}/dry-run`: what other JIT settings would decide, of a response or of
//! recorded sign-ins. Changes nothing. Each is decided upon as somebody unknown: only of them are the rules asked.
//!
//! D1: one read for the configuration, one for what is tried.

use super::explain::{Question, authenticate};
use super::findings::Findings;
use super::{json_object, not_found};
use crate::crypto::Crypto;
use crate::directory::Profile;
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::jit::{self, Known, Preview};
use crate::journey::configuration::Configuration;
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::{MetadataInput, Provider};
use crate::refusal::{Explanation, Refusal};
use crate::saml::{self, Attribute, Expectations, NameId, ReceivedResponse};
use crate::store::recording;
use crate::store::{self, Page, Store};
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

/// So many recorded sign-ins are tried at once: what a page of any list has at most.
const MOST: u32 = 200;

/// A page ends where deciding has taken so much [work](Preview::work): natively some 10 ms, in a Worker a few times that. It
/// has one sign-in at least.
const MOST_WORK: usize = 10_000_000;

/// The settings that can be tried.
const TRIED: [&str; 3] = ["jit", "attributeMapping", "allowedEmailDomains"];

/// What is decided under one of the two settings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    admitted: bool,
    code: Option<&'static str>,
    decided_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<Vec<jit::Step>>,
}

/// A sign-in under both settings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tried {
    sign_in_id: String,
    at: Timestamp,
    email: Option<String>,
    name_id: String,
    recorded: String,
    whole: bool,
    is_user: bool,
    before: Verdict,
    after: Verdict,
    changes: bool,
}

/// How often what comes of it.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    tried: usize,
    would_be_denied: usize,
    would_be_admitted: usize,
    for_another_reason: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfRecordings {
    counts: Counts,
    items: Vec<Tried>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfResponse {
    error: Option<Explanation>,
    email: Option<String>,
    name_id: Option<String>,
    is_user: bool,
    before: Option<Verdict>,
    after: Option<Verdict>,
    changes: bool,
}

/// `POST`
pub(crate) async fn dry_run<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let page = page(call)?;
    let Some(configuration) = postern.fresh_configuration(account).await? else { return Ok(not_found("account")) };
    let Some(before) = configuration.provider(id) else { return Ok(not_found("provider")) };
    let (after, question) = read(postern, account, &input, before)?;
    match question {
        Some(question) => of_response(postern, &configuration, before, &after, question).await,
        None => of_recordings(postern, account, before, &after, page).await,
    }
}

/// The page that `limit` and `cursor` ask for: the largest, if nothing else is said.
fn page(call: &Call) -> Result<Page, Answer> {
    let page = super::page_of(call)?;
    Ok(if call.query_parameter("limit").is_some() { page } else { Page { limit: MOST, ..page } })
}

/// The provider as it would be, and the response to try it on.
fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    input: &Map<String, Value>,
    before: &Provider,
) -> Result<(Provider, Option<Question>), Answer> {
    let patch: Map<String, Value> = input
        .iter()
        .filter(|(field, _)| TRIED.contains(&field.as_str()))
        .map(|(f, v)| (f.clone(), v.clone()))
        .collect();
    let given = MetadataInput::read(&patch, Some(before), false).given(None);
    let (after, errors) = match before.update(&patch, given, postern.now) {
        Ok(after) => (Some(after), Vec::new()),
        Err(errors) => (None, errors),
    };
    let mut fields = Fields::of(input);
    fields.known(&TRIED, errors);
    let response = match fields.document("samlResponse", Question::MAX_RESPONSE) {
        Patch::Set(text) => Some(text.to_owned()),
        Patch::Keep | Patch::Reset => None,
    };
    let question = Question::rest(postern, account, fields, response.clone().unwrap_or_default(), None);
    match (question, after) {
        (Ok(question), Some(after)) => Ok((after, response.map(|_| question))),
        (Err(answer), _) => Err(answer),
        (Ok(_), None) => Err(Problem::new(422, "The settings cannot be read.").answer()),
    }
}

/// What a provider's settings decide about somebody unknown.
fn preview(provider: &Provider, name_id: &NameId, attributes: &[Attribute]) -> Preview {
    let person = jit::person(&provider.settings().attribute_mapping, name_id, attributes);
    jit::preview(provider, name_id, attributes, &person, Known::default())
}

impl Verdict {
    fn of(preview: Preview, with_trace: bool) -> Self {
        let decided_by = preview.decided_by().map(str::to_owned);
        let code = preview.reason.map(|reason| Refusal::Decision(reason).code());
        Self { admitted: code.is_none(), code, decided_by, trace: with_trace.then_some(preview.trace) }
    }

    fn differs(&self, other: &Self) -> bool {
        self.code != other.code
    }
}

impl Counts {
    fn count(&mut self, before: &Verdict, after: &Verdict) {
        self.tried += 1;
        match (before.admitted, after.admitted) {
            (true, false) => self.would_be_denied += 1,
            (false, true) => self.would_be_admitted += 1,
            (false, false) if before.differs(after) => self.for_another_reason += 1,
            _ => {}
        }
    }
}

async fn of_recordings<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    before: &Provider,
    after: &Provider,
    page: Page,
) -> Result<Answer, Ending> {
    let list = recording::list(account, before.id(), postern.now, &page);
    let [rows] = store::take(postern.store.batch(vec![list]).await?)?;
    let kept = recording::read(&rows)?;
    let found = kept.len();
    let (mut counts, mut work, mut items) = (Counts::default(), 0, Vec::new());
    for kept in kept.into_iter().take(page.limit as usize) {
        if work > MOST_WORK {
            break;
        }
        let mut verdict = |provider| {
            let preview = preview(provider, &kept.name_id, &kept.attributes);
            work += preview.work;
            Verdict::of(preview, false)
        };
        let (before, after) = (verdict(before), verdict(after));
        counts.count(&before, &after);
        items.push(Tried {
            changes: before.differs(&after),
            sign_in_id: kept.id,
            at: kept.at,
            email: kept.email,
            name_id: kept.name_id.value,
            recorded: kept.outcome,
            whole: kept.whole,
            is_user: kept.is_user,
            before,
            after,
        });
    }
    let next_cursor = items.last().filter(|_| items.len() < found).map(|tried| tried.sign_in_id.clone());
    Ok(Answer::json(200, &OfRecordings { counts, items, next_cursor }))
}

/// The response is verified as `saml/explain` does; what its signature vouches for is decided upon whatever else is
/// wrong with it, such as its age.
async fn of_response<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    before: &Provider,
    after: &Provider,
    question: Question,
) -> Result<Answer, Ending> {
    let mut findings = Findings::default();
    let mut answer = OfResponse {
        error: None,
        email: None,
        name_id: None,
        is_user: false,
        before: None,
        after: None,
        changes: false,
    };
    let decoded = findings.passed("base64", saml::decode_base64(&question.response));
    let received = decoded.as_ref().and_then(|bytes| findings.passed("document", ReceivedResponse::parse(bytes)));
    if let Some(received) = received {
        let expectations = Expectations {
            issuer: before.entity_id(),
            audience: postern.sp_entity_id(before),
            acs_url: &question.destination,
            authn_context: &before.settings().requested_authn_context,
            clock_skew: before.clock_skew(),
            now: question.at,
        };
        let decryption = postern.decryption(configuration, before);
        let authentic = authenticate(postern, before, &decryption, received, &expectations, &mut findings).await;
        if let Some(authentic) = &authentic {
            findings.report(authentic.report(&expectations));
            findings.report(authentic.request_check(before.unsolicited()));
        }
        if let Some((authentic, name_id)) = authentic.as_ref().and_then(|a| Some((a, a.name_id()?))) {
            let attributes = authentic.attributes();
            let person = jit::person(&after.settings().attribute_mapping, name_id, attributes);
            let profile: Option<&Profile> = person.profile.as_ref();
            let known = super::explain::known(postern, &configuration.account.id, before, authentic, profile).await?;
            let verdict = |provider| Verdict::of(preview(provider, name_id, attributes), true);
            let (before, after) = (verdict(before), verdict(after));
            answer.changes = before.differs(&after);
            answer.is_user = known.linked.is_some() || known.by_email.is_some();
            answer.email = profile.map(|profile| profile.email.as_given().to_owned());
            answer.name_id = Some(name_id.value.clone());
            (answer.before, answer.after) = (Some(before), Some(after));
        }
    }
    answer.error = findings.refusal.map(|refusal| refusal.explanation(before.settings().kind));
    Ok(Answer::json(200, &answer))
}
