//! `/Groups` and `/Groups/{id}` (RFC 7644, 3.3 to 3.6). Members are changed one by one and never read to be written: two
//! requests at one instant lose nothing of each other.

use super::members::{self, Known};
use super::users::{contended, log_plan, nothing_to_do};
use super::{Failure, MAX_ROUNDS, Reply, Request, moved, next, not_found};
use crate::crypto::Crypto;
use crate::directory::{Group, GroupManager, identifier, identifier_base};
use crate::http::Method;
use crate::scim::render::{self, location};
use crate::scim::{GroupDocument, GroupPatch, MemberChange, Meta, Patch, Projection, ResourceType, ScimError, dialect};
use crate::store::change::Change;
use crate::store::group;
use crate::store::scim_group::{self, MEMBERS_IN_A_ROW, Members, ScimGroup};
use crate::store::scim_list::{guard_group, lift_guard};
use crate::store::{Constraint, Plan, Store, StoreError, commit, commit_reading};
use postern_xml::sort_by;
use serde_json::Value;

impl ScimGroup {
    /// The group as JSON, without its members.
    pub(super) fn rendered(&self, owner: &str, base: &str) -> Value {
        let external_id = self.external_id.as_deref().filter(|_| self.external_owner.as_deref() == Some(owner));
        let meta =
            Meta { id: &self.id, base, created: self.created_at, modified: self.updated_at, version: self.version };
        render::group(&self.name, external_id, &meta)
    }

    /// As all others see it.
    fn group(&self) -> Group {
        Group {
            id: self.id.clone(),
            name: self.name.clone(),
            identifier: self.identifier.clone(),
            managed_by: GroupManager::Scim,
            provider_id: None,
            saml_group: None,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        }
    }
}

/// `GET …/{id}`
pub(super) async fn read<S: Store, C: Crypto>(request: &Request<'_, S, C>, id: &str) -> Result<Reply, Failure> {
    let projection = Projection::of_query(request.query, ResourceType::Group)?;
    let first = if projection.shows("members") { MEMBERS_IN_A_ROW } else { 0 };
    let rows = request.look_up(scim_group::find(request.account, id, Members { first, asked: &[] })).await?;
    let mut found = rows.first::<ScimGroup>()?.ok_or_else(|| not_found("group"))?;
    members::complete(request, std::slice::from_mut(&mut found), first).await?;
    Ok(request.read(found.version, || text(request, &found, &projection)))
}

/// A group as it is answered, with the members that it was read with.
pub(super) fn text<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    group: &ScimGroup,
    projection: &Projection,
) -> String {
    let value = group.rendered(request.actor(), request.base);
    render::group_text(value, projection, &mut group.members.iter().map(String::as_str), request.base)
}

/// `POST`
pub(super) async fn create<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    body: &mut Value,
) -> Result<Reply, Failure> {
    request.correct(dialect::document(body, ResourceType::Group));
    let document = GroupDocument::parse(body)?;
    let projection = Projection::of_query(request.query, ResourceType::Group)?;
    let (account, now) = (request.account, request.postern.now);
    let base = identifier_base(&document.display_name);
    for _ in 0..MAX_ROUNDS {
        let mut wanted = document.members.clone().unwrap_or_default();
        let mut statements = vec![group::identifiers(account, &base)];
        if !wanted.is_empty() {
            statements.push(scim_group::unknown(account, &wanted));
        }
        let mut rows = request.load(statements).await?;
        let taken = group::read_ids(&next(&mut rows)?)?;
        if let Some(unknown) = rows.next() {
            members::skip(request, &mut wanted, group::read_ids(&unknown)?);
        }
        sort_by(&mut wanted, String::cmp);
        let external_owner = document.external_id.is_some().then(|| request.actor().to_owned());
        let after = ScimGroup {
            id: request.postern.fresh_id(),
            name: document.display_name.clone(),
            identifier: identifier(&document.display_name, &taken),
            created_at: now,
            updated_at: now,
            version: 1,
            external_id: document.external_id.clone(),
            external_owner,
            members: wanted,
            asked: Vec::new(),
        };
        let mut plan = plan(request, 201, "group.created", None, Some(&after))?;
        plan.push(scim_group::insert(account, &after));
        if !after.members.is_empty() {
            plan.push(scim_group::add_members(account, &after.id, &after.members, now));
        }
        match commit(request.postern.store, plan).await {
            Ok(_) => {
                return Ok(Reply {
                    version: Some(after.version),
                    location: Some(location(request.base, ResourceType::Group, &after.id)),
                    ..Reply::text(201, text(request, &after, &projection))
                });
            }
            // Somebody else took it meanwhile.
            Err(StoreError::Constraint(Constraint::GroupIdentifier)) => {}
            Err(error) => return Err(refused(error)),
        }
    }
    Err(contended())
}

