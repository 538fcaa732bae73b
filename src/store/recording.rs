//! Recorded sign-ins (SPEC section 4): what a dry run of other JIT rules is tried on. They hold attribute values, never a
//! signature and never XML, and expire.

use super::{Page, Rows, Statement, StoreError, Value, flag, json, millis};
use crate::directory::Email;
use crate::saml::{Attribute, NameId};
use crate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a recording is kept (SPEC section 4).
pub const KEPT: Duration = Duration::days(30);

/// So many bytes of attributes are kept of a sign-in: 150 groups, which is what Entra ID sends at most, take 6,000.
const MAX_ATTRIBUTES: usize = 16 * 1024;

/// What is kept of an attribute and of a value that say nothing.
const EMPTY_ATTRIBUTE: usize = r#"{"name":"","friendlyName":"","values":[]},"#.len();
const EMPTY_VALUE: usize = r#""","#.len();

/// A sign-in of a verified assertion, as it was decided upon.
#[derive(Clone, Debug)]
pub struct Recording {
    name_id: NameId,
    email: Option<Email>,
    attributes: Vec<Recorded>,
    whole: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recorded {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    friendly_name: Option<String>,
    values: Vec<String>,
}

impl Recording {
    /// Of what a verified assertion says. What goes beyond 16 KiB of attributes is left out.
    pub fn new(name_id: &NameId, email: Option<&Email>, attributes: &[Attribute]) -> Self {
        let (mut left, mut whole) = (MAX_ATTRIBUTES, true);
        let mut room = |bytes: usize| match left.checked_sub(bytes) {
            Some(rest) if whole => {
                left = rest;
                true
            }
            _ => {
                whole = false;
                false
            }
        };
        let mut kept = Vec::with_capacity(attributes.len());
        for Attribute { name, friendly_name, values } in attributes {
            if !room(EMPTY_ATTRIBUTE + name.len() + friendly_name.as_ref().map_or(0, String::len)) {
                break;
            }
            let values = values.iter().take_while(|value| room(EMPTY_VALUE + value.len())).cloned().collect();
            kept.push(Recorded { name: name.clone(), friendly_name: friendly_name.clone(), values });
        }
        Self { name_id: name_id.clone(), email: email.cloned(), attributes: kept, whole }
    }

    /// The statement that keeps it. `id` is that of the sign-in, `outcome` how the user came in or the code of the refusal.
    pub fn insert(
        &self,
        account: &str,
        provider: &str,
        id: &str,
        at: Timestamp,
        outcome: &str,
    ) -> Result<Statement, StoreError> {
        let attributes = serde_json::to_string(&self.attributes).map_err(|error| StoreError::Row(error.to_string()))?;
        Ok(Statement::new(
            "INSERT INTO recordings (account_id, provider_id, id, at, name_id, name_id_format, link_key, email, \
             email_folded, attributes, whole, outcome, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            [
                account.into(),
                provider.into(),
                id.into(),
                at.into(),
                self.name_id.value.as_str().into(),
                self.name_id.format.as_deref().into(),
                self.name_id.link_key().as_deref().into(),
                self.email.as_ref().map(Email::as_given).into(),
                self.email.as_ref().map(Email::folded).into(),
                Value::Text(attributes),
                i64::from(self.whole).into(),
                outcome.into(),
                at.plus(KEPT).into(),
            ],
        ))
    }
}

/// A recording, and whether the one whom it is about is a user now.
#[derive(Debug)]
pub struct Kept {
    /// Id of the sign-in.
    pub id: String,
    /// When it was.
    pub at: Timestamp,
    /// Whom the identity provider meant.
    pub name_id: NameId,
    /// The asserted e-mail.
    pub email: Option<String>,
    /// What the identity provider said of them.
    pub attributes: Vec<Attribute>,
    /// Whether that is all it said.
    pub whole: bool,
    /// How they came in, or the code of the refusal.
    pub outcome: String,
    /// Whether they are a user now.
    pub is_user: bool,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    #[serde(deserialize_with = "millis")]
    at: Timestamp,
    name_id: String,
    name_id_format: Option<String>,
    email: Option<String>,
    #[serde(deserialize_with = "json")]
    attributes: Vec<Recorded>,
    #[serde(deserialize_with = "flag")]
    whole: bool,
    outcome: String,
    #[serde(deserialize_with = "flag")]
    is_user: bool,
}

/// A page of a provider's recordings that have not expired, the newest first.
pub fn list(account: &str, provider: &str, now: Timestamp, page: &Page) -> Statement {
    let before: Value = page.after.as_deref().unwrap_or("~").into();
    Statement::new(
        "SELECT r.id, r.at, r.name_id, r.name_id_format, r.email, r.attributes, r.whole, r.outcome, \
         EXISTS (SELECT 1 FROM user_links l WHERE l.account_id = r.account_id AND l.provider_id = r.provider_id \
                 AND l.name_id = r.link_key) \
         OR EXISTS (SELECT 1 FROM users u WHERE u.account_id = r.account_id AND u.email_folded = r.email_folded) \
         AS is_user \
         FROM recordings r WHERE r.account_id = +?1 AND r.provider_id = +?2 AND r.id < ?3 AND r.expires_at > ?4 \
         ORDER BY r.id DESC LIMIT +?5",
        [account.into(), provider.into(), before, now.into(), page.rows()],
    )
}

/// Reads what [`list`] found.
pub fn read(rows: &Rows) -> Result<Vec<Kept>, StoreError> {
    let kept = |row: Row| Kept {
        id: row.id,
        at: row.at,
        name_id: NameId { value: row.name_id, format: row.name_id_format },
        email: row.email,
        attributes: row
            .attributes
            .into_iter()
            .map(|Recorded { name, friendly_name, values }| Attribute { name, friendly_name, values })
            .collect(),
        whole: row.whole,
        outcome: row.outcome,
        is_user: row.is_user,
    };
    Ok(rows.all::<Row>()?.into_iter().map(kept).collect())
}

/// Removes what was recorded of a provider.
pub fn delete_of_provider(account: &str, provider: &str) -> Statement {
    Statement::new(
        "DELETE FROM recordings WHERE account_id = ?1 AND provider_id = ?2",
        [account.into(), provider.into()],
    )
}

/// Forgets what has been kept long enough. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM recordings WHERE (account_id, provider_id, id) IN \
         (SELECT account_id, provider_id, id FROM recordings WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
