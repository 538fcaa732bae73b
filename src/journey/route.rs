//! Which journey a request takes: one table, and one `match` over it.

use super::{Ending, Postern, admin, login, logout, page, session, sign_in};
use crate::crypto::Crypto;
use crate::http::{Answer, Call, Method};
use crate::id::is_account_id;
use crate::problem::Problem;
use crate::store::Store;
use matchit::Router;
use std::cell::OnceCell;
use std::pin::Pin;

/// A place where a request can go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below says it")]
pub enum Endpoint {
    Health,
    Ready,
    Home,
    WhoAmI,
    SignOut,
    AcsLong,
    AcsShort,
    Login,
    LogoutRedirect,
    LogoutPost,
    SpMetadata,
    AdminPage,
    Asset,
    OpenApi,
    Accounts,
    AccountCreate,
    Account,
    Providers,
    ProviderCreate,
    Provider,
    ProviderUpdate,
    ProviderDelete,
    ProviderRefresh,
    Users,
    User,
    SignIns,
    SignIn,
    Explain,
    Keys,
    KeyCreate,
    Events,
}

/// Every route. `/api/v1/openapi.json` describes those of the admin API; a test holds the two together.
pub const ROUTES: &[(Method, &str, Endpoint)] = &[
    (Method::Get, "/", Endpoint::Home),
    (Method::Get, "/healthz", Endpoint::Health),
    (Method::Get, "/readyz", Endpoint::Ready),
    (Method::Get, "/whoami", Endpoint::WhoAmI),
    (Method::Post, "/sign-out", Endpoint::SignOut),
    (Method::Post, "/gateway/api/users/saml-login", Endpoint::AcsLong),
    (Method::Post, "/saml/{account}/acs", Endpoint::AcsShort),
    (Method::Get, "/saml/{account}/login", Endpoint::Login),
    (Method::Get, "/saml/{account}/slo", Endpoint::LogoutRedirect),
    (Method::Post, "/saml/{account}/slo", Endpoint::LogoutPost),
    (Method::Get, "/saml/{account}/metadata", Endpoint::SpMetadata),
    (Method::Get, "/admin", Endpoint::AdminPage),
    (Method::Get, "/admin/", Endpoint::Asset),
    (Method::Get, "/admin/{*path}", Endpoint::Asset),
    (Method::Get, "/pages/{*path}", Endpoint::Asset),
    (Method::Get, "/api/v1/openapi.json", Endpoint::OpenApi),
    (Method::Get, "/api/v1/accounts", Endpoint::Accounts),
    (Method::Post, "/api/v1/accounts", Endpoint::AccountCreate),
    (Method::Get, "/api/v1/accounts/{account}", Endpoint::Account),
    (Method::Get, "/api/v1/accounts/{account}/providers", Endpoint::Providers),
    (Method::Post, "/api/v1/accounts/{account}/providers", Endpoint::ProviderCreate),
    (Method::Get, "/api/v1/accounts/{account}/providers/{id}", Endpoint::Provider),
    (Method::Patch, "/api/v1/accounts/{account}/providers/{id}", Endpoint::ProviderUpdate),
    (Method::Delete, "/api/v1/accounts/{account}/providers/{id}", Endpoint::ProviderDelete),
    (Method::Post, "/api/v1/accounts/{account}/providers/{id}/refresh", Endpoint::ProviderRefresh),
    (Method::Get, "/api/v1/accounts/{account}/users", Endpoint::Users),
    (Method::Get, "/api/v1/accounts/{account}/users/{id}", Endpoint::User),
    (Method::Get, "/api/v1/accounts/{account}/sign-ins", Endpoint::SignIns),
    (Method::Get, "/api/v1/accounts/{account}/sign-ins/{id}", Endpoint::SignIn),
    (Method::Post, "/api/v1/accounts/{account}/saml/explain", Endpoint::Explain),
    (Method::Get, "/api/v1/accounts/{account}/keys", Endpoint::Keys),
    (Method::Post, "/api/v1/accounts/{account}/keys", Endpoint::KeyCreate),
    (Method::Get, "/api/v1/accounts/{account}/events", Endpoint::Events),
];

/// How many bytes of a body the route of a path takes (SPEC section 15).
pub fn body_limit(path: &str) -> usize {
    if path.contains("/api/v1/") { 1024 * 1024 } else { 256 * 1024 }
}

thread_local! {
    static ROUTER: OnceCell<Router<Vec<(Method, Endpoint)>>> = const { OnceCell::new() };
}

/// A path of the table, by its methods.
fn router() -> Router<Vec<(Method, Endpoint)>> {
    let mut paths: Vec<(&str, Vec<(Method, Endpoint)>)> = Vec::new();
    for (method, path, endpoint) in ROUTES {
        match paths.iter_mut().find(|(known, _)| known == path) {
            Some((_, methods)) => methods.push((*method, *endpoint)),
            None => paths.push((path, vec![(*method, *endpoint)])),
        }
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        // A path that contradicts another would be left out; a test finds every one.
        let _ = router.insert(path, methods);
    }
    router
}

enum Found {
    Endpoint { endpoint: Endpoint, account: String, id: String },
    OtherMethods(Vec<Method>),
    Nothing,
}

fn find(method: Method, path: &str) -> Found {
    ROUTER.with(|cell| {
        let Ok(found) = cell.get_or_init(router).at(path) else { return Found::Nothing };
        let parameter = |name| found.params.get(name).unwrap_or_default().to_owned();
        match found.value.iter().find(|(known, _)| *known == method) {
            Some((_, endpoint)) => {
                Found::Endpoint { endpoint: *endpoint, account: parameter("account"), id: parameter("id") }
            }
            None => Found::OtherMethods(found.value.iter().map(|(method, _)| *method).collect()),
        }
    })
}

