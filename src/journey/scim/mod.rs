//! SCIM 2.0 (SPEC sections 2, 7, 9 and 15): what is called below a base, from the token to the answer. What SCIM says is in
//! [`crate::scim`]; here it is read from the store and written to it. One D1 call reads and authorizes; a write is one more.

mod base;
mod bulk;
mod discovery;
mod groups;
mod list;
mod log;
mod members;
mod search;
mod users;

pub(super) use base::Base;

use super::Postern;
use super::admin::{Token, TokenRefusal, bearer};
use crate::access::record::Kind;
use crate::access::{Permission, Permissions};
use crate::crypto::Crypto;
use crate::http::{Answer, Call, CallBody, Method};
use crate::scim::render::etag;
use crate::scim::{MEDIA_TYPE, Quirk, ResourceType, ScimError};
use crate::store::{self, Constraint, Rows, Statement, Store, StoreError};
use crate::strict;
use log::Log;
use serde_json::Value;
use std::cell::{OnceCell, RefCell};
use std::pin::Pin;

/// What a token must permit in all of the account.
const NEEDED: Permissions = Permissions::of(&[
    Permission::UsersView,
    Permission::UsersManage,
    Permission::GroupsView,
    Permission::GroupsManage,
]);

/// How often a write is tried where others change the same at the same instant.
const MAX_ROUNDS: usize = 24;

/// A body of more bytes is read only for somebody who is let in, which costs a D1 call: as JSON it is many times as large in memory,
/// and it would be held until D1 has answered.
const FREE_BODY: usize = 64 * 1024;

/// What a request ends with, if all is well.
struct Reply {
    status: u16,
    body: Option<String>,
    version: Option<i64>,
    location: Option<String>,
}

impl Reply {
    fn empty(status: u16) -> Self {
        Self { status, body: None, version: None, location: None }
    }

    fn text(status: u16, body: String) -> Self {
        Self { body: Some(body), ..Self::empty(status) }
    }
}

/// Why it does not.
enum Failure {
    /// The client's doing.
    Refused(ScimError),
    /// A method that is not for this path, with those that are.
    Method(&'static [Method]),
    /// Our own.
    Store(StoreError),
}

impl From<ScimError> for Failure {
    fn from(error: ScimError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// As SCIM words it.
    fn error(&self) -> ScimError {
        match self {
            Self::Refused(error) => error.clone(),
            Self::Method(_) => ScimError::protocol(405, None, "This method is not for this path."),
            Self::Store(_) => {
                let detail = "The database did not answer as it should. Nothing is half-done; try again.";
                ScimError::protocol(503, None, detail)
            }
        }
    }
}

fn not_found(what: &str) -> Failure {
    Failure::Refused(ScimError::protocol(404, None, format!("There is no such {what}.")))
}

/// Its version is not the one that the client has read.
fn moved() -> Failure {
    let detail = "It has been changed meanwhile. Read it again and repeat your change.";
    Failure::Refused(ScimError::protocol(412, None, detail))
}

/// One request: what the path, the headers and the token say. Of many in one, each has its own.
struct Request<'r, S, C> {
    postern: &'r Postern<'r, S, C>,
    /// The account of the path.
    account: &'r str,
    /// The base that was called, as a URL.
    base: &'r str,
    method: Method,
    /// Below the base.
    path: &'r str,
    query: &'r str,
    if_match: Option<&'r str>,
    if_none_match: Option<&'r str>,
    token: &'r Token<'r>,
    /// Who was let in.
    actor: OnceCell<String>,
    log: RefCell<Log>,
}

impl<S: Store, C: Crypto> Request<'_, S, C> {
    /// Runs statements that read; the first time, in the batch that tells whether the token lets in who shows it.
    async fn load(&self, statements: Vec<Statement>) -> Result<std::vec::IntoIter<Rows>, Failure> {
        if self.actor.get().is_some() {
            if statements.is_empty() {
                return Ok(Vec::new().into_iter());
            }
            return Ok(self.postern.store.batch(statements).await?.into_iter());
        }
        let mut all = match statements.is_empty() {
            true => vec![self.token.statement(self.account)],
            false => vec![self.token.first_statement(self.account, self.postern.now)],
        };
        all.extend(statements);
        let mut rows = self.ask(all).await?.into_iter();
        self.let_in(&next(&mut rows)?)?;
        Ok(rows)
    }

