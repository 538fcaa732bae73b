//! Groups as SCIM sees them: those that it made. Members are a list of ids, and are changed one by one: nobody's change is lost.

use super::scim_list::Keyset;
use super::{Rows, Statement, StoreError, Value, json, list_of, millis};
use crate::directory::folded;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// So many members at most are in one row: with ids of 26 characters, it stays below the 2 MB that a row of D1 may have.
pub const MEMBERS_IN_A_ROW: i64 = 50_000;

/// A group of SCIM. As JSON, what the log of changes says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct ScimGroup {
    /// Id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// For programs; kept when the name changes.
    pub identifier: String,
    /// When it was made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// When it or its members were changed last.
    #[serde(deserialize_with = "millis")]
    pub updated_at: Timestamp,
    /// Grows with each change.
    pub version: i64,
    /// What a SCIM client calls it.
    pub external_id: Option<String>,
    /// Which one: the owner of its token.
    #[serde(skip_serializing)]
    pub external_owner: Option<String>,
    /// Ids of the first members, as many as were asked for.
    #[serde(deserialize_with = "json", skip_serializing)]
    pub members: Vec<String>,
    /// Of the users asked about, those who are members.
    #[serde(deserialize_with = "json", skip_serializing)]
    pub asked: Vec<String>,
}

/// Which members a group is read with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Members<'a> {
    /// So many, the first by id.
    pub first: i64,
    /// Those of these users who are members.
    pub asked: &'a [String],
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT g.id, g.name, g.identifier, g.created_at, g.updated_at, g.version, g.external_id, g.external_owner, ",
            "(SELECT json_group_array(chunk.user_id) FROM (SELECT m.user_id FROM group_members m ",
            "WHERE m.account_id = g.account_id AND m.group_id = g.id ORDER BY m.user_id LIMIT +?2) chunk) AS members, ",
            "(SELECT json_group_array(j.value) FROM json_each(?3) j WHERE EXISTS (SELECT 1 FROM group_members m ",
            "WHERE m.account_id = g.account_id AND m.group_id = g.id AND m.user_id = j.value)) AS asked FROM ",
            $rest
        )
    };
}

/// One group.
pub fn find(account: &str, id: &str, members: Members<'_>) -> Statement {
    Statement::new(
        select!("groups g WHERE g.account_id = +?1 AND g.id = +?4 AND g.managed_by = 'scim'"),
        [account.into(), members.first.into(), list_of(members.asked), id.into()],
    )
}

/// The group of a display name.
pub fn by_name(account: &str, name: &str, members: Members<'_>) -> Statement {
    Statement::new(
        select!("groups g WHERE g.account_id = +?1 AND g.managed_by = 'scim' AND g.name_folded = +?4"),
        [account.into(), members.first.into(), list_of(members.asked), Value::Text(folded(name))],
    )
}

/// The group that the owner of a token calls so.
pub fn by_external_id(account: &str, token: &str, external_id: &str, members: Members<'_>) -> Statement {
    Statement::new(
        select!(
            "groups g WHERE g.account_id = +?1 AND g.external_id = +?5 AND g.managed_by = 'scim' AND g.external_owner = \
             (SELECT COALESCE('user/' || t.user_id, 'service-account/' || t.service_account_id) \
              FROM api_tokens t WHERE t.account_id = +?1 AND t.id = +?4)"
        ),
        [account.into(), members.first.into(), list_of(members.asked), token.into(), external_id.into()],
    )
}

/// The groups that a user is in: a page by id.
pub fn of_member(account: &str, user: &str, members: Members<'_>, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!(
            "group_members n CROSS JOIN groups g ON g.account_id = n.account_id AND g.id = n.group_id \
             WHERE n.account_id = +?1 AND n.user_id = +?4 AND n.group_id > ?5 AND g.managed_by = 'scim' \
             ORDER BY n.group_id LIMIT +?6"
        ),
        [
            account.into(),
            members.first.into(),
            list_of(members.asked),
            user.into(),
            page.after.into(),
            page.limit.into(),
        ],
    )
}

