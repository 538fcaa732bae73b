//! `/api/v1/accounts/{account}/users` and `/removed-users` (SPEC sections 4 and 8).

use super::{
    Caller, etag, if_match, json_object, list_answer, managed_elsewhere, not_found, page_beside, page_of, stale,
};
use crate::access::permissions_anywhere;
use crate::crypto::Crypto;
use crate::directory::{Email, ManagedBy, ManagedByScim, User, UserAct};
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::grant::{self, Whose};
use crate::store::tombstone::{self, Tombstone};
use crate::store::user::Listed;
use crate::store::{self, Constraint, Rows, Statement, Store, StoreError, group};

/// Longest name of a person, in characters.
const MAX_NAME: usize = 256;

fn answer(status: u16, listed: &Listed) -> Answer {
    Answer::json(status, listed).with("etag", etag(listed.user.version))
}

/// `GET`, all or `?email=`
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_beside(call, &["email"])?;
    let email = match call.query_parameter("email").filter(|email| !email.is_empty()).map(|text| Email::parse(&text)) {
        None => None,
        Some(Ok(email)) => Some(email),
        Some(Err(error)) => return Ok(Problem::new(400, format!("email is {error}.")).answer()),
    };
    let statements = vec![store::account::find(account), store::user::list(account, email.as_ref(), &page)];
    let [found, users] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(users.all::<Listed>()?, &page, |listed| &listed.user.id, Clone::clone))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![store::user::find(account, id)]).await?)?;
    Ok(rows.first::<Listed>()?.map_or_else(|| not_found("user"), |listed| answer(200, &listed)))
}

/// What an admin says of a user, on what they were before.
fn draft(fields: &mut Fields<'_>, before: &User) -> User {
    let mut after = before.clone();
    match fields.text("email", 254) {
        Patch::Keep => {}
        Patch::Reset => after.email.clear(),
        Patch::Set(email) => after.email = email,
    }
    if after.email.is_empty() {
        fields.required("email");
    } else if let Err(error) = Email::parse(&after.email) {
        fields.error_if_first("email", "malformed", &format!("This is {error}."));
    }
    after.given_name = fields.text("givenName", MAX_NAME).over_option(before.given_name.clone());
    after.family_name = fields.text("familyName", MAX_NAME).over_option(before.family_name.clone());
    after.display_name = fields.text("displayName", MAX_NAME).over_option(before.display_name.clone());
    after
}

/// `POST {email, givenName?, familyName?, displayName?}`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let blank = User {
        id: postern.fresh_id(),
        email: String::new(),
        given_name: None,
        family_name: None,
        display_name: None,
        active: true,
        managed_by: ManagedBy::Admin,
        created_at: postern.now,
        updated_at: postern.now,
        last_sign_in_at: None,
        version: 1,
    };
    let user = draft(&mut fields, &blank);
    let errors = fields.into_errors();
    let (Ok(email), true) = (Email::parse(&user.email), errors.is_empty()) else {
        return Ok(Problem::fields(errors).answer());
    };
    let mut plan = change(postern, caller, "user.created", None, Some(&user)).plan(account, ())?;
    plan.push(tombstone::clear(account, &email));
    let create = crate::directory::Change::CreateUser { user: user.clone(), email, unless_removed: None };
    plan.push(store::user::change(account, &create, postern.now));
    match store::commit(postern.store, plan).await {
        Ok(_) => {
            let location = format!("/api/v1/accounts/{account}/users/{}", user.id);
            let location = postern.deployment.public_url.path(&location);
            Ok(answer(201, &Listed { user, groups: Vec::new() }).with("location", location))
        }
        Err(error) => refused(error),
    }
}

/// `PATCH …/{id}`: e-mail and names, whether they may sign in, and `managedBy: "scim"`, which hands them over to SCIM.
pub(crate) async fn update<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let (expected, patch) = (if_match(call)?, json_object(call)?);
    let statements = [find(account, id).to_vec(), vec![grant::of(account, Whose::Users(&[id]))]].concat();
    let [users, scim, grants] = store::take(postern.store.batch(statements).await?)?;
    let Some((Listed { user: before, groups }, scim_group)) = found(&users, &scim)? else {
        return Ok(not_found("user"));
    };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let mut fields = Fields::of(&patch);
    let mut after = draft(&mut fields, &before);
    after.active = fields.boolean("active").over(before.active, true);
    let managers = [(before.managed_by.as_str(), before.managed_by), ("scim", ManagedBy::Scim)];
    after.managed_by = fields.choice("managedBy", &managers).over(before.managed_by, before.managed_by);
    let errors = fields.into_errors();
    let (Ok(email), true) = (Email::parse(&after.email), errors.is_empty()) else {
        return Ok(Problem::fields(errors).answer());
    };
    if let Err(reason) = may_become(&before, &after, scim_group.as_deref()) {
        return Ok(managed_elsewhere(&reason));
    }
    // Who has the e-mail at an identity provider signs in as this user; whom SCIM manages it gives any e-mail; and who is
    // reactivated has all that they had.
    for (pointer, is_given) in [
        ("/email", after.email != before.email),
        ("/managedBy", after.managed_by != before.managed_by),
        ("/active", after.active && !before.active),
    ] {
        if is_given {
            caller.may_grant(permissions_anywhere(&grant::read_one(&grants)?), pointer)?;
        }
    }
    after.updated_at = postern.now;
    after.version = before.version + 1;
    let mut plan = change(postern, caller, "user.updated", Some(&before), Some(&after)).plan(account, ())?;
    plan.push(store::user::update(account, &after, &email));
    if !after.active {
        plan.push(store::session::delete_of_user(account, id));
    }
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(answer(200, &Listed { user: after, groups })),
        Err(error) => refused(error),
    }
}

