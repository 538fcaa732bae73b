//! The tables that an export has and an import takes: one entry of [`TABLES`] each, its SQL written out of its columns.
//!
//! What is not here is a secret or does not outlive its use: sessions, key pairs, tokens of API keys, requests and logouts
//! that are under way, what has been used once.

use super::reader::read_strictly;
use super::recording::Recorded;
use super::{Rows, Statement, StoreError, Value};
use crate::directory::Invitation;
use crate::jit::Step;
use crate::provider::Settings;
use crate::refusal::Explanation;
use crate::scim::UserDocument;
use crate::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What a column takes.
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// An id: 1 to 64 printable characters of ASCII.
    Id,
    /// Text.
    Text,
    /// Text that goes on after one of these. None of a key is empty: an export goes on after the empty one.
    After(&'static [&'static str]),
    /// Milliseconds since 1970, up to the year 9999.
    Time,
    /// The same, not to come: what was made later than an export begins is not in it.
    Made,
    /// A version: a whole number from 1 to [`MOST_VERSIONS`].
    Version,
    /// A status of HTTP: 100 to 599.
    Status,
    /// 0 or 1.
    Flag,
    /// One of these.
    Word(&'static [&'static str]),
    /// Text that is JSON of a type, as the function says.
    Json(fn(&str) -> bool),
}

/// The largest version that is taken. It leaves room for those after it: from 2^53, numbers are not exact in D1.
pub const MOST_VERSIONS: i64 = 1 << 52;

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Its name, and the name of its lines.
    pub name: &'static str,
    /// Its columns but for the account's id, each with what it takes and whether that may be NULL.
    pub columns: &'static [(&'static str, Column, bool)],
    /// The columns that the lines are in the order of.
    key: &'static str,
    /// Whether a row has a secret that is not in the file: another one is made up that nobody has.
    pub loses_secret: bool,
    page: &'static str,
    insert: &'static str,
}

/// So many rows at most are read at once, until they have so many characters: that one is larger than the others makes a read
/// one row larger.
const MOST_ROWS: i64 = 1000;
const MOST_CHARACTERS: i64 = 400_000;

/// `name`; the columns of the order and their parameters; which rows; what is made up on import; then every
/// column with what it takes. `made` is the column that says when a row was made.
macro_rules! table {
    ($name:literal, $key:literal = $at:literal, made $made:literal $(, only $only:literal)?
     $(, but $extra:literal = $value:literal)?;
     $first:ident $first_kind:expr $(, $column:ident $kind:expr)* $(; null $($optional:ident $optional_kind:expr),+)?) => {
        Table {
            name: $name,
            columns: &[
                (stringify!($first), $first_kind, false)
                $(, (stringify!($column), $kind, false))*
                $($(, (stringify!($optional), $optional_kind, true))+)?
            ],
            key: $key,
            loses_secret: false $(|| !$extra.is_empty())?,
            page: concat!(
                "SELECT line, total FROM (SELECT line, SUM(length(line)) OVER (ROWS UNBOUNDED PRECEDING) AS total FROM (",
                "SELECT json_object('", $name, "', json_object('", stringify!($first), "', ", stringify!($first),
                $(", '", stringify!($column), "', ", stringify!($column),)*
                $($(", '", stringify!($optional), "', ", stringify!($optional),)+)?
                ")) AS line FROM ", $name, " WHERE account_id = +?1 AND ", $made, " <= ?2 AND (", $key, ") > (", $at, ")",
                $(" AND ", $only,)? " ORDER BY ", $key, " LIMIT +?3)) WHERE total - length(line) < ?4"
            ),
            insert: concat!(
                "INSERT INTO ", $name, " (account_id, ", stringify!($first),
                $(", ", stringify!($column),)* $($(", ", stringify!($optional),)+)? $(", ", $extra,)?
                ") SELECT ?1, value ->> '$.", stringify!($first), "'",
                $(", value ->> '$.", stringify!($column), "'",)*
                $($(", value ->> '$.", stringify!($optional), "'",)+)? $(", ", $value,)?
                " FROM json_each(?2)"
            ),
        }
    };
}