/// A plan that leaves a row in the log of changes as well.
fn plan<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    status: u16,
    action: &'static str,
    before: Option<&ScimGroup>,
    after: Option<&ScimGroup>,
) -> Result<Plan<()>, StoreError> {
    let id = before.or(after).map_or("", |group| group.id.as_str());
    let version = before.map_or(1, |group| group.version + 1);
    let (before, after) = (before.map(ScimGroup::group), after.map(ScimGroup::group));
    let change = Change {
        id: request.postern.fresh_id(),
        at: request.postern.now,
        actor: request.actor(),
        action,
        resource: format!("group/{id}"),
        version,
        before: before.as_ref(),
        after: after.as_ref(),
    };
    let mut plan = log_plan(request, status, change.resource.clone(), ());
    plan.push(change.insert(request.account)?);
    Ok(plan)
}

/// Why a group was not written.
fn refused(error: StoreError) -> Failure {
    let taken = |attribute, detail: &str| ScimError::Uniqueness { attribute, detail: detail.to_owned() }.into();
    match error {
        StoreError::Constraint(Constraint::GroupName) => taken(
            "displayName",
            "Another group of this account that was pushed over SCIM has this name. Names are compared without case.",
        ),
        StoreError::Constraint(Constraint::ExternalId) => {
            taken("externalId", "You have this externalId for another group already.")
        }
        StoreError::Constraint(Constraint::VersionMoved) => moved(),
        StoreError::Constraint(Constraint::Reference) => not_found("group"),
        error => error.into(),
    }
}

/// `PUT …/{id}`: a group without `members` keeps those it has; only a list says who they are.
pub(super) async fn replace<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    id: &str,
    body: &mut Value,
) -> Result<Reply, Failure> {
    request.correct(dialect::document(body, ResourceType::Group));
    let GroupDocument { display_name, external_id, members } = GroupDocument::parse(body)?;
    let projection = Projection::of_query(request.query, ResourceType::Group)?;
    let patch = GroupPatch {
        display_name: Some(display_name),
        external_id: Some(external_id),
        members: members.map(MemberChange::Set).into_iter().collect(),
    };
    let after = change(request, id, &patch, 200).await?;
    match &patch.members[..] {
        [MemberChange::Set(_)] => Ok(answer(request, &after, &projection)),
        _ => read_again(request, &patch, after, &projection).await,
    }
}

/// The answer to a write that does not tell all that is answered: which members there are, or which version their change made.
async fn read_again<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    patch: &GroupPatch,
    mut after: ScimGroup,
    projection: &Projection,
) -> Result<Reply, Failure> {
    let first = if projection.shows("members") { MEMBERS_IN_A_ROW } else { 0 };
    if first > 0 || !patch.members.is_empty() {
        let find = scim_group::find(request.account, &after.id, Members { first, asked: &[] });
        let rows = request.look_up(find).await?;
        after = rows.first::<ScimGroup>()?.ok_or_else(|| not_found("group"))?;
        members::complete(request, std::slice::from_mut(&mut after), first).await?;
    }
    Ok(answer(request, &after, projection))
}

fn answer<S: Store, C: Crypto>(request: &Request<'_, S, C>, after: &ScimGroup, projection: &Projection) -> Reply {
    Reply { version: Some(after.version), ..Reply::text(200, text(request, after, projection)) }
}

/// `PATCH …/{id}`: answered with nothing, unless attributes are asked for by name.
pub(super) async fn patch<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    id: &str,
    body: &mut Value,
) -> Result<Reply, Failure> {
    request.correct(dialect::patch(body, ResourceType::Group));
    let patch = Patch::parse(body, ResourceType::Group)?.group()?;
    let projection = Projection::of_query(request.query, ResourceType::Group)?;
    if projection.is_only_some() {
        let after = change(request, id, &patch, 200).await?;
        return read_again(request, &patch, after, &projection).await;
    }
    let after = change(request, id, &patch, 204).await?;
    Ok(Reply { version: Some(after.version).filter(|_| patch.members.is_empty()), ..Reply::empty(204) })
}

/// Changes a group. Its members are known afterwards where they were set as a whole.
async fn change<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    id: &str,
    patch: &GroupPatch,
    status: u16,
) -> Result<ScimGroup, Failure> {
    for _ in 0..MAX_ROUNDS {
        if let Some(after) = try_change(request, id, patch, status).await? {
            return Ok(after);
        }
        if request.if_match.is_some() {
            return Err(moved());
        }
    }
    Err(contended())
}

