//! User groups and their members.

use super::{Page, Rows, Statement, StoreError, Value, flag, list_of, millis};
use crate::directory::{Email, Group, folded};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One group.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, name, identifier, managed_by, provider_id, saml_group, created_at, updated_at, version \
         FROM groups WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into()],
    )
}

/// A page of groups, the newest last.
pub fn list(account: &str, page: &Page) -> Statement {
    Statement::new(
        "SELECT id, name, identifier, managed_by, provider_id, saml_group, created_at, updated_at, version \
         FROM groups WHERE account_id = +?1 AND id > ?2 ORDER BY id LIMIT +?3",
        [account.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// A native group that somebody could join.
#[derive(Clone, Debug, Deserialize)]
pub struct Joinable {
    /// Id.
    pub id: String,
    /// The provider that it is linked to.
    pub provider_id: Option<String>,
    /// Whether its members are those whom that provider names.
    #[serde(deserialize_with = "flag")]
    pub follows: bool,
}

/// Which of these ids are native groups, each with its link.
pub fn joinable(account: &str, ids: &[String]) -> Statement {
    Statement::new(
        "SELECT g.id, g.provider_id, COALESCE(p.settings ->> '$.authorization.enabled', 0) AS follows \
         FROM json_each(?2) j CROSS JOIN groups g ON g.account_id = +?1 AND g.id = j.value \
         LEFT JOIN providers p ON p.account_id = +?1 AND p.id = g.provider_id WHERE g.managed_by = 'native'",
        [account.into(), list_of(ids)],
    )
}

/// Reads rows that are ids.
pub fn read_ids(rows: &Rows) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    struct Id {
        id: String,
    }
    Ok(rows.all::<Id>()?.into_iter().map(|row| row.id).collect())
}

/// The identifiers that begin like this one and could be in its way.
pub fn identifiers(account: &str, base: &str) -> Statement {
    // `:` follows the last digit.
    Statement::new(
        "SELECT identifier AS id FROM groups WHERE account_id = ?1 \
         AND (identifier = ?2 OR (identifier >= ?3 AND identifier < ?4)) LIMIT 10000",
        [account.into(), base.into(), Value::Text(format!("{base}_0")), Value::Text(format!("{base}_:"))],
    )
}

/// Makes a group. Constraints: [`super::Constraint::GroupName`], [`super::Constraint::GroupIdentifier`],
/// [`super::Constraint::GroupLink`].
pub fn insert(account: &str, group: &Group) -> Statement {
    Statement::new(
        "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, provider_id, saml_group, \
         created_at, updated_at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        [
            account.into(),
            group.id.as_str().into(),
            group.name.as_str().into(),
            Value::Text(folded(&group.name)),
            group.identifier.as_str().into(),
            group.managed_by.as_str().into(),
            group.provider_id.as_deref().into(),
            group.saml_group.as_deref().into(),
            group.created_at.into(),
            group.updated_at.into(),
            group.version.into(),
        ],
    )
}

/// Writes a group anew. Constraints as with [`insert`]. That nobody else did so meanwhile is guarded by the change row.
pub fn update(account: &str, group: &Group) -> Statement {
    Statement::new(
        "UPDATE groups SET name = ?3, name_folded = ?4, provider_id = ?5, saml_group = ?6, updated_at = ?7, version = ?8 \
         WHERE account_id = ?1 AND id = ?2",
        [
            account.into(),
            group.id.as_str().into(),
            group.name.as_str().into(),
            Value::Text(folded(&group.name)),
            group.provider_id.as_deref().into(),
            group.saml_group.as_deref().into(),
            group.updated_at.into(),
            group.version.into(),
        ],
    )
}

/// Removes a group with its memberships.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM groups WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// A member of a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Member {
    /// Id of the user.
    pub id: String,
    /// E-mail.
    pub email: String,
    /// Display name.
    pub display_name: Option<String>,
    /// Since when.
    #[serde(deserialize_with = "millis")]
    pub added_at: Timestamp,
}