/// The groups that were changed in a time, both ends included: a page by that.
pub fn changed(
    account: &str,
    since: Timestamp,
    until: Timestamp,
    members: Members<'_>,
    page: &Keyset<'_>,
) -> Statement {
    Statement::new(
        select!(
            "groups g WHERE g.account_id = +?1 AND g.managed_by = 'scim' AND (g.updated_at, g.id) > (?4, ?6) \
             AND g.updated_at <= ?5 ORDER BY g.updated_at, g.id LIMIT +?7"
        ),
        [
            account.into(),
            members.first.into(),
            list_of(members.asked),
            page.since(since).into(),
            until.into(),
            page.after.into(),
            page.limit.into(),
        ],
    )
}

/// A page of all groups of SCIM by id.
pub fn page(account: &str, members: Members<'_>, page: &Keyset<'_>) -> Statement {
    Statement::new(
        select!("groups g WHERE g.account_id = +?1 AND g.managed_by = 'scim' AND g.id > ?4 ORDER BY g.id LIMIT +?5"),
        [account.into(), members.first.into(), list_of(members.asked), page.after.into(), page.limit.into()],
    )
}

/// A page of all groups of SCIM by its first number, as [`super::scim_user::page_at`].
pub fn page_at(
    account: &str,
    token: &str,
    start: i64,
    limit: i64,
    walks_since: Timestamp,
    members: Members<'_>,
) -> Statement {
    Statement::new(
        select!(
            "groups g WHERE g.account_id = +?1 AND g.managed_by = 'scim' AND g.id > COALESCE((SELECT CASE ?5 \
             WHEN w.position THEN w.after_id ELSE w.previous_after_id END FROM import_walks w WHERE w.account_id = +?1 \
             AND w.token_id = +?4 AND w.kind = 'scim_group' AND w.at > ?7 AND ?5 IN (w.position, w.previous_position)), '') \
             ORDER BY g.id LIMIT CASE WHEN ?5 > COALESCE((SELECT c.n FROM counts c \
             WHERE c.account_id = +?1 AND c.kind = 'scim_group'), 0) THEN 0 ELSE ?6 END OFFSET CASE WHEN EXISTS (SELECT 1 FROM import_walks w WHERE w.account_id = +?1 \
             AND w.token_id = +?4 AND w.kind = 'scim_group' AND w.at > ?7 AND ?5 IN (w.position, w.previous_position)) THEN 0 \
             ELSE ?5 - 1 END"
        ),
        [
            account.into(),
            members.first.into(),
            list_of(members.asked),
            token.into(),
            start.into(),
            limit.into(),
            walks_since.into(),
        ],
    )
}

/// The groups of these ids.
pub fn of_ids(account: &str, ids: &[String], members: Members<'_>) -> Statement {
    Statement::new(
        select!(
            "json_each(?4) i CROSS JOIN groups g ON g.account_id = +?1 AND g.id = i.value WHERE g.managed_by = 'scim'"
        ),
        [account.into(), members.first.into(), list_of(members.asked), list_of(ids)],
    )
}

/// More members of a group, by id: one row of ids.
pub fn members_after(account: &str, group: &str, after: &str) -> Statement {
    Statement::new(
        "SELECT json_group_array(chunk.user_id) AS members FROM (SELECT user_id FROM group_members \
         WHERE account_id = +?1 AND group_id = +?2 AND user_id > ?3 ORDER BY user_id LIMIT +?4) chunk",
        [account.into(), group.into(), after.into(), MEMBERS_IN_A_ROW.into()],
    )
}

/// Reads what [`members_after`] found.
pub fn read_members(rows: &Rows) -> Result<Vec<String>, StoreError> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(deserialize_with = "json")]
        members: Vec<String>,
    }
    Ok(rows.first::<Row>()?.map_or_else(Vec::new, |row| row.members))
}

/// Which of these ids are no user's, as rows of `id`.
pub fn unknown(account: &str, ids: &[String]) -> Statement {
    Statement::new(
        "SELECT j.value AS id FROM json_each(?2) j WHERE NOT EXISTS (SELECT 1 FROM users u \
         WHERE u.account_id = ?1 AND u.id = j.value)",
        [account.into(), list_of(ids)],
    )
}

