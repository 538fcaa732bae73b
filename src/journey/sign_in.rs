//! The sign-in: an identity provider's response, posted by the user's browser to the ACS.
//!
//! bytes → provider → decryption → signature → policy → what the directory knows → decision → plan → commit → cookie.
//! D1: one read for the configuration unless it is remembered, one read, one write.

use super::configuration::Configuration;
use super::known::Asked;
use super::{Ending, Postern, page, trial};
use crate::access::{Cookie, Session, SessionSecret, browser_secret};
use crate::crypto::Crypto;
use crate::directory::{Change, ManagedBy, Meant, Membership, User};
use crate::http::{Answer, Call, CallBody};
use crate::id::Secret;
use crate::jit::{self, Admission, Decision, Known, Person};
use crate::provider::Provider;
use crate::refusal::Refusal;
use crate::saml::{
    self, CheckedResponse, Decryption, Expectations, ReceivedResponse, Request, SamlError, VerifiedAssertion,
};
use crate::store::pending_request::PendingRequest;
use crate::store::recording::Recording;
use crate::store::sign_in::{Initiator, Outcome, SignIn};
use crate::store::{self, Committed, Constraint, Statement, Store, StoreError};

/// Longest path to come back to.
const MAX_RETURN_TO: usize = 2048;

/// A sign-in is begun anew when the configuration turns out to be old, or when another one made the same user first.
/// Each happens once; more would be somebody's doing.
const MAX_ROUNDS: usize = 3;

/// The form that a browser posts to the ACS (SAML bindings 3.5.4).
struct Posted {
    response: Vec<u8>,
    relay_state: Option<String>,
}

/// A session that was opened, and where to go.
struct SignedIn {
    opened: Committed<SessionSecret>,
    return_to: String,
}

/// Somebody who may come in: how, into which linked groups and out of which, and what is recorded of it.
struct Admitted {
    admission: Admission,
    membership: Membership,
    recording: Recording,
}

/// Why a round of a sign-in ends without a session.
pub(super) enum Stop {
    Refused(Refusal),
    /// Of a response whose assertion came encrypted, before a signature held. Whether it opened decides nothing of what is done
    /// next, nor of the status: an answer, and the time it takes, would help to decrypt.
    Sealed(Refusal),
    /// Of a verified assertion, by what the directory and JIT say.
    Decided(jit::Reason, Box<Recording>),
    /// The remembered configuration is not the current one.
    Stale,
    /// The same user was created, linked or removed at the same time.
    Raced,
    Store(StoreError),
    /// It tries a draft: this is shown.
    Tried(Answer),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<SamlError> for Stop {
    fn from(error: SamlError) -> Self {
        Self::Refused(Refusal::Saml(error))
    }
}

/// `POST` to either form of the ACS URL.
pub(super) async fn acs<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let mut fresh = !postern.configurations.remembers(account, postern.now);
    let Some(mut configuration) = postern.configuration(account).await? else {
        return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
    };
    let mut log = SignIn::begun(postern.fresh_id(), postern.now);
    for _ in 0..MAX_ROUNDS {
        log = SignIn::begun(log.id, postern.now);
        let (may_change, refusal) = match sign_in(postern, call, &configuration, &mut log).await {
            Ok(signed_in) => return Ok(welcome(&signed_in)),
            Err(Stop::Store(error)) => return Err(error.into()),
            Err(Stop::Tried(shown)) => return Ok(shown),
            Err(Stop::Raced) => continue,
            Err(Stop::Decided(reason, recording)) => {
                let refusal = Refusal::Decision(reason);
                let status = refusal.status();
                return Ok(refuse(postern, &configuration, log, &refusal, status, Some(&recording)).await?);
            }
            Err(Stop::Refused(refusal)) => {
                let may_change = !fresh && may_be_stale(&refusal);
                (may_change, Some((refusal.status(), refusal)))
            }
            // A document inside is not the one that was sent, so it is not the request that is bad.
            Err(Stop::Sealed(refusal)) => (!fresh, Some((refusal.status().max(403), refusal))),
            Err(Stop::Stale) => (true, None),
        };
        let read = if may_change { postern.fresh_configuration(account).await? } else { Some(configuration.clone()) };
        let Some(read) = read else {
            return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
        };
        // The same configuration would refuse it again, for all the work that a large response can be.
        if let Some((status, refusal)) = refusal.filter(|_| *read == *configuration) {
            return Ok(refuse(postern, &read, log, &refusal, status, None).await?);
        }
        (configuration, fresh) = (read, true);
    }
    Err(StoreError::Unavailable("a sign-in was overtaken by others again and again".into()).into())
}

