//! Key pairs of accounts.

use super::{Rows, Statement, StoreError, millis, optional_millis};
use crate::account_key::{AccountKey, Purpose};
use crate::crypto::{Certificate, WrappedKey};
use crate::time::Timestamp;
use postern_xml::sort_stable_by;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    purpose: Purpose,
    certificate: String,
    wrapped: String,
    #[serde(deserialize_with = "millis")]
    created_at: Timestamp,
    #[serde(deserialize_with = "optional_millis")]
    retires_at: Option<Timestamp>,
}

/// Every key pair of an account. It has a handful.
pub fn of_account(account: &str) -> Statement {
    Statement::new(
        "SELECT id, purpose, certificate, wrapped, created_at, retires_at FROM account_keys WHERE account_id = +?1 \
         ORDER BY id",
        [account.into()],
    )
}

/// Reads what [`of_account`] found, the oldest first. Ids of one millisecond are in no order: of those that were made in
/// it, a key that retires came before its successor, which does not yet.
pub fn read(rows: &Rows) -> Result<Vec<AccountKey>, StoreError> {
    let key = |row: Row| {
        let malformed = |what: &str| StoreError::Row(format!("the {what} of key {}", row.id));
        Ok(AccountKey {
            certificate: Certificate::from_base64(&row.certificate).map_err(|_| malformed("certificate"))?,
            wrapped: WrappedKey::from_base64(&row.wrapped).ok_or_else(|| malformed("wrapping"))?,
            id: row.id,
            purpose: row.purpose,
            created_at: row.created_at,
            retires_at: row.retires_at,
        })
    };
    let mut keys: Vec<AccountKey> = rows.all::<Row>()?.into_iter().map(key).collect::<Result<_, _>>()?;
    sort_stable_by(&mut keys, |a, b| a.age().cmp(&b.age()));
    Ok(keys)
}

/// Makes a key pair.
pub fn insert(account: &str, key: &AccountKey) -> Statement {
    Statement::new(
        "INSERT INTO account_keys (account_id, id, purpose, certificate, wrapped, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
            account.into(),
            key.id.as_str().into(),
            key.purpose.name().into(),
            key.certificate.to_base64().as_str().into(),
            key.wrapped.to_base64().as_str().into(),
            key.created_at.into(),
        ],
    )
}

/// Lets every key pair of a purpose retire, but for its successor. One that retires sooner does so.
pub fn retire(account: &str, purpose: Purpose, successor: &str, at: Timestamp) -> Statement {
    Statement::new(
        "UPDATE account_keys SET retires_at = ?4 WHERE account_id = ?1 AND purpose = ?2 AND id <> ?3 \
         AND (retires_at IS NULL OR retires_at > ?4)",
        [account.into(), purpose.name().into(), successor.into(), at.into()],
    )
}

/// Forgets what has retired. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM account_keys WHERE (account_id, id) IN \
         (SELECT account_id, id FROM account_keys WHERE retires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
