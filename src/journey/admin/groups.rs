//! `/api/v1/accounts/{account}/groups` and their members (SPEC sections 7 and 8; seeds 000, 003 and 004).

use super::{Caller, etag, if_match, json_object, list_answer, managed_elsewhere, not_found, page_of, stale};
use crate::crypto::Crypto;
use crate::directory::{Group, GroupAct, GroupManager, MAX_NAME, UserAct, identifier, identifier_base};
use crate::fields::{FieldError, Fields, Patch};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::Provider;
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::group::{self, Member};
use crate::store::user::Listed;
use crate::store::{self, Constraint, Store, StoreError, grant};
use serde::Serialize;
use serde_json::{Map, Value};

/// How often a group is tried to be made under the next free identifier.
const MAX_ROUNDS: usize = 3;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'g> {
    #[serde(flatten)]
    group: &'g Group,
    link: Option<crate::directory::GroupLink<'g>>,
}

fn shown(group: &Group) -> Value {
    serde_json::to_value(Shown { group, link: group.link() }).unwrap_or_default()
}

fn answer(status: u16, group: &Group) -> Answer {
    Answer::json(status, &shown(group)).with("etag", etag(group.version))
}

/// `GET`
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::account::find(account), group::list(account, &page)];
    let [found, groups] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(groups.all::<Group>()?, &page, |group| &group.id, shown))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![group::find(account, id)]).await?)?;
    Ok(rows.first::<Group>()?.map_or_else(|| not_found("group"), |group| answer(200, &group)))
}

/// What an admin says of a group.
struct Draft {
    name: Option<String>,
    link: Option<(String, String)>,
    drop_members: bool,
}

impl Draft {
    fn read(input: &Map<String, Value>, before: Option<&Group>) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::of(input);
        let name = match fields.text("name", MAX_NAME) {
            Patch::Keep => before.map(|group| group.name.clone()),
            Patch::Reset => None,
            Patch::Set(name) => Some(name),
        };
        if name.is_none() {
            fields.required("name");
        }
        let linked = before.and_then(Group::link);
        let linked = linked.map(|link| (link.provider_id.to_owned(), link.saml_group.to_owned()));
        let link = fields.object("link", |fields| {
            let before = linked.clone();
            let provider = fields.text("providerId", 64).over_option(before.clone().map(|(provider, _)| provider));
            let group = fields.text("samlGroup", MAX_NAME).over_option(before.map(|(_, group)| group));
            if provider.is_none() {
                fields.required("providerId");
            }
            if group.is_none() {
                fields.required("samlGroup");
            }
            provider.zip(group)
        });
        let link = match link {
            Patch::Set(link) => link,
            Patch::Keep => linked.clone(),
            Patch::Reset => None,
        };
        let drop_members = before.is_some() && fields.boolean("dropMembers").over(false, false);
        if drop_members && !(linked.is_some() && link.is_none()) {
            fields.error(
                "dropMembers",
                "not_unlinked",
                "Members are dropped when a group is unlinked: send `link: null` too.",
            );
        }
        let errors = fields.into_errors();
        if errors.is_empty() { Ok(Self { name, link, drop_members }) } else { Err(errors) }
    }
}

/// `POST {name, link?}`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let draft = match Draft::read(&json_object(call)?, None) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Problem::fields(errors).answer()),
    };
    let name = draft.name.unwrap_or_default();
    let (provider_id, saml_group) = draft.link.unzip();
    for _ in 0..MAX_ROUNDS {
        let base = identifier_base(&name);
        let [taken] = store::take(postern.store.batch(vec![group::identifiers(account, &base)]).await?)?;
        let group = Group {
            id: postern.fresh_id(),
            identifier: identifier(&name, &group::read_ids(&taken)?),
            name: name.clone(),
            managed_by: GroupManager::Native,
            provider_id: provider_id.clone(),
            saml_group: saml_group.clone(),
            created_at: postern.now,
            updated_at: postern.now,
            version: 1,
        };
        let mut plan = change(postern, caller, "group.created", None, Some(&group)).plan(account, ())?;
        plan.push(group::insert(account, &group));
        match store::commit(postern.store, plan).await {
            // Somebody else took it meanwhile.
            Err(StoreError::Constraint(Constraint::GroupIdentifier)) => {}
            Err(error) => return refused(error, &group),
            Ok(_) => {
                let location = format!("/api/v1/accounts/{account}/groups/{}", group.id);
                let location = postern.deployment.public_url.path(&location);
                return Ok(answer(201, &group).with("location", location));
            }
        }
    }
    Err(StoreError::Unavailable("identifiers were taken by others again and again".into()).into())
}