/// Refusals that a newer configuration could take back: they come before the look at the provider's version.
fn may_be_stale(refusal: &Refusal) -> bool {
    use SamlError::{Expired, NotYetValid, UnknownIssuer, WrongAudience, WrongKey};
    let Refusal::Saml(error) = refusal else { return false };
    matches!(
        error,
        SamlError::NotEncrypted
            | UnknownIssuer { .. }
            | WrongKey { .. }
            | WrongAudience { .. }
            | Expired { .. }
            | NotYetValid { .. }
    )
}

fn welcome(signed_in: &SignedIn) -> Answer {
    let cookie = Cookie::open_session(&signed_in.opened).into_header();
    Answer::redirect(303, signed_in.return_to.clone()).with("set-cookie", cookie)
}

async fn refuse<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    mut log: SignIn,
    refusal: &Refusal,
    status: u16,
    recording: Option<&Recording>,
) -> Result<Answer, StoreError> {
    let provider = log.provider_id.as_deref().and_then(|id| configuration.provider(id));
    let kind = configuration.kind(provider);
    log.outcome = Outcome::Refused;
    (log.user_id, log.decision) = (None, None);
    log.error = Some(refusal.explanation(kind));
    let reference = log.id.clone();
    let account = &configuration.account.id;
    let mut plan = log.plan(account, ())?;
    if let (Some(provider), Some(recording)) = (provider, recording) {
        plan.push(recording.insert(account, provider.id(), &log.id, log.at, refusal.code())?);
    }
    store::commit(postern.store, plan).await?;
    let answer = page::sign_in_failed(status, &postern.deployment.public_url, &reference);
    Ok(Answer { fault: refusal.fault(), ..answer })
}

async fn sign_in<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    log: &mut SignIn,
) -> Result<SignedIn, Stop> {
    let posted = Posted::read(call).map_err(Stop::Refused)?;
    let received = ReceivedResponse::parse(&posted.response)?;
    let provider = choose_provider(&received, configuration, log)?;
    if provider.settings().draft {
        return Err(Box::pin(trial::answer(postern, call, configuration, provider, received, log)).await);
    }

    let keys = provider.trusted_keys();
    let stop: fn(Refusal) -> Stop = if received.is_encrypted() { Stop::Sealed } else { Stop::Refused };
    let refused = |error| stop(Refusal::Saml(error));
    let decryption = postern.decryption(configuration, provider);
    let readable = received.decrypt(&decryption, keys, postern.crypto).await.map_err(refused)?;
    let authentic = readable.authenticate(keys, postern.crypto).await.map_err(refused)?;
    let audience = postern.sp_entity_id(provider);
    let acs_url = postern.called_url(call);
    let checked = authentic.check(&Expectations {
        issuer: provider.entity_id(),
        audience,
        acs_url: &acs_url,
        authn_context: &provider.settings().requested_authn_context,
        clock_skew: provider.clock_skew(),
        now: postern.now,
    });
    let checked = checked?;

    let (assertion, person, known, pending) = look_up(postern, call, configuration, provider, checked, log).await?;
    let Decision { outcome, membership, trace } = jit::decide(provider, &assertion, &person, known);
    log.trace = trace;
    let email = person.profile.as_ref().map(|profile| &profile.email);
    let recording = Recording::new(assertion.name_id(), email, assertion.attributes());
    let admission = match outcome {
        Ok(admission) => admission,
        Err(reason) => return Err(Stop::Decided(reason, Box::new(recording))),
    };

    let return_to = match pending {
        Some(pending) => pending.return_to,
        None => posted.return_to().unwrap_or_else(|| postern.deployment.public_url.path("/")),
    };
    let admitted = Admitted { admission, membership, recording };
    let opened = open_session(postern, configuration, provider, &assertion, admitted, log).await?;
    Ok(SignedIn { opened, return_to })
}

