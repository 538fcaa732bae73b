//! Single logout (SAML profiles 4.4): a sign-out here that goes on to the identity provider, and what the identity provider
//! sends, requests and answers, by redirect or by POST.
//!
//! bytes → provider → signature → policy → what is open → commit → answer. D1: one read for the configuration unless it is
//! remembered, one read, one write.

use super::configuration::Configuration;
use super::{Ending, Postern, page};
use crate::access::{Cookie, SessionSecret};
use crate::crypto::Crypto;
use crate::http::{Answer, Call, CallBody, Method};
use crate::provider::{Kind, Provider};
use crate::refusal::Refusal;
use crate::saml::{
    LogoutError, LogoutExpectations, LogoutRequest, LogoutResponse, LogoutService, NameId, Outgoing, ReceivedLogout,
    SamlError, Side, VerifiedLogout, VerifiedLogoutRequest, VerifiedLogoutResponse,
};
use crate::store::event::Event;
use crate::store::session::{EndedSession, Named};
use crate::store::{self, Constraint, Store, StoreError, pending_logout};
use crate::time::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long the identity provider may take to answer: it asks every other application first.
const LIFETIME: Duration = Duration::seconds(600);

/// `POST /sign-out`: ends the session here and, if its provider has single logout, there. The cookie is `SameSite=Lax`, so
/// that other sites cannot send it; without it nothing is ended, nor is the browser told to forget it.
pub(super) async fn sign_out<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let home = Answer::redirect(303, postern.deployment.public_url.path("/"));
    let Some(secret) = call.header("cookie").and_then(SessionSecret::from_cookie_header) else { return Ok(home) };
    let (account, digest) = (secret.account(), secret.digest());
    let statements = vec![
        store::session::find_for_logout(account, &digest),
        store::session::delete_without_logout(account, &digest),
    ];
    let [rows, _] = store::take(postern.store.batch(statements).await?)?;
    let answer = match rows.first::<EndedSession>()? {
        Some(session) => sign_out_there(postern, account, &digest, session, home).await?,
        None => home,
    };
    Ok(answer.with("set-cookie", Cookie::end_session().into_header()))
}

/// The session ends with the row that remembers the request, or neither.
async fn sign_out_there<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    digest: &str,
    session: EndedSession,
    home: Answer,
) -> Result<Answer, Ending> {
    let delete = store::session::delete(account, digest);
    let mut configuration = postern.configuration(account).await?;
    if configuration.as_ref().is_none_or(|known| service(known, &session.provider_id).is_none()) {
        configuration = postern.fresh_configuration(account).await?;
    }
    let Some((configuration, (provider, service))) =
        configuration.as_ref().and_then(|known| Some((known, service(known, &session.provider_id)?)))
    else {
        postern.store.batch(vec![delete]).await?;
        return Ok(home);
    };
    let id = format!("_{}", postern.fresh_id());
    let expires_at = postern.now.plus(LIFETIME);
    let xml = LogoutRequest {
        id: &id,
        issued_at: postern.now,
        expires_at,
        issuer: postern.sp_entity_id(provider),
        destination: &service.url,
        name_id: &NameId { value: session.name_id, format: session.name_id_format },
        session_index: session.session_index.as_deref(),
    }
    .to_xml();
    let message = Outgoing { side: Side::Request, xml: &xml, id: &id, url: &service.url, relay_state: None };
    let carried = match postern.carried(configuration, provider, service.binding, message).await {
        // Whoever signs out is signed out, at least here.
        Err(Ending::Crypto(error)) => {
            postern.store.batch(vec![delete]).await?;
            return Ok(Answer { fault: Some(error.to_string()), ..home });
        }
        carried => carried?,
    };
    let mut plan = pending_logout::plan(account, &id, provider.id(), expires_at);
    plan.push(delete);
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(page::carry(&postern.deployment.public_url, &service.url, carried)),
        // The provider went away after it was read, and its sessions with it.
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(home),
        Err(error) => Err(error.into()),
    }
}

/// An enabled provider and its single logout, if it has both.
fn service<'c>(configuration: &'c Configuration, provider: &str) -> Option<(&'c Provider, &'c LogoutService)> {
    let provider = configuration.provider(provider).filter(|provider| provider.settings().enabled)?;
    Some((provider, provider.settings().logout.as_ref()?))
}

/// Why a logout message is not taken.
enum Stop {
    Refused(Refusal),
    /// The remembered configuration is not the current one.
    Stale,
    Ending(Ending),
}

