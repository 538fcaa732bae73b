//! Users and their links to providers.

use super::{Page, Statement, Value, flag, group, invitation, json, tombstone};
use crate::directory::{Change, Email, Meant, User};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A user found by e-mail, and how they are linked as one provider sees it.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "(User, Links)")]
pub struct FoundByEmail {
    /// The user.
    pub user: User,
    links: Links,
}

#[derive(Clone, Debug, Deserialize)]
struct Links {
    #[serde(deserialize_with = "flag")]
    linked_here: bool,
    #[serde(deserialize_with = "flag")]
    linked_elsewhere: bool,
}

impl From<(User, Links)> for FoundByEmail {
    fn from((user, links): (User, Links)) -> Self {
        Self { user, links }
    }
}

impl FoundByEmail {
    /// Linked to another provider and not to the one asked about.
    pub fn is_linked_to_other_provider(&self) -> bool {
        self.links.linked_elsewhere && !self.links.linked_here
    }
}

/// The user whom a provider means by a NameID.
pub fn find_by_link(account: &str, provider: &str, name_id: Option<&str>) -> Statement {
    Statement::new(
        "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
         u.updated_at, u.last_sign_in_at, u.version FROM user_links l \
         JOIN users u ON u.account_id = l.account_id AND u.id = l.user_id \
         WHERE l.account_id = +?1 AND l.provider_id = +?2 AND l.name_id = +?3",
        [account.into(), provider.into(), name_id.into()],
    )
}

/// The user of an e-mail, with how they are linked as `provider` sees it.
pub fn find_by_email(account: &str, email: Option<&Email>, provider: &str) -> Statement {
    Statement::new(
        "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
         u.updated_at, u.last_sign_in_at, u.version, \
         EXISTS (SELECT 1 FROM user_links l WHERE l.account_id = u.account_id AND l.user_id = u.id \
                 AND l.provider_id = ?3) AS linked_here, \
         EXISTS (SELECT 1 FROM user_links l WHERE l.account_id = u.account_id AND l.user_id = u.id \
                 AND l.provider_id <> ?3) AS linked_elsewhere \
         FROM users u WHERE u.account_id = ?1 AND u.email_folded = ?2",
        [account.into(), email.map(Email::folded).into(), provider.into()],
    )
}

/// A user with the groups that they are in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "(User, Groups)")]
pub struct Listed {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// The groups.
    pub groups: Vec<GroupName>,
}

#[derive(Deserialize)]
struct Groups {
    #[serde(deserialize_with = "json")]
    groups: Vec<GroupName>,
}

impl From<(User, Groups)> for Listed {
    fn from((user, Groups { groups }): (User, Groups)) -> Self {
        Self { user, groups }
    }
}

/// A group, as users show it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GroupName {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// One user, as [`Listed`].
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
         u.updated_at, u.last_sign_in_at, u.version, \
         (SELECT json_group_array(json_object('id', g.id, 'name', g.name)) FROM group_members m \
          CROSS JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id \
          WHERE m.account_id = u.account_id AND m.user_id = u.id) AS groups \
         FROM users u WHERE u.account_id = ?1 AND u.id = ?2",
        [account.into(), id.into()],
    )
}

/// A page of users, as [`Listed`], the newest last; only the one of a folded e-mail, if one is given.
pub fn list(account: &str, email: Option<&Email>, page: &Page) -> Statement {
    let after: Value = page.after.as_deref().unwrap_or_default().into();
    match email {
        Some(email) => Statement::new(
            "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
             u.updated_at, u.last_sign_in_at, u.version, \
             (SELECT json_group_array(json_object('id', g.id, 'name', g.name)) FROM group_members m \
              CROSS JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id \
              WHERE m.account_id = u.account_id AND m.user_id = u.id) AS groups \
             FROM users u WHERE u.account_id = +?1 AND u.email_folded = +?2 AND u.id > ?3 LIMIT +?4",
            [account.into(), email.folded().into(), after, page.rows()],
        ),
        None => Statement::new(
            "SELECT u.id, u.email, u.given_name, u.family_name, u.display_name, u.active, u.managed_by, u.created_at, \
             u.updated_at, u.last_sign_in_at, u.version, \
             (SELECT json_group_array(json_object('id', g.id, 'name', g.name)) FROM group_members m \
              CROSS JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id \
              WHERE m.account_id = u.account_id AND m.user_id = u.id) AS groups \
             FROM users u WHERE u.account_id = +?1 AND u.id > ?2 ORDER BY u.id LIMIT +?3",
            [account.into(), after, page.rows()],
        ),
    }
}

/// Writes a user anew. Constraint: [`super::Constraint::UserEmail`]. That nobody else did so meanwhile is guarded by the change
/// row of its version. For SCIM, whom it did not make is called by their e-mail; by their id where somebody else is.
pub fn update(account: &str, user: &User, email: &Email) -> Statement {
    Statement::new(
        "UPDATE users SET email = ?3, email_folded = ?4, given_name = ?5, family_name = ?6, display_name = ?7, active = ?8, \
         managed_by = ?9, updated_at = ?10, version = ?11, \
         user_name = CASE WHEN scim IS NOT NULL THEN user_name WHEN EXISTS (SELECT 1 FROM users o \
         WHERE o.account_id = ?1 AND o.user_name_folded = ?4 AND o.id <> ?2) THEN id ELSE ?3 END, \
         user_name_folded = CASE WHEN scim IS NOT NULL THEN user_name_folded WHEN EXISTS (SELECT 1 FROM users o \
         WHERE o.account_id = ?1 AND o.user_name_folded = ?4 AND o.id <> ?2) THEN id ELSE ?4 END \
         WHERE account_id = ?1 AND id = ?2",
        [
            account.into(),
            user.id.as_str().into(),
            email.as_given().into(),
            email.folded().into(),
            user.given_name.as_deref().into(),
            user.family_name.as_deref().into(),
            user.display_name.as_deref().into(),
            i64::from(user.active).into(),
            user.managed_by.as_str().into(),
            user.updated_at.into(),
            user.version.into(),
        ],
    )
}