    /// Runs a statement that looks up a few rows; the first time, as one that tells whether the token lets in who shows it.
    async fn look_up(&self, lookup: Statement) -> Result<Rows, Failure> {
        if self.actor.get().is_some() {
            return Ok(next(&mut self.load(vec![lookup]).await?)?);
        }
        let lookup = self.token.statement_before(self.postern.now, lookup);
        let rows = next(&mut self.ask(vec![lookup]).await?.into_iter())?;
        self.let_in(&rows)?;
        Ok(store::api_token::looked_up(rows))
    }

    /// Runs statements that fail if nobody has the token.
    async fn ask(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, Failure> {
        match self.postern.store.batch(statements).await {
            Err(error @ StoreError::Constraint(Constraint::Token)) => {
                // Why, the token alone tells.
                let alone = self.postern.store.batch(vec![self.token.statement(self.account)]).await?;
                self.let_in(&next(&mut alone.into_iter())?)?;
                Err(error.into())
            }
            rows => Ok(rows?),
        }
    }

    /// Notes who shows the token, and refuses who may not call us.
    fn let_in(&self, token: &Rows) -> Result<(), Failure> {
        let (actor, permissions) = self.token.holder(token, self.postern.now)?.map_err(unauthorized)?;
        self.log.borrow_mut().actor = Some(actor.clone());
        let lacking = NEEDED.without(permissions);
        if !lacking.is_empty() {
            let names = lacking.names();
            let detail =
                format!("SCIM needs these permissions in all of the account, which {actor} does not have: {names}.");
            return Err(ScimError::protocol(403, None, detail).into());
        }
        // Whoever comes first is the one.
        let _ = self.actor.set(actor);
        Ok(())
    }

    /// The owner of the token: `user/…` or `service-account/…`.
    fn actor(&self) -> &str {
        self.actor.get().map_or("nobody", String::as_str)
    }

    /// Whether an externalId that a client gives is not taken, because the resource has one of another client. Owners of tokens who are
    /// no more have none: who provisions after them takes over.
    async fn is_anothers(&self, owner: Option<&str>, given: Option<&str>) -> Result<bool, Failure> {
        let Some(known) = owner.filter(|known| *known != self.actor()) else { return Ok(false) };
        let find = match (given, known.split_once('/')) {
            (Some(_), Some(("user", id))) => store::user::find(self.account, id),
            (Some(_), Some((_, id))) => store::record::find(self.account, Kind::ServiceAccount, id),
            _ => return Ok(true),
        };
        Ok(!self.look_up(find).await?.is_empty())
    }

    /// A client that says which version it has read has none other changed.
    fn check_version(&self, version: i64) -> Result<(), Failure> {
        match self.if_match {
            Some(header) if !names_version(header, version) => Err(moved()),
            _ => Ok(()),
        }
    }

    /// A resource that was read; nothing of it, if the client has this version.
    fn read(&self, version: i64, body: impl FnOnce() -> String) -> Reply {
        if self.if_none_match.is_some_and(|header| names_version(header, version)) {
            return Reply { version: Some(version), ..Reply::empty(304) };
        }
        Reply { version: Some(version), ..Reply::text(200, body()) }
    }

    fn correct(&self, quirks: Vec<Quirk>) {
        self.log.borrow_mut().quirks.extend(quirks);
    }
}

/// Whether `If-Match` or `If-None-Match` names a version (RFC 9110, 13.1). Weak and strong tags are the same here.
fn names_version(header: &str, version: i64) -> bool {
    let version = version.to_string();
    header.split(',').map(str::trim).any(|tag| {
        let tag = tag.strip_prefix("W/").unwrap_or(tag);
        tag == "*" || tag.trim_matches('"') == version
    })
}

/// A batch answered with less than it was asked.
fn missing() -> StoreError {
    StoreError::Row(String::from("a statement was not answered"))
}

fn next(rows: &mut std::vec::IntoIter<Rows>) -> Result<Rows, StoreError> {
    rows.next().ok_or_else(missing)
}

fn unauthorized(refusal: TokenRefusal) -> Failure {
    let mut detail = refusal.detail();
    if refusal == TokenRefusal::Unknown {
        detail.push_str(" SCIM takes a token of an API key.");
    }
    ScimError::protocol(401, None, detail).into()
}

/// The API token of a request. Sessions and the set-up token are not for programs that run for years.
fn token<'c, S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &'c Call) -> Result<Token<'c>, Failure> {
    const MAKE: &str = "Make a service account with the role Provisioner, an API key of it and a token of that, and send it as \
                        `Authorization: Bearer pst_…`.";
    let refused = |detail: String| Failure::Refused(ScimError::protocol(401, None, detail));
    let Some(text) = bearer(call) else { return Err(refused(format!("SCIM needs a token. {MAKE}"))) };
    if postern.deployment.setup_token.as_ref().is_some_and(|expected| expected.is(text)) {
        return Err(refused(format!("The set-up token is not for SCIM. {MAKE}")));
    }
    Token::read(text).ok_or_else(|| unauthorized(TokenRefusal::Unknown))
}

