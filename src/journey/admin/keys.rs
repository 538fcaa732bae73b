//! `/api/v1/accounts/{account}/keys`: the account's own key pairs.

use super::{Caller, json_object, not_found};
use crate::account_key::{AccountKey, Purpose, live};
use crate::crypto::Crypto;
use crate::fields::{FieldError, Fields};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::{Encryption, Settings};
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::{self, Constraint, Store, StoreError};
use crate::time::Duration;
use serde_json::{Value, json};

const PURPOSES: &[(&str, Purpose)] = &[("signing", Purpose::Signing), ("encryption", Purpose::Encryption)];

/// Longest time that a key is good beside its successor.
const MAX_OVERLAP_DAYS: i64 = 90;

/// `GET`
pub(crate) async fn list<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str) -> Result<Answer, Ending> {
    let statements = vec![store::account::find(account), store::account_key::of_account(account)];
    let [found, keys] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    let mut items = Vec::new();
    for key in store::account_key::read(&keys)? {
        let usable = match &postern.deployment.master_key {
            Some(master) => key.is_usable(postern.crypto, master, account).await,
            None => false,
        };
        items.push(listed(&key, usable));
    }
    Ok(Answer::json(200, &json!({ "items": items, "nextCursor": null })))
}

/// `POST`: a new key pair, beside which those of its purpose are good for some days more.
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let purpose = fields.choice("purpose", PURPOSES).over_option(None);
    if purpose.is_none() {
        fields.required("purpose");
    }
    let usual = AccountKey::OVERLAP.0 / Duration::days(1).0;
    let overlap = fields.integer("overlapDays", 0..=MAX_OVERLAP_DAYS).over(usual, usual);
    let errors = fields.into_errors();
    let (Some(purpose), true) = (purpose, errors.is_empty()) else {
        return Ok(Problem::fields(errors).answer());
    };
    let key = generate(postern, account, purpose, "/purpose").await?;
    let mut plan = Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action: "key.created",
        resource: format!("key/{}", key.id),
        version: 1,
        before: None,
        after: Some(&shown(&key)),
    }
    .plan(account, ())?;
    plan.push(store::account_key::insert(account, &key));
    plan.push(store::account_key::retire(account, purpose, &key.id, postern.now.plus(Duration::days(overlap))));
    let committed = store::commit(postern.store, plan).await;
    postern.configurations.forget(account);
    match committed {
        Ok(_) => Ok(Answer::json(201, &listed(&key, true))),
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(not_found("account")),
        Err(error) => Err(error.into()),
    }
}

/// The key pairs that a provider of these settings needs and the account does not have: made, to be committed with it.
pub(super) async fn missing<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    settings: &Settings,
) -> Result<Vec<AccountKey>, Ending> {
    let mut wanted = Vec::new();
    if settings.sign_requests {
        wanted.push((Purpose::Signing, "/signRequests"));
    }
    if settings.encryption != Encryption::Off {
        wanted.push((Purpose::Encryption, "/encryption"));
    }
    let mut made = Vec::new();
    if wanted.is_empty() {
        return Ok(made);
    }
    let [rows] = store::take(postern.store.batch(vec![store::account_key::of_account(account)]).await?)?;
    let keys = store::account_key::read(&rows)?;
    for (purpose, field) in wanted {
        if live(&keys, purpose, postern.now).next().is_none() {
            made.push(generate(postern, account, purpose, field).await?);
        }
    }
    Ok(made)
}

async fn generate<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    purpose: Purpose,
    field: &str,
) -> Result<AccountKey, Ending> {
    let Some(master) = &postern.deployment.master_key else {
        let message = "This needs a private key, and there is no secret to keep one with: set MASTER_KEY, 32 random bytes in \
             base64 (`openssl rand -base64 32`).";
        let error = FieldError { pointer: field.to_owned(), code: "master_key_missing", message: message.to_owned() };
        return Err(Problem::fields(vec![error]).answer().into());
    };
    let id = postern.fresh_id();
    let key = AccountKey::generate(postern.crypto, master, account, id, purpose, postern.now).await;
    Ok(key?)
}

/// With whether it can be used here and now, which is no property of the key: the log does not have it.
fn listed(key: &AccountKey, usable: bool) -> Value {
    let mut item = shown(key);
    item["usable"] = json!(usable);
    item
}

fn shown(key: &AccountKey) -> Value {
    json!({
        "id": key.id,
        "purpose": key.purpose,
        "certificate": key.certificate.to_pem(),
        "fingerprint": key.certificate.fingerprint(),
        "notBefore": key.certificate.not_before(),
        "notAfter": key.certificate.not_after(),
        "createdAt": key.created_at,
        "retiresAt": key.retires_at,
    })
}
