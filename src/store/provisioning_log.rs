//! The provisioning log: each write over SCIM in the transaction of the write, and each request that was refused or failed.
//! Nothing in it is personal.

use super::log::{Filter, Log, Takes};
use super::{Plan, Statement, Value, json, millis};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A request over SCIM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Fresh id.
    pub id: String,
    /// When it came.
    #[serde(deserialize_with = "millis")]
    pub at: Timestamp,
    /// Which program sent it, as far as it says so.
    pub client: String,
    /// Its method.
    pub method: String,
    /// Its path below the base, and its query without what somebody was looked up by.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose token it was: `user/…` or `service-account/…`.
    pub actor: Option<String>,
    /// What was written: `user/…` or `group/…`.
    pub resource: Option<String>,
    /// More: what was corrected, skipped or refused.
    #[serde(deserialize_with = "json")]
    pub detail: serde_json::Value,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was carried out.
    Done,
    /// It asks for what cannot be, or may not.
    Refused,
    /// We could not.
    Failed,
}

impl Outcome {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

impl Entry {
    /// A plan whose log row is this entry.
    pub fn plan<T>(&self, account: &str, outcome: T) -> Plan<T> {
        let proof = Statement::new(
            "SELECT id FROM provisioning_log WHERE account_id = ?1 AND id = ?2",
            [account.into(), self.id.as_str().into()],
        );
        Plan::new(insert(account, self), proof, outcome)
    }
}

fn insert(account: &str, entry: &Entry) -> Statement {
    Statement::new(
        "INSERT INTO provisioning_log (account_id, id, at, client, method, path, status, outcome, actor, resource, detail) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        [
            account.into(),
            entry.id.as_str().into(),
            entry.at.into(),
            entry.client.as_str().into(),
            entry.method.as_str().into(),
            entry.path.as_str().into(),
            i64::from(entry.status).into(),
            entry.outcome.as_str().into(),
            entry.actor.as_deref().into(),
            entry.resource.as_deref().into(),
            Value::Text(entry.detail.to_string()),
        ],
    )
}

/// The log.
pub static LOG: Log = Log {
    table: "provisioning_log",
    columns: "id, at, client, method, path, status, outcome, actor, resource, detail",
    filters: &[
        Filter::indexed("resource", "resource", Takes::Text, "provisioning_log_resource"),
        Filter::indexed("actor", "actor", Takes::Text, "provisioning_log_actor"),
        Filter::indexed("outcome", "outcome", Takes::OneOf(&["done", "refused", "failed"]), "provisioning_log_outcome"),
        Filter::scanned("client", "client", Takes::Text),
        Filter::scanned("method", "method", Takes::Text),
    ],
    days_variable: "PROVISIONING_LOG_DAYS",
};