/// Answers a request below a base.
pub(super) async fn answer<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call, base: &Base<'_>) -> Answer {
    let log = Log::of(call, base);
    let token = match token(postern, call) {
        Ok(token) => token,
        Err(failure) => {
            log.keep(postern, base.account, &failure).await;
            return failed(&failure);
        }
    };
    let url = postern.deployment.public_url.url(base.path);
    let path = base::decoded(base.rest);
    let request = Request {
        postern,
        account: base.account,
        base: &url,
        method: call.method,
        path: &path,
        query: &call.query,
        if_match: call.header("if-match"),
        if_none_match: call.header("if-none-match"),
        token: &token,
        actor: OnceCell::new(),
        log: RefCell::new(log),
    };
    let mut outcome = respond(&request, call).await;
    // Who may not call us learns nothing else.
    let is_told = matches!(&outcome, Err(Failure::Refused(error)) if error.status() == 401);
    if matches!(outcome, Err(Failure::Refused(_) | Failure::Method(_)))
        && !is_told
        && request.log.borrow().actor.is_none()
        && let Err(failure) = request.load(Vec::new()).await
    {
        outcome = Err(failure);
    }
    match outcome {
        Ok(reply) => replied(reply),
        Err(failure) => {
            request.log.take().keep(postern, base.account, &failure).await;
            failed(&failure)
        }
    }
}

fn replied(reply: Reply) -> Answer {
    let answer = match reply.body {
        Some(body) => Answer::text(reply.status, MEDIA_TYPE, body).with("x-content-type-options", "nosniff"),
        None => Answer::empty(reply.status),
    };
    let answer = answer.with("cache-control", "no-store");
    let answer = match reply.version {
        Some(version) => answer.with("etag", etag(version)),
        None => answer,
    };
    match reply.location {
        Some(location) => answer.with("location", location),
        None => answer,
    }
}

fn failed(failure: &Failure) -> Answer {
    let error = failure.error();
    let answer = Answer::json_of_type(error.status(), MEDIA_TYPE, &error.body());
    match failure {
        Failure::Method(methods) => {
            let names: Vec<_> = methods.iter().map(|method| method.name()).collect();
            answer.with("allow", names.join(", "))
        }
        Failure::Store(fault) => {
            let answer = answer.with("retry-after", "5");
            Answer { fault: Some(fault.to_string()), ..answer }
        }
        Failure::Refused(_) if error.status() == 401 => answer.with("www-authenticate", "Bearer realm=\"postern\""),
        Failure::Refused(_) => answer,
    }
}