use Column::{After, Flag, Id, Json, Made, Status, Text, Time, Version, Word};

/// What is in one of records, [`crate::access::stored`] says; in settings of a provider, [`crate::provider::stored`].
type Object = serde_json::Map<String, serde_json::Value>;

const OBJECT: Column = Json(is::<Object>);
const RECORDS: &[&str] =
    &["role", "resourceGroup", "roleBinding", "organization", "project", "serviceAccount", "apiKey"];

/// The kind of the event that an account was exported: it is not in the file, since it is about this account and not the copy.
pub const EXPORTED: &str = "account.exported";

/// Every table; the columns of an order are text. Those that are referred to before those that refer to them; the logs first, so that what happens to a
/// provider as soon as it is there comes after them. Of `records`, what refers to others of its kind comes second (`+kind`
/// is not searched by: where to go on is).
pub const TABLES: &[Table] = &[
    table!("sign_ins", "id" = "?5", made "at";
        id Id, at Made, outcome Word(&["signed_in", "refused"]), trace Json(is::<Vec<Step>>);
        null initiated_by Word(&["idp", "sp"]), provider_id Text, provider_name Text, user_id Text, email Text,
        email_folded Text, name_id Text,
        decision Text, error Json(is::<Explanation>)),
    table!("provisioning_log", "id" = "?5", made "at";
        id Id, at Made, client Text, method Text, path Text, status Status, outcome Word(&["done", "refused", "failed"]),
        detail OBJECT; null actor Text, resource Text),
    table!("recordings", "provider_id, id" = "?5, ?6", made "at";
        provider_id Id, id Id, at Made, name_id Text, attributes Json(is::<Vec<Recorded>>), whole Flag, outcome Text,
        expires_at Time; null name_id_format Text, link_key Text, email Text, email_folded Text),
    // Uses of the set-up token that changed nothing are the deployment's, and the export would be one.
    table!("changes", "id" = "?5", made "at", only "version > 0";
        id Id, at Made, actor Text, action Text, resource Text, version Version; null before OBJECT, after OBJECT),
    table!("events", "id" = "?5", made "at", only "kind <> 'account.exported'"; id Id, at Made, kind Text, subject Text, detail OBJECT),
    table!("users", "id" = "?5", made "created_at";
        id Id, email Text, email_folded Text, active Flag, managed_by Word(&["jit", "scim", "invitation", "admin"]),
        user_name Text, user_name_folded Text, created_at Made, updated_at Time, version Version;
        null given_name Text, family_name Text, display_name Text, last_sign_in_at Time,
        external_id Text, external_owner Text, scim Json(UserDocument::is_stored)),
    table!("user_emails", "email_folded, user_id" = "?5, ?6",
        made "(SELECT u.created_at FROM users u WHERE u.account_id = user_emails.account_id AND u.id = user_emails.user_id)";
        email_folded After(&[""]), user_id Id),
    table!("tombstones", "key" = "?5", made "removed_at";
        key After(&["email:", "name-id:"]), user_id Id, email Text, removed_at Made, removed_by Text),
    // The digest is one that no secret has: whoever is invited may still come by signing in.
    table!("invitations", "id" = "?5", made "created_at", but "digest" = "'none:' || (value ->> '$.id')";
        id Id, email Text, email_folded Text, groups Json(is_groups), created_at Made, expires_at Time,
        version Version),
    table!("providers", "id" = "?5", made "created_at";
        id Id, entity_id Text, settings Json(is_settings), created_at Made, updated_at Time, version Version;
        null due_at Time, refreshed_at Time, refresh_error Text),
    table!("user_links", "provider_id, name_id" = "?5, ?6", made "created_at";
        provider_id Id, name_id After(&[""]), user_id Id, created_at Made),
    table!("groups", "id" = "?5", made "created_at";
        id Id, name Text, name_folded Text, identifier Text, managed_by Word(&["native", "scim"]), created_at Made,
        updated_at Time, version Version;
        null provider_id Id, saml_group Text, external_id Text, external_owner Text),
    table!("group_members", "group_id, user_id" = "?5, ?6", made "added_at";
        group_id Id, user_id Id, added_at Made),
    table!("records", "kind, id" = "?5, ?6", made "created_at",
        only "+kind IN ('organization', 'resourceGroup', 'role', 'serviceAccount')";
        id Id, kind Word(RECORDS), name Text, settings OBJECT, created_at Made, updated_at Time,
        version Version),
    table!("records", "kind, id" = "?5, ?6", made "created_at",
        only "+kind IN ('apiKey', 'project', 'roleBinding')";
        id Id, kind Word(RECORDS), name Text, settings OBJECT, created_at Made, updated_at Time,
        version Version),
];