impl Posted {
    fn read(call: &Call) -> Result<Self, Refusal> {
        let CallBody::Whole(body) = &call.body else { return Err(Refusal::BodyTooLarge) };
        let media_type = call.media_type();
        if media_type != "application/x-www-form-urlencoded" {
            return Err(Refusal::WrongContentType { got: media_type });
        }
        let (mut responses, mut relay_state) = (Vec::new(), None);
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "SAMLResponse" => responses.push(value),
                "RelayState" => relay_state = Some(value.into_owned()),
                _ => {}
            }
        }
        let [response] = responses.as_slice() else { return Err(Refusal::NoSamlResponse) };
        let response = saml::decode_base64(response).map_err(Refusal::Saml)?;
        Ok(Self { response, relay_state })
    }

    /// Where an unsolicited response asks to go, if that is a path of ours.
    fn return_to(&self) -> Option<String> {
        self.relay_state.as_deref().filter(|path| is_local_path(path)).map(str::to_owned)
    }
}

/// A path on this origin and nothing else: a browser reads `//host`, `/\host` and any of them with a tab in it as another
/// host.
pub(super) fn is_local_path(path: &str) -> bool {
    let bytes = path.as_bytes();
    bytes.first() == Some(&b'/')
        && !matches!(bytes.get(1), Some(b'/' | b'\\'))
        && bytes.len() <= MAX_RETURN_TO
        && bytes.iter().all(|b| b.is_ascii_graphic() && *b != b'\\')
}

/// The issuer's name chooses; it gives no trust.
fn choose_provider<'c>(
    received: &ReceivedResponse<'_>,
    configuration: &'c Configuration,
    log: &mut SignIn,
) -> Result<&'c Provider, Stop> {
    let issuer = received.claimed_issuer();
    let provider = issuer
        .and_then(|issuer| configuration.provider_of_issuer(issuer))
        .ok_or_else(|| SamlError::UnknownIssuer { got: issuer.map(str::to_owned) })?;
    log.provider_id = Some(provider.id().to_owned());
    log.provider_name = Some(provider.settings().name.clone());
    Ok(provider)
}

/// One read: everything that the decision needs to know.
async fn look_up<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    checked: CheckedResponse,
    log: &mut SignIn,
) -> Result<(VerifiedAssertion, Person, Known, Option<PendingRequest>), Stop> {
    let account = configuration.account.id.as_str();
    let mapping = &provider.settings().attribute_mapping;
    let person = jit::person(mapping, checked.name_id(), checked.attributes());
    let profile = person.profile.as_ref();
    log.name_id = Some(checked.name_id().value.clone());
    log.email = profile.map(|profile| profile.email.as_given().to_owned());
    log.initiated_by = Some(if checked.in_response_to().is_some() { Initiator::Sp } else { Initiator::Idp });

    let name_id = checked.name_id().link_key();
    let email = profile.map(|profile| &profile.email);
    let question = Asked { account, provider, name_id: name_id.as_deref(), email, now: postern.now };
    let mut statements = vec![
        store::provider::versions(account),
        store::spent::find_assertion(account, provider.entity_id(), checked.assertion_id()),
    ];
    statements.extend(question.statements());
    let browser = call.header("cookie").and_then(browser_secret);
    statements.extend(
        checked.in_response_to().zip(browser).map(|(id, secret)| {
            store::pending_request::find(account, id, provider.id(), &secret.digest(), postern.now)
        }),
    );

    let mut rows = postern.store.batch(statements).await?.into_iter();
    let mut next = || rows.next().ok_or_else(|| StoreError::Row("too few results".into()));
    if !store::provider::are_current(&next()?, &configuration.providers)? {
        return Err(Stop::Stale);
    }
    if !next()?.is_empty() {
        return Err(Stop::Refused(Refusal::Replayed));
    }
    let known = question.read(&mut rows)?;
    let pending = rows.next().map(|rows| rows.first::<PendingRequest>()).transpose()?.flatten();
    if pending.as_ref().is_some_and(|pending| pending.is_test) {
        return Err(Stop::Refused(Refusal::Tested { outcome: "the provider is a draft no more".into() }));
    }
    if !provider.settings().enabled {
        return Err(Stop::Refused(Refusal::ProviderDisabled));
    }
    if let Some(legacy) = configuration.authenticates_instead_of(provider) {
        let (legacy, got) = (legacy.settings().name.clone(), provider.settings().name.clone());
        return Err(Stop::Refused(Refusal::LegacyProviderAuthenticates { legacy, got }));
    }
    let assertion = checked.answering(pending.as_ref(), provider.unsolicited())?;
    if *assertion.request() == Request::Unsolicited {
        log.initiated_by = Some(Initiator::Idp);
    }
    Ok((assertion, person, known, pending))
}

