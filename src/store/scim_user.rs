//! Users as SCIM sees them: every user of the account.

use super::scim_list::Keyset;
use super::user::GroupName;
use super::{Statement, Value, flag, json, list_of};
use crate::directory::User;
use crate::time::Timestamp;
use serde::Deserialize;

/// A user with what SCIM knows of them. The e-mail of one who has none is the userName.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "(User, Known)")]
pub struct ScimUser {
    /// The user, as all others see them.
    pub user: User,
    /// What SCIM knows.
    pub known: Known,
}

impl From<(User, Known)> for ScimUser {
    fn from((user, known): (User, Known)) -> Self {
        Self { user, known }
    }
}

/// What SCIM knows of a user beside what all know.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Known {
    /// Unique in the account, without case.
    pub user_name: String,
    /// What a SCIM client calls them.
    pub external_id: Option<String>,
    /// Which one: the owner of its token.
    pub external_owner: Option<String>,
    /// What was sent, as JSON. `None`: nothing was, they came otherwise.
    pub scim: Option<String>,
    /// The groups of SCIM that they are in.
    #[serde(deserialize_with = "json")]
    pub groups: Vec<GroupName>,
    /// Whether SCIM may take them over: they came just in time, and the account says so.
    #[serde(deserialize_with = "flag")]
    pub adoptable: bool,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, ",
            "u.updated_at, u.last_sign_in_at, u.version, u.user_name, u.external_id, u.external_owner, u.scim, ",
            "(SELECT json_group_array(json_object('id', g.id, 'name', g.name)) FROM group_members m ",
            "CROSS JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id ",
            "WHERE m.account_id = u.account_id AND m.user_id = u.id AND g.managed_by = 'scim') AS groups, ",
            "CASE u.managed_by WHEN 'jit' THEN (SELECT a.adopt_jit_users FROM accounts a WHERE a.id = u.account_id) ",
            "ELSE 0 END AS adoptable FROM ",
            $rest
        )
    };
}

/// One user.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(select!("users u WHERE u.account_id = +?1 AND u.id = +?2"), [account.into(), id.into()])
}

/// The user of a userName, folded.
pub fn by_user_name(account: &str, folded: &str) -> Statement {
    Statement::new(
        select!("users u WHERE u.account_id = +?1 AND u.user_name_folded = +?2"),
        [account.into(), folded.into()],
    )
}

/// The user whom the owner of a token calls so.
pub fn by_external_id(account: &str, token: &str, external_id: &str) -> Statement {
    Statement::new(
        select!(
            "users u WHERE u.account_id = +?1 AND u.external_id = +?3 AND u.external_owner = \
             (SELECT COALESCE('user/' || t.user_id, 'service-account/' || t.service_account_id) \
              FROM api_tokens t WHERE t.account_id = +?1 AND t.id = +?2)"
        ),
        [account.into(), token.into(), external_id.into()],
    )
}

/// The users who have an e-mail, folded, as the one that they sign in with or as another: a page by id.
pub fn by_email(account: &str, folded: &str, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!(
            "(SELECT o.id FROM users o WHERE o.account_id = +?1 AND o.email_folded = +?2 AND o.id > ?3 \
              UNION SELECT e.user_id FROM user_emails e \
              WHERE e.account_id = +?1 AND e.email_folded = +?2 AND e.user_id > ?3 ORDER BY 1 LIMIT +?4) chunk \
             CROSS JOIN users u ON u.account_id = +?1 AND u.id = chunk.id ORDER BY chunk.id"
        ),
        [account.into(), folded.into(), page.after.into(), page.limit.into()],
    )
}

/// Those whom a user to be would be taken for: who has the userName, or the e-mail, folded.
pub fn alike(account: &str, user_name: &str, email: &str) -> Statement {
    Statement::new(
        select!(
            "users u WHERE u.account_id = +?1 AND u.id IN \
             (SELECT o.id FROM users o WHERE o.account_id = +?1 AND o.user_name_folded = +?2 \
              UNION ALL SELECT o.id FROM users o WHERE o.account_id = +?1 AND o.email_folded = +?3)"
        ),
        [account.into(), user_name.into(), email.into()],
    )
}

/// The members of a group: a page by id.
pub fn of_group(account: &str, group: &str, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!(
            "group_members n CROSS JOIN users u ON u.account_id = n.account_id AND u.id = n.user_id \
             WHERE n.account_id = +?1 AND n.group_id = +?2 AND n.user_id > ?3 ORDER BY n.user_id LIMIT +?4"
        ),
        [account.into(), group.into(), page.after.into(), page.limit.into()],
    )
}

/// The users whose folded userName is in a range, its end not: a page by userName.
pub fn by_prefix(account: &str, from: &str, to: &str, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!(
            "users u WHERE u.account_id = +?1 AND u.user_name_folded >= +?2 AND u.user_name_folded < ?3 \
             AND u.user_name_folded > ?4 ORDER BY u.user_name_folded LIMIT +?5"
        ),
        [account.into(), from.into(), to.into(), page.after.into(), page.limit.into()],
    )
}

