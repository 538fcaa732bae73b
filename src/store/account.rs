//! Accounts.

use super::{Page, Statement, flag, millis};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Account {
    /// `[A-Za-z0-9_-]{1,64}`
    pub id: String,
    /// For people.
    pub name: String,
    /// When it was made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// Whether SCIM takes over users who were made just in time, instead of refusing to touch them.
    #[serde(deserialize_with = "flag")]
    pub adopt_jit_users: bool,
    /// Grows by one with each change.
    pub version: i64,
}

/// Makes an account. Constraint: [`super::Constraint::AccountId`].
pub fn insert(account: &Account) -> Statement {
    Statement::new(
        "INSERT INTO accounts (id, name, created_at, version, adopt_jit_users) VALUES (?1, ?2, ?3, ?4, ?5)",
        [
            account.id.as_str().into(),
            account.name.as_str().into(),
            account.created_at.into(),
            account.version.into(),
            i64::from(account.adopt_jit_users).into(),
        ],
    )
}

/// Writes an account anew. That nobody else did so meanwhile is guarded by the change row of its version.
pub fn update(account: &Account) -> Statement {
    Statement::new(
        "UPDATE accounts SET name = ?2, adopt_jit_users = ?3, version = ?4 WHERE id = ?1",
        [
            account.id.as_str().into(),
            account.name.as_str().into(),
            i64::from(account.adopt_jit_users).into(),
            account.version.into(),
        ],
    )
}

/// The account of an id.
pub fn find(id: &str) -> Statement {
    Statement::new("SELECT id, name, created_at, adopt_jit_users, version FROM accounts WHERE id = ?1", [id.into()])
}

/// A page of accounts by id.
pub fn list(page: &Page) -> Statement {
    Statement::new(
        "SELECT id, name, created_at, adopt_jit_users, version FROM accounts WHERE id > ?1 ORDER BY id LIMIT +?2",
        [page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}