impl From<LogoutError> for Stop {
    fn from(error: LogoutError) -> Self {
        Self::Refused(Refusal::Logout(error))
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Ending(error.into())
    }
}

/// `GET` and `POST /saml/{account}/slo`
pub(super) async fn slo<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let mut fresh = !postern.configurations.remembers(account, postern.now);
    let mut configuration = postern.configuration(account).await?;
    loop {
        let Some(known) = &configuration else {
            return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
        };
        let mut named = None;
        match take(postern, call, known, &mut named).await {
            Ok(answer) => return Ok(answer),
            Err(Stop::Ending(ending)) => return Err(ending),
            Err(Stop::Stale) if fresh => {
                // It was changed between two reads of this request.
                return Err(StoreError::Unavailable("a provider was changed meanwhile".into()).into());
            }
            Err(Stop::Refused(refusal)) if fresh || !may_be_stale(&refusal) => {
                return Ok(refuse(postern, known, named, &refusal).await?);
            }
            Err(Stop::Stale | Stop::Refused(_)) => {}
        }
        configuration = postern.fresh_configuration(account).await?;
        fresh = true;
    }
}

/// Refusals that a newer configuration could take back: they come before the look at the provider's version.
fn may_be_stale(refusal: &Refusal) -> bool {
    use SamlError::{Expired, NotYetValid, UnknownIssuer, WrongKey};
    match refusal {
        Refusal::Logout(LogoutError::Saml(error)) => {
            matches!(error, UnknownIssuer { .. } | WrongKey { .. } | Expired { .. } | NotYetValid { .. })
        }
        refusal => matches!(refusal, Refusal::ProviderDisabled | Refusal::NoLogoutUrl),
    }
}

async fn refuse<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: Option<&Provider>,
    refusal: &Refusal,
) -> Result<Answer, StoreError> {
    let kind = provider.map_or(Kind::Other, |provider| provider.settings().kind);
    let detail = json!({ "provider": provider.map(shown), "error": refusal.explanation(kind) });
    let event = event(postern, "logout.refused", detail);
    store::commit(postern.store, event.plan(&configuration.account.id)).await?;
    let answer = page::sign_out_failed(refusal.status(), &postern.deployment.public_url, &event.id);
    Ok(Answer { fault: refusal.fault(), ..answer })
}

/// An event about nothing but itself: its subject is its own id.
fn event<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, kind: &str, detail: Value) -> Event {
    let id = postern.fresh_id();
    Event { subject: format!("logout/{id}"), id, at: postern.now, kind: kind.to_owned(), detail }
}

fn shown(provider: &Provider) -> Value {
    json!({ "id": provider.id(), "name": provider.settings().name })
}

async fn take<'c, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &'c Configuration,
    named: &mut Option<&'c Provider>,
) -> Result<Answer, Stop> {
    let received = receive(call)?;
    // The issuer's name chooses; it gives no trust.
    let issuer = received.claimed_issuer();
    let provider = issuer
        .and_then(|issuer| configuration.provider_of_issuer(issuer))
        .ok_or_else(|| LogoutError::Saml(SamlError::UnknownIssuer { got: issuer.map(str::to_owned) }))?;
    *named = Some(provider);
    let authentic = received.authenticate(provider.trusted_keys(), postern.crypto).await?;
    let url = match call.method {
        Method::Get => postern.deployment.public_url.url(&call.path),
        _ => postern.called_url(call),
    };
    let verified = authentic.check(&LogoutExpectations {
        issuer: provider.entity_id(),
        url: &url,
        clock_skew: provider.clock_skew(),
        now: postern.now,
    })?;
    if !provider.settings().enabled {
        return Err(Stop::Refused(Refusal::ProviderDisabled));
    }
    match verified {
        VerifiedLogout::Request(request) => end_sessions(postern, call, configuration, provider, &request).await,
        VerifiedLogout::Response(response) => signed_out(postern, configuration, provider, &response).await,
    }
}

fn receive(call: &Call) -> Result<ReceivedLogout, Stop> {
    if call.method == Method::Get {
        return Ok(ReceivedLogout::from_query(&call.query)?);
    }
    let CallBody::Whole(body) = &call.body else { return Err(Stop::Refused(Refusal::BodyTooLarge)) };
    let media_type = call.media_type();
    if media_type != "application/x-www-form-urlencoded" {
        return Err(Stop::Refused(Refusal::WrongContentType { got: media_type }));
    }
    Ok(ReceivedLogout::from_form(body)?)
}

