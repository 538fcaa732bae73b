//! Who calls the admin API, and whether they may (SPEC sections 10 and 13).

use crate::access::{
    Grant, IDLE, Permission, Permissions, Place, Resource, ResourceType, SessionSecret, permissions, reasons,
};
use crate::crypto::Crypto;
use crate::fields::FieldError;
use crate::http::{Answer, Call, Method};
use crate::id::{Secret, is_account_id};
use crate::journey::{Ending, Needs, Postern};
use crate::problem::Problem;
use crate::store::api_token::{Credential, Held};
use crate::store::grant::{self, Whose};
use crate::store::session::OpenSession;
use crate::store::{self, Rows, Statement, Store, StoreError};
use crate::time::Timestamp;
use subtle::ConstantTimeEq;

/// Who is logged as having done it with the set-up token.
const SETUP_TOKEN: &str = "setup-token";

/// What every API token begins with.
pub(super) const TOKEN_PREFIX: &str = "pst_";

/// Somebody who was let in.
#[derive(Clone, Debug)]
pub(in crate::journey) struct Caller {
    actor: String,
    /// `None`: may do everything.
    grants: Option<Vec<Grant>>,
}

impl Caller {
    /// Whoever may call what needs nothing.
    fn nobody() -> Self {
        Self { actor: "nobody".to_owned(), grants: Some(Vec::new()) }
    }

    fn setup_token() -> Self {
        Self { actor: SETUP_TOKEN.to_owned(), grants: None }
    }

    /// Whether they showed the set-up token.
    pub(in crate::journey) fn has_setup_token(&self) -> bool {
        self.grants.is_none()
    }

    /// Who is logged.
    pub(in crate::journey) fn actor(&self) -> &str {
        &self.actor
    }

    /// What they may do with everything in the account.
    fn permissions(&self) -> Permissions {
        self.grants.as_deref().map_or(Permissions::ALL, |grants| permissions(grants, Place::ACCOUNT))
    }

    /// Nobody gives away more than they have: refuses permissions that the caller does not have in all of the account.
    pub(super) fn may_grant(&self, given: Permissions, pointer: &str) -> Result<(), Answer> {
        let more = given.without(self.permissions());
        if more.is_empty() {
            return Ok(());
        }
        let message = format!("You do not have these permissions in all of the account: {}.", more.names());
        let error = FieldError { pointer: pointer.to_owned(), code: "would_grant_more", message };
        Err(Problem::forbidden("This would give away more than you have; nothing was changed.", vec![error]).answer())
    }

    /// What an export has is what every permission to view shows: refuses who does not have all of them in all of the
    /// account.
    pub(super) fn may_view_everything(&self) -> Result<(), Answer> {
        let views = Permissions::ALL.iter().filter(|permission| permission.name().ends_with(":view"));
        let missing =
            views.fold(Permissions::NONE, |all, one| all.with(Permissions::of(&[one]))).without(self.permissions());
        if missing.is_empty() {
            return Ok(());
        }
        let detail = format!("An export has all of the account. This needs {} as well.", missing.names());
        Err(Problem::new(403, detail).answer())
    }

    fn may(&self, permission: Permission, resource: Option<&Resource>) -> bool {
        match &self.grants {
            None => true,
            Some(grants) => reasons(grants, permission, resource, Place::ACCOUNT).next().is_some(),
        }
    }
}

/// What a request shows for itself.
enum Shown<'c> {
    SetupToken,
    Token(Token<'c>),
    Session(SessionSecret),
}

/// Lets in who has what a route needs. One D1 call, and none for the set-up token, whose use [`note_use`] logs.
pub(in crate::journey) async fn authorize<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    needs: Needs,
    account: Option<&str>,
    resource: Option<&Resource>,
) -> Result<Caller, Ending> {
    if needs == Needs::Nothing {
        return Ok(Caller::nobody());
    }
    let shown = shown(postern, call)?;
    let (permission, account) = match (needs, account) {
        _ if matches!(shown, Shown::SetupToken) => return Ok(Caller::setup_token()),
        (Needs::Permission(permission), Some(account)) => (permission, account),
        _ => return Err(denied("This takes the set-up token and nothing else.").into()),
    };
    let caller = match &shown {
        Shown::SetupToken => return Ok(Caller::setup_token()),
        Shown::Token(token) => token_holder(postern, account, token).await?,
        Shown::Session(secret) => session_user(postern, call, account, secret).await?,
    };
    if caller.may(permission, resource) {
        return Ok(caller);
    }
    let detail = format!("This needs the permission {}, which {} does not have.", permission.name(), caller.actor);
    Err(Problem::new(403, detail).answer().into())
}