/// A page of the members of a group, by their ids.
pub fn members(account: &str, group: &str, page: &Page) -> Statement {
    Statement::new(
        "SELECT u.id, u.email, u.display_name, m.added_at FROM group_members m \
         CROSS JOIN users u ON u.account_id = m.account_id AND u.id = m.user_id \
         WHERE m.account_id = +?1 AND m.group_id = +?2 AND m.user_id > ?3 ORDER BY m.user_id LIMIT +?4",
        [account.into(), group.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// One membership, if it is there.
pub fn member(account: &str, group: &str, user: &str) -> Statement {
    Statement::new(
        "SELECT user_id AS id FROM group_members WHERE account_id = ?1 AND group_id = ?2 AND user_id = ?3",
        [account.into(), group.into(), user.into()],
    )
}

/// Makes a user a member of native groups, of those that are there.
pub fn join(account: &str, user: &str, groups: &[String], now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO group_members (account_id, group_id, user_id, added_at) \
         SELECT ?1, g.id, ?2, ?4 FROM json_each(?3) j CROSS JOIN groups g ON g.account_id = +?1 AND g.id = j.value \
         WHERE g.managed_by = 'native' ON CONFLICT DO NOTHING",
        [account.into(), user.into(), list_of(groups), now.into()],
    )
}

/// Takes a user out of native groups.
pub fn leave(account: &str, user: &str, groups: &[String]) -> Statement {
    Statement::new(
        "DELETE FROM group_members WHERE account_id = +?1 AND user_id = +?2 AND group_id IN \
         (SELECT g.id FROM json_each(?3) j CROSS JOIN groups g ON g.account_id = +?1 AND g.id = j.value \
          WHERE g.managed_by = 'native')",
        [account.into(), user.into(), list_of(groups)],
    )
}

/// Takes all members out of a group.
pub fn clear(account: &str, group: &str) -> Statement {
    Statement::new("DELETE FROM group_members WHERE account_id = ?1 AND group_id = ?2", [account.into(), group.into()])
}

/// The groups that are linked to a provider, and whether the user of this NameID, or else of this e-mail, is a member.
pub fn linked(account: &str, provider: &str, name_id: Option<&str>, email: Option<&Email>) -> Statement {
    Statement::new(
        "SELECT g.name, g.saml_group, EXISTS (SELECT 1 FROM group_members m \
         WHERE m.account_id = g.account_id AND m.group_id = g.id AND m.user_id = COALESCE( \
         (SELECT user_id FROM user_links WHERE account_id = ?1 AND provider_id = ?2 AND name_id = ?3), \
         (SELECT id FROM users WHERE account_id = ?1 AND email_folded = ?4))) AS is_member \
         FROM groups g WHERE g.account_id = ?1 AND g.provider_id = ?2",
        [account.into(), provider.into(), name_id.into(), email.map(Email::folded).into()],
    )
}

/// Follows the identity provider into the groups that are linked to these of it.
pub fn follow_into(account: &str, provider: &str, user: &str, saml_groups: &[String], now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO group_members (account_id, group_id, user_id, added_at) \
         SELECT ?1, g.id, ?3, ?5 FROM json_each(?4) j CROSS JOIN groups g ON g.account_id = +?1 AND g.provider_id = +?2 \
         AND g.saml_group = j.value WHERE true ON CONFLICT DO NOTHING",
        [account.into(), provider.into(), user.into(), list_of(saml_groups), now.into()],
    )
}

/// Follows the identity provider out of the groups that are linked to these of it.
pub fn follow_out_of(account: &str, provider: &str, user: &str, saml_groups: &[String]) -> Statement {
    Statement::new(
        "DELETE FROM group_members WHERE account_id = +?1 AND user_id = +?3 AND group_id IN \
         (SELECT g.id FROM json_each(?4) j CROSS JOIN groups g ON g.account_id = +?1 AND g.provider_id = +?2 \
          AND g.saml_group = j.value)",
        [account.into(), provider.into(), user.into(), list_of(saml_groups)],
    )
}

/// Names of groups that are linked to a provider, a few of them.
pub fn linked_names(account: &str, provider: &str) -> Statement {
    Statement::new(
        "SELECT name AS id FROM groups WHERE account_id = ?1 AND provider_id = ?2 LIMIT 10",
        [account.into(), provider.into()],
    )
}

/// Whether a user is in a group of SCIM.
pub fn in_scim_group(account: &str, user: &str) -> Statement {
    Statement::new(
        "SELECT g.name AS id FROM group_members m \
         JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id \
         WHERE m.account_id = +?1 AND m.user_id = +?2 AND g.managed_by = 'scim' LIMIT 1",
        [account.into(), user.into()],
    )
}