/// One write: the assertion and the request are spent, the user is there, the session is open and the log says so; or
/// none of it.
async fn open_session<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    configuration: &Configuration,
    provider: &Provider,
    assertion: &VerifiedAssertion,
    Admitted { admission, membership, recording }: Admitted,
    log: &mut SignIn,
) -> Result<Committed<SessionSecret>, Stop> {
    let (account, now) = (configuration.account.id.as_str(), postern.now);
    let (user, version, changes) = changes(postern, provider, assertion, admission, membership, log);
    let session = Session::of(assertion, provider.id(), account, &user, postern.fresh_id(), now);
    let secret = SessionSecret::of(&session, Secret::fresh(postern.crypto));
    log.outcome = Outcome::SignedIn;
    let open = store::session::insert(&session, &secret.digest(), version, provider.version());
    let mut plan = log.plan(account, secret)?;
    plan.push(store::spent::assertion(account, provider.entity_id(), assertion.id(), assertion.spent_until()));
    if let Request::Answered(id) = assertion.request() {
        plan.push(store::spent::request(account, id, assertion.spent_until()));
        plan.push(store::pending_request::delete(account, id));
    }
    for change in &changes {
        plan.extend(audit(postern, account, provider, change)?);
        plan.push(store::user::change(account, change, now));
    }
    plan.push(open);
    let how = log.decision.as_deref().unwrap_or_default();
    plan.push(recording.insert(account, provider.id(), &log.id, now, how)?);
    store::commit(postern.store, plan).await.map_err(|error| match error {
        StoreError::Constraint(Constraint::Spent) => Stop::Refused(Refusal::Replayed),
        // An invitation that is accepted or taken back makes its second version: once.
        StoreError::Constraint(
            Constraint::UserEmail | Constraint::UserLink | Constraint::UserRemoved | Constraint::ChangeVersion,
        ) => Stop::Raced,
        // The provider or the user changed or went away after it was read.
        StoreError::Constraint(Constraint::Reference | Constraint::VersionMoved) => Stop::Stale,
        error => Stop::Store(error),
    })
}

/// The row of the change log of what comes to be or ends by a sign-in; all else is in the sign-in log.
fn audit<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    provider: &Provider,
    change: &Change,
) -> Result<Option<Statement>, StoreError> {
    let (action, resource, version, after) = match change {
        Change::CreateUser { user, .. } => ("user.created", format!("user/{}", user.id), user.version, Some(user)),
        Change::AcceptInvitation { invitation } => ("invitation.accepted", format!("invitation/{invitation}"), 2, None),
        _ => return Ok(None),
    };
    let (id, at) = (postern.fresh_id(), postern.now);
    let actor = format!("provider/{}", provider.id());
    store::change::Change { id, at, actor: &actor, action, resource, version, before: None, after }
        .insert(account)
        .map(Some)
}

