//! Which journey a request takes: one table, and one `match` over it.

use super::{Ending, Postern, admin, login, logout, page, scim, session, sign_in};
use crate::access::Permission::{self, *};
use crate::access::Resource;
use crate::access::record::Kind;
use crate::crypto::Crypto;
use crate::deployment::PublicUrl;
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
    AccountUpdate,
    Providers,
    ProviderCreate,
    Provider,
    ProviderUpdate,
    ProviderDelete,
    ProviderRefresh,
    ProviderDryRun,
    Users,
    UserCreate,
    User,
    UserUpdate,
    UserDelete,
    RemovedUsers,
    RemovedUserForget,
    Groups,
    GroupCreate,
    Group,
    GroupUpdate,
    GroupDelete,
    Members,
    MemberAdd,
    MemberRemove,
    Invitations,
    InvitationCreate,
    Invitation,
    InvitationDelete,
    InvitationOpen,
    SignIns,
    SignIn,
    Explain,
    Keys,
    KeyCreate,
    Events,
    AuditLog,
    ProvisioningLog,
    Records(Kind),
    RecordCreate(Kind),
    Record(Kind),
    RecordUpdate(Kind),
    RecordDelete(Kind),
    Tokens,
    TokenCreate,
    TokenDelete,
    UserAccess,
    AccessPreview,
    Export,
    Import,
}

impl Endpoint {
    /// Whether a call of it can change something.
    fn changes(self, method: Method) -> bool {
        method != Method::Get && !matches!(self, Self::Explain | Self::ProviderDryRun | Self::AccessPreview)
    }
}

/// What the one who asks has to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing, or what the journey asks for itself.
    Nothing,
    /// The set-up token.
    SetupToken,
    /// A permission in the account of the path.
    Permission(Permission),
}