/// `PATCH …/{id}`
pub(crate) async fn update<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let (expected, patch) = (if_match(call)?, json_object(call)?);
    let statements = vec![group::find(account, id), grant::roles_of_groups(account, &[id.to_owned()])];
    let [rows, roles] = store::take(postern.store.batch(statements).await?)?;
    let Some(before) = rows.first::<Group>()? else { return Ok(not_found("group")) };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let draft = match Draft::read(&patch, Some(&before)) {
        Ok(draft) => draft,
        Err(errors) => return Ok(Problem::fields(errors).answer()),
    };
    let (provider_id, saml_group) = draft.link.unzip();
    let name = draft.name.unwrap_or_default();
    let after =
        Group { name, provider_id, saml_group, updated_at: postern.now, version: before.version + 1, ..before.clone() };
    for (act, is_meant) in
        [(GroupAct::Rename, after.name != before.name), (GroupAct::Link, after.link() != before.link())]
    {
        if is_meant && let Err(reason) = act.check(&before, false) {
            return Ok(managed_elsewhere(&reason));
        }
    }
    if after.link().is_some() && after.link() != before.link() {
        // Whom the identity provider names gets the roles of the group.
        caller.may_grant(grant::read_permissions(&roles)?, "/link")?;
    }
    let mut plan = change(postern, caller, "group.updated", Some(&before), Some(&after)).plan(account, ())?;
    plan.push(group::update(account, &after));
    if draft.drop_members {
        plan.push(group::clear(account, id));
    }
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(answer(200, &after)),
        Err(error) => refused(error, &after),
    }
}

/// `DELETE …/{id}`
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let expected = if_match(call)?;
    let statements = vec![group::find(account, id), store::provider::naming_group(account, id)];
    let [rows, named] = store::take(postern.store.batch(statements).await?)?;
    let Some(before) = rows.first::<Group>()? else { return Ok(not_found("group")) };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let named = group::read_ids(&named)?;
    if !named.is_empty() {
        let providers = named.join(", ");
        let detail = format!("JIT rules of providers name this group ({providers}). Take it out of them first.");
        return Ok(Problem::conflict("named_by_rules", detail).answer());
    }
    if let Err(reason) = GroupAct::Delete.check(&before, false) {
        return Ok(managed_elsewhere(&reason));
    }
    let mut plan = change(postern, caller, "group.deleted", Some(&before), None).plan(account, ())?;
    plan.push(group::delete(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        Err(error) => refused(error, &before),
    }
}

fn change<'g, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &'g Caller,
    action: &'static str,
    before: Option<&'g Group>,
    after: Option<&'g Group>,
) -> Change<'g, Group> {
    let id = before.or(after).map_or("", |group| group.id.as_str());
    Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action,
        resource: format!("group/{id}"),
        version: after.map_or_else(|| before.map_or(1, |group| group.version + 1), |group| group.version),
        before,
        after,
    }
}

