//! The role bindings that reach somebody, with all that they say.

use super::{Page, Rows, Statement, StoreError, Value, json, optional_json};
use crate::access::{ALL_RESOURCES, BuiltInRole, Grant, Permissions, Principal, Resource, Scope};
use postern_xml::sort_stable_by;
use serde::{Deserialize, Serialize};

/// Whose bindings are asked for.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Of these users.
    Users(&'a [&'a str]),
    /// Of the user of a session, by the digest of its secret.
    Session(&'a str),
    /// Of the owner of the API key of a token.
    Token(&'a str),
    /// Of the owner of an API key.
    ApiKey(&'a str),
    /// Of a service account.
    ServiceAccount(&'a str),
}

/// Every binding that reaches them: those of a user's groups, and those of a service account itself.
pub fn of(account: &str, whose: Whose<'_>) -> Statement {
    let mut parameters = [account.into(), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null];
    match whose {
        Whose::Users(ids) => parameters[1] = Value::Text(serde_json::Value::from(ids.to_vec()).to_string()),
        Whose::Session(digest) => parameters[2] = digest.into(),
        Whose::Token(id) => parameters[3] = id.into(),
        Whose::ApiKey(id) => parameters[4] = id.into(),
        Whose::ServiceAccount(id) => parameters[5] = id.into(),
    }
    Statement::new(
        "SELECT m.user_id AS who, b.id AS binding, 'group' AS principal_type, g.id AS principal_id, g.name AS principal_name, \
         b.settings ->> '$.role' AS role, r.name AS role_name, r.settings -> '$.permissions' AS permissions, \
         b.settings ->> '$.resourceGroup' AS resource_group, q.settings -> '$.resources' AS resources, \
         b.settings -> '$.scope' AS scope \
         FROM group_members m CROSS JOIN records b ON b.account_id = m.account_id AND b.group_id = m.group_id \
         CROSS JOIN groups g ON g.account_id = m.account_id AND g.id = m.group_id \
         LEFT JOIN records r ON r.account_id = b.account_id AND r.id = b.role_id \
         LEFT JOIN records q ON q.account_id = b.account_id AND q.id = b.resource_group_id \
         WHERE m.account_id = +?1 AND m.user_id IN (SELECT value FROM json_each(COALESCE(?2, json_array(COALESCE( \
         (SELECT s.user_id FROM sessions s WHERE s.account_id = +?1 AND s.digest = +?3), \
         (SELECT t.user_id FROM api_tokens t WHERE t.account_id = +?1 AND t.id = +?4), \
         (SELECT k.user_id FROM records k WHERE k.account_id = +?1 AND k.id = +?5)))))) \
         UNION ALL \
         SELECT a.id, b.id, 'serviceAccount', a.id, a.name, b.settings ->> '$.role', r.name, \
         r.settings -> '$.permissions', b.settings ->> '$.resourceGroup', q.settings -> '$.resources', \
         b.settings -> '$.scope' \
         FROM records a CROSS JOIN records b ON b.account_id = a.account_id AND b.service_account_id = a.id \
         AND b.kind = 'roleBinding' \
         LEFT JOIN records r ON r.account_id = b.account_id AND r.id = b.role_id \
         LEFT JOIN records q ON q.account_id = b.account_id AND q.id = b.resource_group_id \
         WHERE a.account_id = +?1 AND a.id = COALESCE(?6, \
         (SELECT t.service_account_id FROM api_tokens t WHERE t.account_id = +?1 AND t.id = +?4), \
         (SELECT k.service_account_id FROM records k WHERE k.account_id = +?1 AND k.id = +?5))",
        parameters,
    )
}

/// A role as a join finds it: a built-in one has no row.
#[derive(Deserialize)]
pub(super) struct RoleRow {
    role: String,
    #[serde(default)]
    role_name: Option<String>,
    #[serde(deserialize_with = "optional_json")]
    permissions: Option<Permissions>,
}

impl RoleRow {
    /// Name and permissions.
    pub(super) fn role(&self) -> (String, Permissions) {
        match BuiltInRole::find(&self.role).filter(|role| role.id == self.role) {
            Some(role) => (role.name.to_owned(), role.permissions),
            None => (self.role_name.clone().unwrap_or_default(), self.permissions.unwrap_or_default()),
        }
    }
}

#[derive(Deserialize)]
struct Bound {
    who: String,
    binding: String,
    principal_type: String,
    principal_id: String,
    principal_name: String,
    resource_group: String,
    #[serde(deserialize_with = "optional_json")]
    resources: Option<Vec<Resource>>,
    #[serde(deserialize_with = "json")]
    scope: Scope,
}

/// Reads what [`of`] found, in order of the bindings: whom it reaches, and how.
pub fn read(rows: &Rows) -> Result<Vec<(String, Grant)>, StoreError> {
    let grant = |(row, role): (Bound, RoleRow)| {
        let (role_name, permissions) = role.role();
        let (id, name) = (row.principal_id, row.principal_name);
        let principal = match row.principal_type.as_str() {
            "group" => Principal::Group { id, name },
            _ => Principal::ServiceAccount { id, name },
        };
        let grant = Grant {
            binding: row.binding,
            principal,
            role: role.role,
            role_name,
            permissions,
            // A reference to what is no resource group lists nothing.
            resources: (row.resource_group != ALL_RESOURCES).then(|| row.resources.unwrap_or_default()),
            resource_group: row.resource_group,
            scope: row.scope,
        };
        (row.who, grant)
    };
    let mut grants: Vec<_> = rows.all()?.into_iter().map(grant).collect();
    sort_stable_by(&mut grants, |(_, one), (_, other)| one.binding.cmp(&other.binding));
    Ok(grants)
}

/// The same where it is about one.
pub fn read_one(rows: &Rows) -> Result<Vec<Grant>, StoreError> {
    Ok(read(rows)?.into_iter().map(|(_, grant)| grant).collect())
}

/// The roles that groups have, by bindings of any scope: what members of them get.
pub fn roles_of_groups(account: &str, groups: &[String]) -> Statement {
    Statement::new(
        "SELECT b.settings ->> '$.role' AS role, r.name AS role_name, r.settings -> '$.permissions' AS permissions \
         FROM json_each(?2) j CROSS JOIN records b ON b.account_id = +?1 AND b.group_id = j.value \
         LEFT JOIN records r ON r.account_id = b.account_id AND r.id = b.role_id",
        [account.into(), Value::Text(serde_json::to_string(groups).unwrap_or_default())],
    )
}

/// All that the roles which [`roles_of_groups`] found permit.
pub fn read_permissions(rows: &Rows) -> Result<Permissions, StoreError> {
    let roles: Vec<RoleRow> = rows.all()?;
    Ok(roles.iter().fold(Permissions::NONE, |all, row| all.with(row.role().1)))
}

/// The groups of the user of a session, by the digest of its secret: each a [`super::user::GroupName`].
pub fn groups_of_session(account: &str, digest: &str) -> Statement {
    Statement::new(
        "SELECT g.id, g.name FROM sessions s CROSS JOIN group_members m ON m.account_id = +?1 AND m.user_id = s.user_id \
         CROSS JOIN groups g ON g.account_id = +?1 AND g.id = m.group_id \
         WHERE s.account_id = +?1 AND s.digest = +?2 ORDER BY m.group_id",
        [account.into(), digest.into()],
    )
}

/// Somebody whom a binding reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Id of the user.
    pub id: String,
    /// Their e-mail.
    pub email: String,
}

/// A page of the members of a group, by id.
pub fn members(account: &str, group: &str, page: &Page) -> Statement {
    Statement::new(
        "SELECT u.id, u.email FROM group_members m CROSS JOIN users u ON u.account_id = +?1 AND u.id = m.user_id \
         WHERE m.account_id = +?1 AND m.group_id = +?2 AND m.user_id > ?3 ORDER BY m.user_id LIMIT +?4",
        [account.into(), group.into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// A member of a group, if they are one.
pub fn member(account: &str, group: &str, user: &str) -> Statement {
    Statement::new(
        "SELECT u.id, u.email FROM group_members m CROSS JOIN users u ON u.account_id = +?1 AND u.id = m.user_id \
         WHERE m.account_id = +?1 AND m.group_id = +?2 AND m.user_id = +?3",
        [account.into(), group.into(), user.into()],
    )
}