/// Makes a group. Constraints: [`super::Constraint::GroupName`], [`super::Constraint::GroupIdentifier`],
/// [`super::Constraint::ExternalId`].
pub fn insert(account: &str, group: &ScimGroup) -> Statement {
    Statement::new(
        "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version, \
         external_id, external_owner) VALUES (?1, ?2, ?3, ?4, ?5, 'scim', ?6, ?7, ?8, ?9, ?10)",
        [
            account.into(),
            group.id.as_str().into(),
            group.name.as_str().into(),
            Value::Text(folded(&group.name)),
            group.identifier.as_str().into(),
            group.created_at.into(),
            group.updated_at.into(),
            group.version.into(),
            group.external_id.as_deref().into(),
            group.external_owner.as_deref().into(),
        ],
    )
}

/// Gives a group another name, or another externalId. Constraints as with [`insert`]. That nobody else did so meanwhile is
/// guarded by the change row of the version.
pub fn rename(account: &str, group: &ScimGroup) -> Statement {
    Statement::new(
        "UPDATE groups SET name = ?3, name_folded = ?4, external_id = ?5, external_owner = ?6, updated_at = ?7, \
         version = MAX(version + 1, ?8) WHERE account_id = ?1 AND id = ?2 AND managed_by = 'scim'",
        [
            account.into(),
            group.id.as_str().into(),
            group.name.as_str().into(),
            Value::Text(folded(&group.name)),
            group.external_id.as_deref().into(),
            group.external_owner.as_deref().into(),
            group.updated_at.into(),
            group.version.into(),
        ],
    )
}

/// Makes users members, of those ids that are users'.
pub fn add_members(account: &str, group: &str, users: &[String], now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO group_members (account_id, group_id, user_id, added_at) \
         SELECT ?1, g.id, u.id, ?4 FROM groups g CROSS JOIN json_each(?3) j \
         CROSS JOIN users u ON u.account_id = +?1 AND u.id = j.value \
         WHERE g.account_id = +?1 AND g.id = +?2 AND g.managed_by = 'scim' ON CONFLICT DO NOTHING",
        [account.into(), group.into(), list_of(users), now.into()],
    )
}

/// Takes members out.
pub fn remove_members(account: &str, group: &str, users: &[String]) -> Statement {
    Statement::new(
        "DELETE FROM group_members WHERE account_id = ?1 AND group_id = ?2 \
         AND user_id IN (SELECT value FROM json_each(?3))",
        [account.into(), group.into(), list_of(users)],
    )
}

/// Takes all members out but these.
pub fn keep_members(account: &str, group: &str, users: &[String]) -> Statement {
    Statement::new(
        "DELETE FROM group_members WHERE account_id = ?1 AND group_id = ?2 \
         AND user_id NOT IN (SELECT value FROM json_each(?3))",
        [account.into(), group.into(), list_of(users)],
    )
}

/// After a change of members: the group has another version if there was something to change.
pub fn touch_if_changed(account: &str, group: &str, now: Timestamp) -> Statement {
    Statement::new(
        "UPDATE groups SET version = version + 1, updated_at = ?3 WHERE account_id = ?1 AND id = ?2 AND changes() > 0",
        [account.into(), group.into(), now.into()],
    )
}

/// Before a user is removed: the groups that they are in have another version, as their members are others then.
pub fn touch_groups_of(account: &str, user: &str, now: Timestamp) -> Statement {
    Statement::new(
        "UPDATE groups SET version = version + 1, updated_at = ?3 WHERE account_id = ?1 AND managed_by = 'scim' \
         AND id IN (SELECT group_id FROM group_members WHERE account_id = ?1 AND user_id = ?2)",
        [account.into(), user.into(), now.into()],
    )
}

/// Removes a group with its memberships and the bindings on it.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new(
        "DELETE FROM groups WHERE account_id = ?1 AND id = ?2 AND managed_by = 'scim'",
        [account.into(), id.into()],
    )
}
