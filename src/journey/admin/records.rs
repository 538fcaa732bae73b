//! `/api/v1/accounts/{account}/roles`, `/resource-groups`, `/role-bindings`, `/organizations`, `/projects`,
//! `/service-accounts` and `/api-keys`: one journey for all, by [`Kind`].

use super::{Caller, etag, if_match, json_object, list_answer, not_found, page_of, stale};
use crate::access::record::{Draft, Kind, Record, Reference, Referring, Settings};
use crate::access::{
    ALL_RESOURCES, ALL_RESOURCES_NAME, BUILT_IN_ROLES, BuiltInRole, Permissions, Scope, permissions_anywhere,
};
use crate::crypto::Crypto;
use crate::fields::{FieldError, Fields};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::grant::Whose;
use crate::store::record::{Resolved, User};
use crate::store::{self, Constraint, Page, Plan, Statement, Store, StoreError};
use crate::time::Timestamp;
use postern_xml::sort_by;

/// `GET`: those that are built in are on the first page of their kind.
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    kind: Kind,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::account::find(account), store::record::list(account, kind, &page)];
    let [found, records] = store::take(postern.store.batch(statements).await?)?;
    let Some(found) = found.first::<Account>()? else { return Ok(not_found("account")) };
    let mut items = if page.after.is_none() { built_in(kind, found.created_at) } else { Vec::new() };
    let page = Page { limit: page.limit.saturating_add(u32::try_from(items.len()).unwrap_or(0)), ..page };
    items.extend(store::record::read(&records)?);
    Ok(list_answer(items, &page, |record| &record.id, Record::clone))
}

/// `POST`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    kind: Kind,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let draft = Draft::read(kind, &mut fields, None);
    let draft = checked(postern, caller, account, kind, fields, draft, None).await?;
    let now = postern.now;
    let roles = (kind == Kind::ServiceAccount).then(|| draft.roles.clone());
    let record = Record {
        id: postern.fresh_id(),
        kind,
        name: draft.name,
        settings: draft.settings,
        roles,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let mut plan = change(postern, caller, None, Some(&record)).plan(account, ())?;
    plan.push(store::record::insert(account, &record)?);
    for role in draft.roles {
        let binding = bound(postern.fresh_id(), &record.id, role, now);
        plan.push(change(postern, caller, None, Some(&binding)).insert(account)?);
        plan.push(store::record::insert(account, &binding)?);
    }
    let location = format!("/api/v1/accounts/{account}/{}/{}", kind.path(), record.id);
    let location = postern.deployment.public_url.path(&location);
    Ok(saved(postern, 201, plan, &record).await?.with("location", location))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
    kind: Kind,
) -> Result<Answer, Ending> {
    let statements = vec![store::account::find(account), store::record::find(account, kind, id)];
    let [found, records] = store::take(postern.store.batch(statements).await?)?;
    let Some(found) = found.first::<Account>()? else { return Ok(not_found(kind.noun())) };
    let built_in = built_in(kind, found.created_at).into_iter().find(|record| record.id == id);
    let record = store::record::read(&records)?.into_iter().next().or(built_in);
    Ok(record.map_or_else(|| not_found(kind.noun()), |record| answer(200, &record)))
}

/// `PATCH …/{id}`
pub(crate) async fn update<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    (account, id): (&str, &str),
    kind: Kind,
) -> Result<Answer, Ending> {
    let (expected, patch) = (if_match(call)?, json_object(call)?);
    let (before, _) = find(postern, account, id, kind).await?;
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let mut fields = Fields::of(&patch);
    let draft = Draft::read(kind, &mut fields, Some(&before));
    let draft = checked(postern, caller, account, kind, fields, draft, Some(&before)).await?;
    let after = Record {
        name: draft.name,
        settings: draft.settings,
        updated_at: postern.now,
        version: before.version + 1,
        ..before.clone()
    };
    let mut plan = change(postern, caller, Some(&before), Some(&after)).plan(account, ())?;
    plan.push(store::record::update(account, &after)?);
    saved(postern, 200, plan, &after).await
}

