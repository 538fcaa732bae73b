//! Sessions.

use super::{Statement, Value, millis};
use crate::access::Session;
use crate::directory::User;
use crate::saml::{NameId, UNSPECIFIED};
use crate::time::Timestamp;
use serde::Deserialize;

/// Opens a session under the digest of its cookie's secret, if its user and its provider still have the versions that it was
/// decided by. Constraint: [`super::Constraint::VersionMoved`].
pub fn insert(session: &Session, digest: &str, user_version: i64, provider_version: i64) -> Statement {
    let session = session.row();
    Statement::new(
        "INSERT INTO sessions (account_id, digest, id, user_id, provider_id, name_id, name_id_format, \
         session_index, created_at, seen_at, expires_at) VALUES (?1, ?2, ?3, \
         (SELECT id FROM users WHERE account_id = ?1 AND id = ?4 AND version = ?11), \
         (SELECT id FROM providers WHERE account_id = ?1 AND id = ?5 AND version = ?12), ?6, ?7, ?8, ?9, ?9, ?10)",
        [
            session.account.as_str().into(),
            digest.into(),
            session.id.as_str().into(),
            session.user.as_str().into(),
            session.provider.as_str().into(),
            session.name_id.as_str().into(),
            session.name_id_format.as_deref().into(),
            session.session_index.as_deref().into(),
            session.created_at.into(),
            session.expires_at.into(),
            user_version.into(),
            provider_version.into(),
        ],
    )
}

/// An open session, with whose it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "(Opened, User)")]
pub struct OpenSession {
    /// The session.
    pub opened: Opened,
    /// The user.
    pub user: User,
}

impl From<(Opened, User)> for OpenSession {
    fn from((opened, user): (Opened, User)) -> Self {
        Self { opened, user }
    }
}

/// A session, as the user of it sees it.
#[derive(Clone, Debug, Deserialize)]
pub struct Opened {
    /// Its id; not the secret.
    pub session_id: String,
    /// Id of the provider that opened it.
    pub provider_id: String,
    /// Name of the provider that opened it.
    pub provider_name: String,
    /// Where signing out leads, if the provider has single logout.
    pub logout_url: Option<String>,
    /// When it was opened.
    #[serde(deserialize_with = "millis")]
    pub opened_at: Timestamp,
    /// When it was used last, to within some minutes.
    #[serde(deserialize_with = "millis")]
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    #[serde(deserialize_with = "millis")]
    pub expires_at: Timestamp,
}

/// The open session under a digest. A session is open while its user is active, it was used within the idle time
/// (`idle_since`) and its end has not come.
pub fn find(account: &str, digest: &str, now: Timestamp, idle_since: Timestamp) -> Statement {
    Statement::new(
        "SELECT s.id AS session_id, s.provider_id, p.settings ->> '$.name' AS provider_name, \
         p.settings ->> '$.logout.url' AS logout_url, \
         s.created_at AS opened_at, s.seen_at, s.expires_at, \
         u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
         u.updated_at, u.last_sign_in_at, u.version \
         FROM sessions s JOIN users u ON u.account_id = s.account_id AND u.id = s.user_id \
         JOIN providers p ON p.account_id = s.account_id AND p.id = s.provider_id \
         WHERE s.account_id = +?1 AND s.digest = +?2 AND s.expires_at > ?3 AND s.seen_at > ?4 AND u.active = 1",
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

/// What single logout has to say of a session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EndedSession {
    /// Id of the provider that opened it.
    pub provider_id: String,
    /// By whom the provider means its user.
    pub name_id: String,
    /// URI of the format of the NameID.
    pub name_id_format: Option<String>,
    /// The provider's index of it.
    pub session_index: Option<String>,
}

/// Finds a session whose provider has single logout, open or not: at the provider it may last longer.
pub fn find_for_logout(account: &str, digest: &str) -> Statement {
    Statement::new(
        "SELECT s.provider_id, s.name_id, s.name_id_format, s.session_index FROM sessions s \
         JOIN providers p ON p.account_id = s.account_id AND p.id = s.provider_id \
         WHERE s.account_id = +?1 AND s.digest = +?2 AND p.settings ->> '$.logout.url' IS NOT NULL",
        [account.into(), digest.into()],
    )
}

/// Ends a session whose provider has no single logout.
pub fn delete_without_logout(account: &str, digest: &str) -> Statement {
    Statement::new(
        "DELETE FROM sessions WHERE account_id = ?1 AND digest = ?2 AND NOT EXISTS (SELECT 1 FROM providers p \
         WHERE p.account_id = sessions.account_id AND p.id = sessions.provider_id \
         AND p.settings ->> '$.logout.url' IS NOT NULL)",
        [account.into(), digest.into()],
    )
}

/// The sessions that an identity provider means by a NameID and, if there are any, by indexes of its own. A session that
/// it gave no index cannot be told from those that it means, so it is one of them. So it is with formats: one that is
/// absent or unspecified, there or here, may be any (SAML core 2.2.2 and 8.3.1); Entra signs in with one and out without.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// Account.
    pub account: &'a str,
    /// Id of the provider.
    pub provider: &'a str,
    /// Whose.
    pub name_id: &'a NameId,
    /// Which. Empty: all.
    pub indexes: &'a [String],
}

impl Named<'_> {
    /// Finds their digests.
    pub fn find(&self) -> Statement {
        Statement::new(
            "SELECT digest FROM sessions WHERE account_id = +?1 AND provider_id = +?2 AND name_id = +?3 \
             AND (?5 = +?4 OR COALESCE(name_id_format, ?4) IN (?4, ?5)) AND (?6 = '' OR session_index IS NULL \
             OR instr(?6, char(10) || session_index || char(10)))",
            self.parameters(),
        )
    }

    /// Ends them.
    pub fn delete(&self) -> Statement {
        Statement::new(
            "DELETE FROM sessions WHERE account_id = ?1 AND provider_id = ?2 AND name_id = ?3 \
             AND (?5 = ?4 OR COALESCE(name_id_format, ?4) IN (?4, ?5)) AND (?6 = '' OR session_index IS NULL \
             OR instr(?6, char(10) || session_index || char(10)))",
            self.parameters(),
        )
    }

    /// The indexes are one text, each between ends of lines.
    fn parameters(&self) -> [Value; 6] {
        let mut indexes = String::new();
        for index in self.indexes {
            indexes.extend(["\n", index, "\n"]);
        }
        [
            self.account.into(),
            self.provider.into(),
            self.name_id.value.as_str().into(),
            UNSPECIFIED.into(),
            self.name_id.format_uri().into(),
            indexes.as_str().into(),
        ]
    }
}

/// Ends every session of a user.
pub fn delete_of_user(account: &str, user: &str) -> Statement {
    Statement::new("DELETE FROM sessions WHERE account_id = ?1 AND user_id = ?2", [account.into(), user.into()])
}

/// Removes sessions that have ended. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM sessions WHERE (account_id, digest) IN \
         (SELECT account_id, digest FROM sessions WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
