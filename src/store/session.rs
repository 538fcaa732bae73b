//! Sessions.

use super::{Statement, millis};
use crate::access::Session;
use crate::directory::User;
use crate::time::Timestamp;
use serde::Deserialize;

/// Opens a session under the digest of its cookie's secret.
pub fn insert(session: &Session, digest: &str) -> Statement {
    Statement::new(
        "INSERT INTO sessions (account_id, digest, id, user_id, provider_id, name_id, session_index, created_at, \
         seen_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
        [
            session.account.as_str().into(),
            digest.into(),
            session.id.as_str().into(),
            session.user.as_str().into(),
            session.provider.as_str().into(),
            session.name_id.as_str().into(),
            session.session_index.as_deref().into(),
            session.created_at.into(),
            session.expires_at.into(),
        ],
    )
}

/// An open session, with whose it is.
#[derive(Clone, Debug, Deserialize)]
pub struct OpenSession {
    /// Its id; not the secret.
    pub session_id: String,
    /// Id of the provider that opened it.
    pub provider_id: String,
    /// Name of the provider that opened it.
    pub provider_name: String,
    /// When it was opened.
    #[serde(deserialize_with = "millis")]
    pub opened_at: Timestamp,
    /// When it was used last, to within some minutes.
    #[serde(deserialize_with = "millis")]
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    #[serde(deserialize_with = "millis")]
    pub expires_at: Timestamp,
    /// The user.
    #[serde(flatten)]
    pub user: User,
}

/// The open session under a digest. A session is open while its user is active, it was used within the idle time
/// (`idle_since`) and its end has not come.
pub fn find(account: &str, digest: &str, now: Timestamp, idle_since: Timestamp) -> Statement {
    Statement::new(
        "SELECT s.id AS session_id, s.provider_id, p.settings ->> '$.name' AS provider_name, \
         s.created_at AS opened_at, s.seen_at, s.expires_at, \
         u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
         u.updated_at, u.last_sign_in_at, u.version \
         FROM sessions s JOIN users u ON u.account_id = s.account_id AND u.id = s.user_id \
         JOIN providers p ON p.account_id = s.account_id AND p.id = s.provider_id \
         WHERE s.account_id = ?1 AND s.digest = ?2 AND s.expires_at > ?3 AND s.seen_at > ?4 AND u.active = 1",
        [account.into(), digest.into(), now.into(), idle_since.into()],
    )
}

/// Remembers that a session is in use.
pub fn seen(account: &str, digest: &str, now: Timestamp) -> Statement {
    Statement::new(
        "UPDATE sessions SET seen_at = ?3 WHERE account_id = ?1 AND digest = ?2",
        [account.into(), digest.into(), now.into()],
    )
}

/// Ends a session.
pub fn delete(account: &str, digest: &str) -> Statement {
    Statement::new("DELETE FROM sessions WHERE account_id = ?1 AND digest = ?2", [account.into(), digest.into()])
}

/// Removes sessions that have ended. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM sessions WHERE (account_id, digest) IN \
         (SELECT account_id, digest FROM sessions WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
