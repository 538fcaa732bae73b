//! Invitations (SPEC section 5; seed 000).

use super::{Page, Statement, Value, json, millis};
use crate::directory::{Email, Invitation};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An invitation as the API shows it: without its secret, which nobody has but who was given it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Listed {
    /// Id.
    pub id: String,
    /// Whom.
    pub email: String,
    /// Ids of the native groups to join.
    #[serde(deserialize_with = "json")]
    pub groups: Vec<String>,
    /// When it was made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(deserialize_with = "millis")]
    pub expires_at: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

/// The open invitation of an e-mail.
pub fn of_email(account: &str, email: Option<&Email>, now: Timestamp) -> Statement {
    Statement::new(
        "SELECT id, email, groups, created_at, expires_at, version FROM invitations \
         WHERE account_id = ?1 AND email_folded = ?2 AND expires_at > ?3",
        [account.into(), email.map(Email::folded).into(), now.into()],
    )
}

/// The open invitation of a link's secret.
pub fn of_digest(account: &str, digest: &str, now: Timestamp) -> Statement {
    Statement::new(
        "SELECT id, email, groups, created_at, expires_at, version FROM invitations \
         WHERE account_id = ?1 AND digest = ?2 AND expires_at > ?3",
        [account.into(), digest.into(), now.into()],
    )
}

/// One invitation.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, email, groups, created_at, expires_at, version FROM invitations WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into()],
    )
}

/// A page of invitations, the newest last.
pub fn list(account: &str, page: &Page) -> Statement {
    Statement::new(
        "SELECT id, email, groups, created_at, expires_at, version FROM invitations \
         WHERE account_id = +?1 AND id > ?2 ORDER BY id LIMIT +?3",
        [account.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// Makes an invitation. Constraint: [`super::Constraint::InvitationEmail`].
pub fn insert(account: &str, invitation: &Invitation, digest: &str) -> Statement {
    Statement::new(
        "INSERT INTO invitations (account_id, id, email, email_folded, groups, digest, created_at, expires_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 1)",
        [
            account.into(),
            invitation.id.as_str().into(),
            invitation.email.as_given().into(),
            invitation.email.folded().into(),
            Value::Text(serde_json::to_string(&invitation.groups).unwrap_or_default()),
            digest.into(),
            invitation.created_at.into(),
            invitation.expires_at.into(),
        ],
    )
}

/// Forgets an invitation: it is accepted, taken back or over.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM invitations WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// Forgets the invitation of an e-mail that is over.
pub fn delete_expired(account: &str, email: &Email, now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM invitations WHERE account_id = ?1 AND email_folded = ?2 AND expires_at <= ?3",
        [account.into(), email.folded().into(), now.into()],
    )
}

/// Forgets what is over. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM invitations WHERE (account_id, id) IN \
         (SELECT account_id, id FROM invitations WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