/// `DELETE …/{id}`
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    (account, id): (&str, &str),
    kind: Kind,
) -> Result<Answer, Ending> {
    let expected = if_match(call)?;
    let (before, users) = find(postern, account, id, kind).await?;
    if !expected.is(before.version) {
        return Ok(stale());
    }
    if !users.is_empty() {
        return Ok(in_use(&users));
    }
    let mut change = change(postern, caller, Some(&before), None);
    change.version = before.version + 1;
    let mut plan = change.plan(account, ())?;
    plan.push(store::record::delete(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(stale()),
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(in_use(&[])),
        Err(error) => Err(error.into()),
    }
}

/// The record of an id, with what stands in the way of removing it.
async fn find<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
    kind: Kind,
) -> Result<(Record, Vec<User>), Ending> {
    if built_in(kind, postern.now).iter().any(|record| record.id == id) {
        let detail = format!("This {} is built in and cannot be changed. Make another one.", kind.noun());
        return Err(Problem::new(409, detail).answer().into());
    }
    let statements = vec![store::record::find(account, kind, id), store::record::in_use(account, id)];
    let [records, users] = store::take(postern.store.batch(statements).await?)?;
    let record = store::record::read(&records)?.into_iter().next().ok_or_else(|| not_found(kind.noun()))?;
    Ok((record, users.all()?))
}

fn in_use(users: &[User]) -> Answer {
    let mut detail = "This is still used, so it was not deleted.".to_owned();
    if !users.is_empty() {
        let named = |user: &User| match user.name.as_str() {
            "" => format!("{} {}", user.kind.noun(), user.id),
            name => format!("{} {name} ({})", user.kind.noun(), user.id),
        };
        let users: Vec<String> = users.iter().map(named).collect();
        detail = format!("This is still used, so it was not deleted. First delete or change: {}.", users.join(", "));
    }
    Problem::new(409, detail).answer()
}

/// What has no row: every account has it, as old as the account.
fn built_in(kind: Kind, created_at: Timestamp) -> Vec<Record> {
    let record = |id: &str, name: &str, settings| Record {
        id: id.to_owned(),
        kind,
        name: name.to_owned(),
        settings,
        roles: None,
        created_at,
        updated_at: created_at,
        version: 1,
    };
    match kind {
        Kind::Role => BUILT_IN_ROLES
            .iter()
            .map(|role| {
                record(role.id, role.name, Settings { permissions: Some(role.permissions), ..Settings::default() })
            })
            .collect(),
        Kind::ResourceGroup => {
            vec![record(
                ALL_RESOURCES,
                ALL_RESOURCES_NAME,
                Settings { resources: Some(Vec::new()), ..Settings::default() },
            )]
        }
        _ => Vec::new(),
    }
}

/// The binding of a service account to a role, at the account.
fn bound(id: String, service_account: &str, role: String, now: Timestamp) -> Record {
    let settings = Settings {
        principal: Some(Reference { kind: Kind::ServiceAccount.name().to_owned(), id: service_account.to_owned() }),
        role: Some(role),
        resource_group: Some(ALL_RESOURCES.to_owned()),
        scope: Some(Scope::Account),
        ..Settings::default()
    };
    let kind = Kind::RoleBinding;
    Record { id, kind, name: String::new(), settings, roles: None, created_at: now, updated_at: now, version: 1 }
}

/// The draft with ids for names, if all that it refers to is there, every field is sound, and the caller has what it
/// gives away.
async fn checked<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    kind: Kind,
    mut fields: Fields<'_>,
    mut draft: Draft,
    before: Option<&Record>,
) -> Result<Draft, Ending> {
    let mut statements = vec![store::account::find(account)];
    let asked: Vec<&Reference> = draft.references.iter().map(|reference| &reference.to).collect();
    statements.push(store::record::resolve(account, &asked)?);
    statements.push(given_statement(account, &draft, before));
    let [found, resolved, given] = store::take(postern.store.batch(statements).await?)?;
    if found.is_empty() {
        return Err(not_found("account").into());
    }
    let resolved: Vec<Resolved> = resolved.all()?;
    let mut given_away = match kind {
        Kind::ResourceGroup => store::record::read_bound(&given)?,
        Kind::ApiKey if before.is_none() => permissions_anywhere(&store::grant::read_one(&given)?),
        Kind::Role => {
            let had = before.and_then(|record| record.settings.permissions).unwrap_or_default();
            draft.settings.permissions.unwrap_or_default().without(had)
        }
        _ => Permissions::NONE,
    };
    let mut roles = Vec::new();
    for (at, Referring { pointer, to }) in draft.references.iter().enumerate() {
        let Some((id, permissions)) = resolve(to, store::record::meant(&resolved, at, to)) else {
            let noun = WORDS.iter().find(|(kind, _)| *kind == to.kind).map_or("thing", |(_, noun)| noun);
            fields.error(pointer, "not_found", format!("There is no such {noun} in this account."));
            continue;
        };
        given_away = given_away.with(permissions);
        match pointer.as_str() {
            "role" => draft.settings.role = Some(id),
            "resourceGroup" => draft.settings.resource_group = Some(id),
            _ if to.kind == "role" => roles.push(id),
            _ => {}
        }
    }
    sort_by(&mut roles, String::cmp);
    roles.dedup();
    draft.roles = roles;
    let errors = fields.into_errors();
    if !errors.is_empty() {
        return Err(Problem::fields(errors).answer().into());
    }
    let pointer = match kind {
        Kind::Role => "/permissions",
        Kind::ResourceGroup => "/resources",
        Kind::ServiceAccount => "/roles",
        Kind::ApiKey => "/owner",
        _ => "/role",
    };
    if before.is_none_or(|before| before.settings != draft.settings) {
        caller.may_grant(given_away, pointer)?;
    }
    Ok(draft)
}

