//! Roles, resource groups, role bindings, organizations, projects, service accounts and API keys.

use super::{Page, Rows, Statement, StoreError, Value, json, millis, optional_json};
use crate::access::Permissions;
use crate::access::record::{Kind, Record, Reference, Settings};
use crate::time::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    kind: Kind,
    name: String,
    #[serde(deserialize_with = "json")]
    settings: Settings,
    #[serde(deserialize_with = "optional_json")]
    roles: Option<Vec<String>>,
    #[serde(deserialize_with = "millis")]
    created_at: Timestamp,
    #[serde(deserialize_with = "millis")]
    updated_at: Timestamp,
    version: i64,
}

/// One record.
pub fn find(account: &str, kind: Kind, id: &str) -> Statement {
    Statement::new(
        "SELECT r.id, r.kind, r.name, r.settings, r.created_at, r.updated_at, r.version, \
         CASE r.kind WHEN 'serviceAccount' THEN (SELECT json_group_array(b.settings ->> '$.role') FROM records b \
         WHERE b.account_id = r.account_id AND b.service_account_id = r.id AND b.kind = 'roleBinding') END AS roles \
         FROM records r WHERE r.account_id = ?1 AND r.id = ?3 AND r.kind = ?2",
        [account.into(), kind.name().into(), id.into()],
    )
}

/// A page of a kind, the newest last.
pub fn list(account: &str, kind: Kind, page: &Page) -> Statement {
    Statement::new(
        "SELECT r.id, r.kind, r.name, r.settings, r.created_at, r.updated_at, r.version, \
         CASE r.kind WHEN 'serviceAccount' THEN (SELECT json_group_array(b.settings ->> '$.role') FROM records b \
         WHERE b.account_id = r.account_id AND b.service_account_id = r.id AND b.kind = 'roleBinding') END AS roles \
         FROM records r WHERE r.account_id = +?1 AND r.kind = +?2 AND r.id > ?3 ORDER BY r.id LIMIT +?4",
        [account.into(), kind.name().into(), page.after.as_deref().unwrap_or_default().into(), page.rows()],
    )
}

/// Reads what [`find`] or [`list`] found.
pub fn read(rows: &Rows) -> Result<Vec<Record>, StoreError> {
    let record = |row: Row| Record {
        id: row.id,
        kind: row.kind,
        name: row.name,
        settings: row.settings,
        roles: row.roles,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    };
    Ok(rows.all::<Row>()?.into_iter().map(record).collect())
}

fn parameters(account: &str, record: &Record) -> Result<[Value; 8], StoreError> {
    Ok([
        account.into(),
        record.id.as_str().into(),
        record.kind.name().into(),
        record.name.as_str().into(),
        text(&record.settings)?,
        record.created_at.into(),
        record.updated_at.into(),
        record.version.into(),
    ])
}

fn text<T: serde::Serialize>(value: &T) -> Result<Value, StoreError> {
    serde_json::to_string(value).map(Value::Text).map_err(|error| StoreError::Row(error.to_string()))
}

/// Makes a record. Constraints: [`super::Constraint::RecordName`], [`super::Constraint::RoleBinding`] and, for what it
/// refers to, [`super::Constraint::Reference`].
pub fn insert(account: &str, record: &Record) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        parameters(account, record)?,
    ))
}

/// Writes a record anew, with the constraints of [`insert`]. That nobody else did so meanwhile is guarded by the change
/// row of its version.
pub fn update(account: &str, record: &Record) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "UPDATE records SET name = ?4, settings = ?5, created_at = ?6, updated_at = ?7, version = ?8 \
         WHERE account_id = ?1 AND id = ?2 AND kind = ?3",
        parameters(account, record)?,
    ))
}

/// Removes a record: a service account with its bindings and API keys, an API key with its tokens. Constraint, for what
/// still refers to it: [`super::Constraint::Reference`].
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM records WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// What stands in the way of removing a record: a few of those that refer to it and do not go with it.
pub fn in_use(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, kind, name FROM records WHERE account_id = ?1 AND (role_id = ?2 OR resource_group_id = ?2 \
         OR organization_id = ?2 OR project_id = ?2) LIMIT 5",
        [account.into(), id.into()],
    )
}

/// What [`in_use`] found.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// Its name, if it has one.
    pub name: String,
}

/// Something that was referred to and is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resolved {
    /// Which of the references, from 0.
    pub at: usize,
    /// Its id.
    #[serde(rename = "found")]
    pub id: String,
    /// Of a role: what it permits.
    #[serde(deserialize_with = "optional_json")]
    pub permissions: Option<Permissions>,
}

/// Looks up what a record refers to: users, groups, providers and records, of these roles and resource groups by name too.
pub fn resolve(account: &str, references: &[&Reference]) -> Result<Statement, StoreError> {
    Ok(Statement::new(
        "SELECT j.key AS at, r.settings -> '$.permissions' AS permissions, \
         CASE j.value ->> '$.type' \
         WHEN 'user' THEN (SELECT u.id FROM users u WHERE u.account_id = +?1 AND u.id = j.value ->> '$.id') \
         WHEN 'group' THEN (SELECT g.id FROM groups g WHERE g.account_id = +?1 AND g.id = j.value ->> '$.id') \
         WHEN 'provider' THEN (SELECT p.id FROM providers p WHERE p.account_id = +?1 AND p.id = j.value ->> '$.id') \
         ELSE r.id END AS found \
         FROM json_each(?2) j LEFT JOIN records r ON r.account_id = +?1 AND r.kind = j.value ->> '$.type' \
         AND (r.id = j.value ->> '$.id' OR (r.kind IN ('role', 'resourceGroup') AND r.name = j.value ->> '$.id' COLLATE NOCASE)) \
         WHERE found IS NOT NULL",
        [account.into(), text(&references)?],
    ))
}

/// What a reference means of what [`resolve`] found for it: what has its id, before what has its name.
pub fn meant<'r>(found: &'r [Resolved], at: usize, to: &Reference) -> Option<&'r Resolved> {
    found.iter().filter(|one| one.at == at).max_by_key(|one| one.id == to.id)
}

/// What the roles permit that are bound on a resource group: wider, they reach further.
pub fn bound_on(account: &str, resource_group: &str) -> Statement {
    Statement::new(
        "SELECT b.settings ->> '$.role' AS role, r.settings -> '$.permissions' AS permissions FROM records b \
         LEFT JOIN records r ON r.account_id = b.account_id AND r.id = b.role_id \
         WHERE b.account_id = +?1 AND b.resource_group_id = +?2",
        [account.into(), resource_group.into()],
    )
}

/// Reads what [`bound_on`] found, added up.
pub fn read_bound(rows: &Rows) -> Result<Permissions, StoreError> {
    let permissions = |row: super::grant::RoleRow| row.role().1;
    Ok(rows.all()?.into_iter().map(permissions).fold(Permissions::NONE, Permissions::with))
}