/// The user's id and version, and what the sign-in changes in the directory.
fn changes<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    provider: &Provider,
    assertion: &VerifiedAssertion,
    admission: Admission,
    membership: Membership,
    log: &mut SignIn,
) -> (String, i64, Vec<Change>) {
    let (now, name_id) = (postern.now, assertion.name_id().link_key());
    log.decision = Some(admission.name().to_owned());
    let (id, version, link, mut changes) = match admission {
        Admission::Existing { user, link } => {
            log.email = Some(user.email.clone());
            (user.id, user.version, link, Vec::new())
        }
        Admission::Create { profile, groups, invitation } => {
            let user = User {
                id: postern.fresh_id(),
                email: profile.email.as_given().to_owned(),
                given_name: profile.given_name,
                family_name: profile.family_name,
                display_name: profile.display_name,
                active: true,
                managed_by: if invitation.is_some() { ManagedBy::Invitation } else { ManagedBy::Jit },
                created_at: now,
                updated_at: now,
                last_sign_in_at: None,
                version: 1,
            };
            let (id, version) = (user.id.clone(), user.version);
            let mut changes = Vec::new();
            // Who is invited comes back, whatever was before.
            let meant = Meant { provider: provider.id().to_owned(), name_id: name_id.clone() };
            let unless_removed = invitation.is_none().then_some(meant);
            if let Some(invitation) = invitation {
                changes.push(Change::AcceptInvitation { invitation });
                changes.push(Change::ClearTombstone { email: profile.email.clone() });
            }
            changes.push(Change::CreateUser { user, email: profile.email, unless_removed });
            if !groups.is_empty() {
                changes.push(Change::JoinGroups { user: id.clone(), groups });
            }
            (id, version, true, changes)
        }
    };
    if link {
        let beside_others = provider.settings().accept_users_of_other_providers;
        let (user, provider) = (id.clone(), provider.id().to_owned());
        changes.push(match name_id {
            Some(name_id) => Change::LinkUser { user, provider, name_id, beside_others },
            None => Change::BindUser { user, provider, beside_others },
        });
    }
    let linked_to = |groups: Vec<(String, String)>| -> Vec<String> { groups.into_iter().map(|(to, _)| to).collect() };
    let (join, leave) = (linked_to(membership.join), linked_to(membership.leave));
    if !join.is_empty() {
        let (user, provider) = (id.clone(), provider.id().to_owned());
        changes.push(Change::FollowInto { user, provider, saml_groups: join });
    }
    if !leave.is_empty() {
        let (user, provider) = (id.clone(), provider.id().to_owned());
        changes.push(Change::FollowOutOf { user, provider, saml_groups: leave });
    }
    changes.push(Change::SignedIn { user: id.clone() });
    log.user_id = Some(id.clone());
    (id, version, changes)
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// Our entity ID for a provider.
    pub(super) fn sp_entity_id<'p>(&'p self, provider: &'p Provider) -> &'p str {
        provider.settings().sp_entity_id.as_deref().unwrap_or_else(|| self.deployment.public_url.entity_id())
    }

    /// What assertions of a provider are decrypted with.
    pub(super) fn decryption<'p>(&'p self, configuration: &'p Configuration, provider: &Provider) -> Decryption<'p> {
        Decryption {
            policy: provider.settings().encryption,
            account: &configuration.account.id,
            keys: &configuration.keys,
            master: self.deployment.master_key.as_ref(),
            now: self.now,
        }
    }

    /// The URL that was called, as the one who called it wrote it.
    pub(super) fn called_url(&self, call: &Call) -> String {
        let url = self.deployment.public_url.url(&call.path);
        if call.query.is_empty() { url } else { format!("{url}?{}", call.query) }
    }
}

#[cfg(test)]
mod tests {
    use super::is_local_path;

    #[test]
    fn only_paths_of_this_origin_are_come_back_to() {
        for path in ["/", "/a/b?c=d#e", "/%2F%2Fevil.example", "/a//b"] {
            assert!(is_local_path(path), "{path}");
        }
        let long = format!("/{}", "a".repeat(2048));
        for path in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "https://evil.example",
            " /",
            "/a\\b",
            "/ä",
            "/a\r\nSet-Cookie: x",
            &long,
        ] {
            assert!(!is_local_path(path), "{path}");
        }
    }
}