/// Why a group was not written.
fn refused(error: StoreError, group: &Group) -> Result<Answer, Ending> {
    let StoreError::Constraint(constraint) = error else { return Err(error.into()) };
    Ok(match constraint {
        Constraint::ChangeVersion => stale(),
        Constraint::GroupName => {
            let detail = format!("Another native group is called {}.", group.name);
            Problem::taken("/name", detail).answer()
        }
        Constraint::GroupLink => {
            let detail =
                "Another group is linked to this SAML group: put its members' roles on that one, or unlink it.";
            Problem::taken("/link/samlGroup", detail).answer()
        }
        Constraint::Reference if group.provider_id.is_some() => {
            let message = "There is no such provider in this account.".to_owned();
            let error = FieldError { pointer: "/link/providerId".into(), code: "unknown", message };
            Problem::fields(vec![error]).answer()
        }
        Constraint::Reference => not_found("account"),
        other => return Err(StoreError::Constraint(other).into()),
    })
}

/// `GET …/{id}/members`
pub(crate) async fn members<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![group::find(account, id), group::members(account, id, &page)];
    let [found, members] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Group>()?.is_none() {
        return Ok(not_found("group"));
    }
    Ok(list_answer(members.all::<Member>()?, &page, |member| &member.id, Clone::clone))
}

/// `PUT …/{id}/members/{user}`
pub(crate) async fn add_member<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
    user: &str,
) -> Result<Answer, Ending> {
    set_member(postern, caller, account, id, user, true).await
}

/// `DELETE …/{id}/members/{user}`
pub(crate) async fn remove_member<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
    user: &str,
) -> Result<Answer, Ending> {
    set_member(postern, caller, account, id, user, false).await
}

/// What is so already is not done again.
async fn set_member<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
    user: &str,
    wanted: bool,
) -> Result<Answer, Ending> {
    for round in 0..MAX_ROUNDS {
        if let Some(answer) = try_set_member(postern, caller, account, id, user, wanted, round).await? {
            return Ok(answer);
        }
    }
    Err(StoreError::Unavailable("a membership was changed by others again and again".into()).into())
}

/// `None`: somebody else changed it at the same instant.
async fn try_set_member<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
    user: &str,
    wanted: bool,
    round: usize,
) -> Result<Option<Answer>, Ending> {
    let statements = vec![
        group::find(account, id),
        store::user::find(account, user),
        group::member(account, id, user),
        group::in_scim_group(account, user),
        store::provider::of_account(account),
        grant::roles_of_groups(account, &[id.to_owned()]),
    ];
    let [groups, users, member, scim, providers, roles] = store::take(postern.store.batch(statements).await?)?;
    let Some(group) = groups.first::<Group>()? else { return Ok(Some(not_found("group"))) };
    let Some(Listed { user: found, .. }) = users.first()? else { return Ok(Some(not_found("user"))) };
    let providers = store::provider::read(&providers)?;
    let follows = |provider: &Provider| provider.settings().enabled && provider.settings().authorization.enabled;
    let linked_to = providers.iter().find(|provider| group.provider_id.as_deref() == Some(provider.id()));
    let scim_group = group::read_ids(&scim)?.into_iter().next();
    let allowed = GroupAct::Members.check(&group, linked_to.is_some_and(follows));
    if let Err(reason) = allowed.and_then(|()| UserAct::Groups.check(&found, scim_group.as_deref())) {
        return Ok(Some(managed_elsewhere(&reason)));
    }
    if wanted {
        caller.may_grant(grant::read_permissions(&roles)?, "")?;
    }
    if wanted != member.is_empty() {
        return Ok(Some(Answer::empty(204).unchanged()));
    }
    let groups = [group.id.clone()];
    let change: Change<'_, ()> = Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action: if wanted { "member.added" } else { "member.removed" },
        resource: format!("group/{id}/member/{user}"),
        // Memberships have no versions of their own: times are as good, and two at one instant look at each other.
        version: postern.now.0 + round as i64,
        before: None,
        after: None,
    };
    let mut plan = change.plan(account, ())?;
    plan.push(match wanted {
        true => group::join(account, user, &groups, postern.now),
        false => group::leave(account, user, &groups),
    });
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Some(Answer::empty(204))),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(None),
        // One of them went away after it was read.
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(Some(not_found("user"))),
        Err(error) => Err(error.into()),
    }
}