/// `None`: somebody else renamed it at the same instant.
async fn try_change<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    id: &str,
    patch: &GroupPatch,
    status: u16,
) -> Result<Option<ScimGroup>, Failure> {
    let (account, now) = (request.account, request.postern.now);
    let wanted = members::added(&patch.members);
    let reads_all = patch.members.iter().any(|change| matches!(change, MemberChange::RemoveWhere(_)));
    let first = if reads_all { MEMBERS_IN_A_ROW } else { 0 };
    let find = scim_group::find(account, id, Members { first, asked: &[] });
    let (found, unknown) = if wanted.is_empty() {
        (request.look_up(find).await?, None)
    } else {
        let mut rows = request.load(vec![find, scim_group::unknown(account, &wanted)]).await?;
        (next(&mut rows)?, rows.next())
    };
    let mut before = found.first::<ScimGroup>()?.ok_or_else(|| not_found("group"))?;
    request.check_version(before.version)?;
    members::complete(request, std::slice::from_mut(&mut before), first).await?;
    let unknown = unknown.map(|rows| group::read_ids(&rows)).transpose()?.unwrap_or_default();
    let known = Known::of(request, unknown);
    let mut after = ScimGroup { updated_at: now, version: before.version + 1, ..before.clone() };
    if let Some(name) = &patch.display_name {
        after.name.clone_from(name);
    }
    // What another client calls it is that client's.
    if let Some(external_id) = &patch.external_id
        && !request.is_anothers(before.external_owner.as_deref(), external_id.as_deref()).await?
    {
        after.external_id.clone_from(external_id);
        after.external_owner = external_id.is_some().then(|| request.actor().to_owned());
    }
    let external = |group: &ScimGroup| (group.external_id.clone(), group.external_owner.clone());
    let is_renamed = after.name != before.name || external(&after) != external(&before);
    let mut plan = match is_renamed {
        true => self::plan(request, status, "group.updated", Some(&before), Some(&after))?,
        false => log_plan(request, status, format!("group/{id}"), ()),
    };
    let is_guarded = request.if_match.is_some_and(|header| header.trim() != "*");
    if is_guarded {
        plan.push(guard_group(account, id, before.version));
    }
    if is_renamed {
        plan.push(scim_group::rename(account, &after));
    }
    let mut changes = false;
    for change in &patch.members {
        for statement in known.statements(request, &before, &wanted, change) {
            plan.push(statement);
            plan.push(scim_group::touch_if_changed(account, id, now));
            changes = true;
        }
    }
    if !is_renamed && !changes {
        nothing_to_do(request, status, format!("group/{id}")).await?;
        return Ok(Some(before));
    }
    if is_guarded {
        plan.push(lift_guard(account, id));
    }
    // Others may have changed its members meanwhile: which version it has is only known afterwards.
    let reads = changes && request.method == Method::Put;
    if reads {
        plan.push(scim_group::find(account, id, Members { first: MEMBERS_IN_A_ROW, asked: &[] }));
    }
    let rows = match commit_reading(request.postern.store, plan).await {
        Ok((_, rows)) => rows,
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => return Ok(None),
        Err(error) => return Err(refused(error)),
    };
    if !reads {
        return Ok(Some(after));
    }
    let rows = match rows {
        Some(rows) => rows,
        None => {
            let find = scim_group::find(account, id, Members { first: MEMBERS_IN_A_ROW, asked: &[] });
            request.look_up(find).await?
        }
    };
    let mut after = rows.first::<ScimGroup>()?.ok_or_else(|| not_found("group"))?;
    members::complete(request, std::slice::from_mut(&mut after), MEMBERS_IN_A_ROW).await?;
    Ok(Some(after))
}

/// `DELETE …/{id}`
pub(super) async fn delete<S: Store, C: Crypto>(request: &Request<'_, S, C>, id: &str) -> Result<Reply, Failure> {
    let account = request.account;
    for _ in 0..MAX_ROUNDS {
        let rows = request.look_up(scim_group::find(account, id, Members::default())).await?;
        let before = rows.first::<ScimGroup>()?.ok_or_else(|| not_found("group"))?;
        request.check_version(before.version)?;
        let mut plan = plan(request, 204, "group.deleted", Some(&before), None)?;
        let is_guarded = request.if_match.is_some_and(|header| header.trim() != "*");
        if is_guarded {
            plan.push(guard_group(account, id, before.version));
            plan.push(lift_guard(account, id));
        }
        plan.push(scim_group::delete(account, id));
        match commit(request.postern.store, plan).await {
            Ok(_) => return Ok(Reply::empty(204)),
            Err(StoreError::Constraint(Constraint::ChangeVersion)) if request.if_match.is_some() => return Err(moved()),
            Err(StoreError::Constraint(Constraint::ChangeVersion)) => {}
            Err(error) => return Err(refused(error)),
        }
    }
    Err(contended())
}
