//! Accounts.

use super::{Page, Statement, millis};
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
    /// Grows by one with each change.
    pub version: i64,
}

/// Makes an account. Constraint: [`super::Constraint::AccountId`].
pub fn insert(account: &Account) -> Statement {
    Statement::new(
        "INSERT INTO accounts (id, name, created_at, version) VALUES (?1, ?2, ?3, ?4)",
        [account.id.as_str().into(), account.name.as_str().into(), account.created_at.into(), account.version.into()],
    )
}

/// The account of an id.
pub fn find(id: &str) -> Statement {
    Statement::new("SELECT id, name, created_at, version FROM accounts WHERE id = ?1", [id.into()])
}

/// A page of accounts by id.
pub fn list(page: &Page) -> Statement {
    Statement::new(
        "SELECT id, name, created_at, version FROM accounts WHERE id > ?1 ORDER BY id LIMIT ?2",
        [page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}