/// Whether an admin may change a user like this.
fn may_become(before: &User, after: &User, scim_group: Option<&str>) -> Result<(), ManagedByScim> {
    let profile = |user: &User| {
        (
            user.email.clone(),
            user.given_name.clone(),
            user.family_name.clone(),
            user.display_name.clone(),
            user.managed_by,
        )
    };
    if before.active != after.active {
        UserAct::Active.check(before, scim_group)?;
    }
    if profile(before) == profile(after) {
        return Ok(());
    }
    // Reactivated by the same change, they can be changed by it.
    UserAct::Profile.check(&User { active: before.active || after.active, ..before.clone() }, scim_group)
}

/// `DELETE …/{id}`: JIT makes nobody of their e-mail and NameID anew.
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let expected = if_match(call)?;
    let [users, scim] = store::take(postern.store.batch(find(account, id).into()).await?)?;
    let Some((Listed { user: before, .. }, scim_group)) = found(&users, &scim)? else {
        return Ok(not_found("user"));
    };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    if let Err(reason) = UserAct::Delete.check(&before, scim_group.as_deref()) {
        return Ok(managed_elsewhere(&reason));
    }
    let mut plan = change(postern, caller, "user.deleted", Some(&before), None).plan(account, ())?;
    plan.extend(tombstone::of_user(account, id, caller.actor(), postern.now));
    plan.push(store::user::delete(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        Err(error) => refused(error),
    }
}

/// A user, and the name of a SCIM-managed group that they are in: [`found`] reads it.
fn find(account: &str, id: &str) -> [Statement; 2] {
    [store::user::find(account, id), group::in_scim_group(account, id)]
}

fn found(users: &Rows, scim: &Rows) -> Result<Option<(Listed, Option<String>)>, StoreError> {
    let scim_group = group::read_ids(scim)?.into_iter().next();
    Ok(users.first::<Listed>()?.map(|listed| (listed, scim_group)))
}

fn change<'u, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &'u Caller,
    action: &'static str,
    before: Option<&'u User>,
    after: Option<&'u User>,
) -> Change<'u, User> {
    let id = before.or(after).map_or("", |user| user.id.as_str());
    Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action,
        resource: format!("user/{id}"),
        version: after.map_or_else(|| before.map_or(1, |user| user.version + 1), |user| user.version),
        before,
        after,
    }
}

/// Why a user was not written.
fn refused(error: StoreError) -> Result<Answer, Ending> {
    let StoreError::Constraint(constraint) = error else { return Err(error.into()) };
    Ok(match constraint {
        Constraint::ChangeVersion => stale(),
        Constraint::UserEmail => Problem::taken("/email", "Another user of this account has this e-mail.").answer(),
        Constraint::Reference => not_found("account"),
        other => return Err(StoreError::Constraint(other).into()),
    })
}

/// `GET /removed-users`
pub(crate) async fn removed<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::account::find(account), tombstone::list(account, &page)];
    let [found, removed] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(removed.all::<Tombstone>()?, &page, |tombstone| &tombstone.user_id, Clone::clone))
}

/// `DELETE /removed-users/{id}`: they can come back.
pub(crate) async fn forget_removed<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [found] = store::take(postern.store.batch(vec![tombstone::of(account, id)]).await?)?;
    let Some(before) = found.first::<Tombstone>()? else { return Ok(not_found("removed user")) };
    let change = Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action: "removed-user.cleared",
        resource: format!("removed-user/{id}"),
        version: before.removed_at.0,
        before: Some(&before),
        after: None,
    };
    let mut plan = change.plan(account, ())?;
    plan.push(tombstone::clear_user(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(Answer::empty(204).unchanged()),
        Err(error) => Err(error.into()),
    }
}