/// Where a path leads.
enum Target<'p> {
    Resources(ResourceType),
    Resource(ResourceType, &'p str),
    Me,
    Bulk,
    Search(Option<ResourceType>),
    Discovery(discovery::What<'p>),
    Nothing,
}

impl<'p> Target<'p> {
    fn of(path: &'p str) -> Self {
        let path = path.strip_suffix('/').unwrap_or(path);
        let resource = |name: &str| ResourceType::ALL.into_iter().find(|resource| &resource.endpoint()[1..] == name);
        let mut parts = path.splitn(2, '/');
        match (parts.next().unwrap_or_default(), parts.next()) {
            ("Me", None) => Self::Me,
            ("Bulk", None) => Self::Bulk,
            (".search", None) => Self::Search(None),
            ("ServiceProviderConfig", None) => Self::Discovery(discovery::What::Config),
            ("ResourceTypes", id) => Self::Discovery(discovery::What::ResourceTypes(id)),
            ("Schemas", id) => Self::Discovery(discovery::What::Schemas(id)),
            (name, rest) => match (resource(name), rest) {
                (Some(resource), None) => Self::Resources(resource),
                (Some(resource), Some(".search")) => Self::Search(Some(resource)),
                (Some(resource), Some(id)) if !id.contains('/') => Self::Resource(resource, id),
                _ => Self::Nothing,
            },
        }
    }

    /// Whether a body says anything here. Else what is wrong with it is not what is wrong.
    fn takes_body(&self, method: Method) -> bool {
        match self {
            Self::Resources(_) | Self::Bulk | Self::Search(_) => method == Method::Post,
            Self::Resource(..) | Self::Me => matches!(method, Method::Put | Method::Patch),
            Self::Discovery(_) | Self::Nothing => false,
        }
    }
}

/// From the path to its journey.
async fn respond<S: Store, C: Crypto>(request: &Request<'_, S, C>, call: &Call) -> Result<Reply, Failure> {
    let target = Target::of(request.path);
    if let CallBody::Whole(bytes) = &call.body
        && bytes.len() > FREE_BODY
        && target.takes_body(request.method)
    {
        request.load(Vec::new()).await?;
    }
    // A large body is told of where there is no place for any, too.
    let body = match whole(call) {
        Ok(bytes) if target.takes_body(request.method) => json(call, bytes),
        Ok(_) => Ok(Value::Null),
        Err(failure) => Err(failure),
    };
    match target {
        Target::Bulk => match request.method {
            Method::Post => bulk::bulk(request, body?).await,
            _ => Err(Failure::Method(&[Method::Post])),
        },
        Target::Search(resource) => match request.method {
            Method::Post => search::search(request, resource, &body?).await,
            _ => Err(Failure::Method(&[Method::Post])),
        },
        target => one(request, target, body).await,
    }
}

/// A request that is about users or groups, which may be one of many.
fn one<'f, S: Store, C: Crypto>(
    request: &'f Request<'_, S, C>,
    target: Target<'f>,
    body: Result<Value, Failure>,
) -> Pin<Box<dyn Future<Output = Result<Reply, Failure>> + 'f>> {
    use Method::{Delete, Get, Patch, Post, Put};
    use ResourceType::{Group, User};
    let mut body = match body {
        Ok(body) => body,
        Err(failure) => return Box::pin(std::future::ready(Err(failure))),
    };
    match (target, request.method) {
        (Target::Resources(resource), Get) => Box::pin(list::list(request, resource)),
        (Target::Resources(User), Post) => Box::pin(async move { users::create(request, &mut body).await }),
        (Target::Resources(Group), Post) => Box::pin(async move { groups::create(request, &mut body).await }),
        (Target::Resources(_), _) => Box::pin(std::future::ready(Err(Failure::Method(&[Get, Post])))),
        (Target::Resource(User, id), Get) => Box::pin(users::read(request, id)),
        (Target::Resource(User, id), Put | Patch) => {
            Box::pin(async move { users::update(request, id, &mut body).await })
        }
        (Target::Resource(User, id), Delete) => Box::pin(users::delete(request, id)),
        (Target::Resource(Group, id), Get) => Box::pin(groups::read(request, id)),
        (Target::Resource(Group, id), Put) => Box::pin(async move { groups::replace(request, id, &mut body).await }),
        (Target::Resource(Group, id), Patch) => Box::pin(async move { groups::patch(request, id, &mut body).await }),
        (Target::Resource(Group, id), Delete) => Box::pin(groups::delete(request, id)),
        (Target::Resource(..), _) => Box::pin(std::future::ready(Err(Failure::Method(&[Get, Put, Patch, Delete])))),
        (Target::Me, method) => Box::pin(async move {
            if !matches!(method, Get | Put | Patch | Delete) {
                return Err(Failure::Method(&[Get, Put, Patch, Delete]));
            }
            // Who it is, only the token says.
            request.load(Vec::new()).await?;
            let Some(id) = request.actor().strip_prefix("user/").map(str::to_owned) else {
                let detail = "The token is one of a service account, which is no user. Ask for /Users.";
                return Err(ScimError::protocol(404, None, detail).into());
            };
            match method {
                Get => users::read(request, &id).await,
                Delete => users::delete(request, &id).await,
                _ => users::update(request, &id, &mut body).await,
            }
        }),
        (Target::Discovery(what), Get) => Box::pin(discovery::read(request, what)),
        (Target::Discovery(_), _) => Box::pin(std::future::ready(Err(Failure::Method(&[Get])))),
        (Target::Bulk | Target::Search(_), _) => Box::pin(std::future::ready(Err(ScimError::protocol(
            400,
            Some("invalidPath"),
            "Not inside of a Bulk request.",
        )
        .into()))),
        (Target::Nothing, _) => Box::pin(std::future::ready(Err(not_found("place below the SCIM base")))),
    }
}

