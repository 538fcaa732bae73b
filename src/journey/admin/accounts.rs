//! `/api/v1/accounts`

use super::{Caller, etag, if_match, json_object, list_answer, not_found, page_of, stale};
use crate::access::Permissions;
use crate::crypto::Crypto;
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::id::is_account_id;
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::{self, Constraint, Store, StoreError};

/// `GET`
pub(crate) async fn list<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let [rows] = store::take(postern.store.batch(vec![store::account::list(&page)]).await?)?;
    Ok(list_answer(rows.all::<Account>()?, &page, |account| &account.id, Clone::clone))
}

/// `POST {id?, name}`: an account that is given no id gets one.
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let id = match fields.text("id", 64) {
        Patch::Set(id) if is_account_id(&id) => Some(id),
        Patch::Set(_) => {
            fields.error("id", "malformed", "1 to 64 letters, digits, `_` or `-`.");
            None
        }
        Patch::Keep | Patch::Reset => Some(postern.fresh_id()),
    };
    let name = fields.text("name", 100).over_option(None);
    if name.is_none() {
        fields.required("name");
    }
    let errors = fields.into_errors();
    let (Some(id), Some(name), true) = (id, name, errors.is_empty()) else {
        return Ok(Problem::fields(errors).answer());
    };
    let account = Account { id, name, created_at: postern.now, adopt_jit_users: false, version: 1 };
    let change = Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action: "account.created",
        resource: format!("account/{}", account.id),
        version: account.version,
        before: None,
        after: Some(&account),
    };
    let mut plan = change.plan(&account.id, account.clone())?;
    plan.push(store::account::insert(&account));
    match store::commit(postern.store, plan).await {
        Ok(created) => {
            let account = created.get();
            Ok(Answer::json(201, account)
                .with("etag", etag(account.version))
                .with("location", postern.deployment.public_url.path(&format!("/api/v1/accounts/{}", account.id))))
        }
        Err(StoreError::Constraint(Constraint::AccountId | Constraint::ChangeVersion)) => {
            Ok(Problem::taken("/id", "An account of this id exists.").answer())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET …/{account}`
pub(crate) async fn read<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![store::account::find(account)]).await?)?;
    Ok(match rows.first::<Account>()? {
        Some(account) => Answer::json(200, &account).with("etag", etag(account.version)),
        None => not_found("account"),
    })
}

/// `PATCH …/{account}`: its name, and whether SCIM takes over users who were made just in time.
pub(crate) async fn update<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let (expected, patch) = (if_match(call)?, json_object(call)?);
    let [rows] = store::take(postern.store.batch(vec![store::account::find(account)]).await?)?;
    let Some(before) = rows.first::<Account>()? else { return Ok(not_found("account")) };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let mut fields = Fields::of(&patch);
    let name = fields.text("name", 100).over_option(Some(before.name.clone()));
    if name.is_none() {
        fields.required("name");
    }
    let adopt_jit_users = fields.boolean("adoptJitUsers").over(before.adopt_jit_users, false);
    let errors = fields.into_errors();
    let (Some(name), true) = (name, errors.is_empty()) else { return Ok(Problem::fields(errors).answer()) };
    if adopt_jit_users && !before.adopt_jit_users {
        // SCIM gives those whom it takes over any e-mail, whatever they may do: who has that signs in as them.
        caller.may_grant(Permissions::ALL, "/adoptJitUsers")?;
    }
    let after = Account { name, adopt_jit_users, version: before.version + 1, ..before.clone() };
    let change = Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action: "account.updated",
        resource: format!("account/{account}"),
        version: after.version,
        before: Some(&before),
        after: Some(&after),
    };
    let mut plan = change.plan(account, ())?;
    plan.push(store::account::update(&after));
    let outcome = store::commit(postern.store, plan).await;
    postern.configurations.forget(account);
    match outcome {
        Ok(_) => Ok(Answer::json(200, &after).with("etag", etag(after.version))),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(stale()),
        Err(error) => Err(error.into()),
    }
}