/// Removes a user, with their links, sessions and memberships.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM users WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// The statement that makes a change so.
pub fn change(account: &str, change: &Change, now: Timestamp) -> Statement {
    match change {
        Change::CreateUser { user, email, unless_removed } => insert(account, user, email, unless_removed.as_ref()),
        Change::LinkUser { user, provider, name_id, beside_others } => {
            link(account, provider, name_id, user, *beside_others, now)
        }
        Change::BindUser { user, provider, beside_others } => bind(account, provider, user, *beside_others, now),
        Change::JoinGroups { user, groups } => group::join(account, user, groups, now),
        Change::FollowInto { user, provider, saml_groups } => {
            group::follow_into(account, provider, user, saml_groups, now)
        }
        Change::FollowOutOf { user, provider, saml_groups } => {
            group::follow_out_of(account, provider, user, saml_groups)
        }
        Change::AcceptInvitation { invitation } => invitation::delete(account, invitation),
        Change::ClearTombstone { email } => tombstone::clear(account, email),
        Change::SignedIn { user } => signed_in(account, user, now),
    }
}

/// Makes a user. Constraints: [`super::Constraint::UserEmail`], and [`super::Constraint::UserRemoved`] if they were and are not
/// to come back. For SCIM they are called by their e-mail; by their id where somebody else is.
fn insert(account: &str, user: &User, email: &Email, unless_removed: Option<&Meant>) -> Statement {
    let keys = unless_removed.map(|meant| tombstone::keys(&meant.provider, meant.name_id.as_deref(), Some(email)));
    let mut parameters = Vec::from(parameters(account, user, email.folded()));
    parameters.extend(keys.unwrap_or([Value::Null, Value::Null]));
    Statement::new(
        "INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, \
         managed_by, created_at, updated_at, last_sign_in_at, version, user_name, user_name_folded) \
         VALUES (?1, \
         CASE WHEN EXISTS (SELECT 1 FROM tombstones WHERE account_id = ?1 AND key IN (?14, ?15)) THEN NULL ELSE ?2 END, \
         ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, \
         CASE WHEN EXISTS (SELECT 1 FROM users WHERE account_id = ?1 AND user_name_folded = ?4) THEN ?2 ELSE ?3 END, \
         CASE WHEN EXISTS (SELECT 1 FROM users WHERE account_id = ?1 AND user_name_folded = ?4) THEN ?2 ELSE ?4 END)",
        parameters,
    )
}

/// The columns of a user that all write, in the order of the table.
pub(super) fn parameters(account: &str, user: &User, email_folded: &str) -> [Value; 13] {
    [
        account.into(),
        user.id.as_str().into(),
        user.email.as_str().into(),
        email_folded.into(),
        user.given_name.as_deref().into(),
        user.family_name.as_deref().into(),
        user.display_name.as_deref().into(),
        i64::from(user.active).into(),
        user.managed_by.as_str().into(),
        user.created_at.into(),
        user.updated_at.into(),
        user.last_sign_in_at.map_or(Value::Null, Value::from),
        user.version.into(),
    ]
}

/// Remembers when a user signed in last. Not a change of the user: the version stays.
fn signed_in(account: &str, id: &str, now: Timestamp) -> Statement {
    Statement::new(
        "UPDATE users SET last_sign_in_at = ?3 WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into(), now.into()],
    )
}

/// Links a NameID of a provider to a user. Constraint: [`super::Constraint::UserLink`], also if they are another provider's
/// alone, unless they may be (`beside_others`).
fn link(account: &str, provider: &str, name_id: &str, user: &str, beside_others: bool, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO user_links (account_id, provider_id, name_id, user_id, created_at) VALUES (?1, ?2, ?3, \
         CASE WHEN ?6 OR NOT EXISTS (SELECT 1 FROM user_links WHERE account_id = ?1 AND user_id = ?4 \
         AND provider_id <> ?2) OR EXISTS (SELECT 1 FROM user_links WHERE account_id = ?1 AND user_id = ?4 \
         AND provider_id = ?2) THEN ?4 END, ?5)",
        [account.into(), provider.into(), name_id.into(), user.into(), now.into(), i64::from(beside_others).into()],
    )
}

/// Binds a user to a provider that has no lasting NameID for them, if they are not. Their own id stands in its place: no
/// NameID has that form, with its format and a space. Constraint: as with [`link`].
fn bind(account: &str, provider: &str, user: &str, beside_others: bool, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO user_links (account_id, provider_id, name_id, user_id, created_at) VALUES (?1, ?2, ?3, \
         CASE WHEN ?5 OR NOT EXISTS (SELECT 1 FROM user_links WHERE account_id = ?1 AND user_id = ?3 \
         AND provider_id <> ?2) OR EXISTS (SELECT 1 FROM user_links WHERE account_id = ?1 AND user_id = ?3 \
         AND provider_id = ?2) THEN ?3 END, ?4) \
         ON CONFLICT (account_id, provider_id, name_id) DO NOTHING",
        [account.into(), provider.into(), user.into(), now.into(), i64::from(beside_others).into()],
    )
}