/// One write: the request is spent, the sessions that it means are over and the log says so; or none of it.
async fn end_sessions<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    request: &VerifiedLogoutRequest,
) -> Result<Answer, Stop> {
    #[derive(Deserialize)]
    struct Row {
        digest: String,
    }
    let account = configuration.account.id.as_str();
    let Some(service) = &provider.settings().logout else { return Err(Stop::Refused(Refusal::NoLogoutUrl)) };
    let meant =
        Named { account, provider: provider.id(), name_id: request.name_id(), indexes: request.session_indexes() };
    let found = look_up(postern, configuration, meant.find()).await?.all::<Row>()?;

    let detail = json!({
        "provider": shown(provider),
        "nameId": request.name_id().value,
        "sessionIndexes": request.session_indexes(),
        "sessions": found.len(),
    });
    let event = event(postern, "logout.idp", detail);
    let mut plan = event.plan(account);
    plan.push(store::spent::logout_request(account, provider.entity_id(), request.id(), request.spent_until()));
    plan.push(meant.delete());
    store::commit(postern.store, plan).await.map_err(|error| match error {
        StoreError::Constraint(Constraint::Spent) => Stop::Refused(Refusal::Replayed),
        error => error.into(),
    })?;

    let answer = match respond(postern, configuration, provider, service, request).await {
        // The sessions are over; only the answer fails.
        Err(Ending::Crypto(error)) => {
            let page = page::sign_out_failed(503, &postern.deployment.public_url, &event.id);
            Answer { fault: Some(error.to_string()), ..page }
        }
        answer => answer.map_err(Stop::Ending)?,
    };
    let own = call.header("cookie").and_then(SessionSecret::from_cookie_header);
    let own = own.filter(|secret| secret.account() == account).map(|secret| secret.digest());
    Ok(match found.iter().any(|row| Some(&row.digest) == own.as_ref()) {
        true => answer.with("set-cookie", Cookie::end_session().into_header()),
        false => answer,
    })
}

async fn respond<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: &Provider,
    service: &LogoutService,
    request: &VerifiedLogoutRequest,
) -> Result<Answer, Ending> {
    let (id, url) = (format!("_{}", postern.fresh_id()), service.response_url.as_ref().unwrap_or(&service.url));
    let xml = LogoutResponse {
        id: &id,
        issued_at: postern.now,
        issuer: postern.sp_entity_id(provider),
        destination: url,
        in_response_to: request.id(),
    }
    .to_xml();
    let message = Outgoing { side: Side::Response, xml: &xml, id: &id, url, relay_state: request.relay_state() };
    let carried = postern.carried(configuration, provider, service.binding, message).await?;
    Ok(page::carry(&postern.deployment.public_url, url, carried))
}

/// The identity provider has answered a request of ours; the session here ended when that was sent.
async fn signed_out<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: &Provider,
    response: &VerifiedLogoutResponse,
) -> Result<Answer, Stop> {
    let account = configuration.account.id.as_str();
    let id = response.in_response_to();
    let unknown = || Stop::from(LogoutError::UnknownRequest { got: Some(id.to_owned()) });
    let pending = pending_logout::find(account, id, provider.id(), postern.now);
    if look_up(postern, configuration, pending).await?.is_empty() {
        return Err(unknown());
    }
    let detail = json!({ "provider": shown(provider), "partial": response.is_partial() });
    // About the request: so the log says once that it was answered.
    let event = Event { subject: format!("request/{id}"), ..event(postern, "logout.sp", detail) };
    let mut plan = event.plan(account);
    plan.push(pending_logout::delete(account, id));
    store::commit(postern.store, plan).await.map_err(|error| match error {
        StoreError::Constraint(Constraint::Event) => unknown(),
        error => error.into(),
    })?;
    let body = match response.is_partial() {
        false => "<p>You are signed out here and at your identity provider.</p>",
        true => {
            "<p>You are signed out here. Your identity provider could not reach every application: some may still be \
             open. Close the browser to be sure.</p>"
        }
    };
    Ok(page::page(200, "Signed out", &postern.deployment.public_url, body))
}

/// One read: whether the providers are still those that were used, and what else is asked.
async fn look_up<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    statement: store::Statement,
) -> Result<store::Rows, Stop> {
    let statements = vec![store::provider::versions(&configuration.account.id), statement];
    let [versions, rows] = store::take(postern.store.batch(statements).await?)?;
    if !store::provider::are_current(&versions, &configuration.providers)? {
        return Err(Stop::Stale);
    }
    Ok(rows)
}
