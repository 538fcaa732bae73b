//! Providers.

use super::{Rows, Statement, StoreError, Value, json, millis};
use crate::provider::{Provider, Settings};
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
}

/// Every provider of an account, in order of creation. An account has a handful, so there are no pages.
pub fn of_account(account: &str) -> Statement {
    Statement::new(
        "SELECT id, entity_id, settings, created_at, updated_at, version FROM providers WHERE account_id = ?1 ORDER BY id",
        [account.into()],
    )
}

/// One provider.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, entity_id, settings, created_at, updated_at, version FROM providers WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into()],
    )
}

/// The version of a provider, alone.
pub fn version(account: &str, id: &str) -> Statement {
    Statement::new("SELECT version FROM providers WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// Reads what [`version`] found.
pub fn read_version(rows: &Rows) -> Result<Option<i64>, StoreError> {
    #[derive(Deserialize)]
    struct Version {
        version: i64,
    }
    Ok(rows.first::<Version>()?.map(|row| row.version))
}

/// Reads what [`of_account`] or [`find`] found.
pub fn read(rows: &Rows) -> Result<Vec<Provider>, StoreError> {
    let provider = |row: Row| {
        Provider::restore(row.id, row.entity_id, row.settings, row.created_at, row.updated_at, row.version)
            .map_err(|error| StoreError::Row(error.to_string()))
    };
    rows.all::<Row>()?.into_iter().map(provider).collect()
}

fn parameters(account: &str, provider: &Provider) -> Result<[Value; 7], StoreError> {
    Ok([
        account.into(),
        provider.id().into(),
        provider.entity_id().into(),
        Value::Text(serde_json::to_string(provider.settings()).map_err(|error| StoreError::Row(error.to_string()))?),
        provider.created_at().into(),
        provider.updated_at().into(),
        provider.version().into(),
    ])
}

/// Makes a provider. Constraint: [`super::Constraint::ProviderEntityId`].
pub fn insert(account: &str, provider: &Provider) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "INSERT INTO providers (account_id, id, entity_id, settings, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        parameters(account, provider)?,
    ))
}

/// Writes a provider anew. That nobody else did so meanwhile is guarded by the change row of its version.
pub fn update(account: &str, provider: &Provider) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "UPDATE providers SET entity_id = ?3, settings = ?4, created_at = ?5, updated_at = ?6, version = ?7 \
         WHERE account_id = ?1 AND id = ?2",
        parameters(account, provider)?,
    ))
}

/// Removes a provider, with its links, its sessions and what is pending.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM providers WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}