/// Every route, but for what is below a SCIM base: `journey::scim` has one table of its own for all of them.
/// `/api/v1/openapi.json` describes those of the admin API; a test holds the two together.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    (Method::Get, "/", Endpoint::Home, Needs::Nothing),
    (Method::Get, "/healthz", Endpoint::Health, Needs::Nothing),
    (Method::Get, "/readyz", Endpoint::Ready, Needs::Nothing),
    (Method::Get, "/whoami", Endpoint::WhoAmI, Needs::Nothing),
    (Method::Post, "/sign-out", Endpoint::SignOut, Needs::Nothing),
    (Method::Post, "/gateway/api/users/saml-login", Endpoint::AcsLong, Needs::Nothing),
    (Method::Post, "/saml/{account}/acs", Endpoint::AcsShort, Needs::Nothing),
    (Method::Get, "/saml/{account}/login", Endpoint::Login, Needs::Nothing),
    (Method::Get, "/saml/{account}/slo", Endpoint::LogoutRedirect, Needs::Nothing),
    (Method::Post, "/saml/{account}/slo", Endpoint::LogoutPost, Needs::Nothing),
    (Method::Get, "/saml/{account}/metadata", Endpoint::SpMetadata, Needs::Nothing),
    (Method::Get, "/invitations/{account}/{id}", Endpoint::InvitationOpen, Needs::Nothing),
    (Method::Get, "/admin", Endpoint::AdminPage, Needs::Nothing),
    (Method::Get, "/admin/", Endpoint::Asset, Needs::Nothing),
    (Method::Get, "/admin/{*path}", Endpoint::Asset, Needs::Nothing),
    (Method::Get, "/pages/{*path}", Endpoint::Asset, Needs::Nothing),
    (Method::Get, "/api/v1/openapi.json", Endpoint::OpenApi, Needs::Nothing),
    (Method::Get, "/api/v1/accounts", Endpoint::Accounts, Needs::SetupToken),
    (Method::Post, "/api/v1/accounts", Endpoint::AccountCreate, Needs::SetupToken),
    (Method::Get, "/api/v1/accounts/{account}", Endpoint::Account, Needs::Permission(AccountView)),
    (Method::Patch, "/api/v1/accounts/{account}", Endpoint::AccountUpdate, Needs::Permission(AccountManage)),
    (Method::Get, "/api/v1/accounts/{account}/providers", Endpoint::Providers, Needs::Permission(ProvidersView)),
    (Method::Post, "/api/v1/accounts/{account}/providers", Endpoint::ProviderCreate, Needs::Permission(ProvidersManage)),
    (Method::Get, "/api/v1/accounts/{account}/providers/{id}", Endpoint::Provider, Needs::Permission(ProvidersView)),
    (Method::Patch, "/api/v1/accounts/{account}/providers/{id}", Endpoint::ProviderUpdate, Needs::Permission(ProvidersManage)),
    (Method::Delete, "/api/v1/accounts/{account}/providers/{id}", Endpoint::ProviderDelete, Needs::Permission(ProvidersManage)),
    (Method::Post, "/api/v1/accounts/{account}/providers/{id}/refresh", Endpoint::ProviderRefresh, Needs::Permission(ProvidersManage)),
    (Method::Post, "/api/v1/accounts/{account}/providers/{id}/dry-run", Endpoint::ProviderDryRun, Needs::Permission(ProvidersManage)),
    (Method::Get, "/api/v1/accounts/{account}/users", Endpoint::Users, Needs::Permission(UsersView)),
    (Method::Post, "/api/v1/accounts/{account}/users", Endpoint::UserCreate, Needs::Permission(UsersManage)),
    (Method::Get, "/api/v1/accounts/{account}/users/{id}", Endpoint::User, Needs::Permission(UsersView)),
    (Method::Patch, "/api/v1/accounts/{account}/users/{id}", Endpoint::UserUpdate, Needs::Permission(UsersManage)),
    (Method::Delete, "/api/v1/accounts/{account}/users/{id}", Endpoint::UserDelete, Needs::Permission(UsersManage)),
    (Method::Get, "/api/v1/accounts/{account}/removed-users", Endpoint::RemovedUsers, Needs::Permission(UsersView)),
    (Method::Delete, "/api/v1/accounts/{account}/removed-users/{id}", Endpoint::RemovedUserForget, Needs::Permission(UsersManage)),
    (Method::Get, "/api/v1/accounts/{account}/groups", Endpoint::Groups, Needs::Permission(GroupsView)),
    (Method::Post, "/api/v1/accounts/{account}/groups", Endpoint::GroupCreate, Needs::Permission(GroupsManage)),
    (Method::Get, "/api/v1/accounts/{account}/groups/{id}", Endpoint::Group, Needs::Permission(GroupsView)),
    (Method::Patch, "/api/v1/accounts/{account}/groups/{id}", Endpoint::GroupUpdate, Needs::Permission(GroupsManage)),
    (Method::Delete, "/api/v1/accounts/{account}/groups/{id}", Endpoint::GroupDelete, Needs::Permission(GroupsManage)),
    (Method::Get, "/api/v1/accounts/{account}/groups/{id}/members", Endpoint::Members, Needs::Permission(GroupsView)),
    (Method::Put, "/api/v1/accounts/{account}/groups/{id}/members/{user}", Endpoint::MemberAdd, Needs::Permission(GroupsManage)),
    (Method::Delete, "/api/v1/accounts/{account}/groups/{id}/members/{user}", Endpoint::MemberRemove, Needs::Permission(GroupsManage)),
    (Method::Get, "/api/v1/accounts/{account}/invitations", Endpoint::Invitations, Needs::Permission(UsersView)),
    (Method::Post, "/api/v1/accounts/{account}/invitations", Endpoint::InvitationCreate, Needs::Permission(UsersManage)),
    (Method::Get, "/api/v1/accounts/{account}/invitations/{id}", Endpoint::Invitation, Needs::Permission(UsersView)),
    (Method::Delete, "/api/v1/accounts/{account}/invitations/{id}", Endpoint::InvitationDelete, Needs::Permission(UsersManage)),
    (Method::Get, "/api/v1/accounts/{account}/sign-ins", Endpoint::SignIns, Needs::Permission(AuditView)),
    (Method::Get, "/api/v1/accounts/{account}/sign-ins/{id}", Endpoint::SignIn, Needs::Permission(AuditView)),
    (Method::Post, "/api/v1/accounts/{account}/saml/explain", Endpoint::Explain, Needs::Permission(ProvidersView)),
    (Method::Get, "/api/v1/accounts/{account}/keys", Endpoint::Keys, Needs::Permission(ProvidersView)),
    (Method::Post, "/api/v1/accounts/{account}/keys", Endpoint::KeyCreate, Needs::Permission(ProvidersManage)),
    (Method::Get, "/api/v1/accounts/{account}/events", Endpoint::Events, Needs::Permission(AuditView)),
    (Method::Get, "/api/v1/accounts/{account}/audit-log", Endpoint::AuditLog, Needs::Permission(AuditView)),
    (Method::Get, "/api/v1/accounts/{account}/provisioning-log", Endpoint::ProvisioningLog, Needs::Permission(AuditView)),
    (Method::Get, "/api/v1/accounts/{account}/roles", Endpoint::Records(Kind::Role), Needs::Permission(RolesView)),
    (Method::Post, "/api/v1/accounts/{account}/roles", Endpoint::RecordCreate(Kind::Role), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/roles/{id}", Endpoint::Record(Kind::Role), Needs::Permission(RolesView)),
    (Method::Patch, "/api/v1/accounts/{account}/roles/{id}", Endpoint::RecordUpdate(Kind::Role), Needs::Permission(RolesManage)),
    (Method::Delete, "/api/v1/accounts/{account}/roles/{id}", Endpoint::RecordDelete(Kind::Role), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/resource-groups", Endpoint::Records(Kind::ResourceGroup), Needs::Permission(RolesView)),
    (Method::Post, "/api/v1/accounts/{account}/resource-groups", Endpoint::RecordCreate(Kind::ResourceGroup), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/resource-groups/{id}", Endpoint::Record(Kind::ResourceGroup), Needs::Permission(RolesView)),
    (Method::Patch, "/api/v1/accounts/{account}/resource-groups/{id}", Endpoint::RecordUpdate(Kind::ResourceGroup), Needs::Permission(RolesManage)),
    (Method::Delete, "/api/v1/accounts/{account}/resource-groups/{id}", Endpoint::RecordDelete(Kind::ResourceGroup), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/role-bindings", Endpoint::Records(Kind::RoleBinding), Needs::Permission(RolesView)),
    (Method::Post, "/api/v1/accounts/{account}/role-bindings", Endpoint::RecordCreate(Kind::RoleBinding), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/role-bindings/{id}", Endpoint::Record(Kind::RoleBinding), Needs::Permission(RolesView)),
    (Method::Patch, "/api/v1/accounts/{account}/role-bindings/{id}", Endpoint::RecordUpdate(Kind::RoleBinding), Needs::Permission(RolesManage)),
    (Method::Delete, "/api/v1/accounts/{account}/role-bindings/{id}", Endpoint::RecordDelete(Kind::RoleBinding), Needs::Permission(RolesManage)),
    (Method::Get, "/api/v1/accounts/{account}/organizations", Endpoint::Records(Kind::Organization), Needs::Permission(AccountView)),
    (Method::Post, "/api/v1/accounts/{account}/organizations", Endpoint::RecordCreate(Kind::Organization), Needs::Permission(AccountManage)),
    (Method::Get, "/api/v1/accounts/{account}/organizations/{id}", Endpoint::Record(Kind::Organization), Needs::Permission(AccountView)),
    (Method::Patch, "/api/v1/accounts/{account}/organizations/{id}", Endpoint::RecordUpdate(Kind::Organization), Needs::Permission(AccountManage)),
    (Method::Delete, "/api/v1/accounts/{account}/organizations/{id}", Endpoint::RecordDelete(Kind::Organization), Needs::Permission(AccountManage)),
    (Method::Get, "/api/v1/accounts/{account}/projects", Endpoint::Records(Kind::Project), Needs::Permission(AccountView)),
    (Method::Post, "/api/v1/accounts/{account}/projects", Endpoint::RecordCreate(Kind::Project), Needs::Permission(AccountManage)),
    (Method::Get, "/api/v1/accounts/{account}/projects/{id}", Endpoint::Record(Kind::Project), Needs::Permission(AccountView)),
    (Method::Patch, "/api/v1/accounts/{account}/projects/{id}", Endpoint::RecordUpdate(Kind::Project), Needs::Permission(AccountManage)),
    (Method::Delete, "/api/v1/accounts/{account}/projects/{id}", Endpoint::RecordDelete(Kind::Project), Needs::Permission(AccountManage)),
    (Method::Get, "/api/v1/accounts/{account}/service-accounts", Endpoint::Records(Kind::ServiceAccount), Needs::Permission(ServiceAccountsView)),
    (Method::Post, "/api/v1/accounts/{account}/service-accounts", Endpoint::RecordCreate(Kind::ServiceAccount), Needs::Permission(ServiceAccountsManage)),
    (Method::Get, "/api/v1/accounts/{account}/service-accounts/{id}", Endpoint::Record(Kind::ServiceAccount), Needs::Permission(ServiceAccountsView)),
    (Method::Patch, "/api/v1/accounts/{account}/service-accounts/{id}", Endpoint::RecordUpdate(Kind::ServiceAccount), Needs::Permission(ServiceAccountsManage)),
    (Method::Delete, "/api/v1/accounts/{account}/service-accounts/{id}", Endpoint::RecordDelete(Kind::ServiceAccount), Needs::Permission(ServiceAccountsManage)),
    (Method::Get, "/api/v1/accounts/{account}/api-keys", Endpoint::Records(Kind::ApiKey), Needs::Permission(ServiceAccountsView)),
    (Method::Post, "/api/v1/accounts/{account}/api-keys", Endpoint::RecordCreate(Kind::ApiKey), Needs::Permission(ServiceAccountsManage)),
    (Method::Get, "/api/v1/accounts/{account}/api-keys/{id}", Endpoint::Record(Kind::ApiKey), Needs::Permission(ServiceAccountsView)),
    (Method::Patch, "/api/v1/accounts/{account}/api-keys/{id}", Endpoint::RecordUpdate(Kind::ApiKey), Needs::Permission(ServiceAccountsManage)),
    (Method::Delete, "/api/v1/accounts/{account}/api-keys/{id}", Endpoint::RecordDelete(Kind::ApiKey), Needs::Permission(ServiceAccountsManage)),
    (Method::Get, "/api/v1/accounts/{account}/api-keys/{id}/tokens", Endpoint::Tokens, Needs::Permission(ServiceAccountsView)),
    (Method::Post, "/api/v1/accounts/{account}/api-keys/{id}/tokens", Endpoint::TokenCreate, Needs::Permission(ServiceAccountsManage)),
    (Method::Delete, "/api/v1/accounts/{account}/api-keys/{id}/tokens/{token}", Endpoint::TokenDelete, Needs::Permission(ServiceAccountsManage)),
    (Method::Get, "/api/v1/accounts/{account}/users/{id}/access", Endpoint::UserAccess, Needs::Permission(RolesView)),
    (Method::Post, "/api/v1/accounts/{account}/access/preview", Endpoint::AccessPreview, Needs::Permission(RolesView)),
    (Method::Get, "/api/v1/accounts/{account}/export", Endpoint::Export, Needs::Permission(AccountManage)),
    (Method::Post, "/api/v1/accounts/{account}/import", Endpoint::Import, Needs::SetupToken),
];

/// How many bytes of a body SCIM takes (SPEC section 15).
pub(super) const SCIM_BODY: usize = 1024 * 1024;

/// How many bytes of a body the route of a path takes (SPEC section 15).
pub fn body_limit(public_url: &PublicUrl, path: &str) -> usize {
    let path = public_url.without_prefix(path);
    if path.starts_with("/api/v1/") || scim::Base::of(path).is_some() { SCIM_BODY } else { 256 * 1024 }
}

/// A row of the table.
type Route = (Method, &'static str, Endpoint, Needs);

thread_local! {
    static ROUTER: OnceCell<Router<Vec<&'static Route>>> = const { OnceCell::new() };
}

/// A path of the table, by its methods.
fn router() -> Router<Vec<&'static Route>> {
    let mut paths: Vec<(&str, Vec<&Route>)> = Vec::new();
    for route in ROUTES {
        match paths.iter_mut().find(|(known, _)| *known == route.1) {
            Some((_, methods)) => methods.push(route),
            None => paths.push((route.1, vec![route])),
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
    Place(Place),
    OtherMethods(Vec<Method>),
    Nothing,
}

/// A row of the table, with what its path says.
struct Place {
    endpoint: Endpoint,
    needs: Needs,
    /// `{account}`, if the row has it.
    account: Option<String>,
    /// `{id}`, or nothing.
    id: String,
    /// `{user}`, or nothing.
    user: String,
    /// `{token}`, or nothing.
    token: String,
    /// What it is about, if a resource group can list it.
    resource: Option<Resource>,
}

fn find(method: Method, path: &str) -> Found {
    ROUTER.with(|cell| {
        let Ok(found) = cell.get_or_init(router).at(path) else { return Found::Nothing };
        let parameter = |name| found.params.get(name).map(str::to_owned);
        match found.value.iter().find(|route| route.0 == method) {
            Some((_, path, endpoint, needs)) => {
                let id = parameter("id").unwrap_or_default();
                Found::Place(Place {
                    endpoint: *endpoint,
                    needs: *needs,
                    account: parameter("account"),
                    resource: admin::resource(path, &id),
                    id,
                    user: parameter("user").unwrap_or_default(),
                    token: parameter("token").unwrap_or_default(),
                })
            }
            None => Found::OtherMethods(found.value.iter().map(|route| route.0).collect()),
        }
    })
}

/// Answers a request.
pub async fn route<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, mut call: Call) -> Answer {
    call.path = postern.deployment.public_url.without_prefix(&call.path).to_owned();
    if let Some(base) = scim::Base::of(&call.path) {
        return Box::pin(scim::answer(postern, &call, &base)).await;
    }
    let is_api = call.path.starts_with("/api/") || call.path == "/whoami";
    let answer = match find(call.method, &call.path) {
        Found::Place(place) => answer(postern, &call, place).await,
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
    Place { endpoint, needs, account, id, user, token, resource }: Place,
) -> Result<Answer, Ending> {
    let caller = admin::authorize(postern, call, needs, account.as_deref(), resource.as_ref()).await?;
    let caller = &caller;
    let account = match endpoint {
        Endpoint::AcsLong => Some(call.query_parameter("accountId").unwrap_or_default()),
        _ => account,
    };
    if account.as_deref().is_some_and(|id| !is_account_id(id)) {
        return Ok(error(postern, needs != Needs::Nothing, 404, "There is no such account."));
    }
    let (account, id) = (account.unwrap_or_default(), id.as_str());
    let account = account.as_str();
    if caller.has_setup_token() && !endpoint.changes(call.method) {
        admin::note_use(postern, call, account).await?;
    }
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
        Endpoint::AccountCreate => Box::pin(admin::accounts::create(postern, call, caller)),
        Endpoint::Account => Box::pin(admin::accounts::read(postern, account)),
        Endpoint::AccountUpdate => Box::pin(admin::accounts::update(postern, call, caller, account)),
        Endpoint::Providers => Box::pin(admin::providers::list(postern, account)),
        Endpoint::ProviderCreate => Box::pin(admin::providers::create(postern, call, caller, account)),
        Endpoint::Provider => Box::pin(admin::providers::read(postern, account, id)),
        Endpoint::ProviderUpdate => Box::pin(admin::providers::update(postern, call, caller, account, id)),
        Endpoint::ProviderDelete => Box::pin(admin::providers::delete(postern, call, caller, account, id)),
        Endpoint::ProviderRefresh => Box::pin(admin::providers::refresh(postern, caller, account, id)),
        Endpoint::ProviderDryRun => Box::pin(admin::dry_run::dry_run(postern, call, account, id)),
        Endpoint::Users => Box::pin(admin::users::list(postern, call, account)),
        Endpoint::UserCreate => Box::pin(admin::users::create(postern, call, caller, account)),
        Endpoint::User => Box::pin(admin::users::read(postern, account, id)),
        Endpoint::UserUpdate => Box::pin(admin::users::update(postern, call, caller, account, id)),
        Endpoint::UserDelete => Box::pin(admin::users::delete(postern, call, caller, account, id)),
        Endpoint::RemovedUsers => Box::pin(admin::users::removed(postern, call, account)),
        Endpoint::RemovedUserForget => Box::pin(admin::users::forget_removed(postern, caller, account, id)),
        Endpoint::Groups => Box::pin(admin::groups::list(postern, call, account)),
        Endpoint::GroupCreate => Box::pin(admin::groups::create(postern, call, caller, account)),
        Endpoint::Group => Box::pin(admin::groups::read(postern, account, id)),
        Endpoint::GroupUpdate => Box::pin(admin::groups::update(postern, call, caller, account, id)),
        Endpoint::GroupDelete => Box::pin(admin::groups::delete(postern, call, caller, account, id)),
        Endpoint::Members => Box::pin(admin::groups::members(postern, call, account, id)),
        Endpoint::MemberAdd => Box::pin(admin::groups::add_member(postern, caller, account, id, &user)),
        Endpoint::MemberRemove => Box::pin(admin::groups::remove_member(postern, caller, account, id, &user)),
        Endpoint::Invitations => Box::pin(admin::invitations::list(postern, call, account)),
        Endpoint::InvitationCreate => Box::pin(admin::invitations::create(postern, call, caller, account)),
        Endpoint::Invitation => Box::pin(admin::invitations::read(postern, account, id)),
        Endpoint::InvitationDelete => Box::pin(admin::invitations::delete(postern, call, caller, account, id)),
        Endpoint::InvitationOpen => Box::pin(admin::invitations::open(postern, account, id)),
        Endpoint::SignIns => Box::pin(admin::logs::list(postern, call, account, &admin::logs::SIGN_INS)),
        Endpoint::SignIn => Box::pin(admin::sign_ins::read(postern, account, id)),
        Endpoint::Explain => Box::pin(admin::explain::explain(postern, call, account)),
        Endpoint::Keys => Box::pin(admin::keys::list(postern, account)),
        Endpoint::KeyCreate => Box::pin(admin::keys::create(postern, call, caller, account)),
        Endpoint::Events => Box::pin(admin::logs::list(postern, call, account, &admin::logs::EVENTS)),
        Endpoint::AuditLog => Box::pin(admin::logs::list(postern, call, account, &admin::logs::AUDIT_LOG)),
        Endpoint::ProvisioningLog => {
            Box::pin(admin::logs::list(postern, call, account, &admin::logs::PROVISIONING_LOG))
        }
        Endpoint::Records(kind) => Box::pin(admin::records::list(postern, call, account, kind)),
        Endpoint::RecordCreate(kind) => Box::pin(admin::records::create(postern, call, caller, account, kind)),
        Endpoint::Record(kind) => Box::pin(admin::records::read(postern, account, id, kind)),
        Endpoint::RecordUpdate(kind) => Box::pin(admin::records::update(postern, call, caller, (account, id), kind)),
        Endpoint::RecordDelete(kind) => Box::pin(admin::records::delete(postern, call, caller, (account, id), kind)),
        Endpoint::UserAccess => Box::pin(admin::access::of_user(postern, call, account, id)),
        Endpoint::AccessPreview => Box::pin(admin::access::preview(postern, call, account)),
        Endpoint::Export => Box::pin(admin::export::export(postern, call, caller, account)),
        Endpoint::Import => Box::pin(admin::import::import(postern, call, caller, account)),
        Endpoint::Tokens => Box::pin(admin::tokens::list(postern, call, account, id)),
        Endpoint::TokenCreate => Box::pin(admin::tokens::create(postern, call, caller, (account, id))),
        Endpoint::TokenDelete => Box::pin(admin::tokens::delete(postern, caller, (account, id), &token)),
    };
    let ended = journey.await;
    let changed_nothing = match &ended {
        Ok(answer) | Err(Ending::Answer(answer)) => answer.status >= 400 || answer.unchanged,
        Err(Ending::Crypto(_)) => true,
        // It may have been written.
        Err(Ending::Store(_)) => false,
    };
    if changed_nothing && caller.has_setup_token() && endpoint.changes(call.method) {
        admin::note_use(postern, call, account).await?;
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_by_its_own_path() {
        for (method, path, endpoint, _) in ROUTES {
            let example = path
                .replace("{account}", "acme")
                .replace("{id}", "1")
                .replace("{user}", "2")
                .replace("{token}", "2")
                .replace("{*path}", "a/b.css");
            match find(*method, &example) {
                Found::Place(place) => assert_eq!(place.endpoint, *endpoint, "{path}"),
                _ => panic!("{path} is not routed"),
            }
        }
    }
}