const WORDS: [(&str, &str); 9] = [
    ("user", "user"),
    ("group", "group"),
    ("provider", "provider"),
    ("application", "application"),
    ("role", "role"),
    ("resourceGroup", "resource group"),
    ("organization", "organization"),
    ("project", "project"),
    ("serviceAccount", "service account"),
];

/// Finds what the draft gives away besides its roles: the permissions of an API key's owner, or of the bindings that a
/// resource group widens.
fn given_statement(account: &str, draft: &Draft, before: Option<&Record>) -> Statement {
    match (&draft.settings.owner, before) {
        (Some(owner), _) if owner.kind == "user" => store::grant::of(account, Whose::Users(&[&owner.id])),
        (Some(owner), _) => store::grant::of(account, Whose::ServiceAccount(&owner.id)),
        (None, before) => store::record::bound_on(account, before.map_or("", |record| &record.id)),
    }
}

/// What a reference means: its id and, of a role, what it permits.
fn resolve(to: &Reference, found: Option<&Resolved>) -> Option<(String, Permissions)> {
    if to.kind == "role"
        && let Some(role) = BuiltInRole::find(&to.id)
    {
        return Some((role.id.to_owned(), role.permissions));
    }
    if to.kind == "resourceGroup" && (to.id == ALL_RESOURCES || to.id.eq_ignore_ascii_case(ALL_RESOURCES_NAME)) {
        return Some((ALL_RESOURCES.to_owned(), Permissions::NONE));
    }
    found.map(|found| (found.id.clone(), found.permissions.unwrap_or_default()))
}

/// The change that makes `after` of `before`.
fn change<'r, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &'r Caller,
    before: Option<&'r Record>,
    after: Option<&'r Record>,
) -> Change<'r, Record> {
    let kind = after.or(before).map_or(Kind::Role, |record| record.kind);
    let [created, updated, deleted] = kind.actions();
    let action = match (before, after) {
        (None, _) => created,
        (Some(_), Some(_)) => updated,
        (Some(_), None) => deleted,
    };
    Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action,
        resource: kind.resource(after.or(before).map_or("", |record| &record.id)),
        version: after.map_or(1, |record| record.version),
        before,
        after,
    }
}

async fn saved<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    status: u16,
    plan: Plan<()>,
    record: &Record,
) -> Result<Answer, Ending> {
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(answer(status, record)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(stale()),
        Err(StoreError::Constraint(Constraint::RecordName)) => {
            Ok(Problem::taken("/name", format!("Another {} has this name.", record.kind.noun())).answer())
        }
        Err(StoreError::Constraint(Constraint::RoleBinding)) => {
            Ok(Problem::taken("/role", "There is a role binding that says the same.").answer())
        }
        Err(StoreError::Constraint(Constraint::Reference)) => {
            let message = "What this refers to was deleted meanwhile.".to_owned();
            Ok(Problem::fields(vec![FieldError { pointer: String::new(), code: "not_found", message }]).answer())
        }
        Err(error) => Err(error.into()),
    }
}

fn answer(status: u16, record: &Record) -> Answer {
    Answer::json(status, record).with("etag", etag(record.version))
}