/// What a route is about, out of its path in the table, if a resource group can list it.
pub(in crate::journey) fn resource(path: &str, id: &str) -> Option<Resource> {
    let kind = match path.split("/{account}/").nth(1)?.split_once("/{id}")?.0 {
        "providers" => ResourceType::Provider,
        "groups" => ResourceType::Group,
        "applications" => ResourceType::Application,
        _ => return None,
    };
    Some(Resource { kind, id: id.to_owned() })
}

/// So many characters of a path are logged: no route of ours needs more.
const MAX_PATH: usize = 300;

/// Logs a use of the set-up token that changes nothing; one that changes something is a row of the change log anyway.
pub(in crate::journey) async fn note_use<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<(), StoreError> {
    postern.store.batch(vec![use_of_token(postern, call, account)]).await.map(|_| ())
}

/// The log row of a use of the set-up token: for the plan of a change that has no row of its own.
pub(super) fn use_of_token<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call, account: &str) -> Statement {
    let path: String = call.path.chars().take(MAX_PATH).collect();
    store::change::note(account, &postern.fresh_id(), postern.now, SETUP_TOKEN, "setup-token.used", &path)
}

fn denied(detail: &str) -> Answer {
    Problem::new(401, detail).answer().with("www-authenticate", "Bearer realm=\"postern\"")
}

/// A header decides alone: a browser's cookie does not make good a token that is wrong.
fn shown<'c, S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &'c Call) -> Result<Shown<'c>, Answer> {
    if call.header("authorization").is_none() {
        let session = call.header("cookie").and_then(SessionSecret::from_cookie_header);
        let detail = "Sign in, or send a token: `Authorization: Bearer …`.";
        return session.map(Shown::Session).ok_or_else(|| denied(detail));
    }
    let token = bearer(call);
    let expected = postern.deployment.setup_token.as_ref();
    if expected.is_none() && !token.is_some_and(|token| token.starts_with(TOKEN_PREFIX)) {
        let detail = "No set-up token is configured: set the secret SETUP_TOKEN, of 16 characters at least.";
        return Err(denied(detail));
    }
    let Some(token) = token else { return Err(denied("Send the token as `Authorization: Bearer …`.")) };
    if expected.is_some_and(|expected| expected.is(token)) {
        return Ok(Shown::SetupToken);
    }
    Token::read(token).map(Shown::Token).ok_or_else(|| denied(&TokenRefusal::Unknown.detail()))
}

async fn token_holder<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    token: &Token<'_>,
) -> Result<Caller, Ending> {
    let [credential, grants] = store::take(postern.store.batch(token.statements(account).into()).await?)?;
    Ok(token.caller(&credential, &grants, postern.now)?.map_err(|refusal| denied(&refusal.detail()))?)
}

/// An API token that a request shows: `pst_<id>_<secret>`.
pub(in crate::journey) struct Token<'c> {
    id: &'c str,
    /// Of its secret.
    digest: String,
}

/// Why a token lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::journey) enum TokenRefusal {
    /// The same for every token that is not good, so that it tells nothing of accounts and ids.
    Unknown,
    /// It ended at this time.
    Expired(Timestamp),
    /// Its owner is a user who was deactivated.
    Deactivated,
}

impl TokenRefusal {
    /// What to do about it.
    pub(in crate::journey) fn detail(self) -> String {
        match self {
            Self::Unknown => String::from("This token is not one of this account, or was revoked."),
            Self::Expired(end) => format!("This token expired at {end}. Make a new one of its API key."),
            Self::Deactivated => String::from("The user whose token this is was deactivated."),
        }
    }
}

impl<'c> Token<'c> {
    /// Reads one. `None`: it cannot be one of ours.
    pub(in crate::journey) fn read(text: &'c str) -> Option<Self> {
        let (id, secret) = text.strip_prefix(TOKEN_PREFIX)?.split_once('_')?;
        let secret = Secret::presented(secret).filter(|_| is_account_id(id))?;
        Some(Self { id, digest: secret.digest() })
    }