fn is<T: DeserializeOwned>(text: &str) -> bool {
    read_strictly::<T>(text).is_ok()
}

/// Settings of a provider as a file has them, if they can be read.
pub(crate) fn settings_of(text: &str) -> Option<Settings> {
    read_strictly(text).ok()
}

fn is_settings(text: &str) -> bool {
    settings_of(text).is_some()
}

/// As many groups as an invitation can name, by ids.
fn is_groups(text: &str) -> bool {
    let groups = read_strictly::<Vec<String>>(text);
    groups.is_ok_and(|ids| ids.len() <= Invitation::MAX_GROUPS && ids.iter().all(|id| (1..=64).contains(&id.len())))
}

/// A line of an export, without its line feed.
#[derive(Deserialize)]
struct Row {
    line: String,
    /// How many characters it has with those before it.
    total: i64,
}

impl Table {
    /// The table of a name, with its place in [`TABLES`].
    pub fn named(name: &str) -> Option<(usize, &'static Self)> {
        TABLES.iter().enumerate().find(|(_, table)| table.name == name)
    }

    /// How many columns the order of its lines has.
    pub fn keys(&self) -> usize {
        self.key.split(", ").count()
    }

    /// Lines of rows that were made until `since`, those after a key, or from the first where `after` is empty.
    pub fn page(&self, account: &str, since: Timestamp, after: &[String]) -> Statement {
        let mut parameters: Vec<Value> = vec![account.into(), since.into(), MOST_ROWS.into(), MOST_CHARACTERS.into()];
        parameters.extend((0..self.keys()).map(|at| Value::from(after.get(at).map_or("", String::as_str))));
        Statement { sql: self.page.into(), parameters }
    }

    /// Reads what [`Table::page`] found: the lines, and whether there may be more.
    pub fn read(&self, rows: &Rows) -> Result<(Vec<String>, bool), StoreError> {
        let rows: Vec<Row> = rows.all()?;
        let full = rows.last().is_some_and(|last| last.total >= MOST_CHARACTERS);
        let more = full || i64::try_from(rows.len()).unwrap_or(i64::MAX) >= MOST_ROWS;
        let lines = rows.into_iter().map(|row| row.line).collect();
        Ok((lines, more))
    }

    /// What a line is in the order by.
    pub fn key_of(&self, line: &str) -> Result<Vec<String>, StoreError> {
        let line: serde_json::Value = serde_json::from_str(line).map_err(|error| StoreError::Row(error.to_string()))?;
        let key = self.key.split(", ").map(|column| line[self.name][column].as_str().map(str::to_owned));
        key.collect::<Option<_>>().ok_or_else(|| StoreError::Row(format!("a row of {} has no key", self.name)))
    }

    /// Makes the rows of a JSON array of objects by column name.
    pub fn insert(&self, account: &str, rows: String) -> Statement {
        Statement { sql: self.insert.into(), parameters: vec![account.into(), Value::Text(rows)] }
    }
}
