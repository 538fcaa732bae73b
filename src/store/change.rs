//! The change log: what admins changed, in the transaction of the change. One version of a resource is made once, so the
//! log is the optimistic lock as well.

use super::log::{Filter, Log, Takes};
use super::{Plan, Statement, StoreError, millis, optional_json};
use crate::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// A change that is to be logged.
#[derive(Clone, Debug)]
pub struct Change<'a, T> {
    /// Fresh id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who: `setup-token`, `user/…` or `service-account/…`.
    pub actor: &'a str,
    /// What, as `noun.verb`.
    pub action: &'static str,
    /// Which, as `noun/id`.
    pub resource: String,
    /// The version that the change makes.
    pub version: i64,
    /// The resource as it was.
    pub before: Option<&'a T>,
    /// The resource as it will be.
    pub after: Option<&'a T>,
}

impl<T: Serialize> Change<'_, T> {
    /// A plan whose log row is this change. Constraint: [`super::Constraint::ChangeVersion`].
    pub fn plan<O>(&self, account: &str, outcome: O) -> Result<Plan<O>, StoreError> {
        let proof = Statement::new(
            "SELECT id FROM changes WHERE account_id = ?1 AND id = ?2",
            [account.into(), self.id.as_str().into()],
        );
        Ok(Plan::new(self.insert(account)?, proof, outcome))
    }

    /// The log row, for a plan that makes more than one change. Constraint: [`super::Constraint::ChangeVersion`].
    pub fn insert(&self, account: &str) -> Result<Statement, StoreError> {
        let json = |value: Option<&T>| {
            let text = value.map(serde_json::to_string).transpose();
            text.map_err(|error| StoreError::Row(error.to_string()))
        };
        Ok(Statement::new(
            "INSERT INTO changes (account_id, id, at, actor, action, resource, version, before, after) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            [
                account.into(),
                self.id.as_str().into(),
                self.at.into(),
                self.actor.into(),
                self.action.into(),
                self.resource.as_str().into(),
                self.version.into(),
                json(self.before)?.as_deref().into(),
                json(self.after)?.as_deref().into(),
            ],
        ))
    }
}

/// Logs something that changes nothing: it has no version, and what it names need not exist.
pub fn note(account: &str, id: &str, at: Timestamp, actor: &str, action: &str, resource: &str) -> Statement {
    Statement::new(
        "INSERT INTO changes (account_id, id, at, actor, action, resource, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
        [account.into(), id.into(), at.into(), actor.into(), action.into(), resource.into()],
    )
}

/// A change that was logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logged {
    /// Id of the row.
    pub id: String,
    /// When.
    #[serde(deserialize_with = "millis")]
    pub at: Timestamp,
    /// Who: `setup-token`, `user/…`, `service-account/…`, or `provider/…` for what a sign-in or its metadata changed.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// Which, as `noun/id`.
    pub resource: String,
    /// The version that the change made. `None`: it changed nothing.
    #[serde(deserialize_with = "version")]
    pub version: Option<i64>,
    /// The resource as it was.
    #[serde(deserialize_with = "optional_json")]
    pub before: Option<serde_json::Value>,
    /// The resource as it came to be.
    #[serde(deserialize_with = "optional_json")]
    pub after: Option<serde_json::Value>,
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Some(i64::deserialize(deserializer)?).filter(|version| *version > 0))
}

/// The log. An old row can go, though it is a lock: a change is made of the version that was read moments before, so that
/// it meets changes of the last moments alone; who comes with an older version is refused for that of the resource.
pub static LOG: Log = Log {
    table: "changes",
    columns: "id, at, actor, action, resource, version, before, after",
    filters: &[
        Filter::indexed("resource", "resource", Takes::Text, "changes_resource"),
        Filter::indexed("actor", "actor", Takes::Text, "changes_actor"),
        Filter::indexed("action", "action", Takes::Text, "changes_action"),
    ],
    days_variable: "AUDIT_LOG_DAYS",
};
