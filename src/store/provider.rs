//! Providers.

use super::{Rows, Statement, StoreError, Value, json, millis, optional_millis};
use crate::provider::{Provider, Settings, Watch};
use crate::time::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    entity_id: String,
    #[serde(deserialize_with = "json")]
    settings: Settings,
    #[serde(deserialize_with = "millis")]
    created_at: Timestamp,
    #[serde(deserialize_with = "millis")]
    updated_at: Timestamp,
    version: i64,
    #[serde(deserialize_with = "optional_millis")]
    due_at: Option<Timestamp>,
    #[serde(deserialize_with = "optional_millis")]
    refreshed_at: Option<Timestamp>,
    refresh_error: Option<String>,
}

/// Every provider of an account, in order of creation; none while the account is being imported, so that nobody signs in
/// to half of it. An account has a handful, so there are no pages.
pub fn of_account(account: &str) -> Statement {
    Statement::new(
        "SELECT id, entity_id, settings, created_at, updated_at, version, due_at, refreshed_at, refresh_error \
         FROM providers WHERE account_id = +?1 \
         AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.account_id = +?1 AND i.ended_at IS NULL) ORDER BY id",
        [account.into()],
    )
}

/// One provider.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, entity_id, settings, created_at, updated_at, version, due_at, refreshed_at, refresh_error \
         FROM providers WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into()],
    )
}

/// Names of providers whose JIT rules name a group, a few of them. Read by [`super::group::read_ids`].
pub fn naming_group(account: &str, group: &str) -> Statement {
    Statement::new(
        "SELECT p.settings ->> '$.name' AS id FROM providers p WHERE p.account_id = ?1 AND EXISTS \
         (SELECT 1 FROM json_each(p.settings, '$.jit.rules') r CROSS JOIN json_each(r.value, '$.groups') g \
          WHERE g.value = ?2) LIMIT 10",
        [account.into(), group.into()],
    )
}

/// The versions of all providers of an account, alone, in order of creation.
pub fn versions(account: &str) -> Statement {
    Statement::new("SELECT id, version FROM providers WHERE account_id = +?1 ORDER BY id", [account.into()])
}

/// Whether [`versions`] found these providers, no more and no others.
pub fn are_current(rows: &Rows, providers: &[Provider]) -> Result<bool, StoreError> {
    #[derive(Deserialize)]
    struct Version {
        id: String,
        version: i64,
    }
    let found: Vec<Version> = rows.all()?;
    let known = providers.iter().map(|provider| (provider.id(), provider.version()));
    Ok(found.iter().map(|row| (row.id.as_str(), row.version)).eq(known))
}

/// Reads what [`of_account`] or [`find`] found.
pub fn read(rows: &Rows) -> Result<Vec<Provider>, StoreError> {
    rows.all::<Row>()?.into_iter().map(restore).collect()
}

fn restore(row: Row) -> Result<Provider, StoreError> {
    let watch = Watch { due_at: row.due_at, refreshed_at: row.refreshed_at, error: row.refresh_error };
    Provider::restore(row.id, row.entity_id, row.settings, row.created_at, row.updated_at, row.version)
        .map(|provider| provider.with_watch(watch))
        .map_err(|error| StoreError::Row(error.to_string()))
}

/// Takes on providers of all accounts that are due, the longest first: what is taken on is due again at `again`, so that
/// two who look share the work, and one that cannot be looked at does not stand in the way of the others.
pub fn take_due(now: Timestamp, again: Timestamp, most: i64) -> Statement {
    Statement::new(
        "UPDATE providers SET due_at = ?2 WHERE (account_id, id) IN \
         (SELECT account_id, id FROM providers WHERE due_at <= ?1 ORDER BY due_at LIMIT +?3) \
         RETURNING account_id, id, entity_id, settings, created_at, updated_at, version, due_at, refreshed_at, refresh_error",
        [now.into(), again.into(), most.into()],
    )
}

/// Reads what [`take_due`] took on, each with its account. A row that cannot be read spoils no other.
pub fn read_due(rows: &Rows) -> Vec<Result<(String, Provider), StoreError>> {
    #[derive(Deserialize)]
    struct Of {
        account_id: String,
    }
    let accounts = rows.each::<Of>();
    accounts.zip(rows.each::<Row>()).map(|(of, row)| Ok((of?.account_id, restore(row?)?))).collect()
}

/// Notes how a look at a provider went, if it is still the one that was looked at. No change, so no version.
pub fn looked_at(account: &str, provider: &Provider) -> Statement {
    let watch = provider.watch();
    Statement::new(
        "UPDATE providers SET due_at = ?4, refreshed_at = ?5, refresh_error = ?6 \
         WHERE account_id = ?1 AND id = ?2 AND version = ?3",
        [
            account.into(),
            provider.id().into(),
            provider.version().into(),
            time(watch.due_at),
            time(watch.refreshed_at),
            watch.error.as_deref().into(),
        ],
    )
}

fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, Value::from)
}

fn parameters(account: &str, provider: &Provider) -> Result<[Value; 10], StoreError> {
    let watch = provider.watch();
    Ok([
        account.into(),
        provider.id().into(),
        provider.entity_id().into(),
        Value::Text(serde_json::to_string(provider.settings()).map_err(|error| StoreError::Row(error.to_string()))?),
        provider.created_at().into(),
        provider.updated_at().into(),
        provider.version().into(),
        time(watch.due_at),
        time(watch.refreshed_at),
        watch.error.as_deref().into(),
    ])
}

/// Makes a provider. Constraint: [`super::Constraint::ProviderEntityId`].
pub fn insert(account: &str, provider: &Provider) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "INSERT INTO providers \
         (account_id, id, entity_id, settings, created_at, updated_at, version, due_at, refreshed_at, refresh_error) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        parameters(account, provider)?,
    ))
}

/// Writes a provider anew. That nobody else did so meanwhile is guarded by the change row of its version.
pub fn update(account: &str, provider: &Provider) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "UPDATE providers SET entity_id = ?3, settings = ?4, created_at = ?5, updated_at = ?6, version = ?7, \
         due_at = ?8, refreshed_at = ?9, refresh_error = ?10 WHERE account_id = ?1 AND id = ?2",
        parameters(account, provider)?,
    ))
}

/// Removes a provider, with its links, its sessions and what is pending.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM providers WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}