/// Answers a request.
pub async fn route<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, mut call: Call) -> Answer {
    call.path = postern.deployment.public_url.without_prefix(&call.path).to_owned();
    let is_api = call.path.starts_with("/api/") || call.path == "/whoami";
    let answer = match find(call.method, &call.path) {
        Found::Endpoint { endpoint, account, id } => answer(postern, &call, endpoint, account, &id).await,
        Found::OtherMethods(methods) => {
            let allow: Vec<_> = methods.into_iter().map(Method::name).collect();
            Ok(error(postern, is_api, 405, "This method is not allowed here.").with("allow", allow.join(", ")))
        }
        Found::Nothing => Ok(error(postern, is_api, 404, "There is nothing here.")),
    };
    match answer {
        Ok(answer) | Err(Ending::Answer(answer)) => answer,
        Err(Ending::Store(fault)) => unavailable(
            postern,
            is_api,
            "The database did not answer as it should. Nothing is half-done; try again.",
            &fault,
        ),
        Err(Ending::Crypto(fault)) => unavailable(
            postern,
            is_api,
            "A private key could not be used. Nothing is half-done; the Worker's log says why.",
            &fault,
        ),
    }
}

/// Our own failure: the operator's log says why.
fn unavailable<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    is_api: bool,
    sentence: &str,
    fault: &dyn std::fmt::Display,
) -> Answer {
    let answer = error(postern, is_api, 503, sentence).with("retry-after", "5");
    Answer { fault: Some(fault.to_string()), ..answer }
}

/// A problem for a program, a page for a person.
fn error<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, is_api: bool, status: u16, sentence: &str) -> Answer {
    if is_api {
        return Problem::new(status, sentence).answer();
    }
    page::sentence(status, &postern.deployment.public_url, sentence)
}

async fn answer<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    endpoint: Endpoint,
    mut account: String,
    id: &str,
) -> Result<Answer, Ending> {
    if endpoint == Endpoint::AcsLong {
        account = call.query_parameter("accountId").unwrap_or_default();
    }
    let of_account =
        endpoint == Endpoint::AcsLong || ROUTES.iter().any(|(_, p, e)| *e == endpoint && p.contains("{account}"));
    let is_admin = ROUTES.iter().any(|(_, p, e)| *e == endpoint && p.starts_with("/api/v1/accounts"));
    if is_admin {
        admin::authorize(postern, call)?;
    }
    if of_account && !is_account_id(&account) {
        return Ok(error(postern, is_admin, 404, "There is no such account."));
    }
    let account = account.as_str();
    // In one function, all journeys would be compiled for the first request of every isolate, whichever it is.
    let journey: Pin<Box<dyn Future<Output = Result<Answer, Ending>> + '_>> = match endpoint {
        Endpoint::Health => return Ok(Answer::json(200, &serde_json::json!({ "status": "ok" }))),
        Endpoint::Ready => Box::pin(session::ready(postern)),
        Endpoint::Home => Box::pin(session::home(postern, call)),
        Endpoint::WhoAmI => Box::pin(session::whoami(postern, call)),
        Endpoint::SignOut => Box::pin(logout::sign_out(postern, call)),
        Endpoint::AcsLong | Endpoint::AcsShort => Box::pin(sign_in::acs(postern, call, account)),
        Endpoint::Login => Box::pin(login::begin(postern, call, account)),
        Endpoint::LogoutRedirect | Endpoint::LogoutPost => Box::pin(logout::slo(postern, call, account)),
        Endpoint::SpMetadata => Box::pin(login::sp_metadata(postern, call, account)),
        Endpoint::AdminPage => return Ok(Answer::redirect(308, postern.deployment.public_url.path("/admin/"))),
        Endpoint::Asset => return Ok(page::asset(&call.path)),
        Endpoint::OpenApi => return Ok(page::asset("/openapi.json")),
        Endpoint::Accounts => Box::pin(admin::accounts::list(postern, call)),
        Endpoint::AccountCreate => Box::pin(admin::accounts::create(postern, call)),
        Endpoint::Account => Box::pin(admin::accounts::read(postern, account)),
        Endpoint::Providers => Box::pin(admin::providers::list(postern, account)),
        Endpoint::ProviderCreate => Box::pin(admin::providers::create(postern, call, account)),
        Endpoint::Provider => Box::pin(admin::providers::read(postern, account, id)),
        Endpoint::ProviderUpdate => Box::pin(admin::providers::update(postern, call, account, id)),
        Endpoint::ProviderDelete => Box::pin(admin::providers::delete(postern, call, account, id)),
        Endpoint::ProviderRefresh => Box::pin(admin::providers::refresh(postern, account, id)),
        Endpoint::Users => Box::pin(admin::users::list(postern, call, account)),
        Endpoint::User => Box::pin(admin::users::read(postern, account, id)),
        Endpoint::SignIns => Box::pin(admin::sign_ins::list(postern, call, account)),
        Endpoint::SignIn => Box::pin(admin::sign_ins::read(postern, account, id)),
        Endpoint::Explain => Box::pin(admin::explain::explain(postern, call, account)),
        Endpoint::Keys => Box::pin(admin::keys::list(postern, account)),
        Endpoint::KeyCreate => Box::pin(admin::keys::create(postern, call, account)),
        Endpoint::Events => Box::pin(admin::events::list(postern, call, account)),
    };
    journey.await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_path() {
        for (method, path, endpoint) in ROUTES {
            let example = path.replace("{account}", "acme").replace("{id}", "1").replace("{*path}", "a/b.css");
            match find(*method, &example) {
                Found::Endpoint { endpoint: found, .. } => assert_eq!(found, *endpoint, "{path}"),
                _ => panic!("{path} is not routed"),
            }
        }
    }
}