/// The users who were changed in a time, both ends included: a page by that.
pub fn changed(account: &str, since: Timestamp, until: Timestamp, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!(
            "users u WHERE u.account_id = +?1 AND (u.updated_at, u.id) > (?2, ?4) AND u.updated_at <= ?3 \
             ORDER BY u.updated_at, u.id LIMIT +?5"
        ),
        [account.into(), page.since(since).into(), until.into(), page.after.into(), page.limit.into()],
    )
}

/// A page of all users by id.
pub fn page(account: &str, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!("users u WHERE u.account_id = +?1 AND u.id > ?2 ORDER BY u.id LIMIT +?3"),
        [account.into(), page.after.into(), page.limit.into()],
    )
}

/// A page of all users by its first number, 1 being the first user. Where the walk of this token is just there, it is a range;
/// else all users before it are counted off.
pub fn page_at(account: &str, token: &str, start: i64, limit: i64, walks_since: Timestamp) -> Statement {
    Statement::new(
        select!(
            "users u WHERE u.account_id = +?1 AND u.id > COALESCE((SELECT CASE ?3 WHEN w.position THEN w.after_id \
             ELSE w.previous_after_id END FROM import_walks w WHERE w.account_id = +?1 AND w.token_id = +?2 AND w.kind = 'user' \
             AND w.at > ?5 AND ?3 IN (w.position, w.previous_position)), '') \
             ORDER BY u.id LIMIT CASE WHEN ?3 > COALESCE((SELECT c.n FROM counts c \
             WHERE c.account_id = +?1 AND c.kind = 'user'), 0) THEN 0 ELSE ?4 END OFFSET CASE WHEN EXISTS (SELECT 1 FROM import_walks w WHERE w.account_id = +?1 \
             AND w.token_id = +?2 AND w.kind = 'user' AND w.at > ?5 AND ?3 IN (w.position, w.previous_position)) THEN 0 \
             ELSE ?3 - 1 END"
        ),
        [account.into(), token.into(), start.into(), limit.into(), walks_since.into()],
    )
}

/// The users of these ids, a JSON list.
pub fn of_ids(account: &str, ids: &[String]) -> Statement {
    Statement::new(
        select!("json_each(?2) j CROSS JOIN users u ON u.account_id = +?1 AND u.id = j.value"),
        [account.into(), list_of(ids)],
    )
}

/// A user as SCIM is to write them.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// The user.
    pub user: &'a User,
    /// Their e-mail as it is compared; their folded userName, if they have none.
    pub email_folded: &'a str,
    /// userName as it was given.
    pub user_name: &'a str,
    /// userName as it is compared.
    pub user_name_folded: &'a str,
    /// What a SCIM client calls them, and the owner of its token.
    pub external: Option<(&'a str, &'a str)>,
    /// What was sent, as JSON.
    pub scim: &'a str,
}

impl Written<'_> {
    fn parameters(&self, account: &str) -> Vec<Value> {
        let Self { user, email_folded, user_name, user_name_folded, external, scim } = *self;
        let mut parameters = Vec::from(super::user::parameters(account, user, email_folded));
        parameters.extend([
            user_name.into(),
            user_name_folded.into(),
            external.map(|(_, id)| id).into(),
            external.map(|(owner, _)| owner).into(),
            scim.into(),
        ]);
        parameters
    }

    /// Makes the user. Constraints: [`super::Constraint::UserEmail`], [`super::Constraint::UserName`],
    /// [`super::Constraint::ExternalId`].
    pub fn insert(&self, account: &str) -> Statement {
        Statement::new(
            "INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, \
             managed_by, created_at, updated_at, last_sign_in_at, version, user_name, user_name_folded, external_id, \
             external_owner, scim) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            self.parameters(account),
        )
    }

    /// Writes the user anew. Constraints as with [`Written::insert`]. That nobody else did so meanwhile is guarded by the change
    /// row of the version.
    pub fn update(&self, account: &str) -> Statement {
        Statement::new(
            "UPDATE users SET email = ?3, email_folded = ?4, given_name = ?5, family_name = ?6, display_name = ?7, \
             active = ?8, managed_by = ?9, created_at = ?10, updated_at = ?11, last_sign_in_at = COALESCE(last_sign_in_at, ?12), \
             version = ?13, user_name = ?14, user_name_folded = ?15, external_id = ?16, external_owner = ?17, scim = ?18 \
             WHERE account_id = ?1 AND id = ?2",
            self.parameters(account),
        )
    }
}

/// Forgets the other e-mails of a user, but for these, folded.
pub fn keep_emails(account: &str, user: &str, emails: &[String]) -> Statement {
    Statement::new(
        "DELETE FROM user_emails WHERE account_id = ?1 AND user_id = ?2 \
         AND email_folded NOT IN (SELECT value FROM json_each(?3))",
        [account.into(), user.into(), list_of(emails)],
    )
}

/// Remembers other e-mails of a user, folded.
pub fn add_emails(account: &str, user: &str, emails: &[String]) -> Statement {
    Statement::new(
        "INSERT INTO user_emails (account_id, email_folded, user_id) SELECT ?1, value, ?2 FROM json_each(?3) WHERE true \
         ON CONFLICT DO NOTHING",
        [account.into(), user.into(), list_of(emails)],
    )
}
