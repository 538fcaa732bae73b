//! Who was removed: JIT makes nobody of them anew (SPEC section 4).

use super::{Page, Statement, Value, millis};
use crate::directory::Email;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A user who was removed, by one of what they would come back as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Tombstone {
    /// Id that the user had.
    pub user_id: String,
    /// E-mail that the user had.
    pub email: String,
    /// When they were removed.
    #[serde(deserialize_with = "millis")]
    pub removed_at: Timestamp,
    /// Who did it.
    pub removed_by: String,
}

fn email_key(folded: &str) -> Value {
    Value::Text(format!("email:{folded}"))
}

/// By what somebody whom a provider means would come back: their NameID and their e-mail, each NULL if there is none.
pub(super) fn keys(provider: &str, name_id: Option<&str>, email: Option<&Email>) -> [Value; 2] {
    let name_id = name_id.map_or(Value::Null, |name_id| Value::Text(format!("name-id:{provider}:{name_id}")));
    [name_id, email.map_or(Value::Null, |email| email_key(email.folded()))]
}

/// Whether somebody of this NameID of a provider, or of this e-mail, was removed.
pub fn find(account: &str, provider: &str, name_id: Option<&str>, email: Option<&Email>) -> Statement {
    let [name_id, email] = keys(provider, name_id, email);
    Statement::new(
        "SELECT user_id, email, removed_at, removed_by FROM tombstones WHERE account_id = ?1 AND key IN (?2, ?3) LIMIT 1",
        [account.into(), name_id, email],
    )
}

/// A page of the users who were removed, by the ids that they had.
pub fn list(account: &str, page: &Page) -> Statement {
    // `+key` is no column to search by, so that the index of the order is taken.
    Statement::new(
        "SELECT user_id, email, removed_at, removed_by FROM tombstones \
         WHERE account_id = +?1 AND user_id > ?2 AND +key >= 'email:' AND +key < 'email;' ORDER BY user_id LIMIT +?3",
        [account.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// The user of this id, if they were removed.
pub fn of(account: &str, user: &str) -> Statement {
    Statement::new(
        "SELECT user_id, email, removed_at, removed_by FROM tombstones WHERE account_id = ?1 AND user_id = ?2 LIMIT 1",
        [account.into(), user.into()],
    )
}

/// Forgets that a user was removed.
pub fn clear_user(account: &str, user: &str) -> Statement {
    Statement::new("DELETE FROM tombstones WHERE account_id = ?1 AND user_id = ?2", [account.into(), user.into()])
}

/// Remembers a user who is there, by all that they would come back as. Runs before they are removed.
pub fn of_user(account: &str, user: &str, by: &str, now: Timestamp) -> [Statement; 2] {
    let parameters: [Value; 4] = [account.into(), user.into(), now.into(), by.into()];
    [
        Statement::new(
            "INSERT INTO tombstones (account_id, key, user_id, email, removed_at, removed_by) \
             SELECT account_id, 'email:' || email_folded, id, email, ?3, ?4 FROM users WHERE account_id = +?1 AND id = +?2 \
             ON CONFLICT (account_id, key) DO UPDATE SET user_id = excluded.user_id, email = excluded.email, \
             removed_at = excluded.removed_at, removed_by = excluded.removed_by",
            parameters.clone(),
        ),
        Statement::new(
            "INSERT INTO tombstones (account_id, key, user_id, email, removed_at, removed_by) \
             SELECT l.account_id, 'name-id:' || l.provider_id || ':' || l.name_id, u.id, u.email, ?3, ?4 \
             FROM user_links l JOIN users u ON u.account_id = l.account_id AND u.id = l.user_id \
             WHERE l.account_id = +?1 AND l.user_id = +?2 \
             ON CONFLICT (account_id, key) DO UPDATE SET user_id = excluded.user_id, email = excluded.email, \
             removed_at = excluded.removed_at, removed_by = excluded.removed_by",
            parameters,
        ),
    ]
}

/// Forgets that the user of an e-mail was removed, with all that they would come back as.
pub fn clear(account: &str, email: &Email) -> Statement {
    Statement::new(
        "DELETE FROM tombstones WHERE account_id = ?1 AND (key = ?2 OR user_id IN \
         (SELECT user_id FROM tombstones WHERE account_id = ?1 AND key = ?2)) RETURNING user_id",
        [account.into(), email_key(email.folded())],
    )
}