    /// Its id, which is no secret.
    pub(in crate::journey) fn id(&self) -> &'c str {
        self.id
    }

    /// Whom it lets in, and what they may do: two statements, for [`Token::caller`].
    fn statements(&self, account: &str) -> [Statement; 2] {
        [store::api_token::holder(account, self.id), grant::of(account, Whose::Token(self.id))]
    }

    /// Reads what [`Token::statements`] found.
    fn caller(
        &self,
        credential: &Rows,
        grants: &Rows,
        now: Timestamp,
    ) -> Result<Result<Caller, TokenRefusal>, StoreError> {
        let Some(credential) = credential.first::<Credential>()? else { return Ok(Err(TokenRefusal::Unknown)) };
        let grants = Some(grant::read_one(grants)?);
        Ok(self.owner(credential, now)?.map(|actor| Caller { actor, grants }))
    }

    /// Whom it lets in, and what they may do with everything in the account: [`Token::holder`] reads it.
    pub(in crate::journey) fn statement(&self, account: &str) -> Statement {
        store::api_token::holder(account, self.id)
    }

    /// The same, to be first in the batch that loads what they ask for: for who has no such token, nothing of the rest is read.
    pub(in crate::journey) fn first_statement(&self, account: &str, now: Timestamp) -> Statement {
        store::api_token::shown(account, self.id, &self.digest, now)
    }

    /// [`Token::first_statement`] and a lookup of a few rows in the same account, as one statement, for [`store::api_token::looked_up`].
    pub(in crate::journey) fn statement_before(&self, now: Timestamp, lookup: Statement) -> Statement {
        store::api_token::shown_before(self.id, &self.digest, now, lookup)
    }

    /// Reads what any of these statements found.
    pub(in crate::journey) fn holder(
        &self,
        rows: &Rows,
        now: Timestamp,
    ) -> Result<Result<(String, Permissions), TokenRefusal>, StoreError> {
        let (Some(credential), Some(held)) = (rows.first::<Credential>()?, rows.first::<Held>()?) else {
            return Ok(Err(TokenRefusal::Unknown));
        };
        Ok(self.owner(credential, now)?.map(|actor| (actor, held.permissions())))
    }

    /// The owner, if the secret is the one, and both are good now.
    fn owner(&self, credential: Credential, now: Timestamp) -> Result<Result<String, TokenRefusal>, StoreError> {
        if !bool::from(credential.digest.as_bytes().ct_eq(self.digest.as_bytes())) {
            return Ok(Err(TokenRefusal::Unknown));
        }
        if let Some(end) = credential.expires_at.filter(|end| *end <= now) {
            return Ok(Err(TokenRefusal::Expired(end)));
        }
        match (credential.user_id, credential.service_account_id) {
            (Some(_), _) if credential.active != Some(true) => Ok(Err(TokenRefusal::Deactivated)),
            (Some(user), _) => Ok(Ok(format!("user/{user}"))),
            (None, Some(id)) => Ok(Ok(format!("service-account/{id}"))),
            (None, None) => Err(StoreError::Row(format!("API key of token {} has no owner", self.id))),
        }
    }
}

/// What a request shows as `Authorization: Bearer …`.
pub(in crate::journey) fn bearer(call: &Call) -> Option<&str> {
    let (scheme, token) = call.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn session_user<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    secret: &SessionSecret,
) -> Result<Caller, Ending> {
    let nobody = || denied("Nobody of this account is signed in in this browser. Sign in, or send a token.");
    if secret.account() != account {
        return Err(nobody().into());
    }
    if call.method != Method::Get && !is_same_origin(postern, call) {
        let detail = "A browser that is signed in may change things from this origin's own pages alone.";
        return Err(Problem::new(403, detail).answer().into());
    }
    let (digest, now) = (secret.digest(), postern.now);
    let find = store::session::find(account, &digest, now, now.minus(IDLE));
    let statements = vec![find, grant::of(account, Whose::Session(&digest))];
    let [session, grants] = store::take(postern.store.batch(statements).await?)?;
    let Some(session) = session.first::<OpenSession>()? else { return Err(nobody().into()) };
    postern.keep_open(account, &digest, &session).await?;
    Ok(Caller { actor: format!("user/{}", session.user.id), grants: Some(grant::read_one(&grants)?) })
}

/// Another site can have a browser send a request with its cookie, but neither of these headers.
fn is_same_origin<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> bool {
    match call.header("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => call.header("origin").is_some_and(|origin| postern.deployment.public_url.is_origin(origin)),
    }
}
