//! Tokens of API keys.

use super::{Page, Rows, Statement, flag_or_none, json, millis, optional_millis};
use crate::access::{BuiltInRole, Permissions};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct ApiToken {
    /// Fresh id, a part of the token.
    pub id: String,
    /// Of one line.
    pub name: String,
    /// When it was made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(deserialize_with = "optional_millis")]
    pub expires_at: Option<Timestamp>,
}

/// Makes a token. Constraint: [`super::Constraint::Reference`], if its API key is gone.
pub fn insert(account: &str, key: &str, token: &ApiToken, digest: &str) -> Statement {
    Statement::new(
        "INSERT INTO api_tokens (account_id, id, api_key_id, name, digest, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            account.into(),
            token.id.as_str().into(),
            key.into(),
            token.name.as_str().into(),
            digest.into(),
            token.created_at.into(),
            token.expires_at.map_or(super::Value::Null, Into::into),
        ],
    )
}

/// A page of the tokens of an API key, the newest last.
pub fn list(account: &str, key: &str, page: &Page) -> Statement {
    Statement::new(
        "SELECT id, name, created_at, expires_at FROM api_tokens \
         WHERE account_id = +?1 AND api_key_id = +?2 AND id > ?3 ORDER BY id LIMIT +?4",
        [account.into(), key.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// One token of an API key.
pub fn find(account: &str, key: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, name, created_at, expires_at FROM api_tokens WHERE account_id = ?1 AND id = ?3 AND api_key_id = ?2",
        [account.into(), key.into(), id.into()],
    )
}

/// Revokes a token.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM api_tokens WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// Who a token stands for, and whether it does.
#[derive(Clone, Debug, Deserialize)]
pub struct Credential {
    /// SHA-256 of its secret, in hexadecimal.
    #[serde(rename = "token_digest")]
    pub digest: String,
    /// When it ends.
    #[serde(rename = "token_expires_at", deserialize_with = "optional_millis")]
    pub expires_at: Option<Timestamp>,
    /// Id of the user who owns its API key, if a user does.
    #[serde(rename = "token_user")]
    pub user_id: Option<String>,
    /// Id of the service account that owns it otherwise.
    #[serde(rename = "token_service_account")]
    pub service_account_id: Option<String>,
    /// Whether that user is active.
    #[serde(rename = "token_user_active", deserialize_with = "flag_or_none")]
    pub active: Option<bool>,
}

/// What the owner of a token may do with everything in the account.
#[derive(Clone, Debug, Deserialize)]
pub struct Held {
    #[serde(rename = "token_roles", deserialize_with = "json")]
    roles: Vec<HeldRole>,
}

#[derive(Clone, Debug, Deserialize)]
struct HeldRole {
    id: String,
    permissions: Option<Permissions>,
}

impl Held {
    /// All that the roles permit which reach the owner in all of the account: what [`crate::access::permissions`] says of the
    /// bindings that [`super::grant::of`] finds.
    pub fn permissions(&self) -> Permissions {
        let permitted = |role: &HeldRole| match BuiltInRole::find(&role.id) {
            Some(built_in) if built_in.id == role.id => built_in.permissions,
            _ => role.permissions.unwrap_or_default(),
        };
        self.roles.iter().fold(Permissions::NONE, |all, role| all.with(permitted(role)))
    }
}

// The names are no other's: a row of [`shown_before`] has them beside those of what is looked up.
macro_rules! holder {
    ($rest:literal) => {
        concat!(
            "SELECT t.digest AS token_digest, t.expires_at AS token_expires_at, t.user_id AS token_user, ",
            "t.service_account_id AS token_service_account, t.roles AS token_roles, (SELECT u.active FROM users u ",
            "WHERE u.account_id = t.account_id AND u.id = t.user_id) AS token_user_active FROM ",
            $rest
        )
    };
}

/// The token of an id: a [`Credential`], and a [`Held`]. The database keeps its owner and their roles beside it
/// (`migrations/0011_token_roles.sql`).
pub fn holder(account: &str, id: &str) -> Statement {
    Statement::new(holder!("api_tokens t WHERE t.account_id = ?1 AND t.id = ?2"), [account.into(), id.into()])
}

/// What [`holder`] finds, for a batch that reads on only for who shows this token, before it ends. Constraint:
/// [`super::Constraint::Token`]. The time that SQLite takes to compare digests tells nothing of a secret; who is let in is decided
/// by the reader of the row.
pub fn shown(account: &str, id: &str, digest: &str, now: Timestamp) -> Statement {
    Statement::new(shown_sql(2), [account.into(), id.into(), digest.into(), now.into()])
}

/// With the account as the first parameter, and the others from this number on.
fn shown_sql(id: usize) -> String {
    let (digest, now) = (id + 1, id + 2);
    format!(
        holder!(
            "(SELECT ?{id} AS id) shown LEFT JOIN api_tokens t ON t.account_id = +?1 AND t.id = shown.id WHERE CASE \
             WHEN t.digest = ?{digest} AND COALESCE(t.expires_at > ?{now}, 1) THEN 1 ELSE json('no token ' || shown.id) END"
        ),
        id = id,
        digest = digest,
        now = now,
    )
}

/// [`shown`] and a lookup of a few rows that is made only then, as one statement: D1 takes less time for one than for a batch of two.
/// The account is the lookup's first parameter, and its rows have an id. Each comes with the token beside it; where nothing is found,
/// one row has the token alone: [`looked_up`] tells.
pub fn shown_before(id: &str, digest: &str, now: Timestamp, lookup: Statement) -> Statement {
    let Statement { sql, mut parameters } = lookup;
    let shown = shown_sql(parameters.len() + 1);
    parameters.extend([id.into(), digest.into(), now.into()]);
    Statement { sql: format!("SELECT * FROM ({shown}) LEFT JOIN ({sql}) looked_up").into(), parameters }
}

/// What the lookup of [`shown_before`] found.
pub fn looked_up(rows: Rows) -> Rows {
    if rows.cell("id").is_some_and(|id| !id.is_null()) { rows } else { Rows::default() }
}