fn whole(call: &Call) -> Result<&[u8], Failure> {
    match &call.body {
        CallBody::Whole(bytes) => Ok(bytes),
        _ => Err(ScimError::TooLarge { what: "Bytes of a body", most: super::route::SCIM_BODY }.into()),
    }
}

/// The JSON of a body (RFC 7644, 3.1 and 8.1). Some clients leave its type out, or begin with a byte order mark, which a parser may
/// overlook (RFC 8259, 8.1).
fn json(call: &Call, body: &[u8]) -> Result<Value, Failure> {
    if !matches!(call.media_type().as_str(), "" | MEDIA_TYPE | "application/json") {
        let detail = "Send the body as application/scim+json or application/json.";
        return Err(ScimError::protocol(415, None, detail).into());
    }
    strict::parse(body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)).map_err(|error| {
        if error.is_data() {
            return ScimError::protocol(400, Some("invalidSyntax"), format!("In the body, {error}.")).into();
        }
        ScimError::Syntax { at: String::from("body"), expected: "JSON" }.into()
    })
}

#[cfg(test)]
mod tests {
    use super::names_version;

    #[test]
    fn a_version_is_named_weakly_or_not_and_among_others() {
        for (header, named) in [
            ("W/\"3\"", true),
            ("\"3\"", true),
            ("*", true),
            ("W/\"2\", W/\"3\"", true),
            ("3", true),
            ("W/\"2\"", false),
            ("W/\"33\"", false),
            ("\"+3\"", false),
            ("\"03\"", false),
            ("", false),
            ("\"x\"", false),
        ] {
            assert_eq!(names_version(header, 3), named, "{header}");
        }
    }
}
