//! The event log: what happened without an admin's asking. An event of one kind about one subject is told once.

use super::log::{Filter, Log, Takes};
use super::{Plan, Statement, Value, json, millis};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Fresh id.
    pub id: String,
    /// When.
    #[serde(deserialize_with = "millis")]
    pub at: Timestamp,
    /// What, as `noun.what`.
    pub kind: String,
    /// What it is about. Of one kind there is one event about it.
    pub subject: String,
    /// More, by kind.
    #[serde(deserialize_with = "json")]
    pub detail: serde_json::Value,
}

impl Event {
    /// A plan whose log row is this event. Constraint: [`super::Constraint::Event`].
    pub fn plan(&self, account: &str) -> Plan<()> {
        let proof = Statement::new(
            "SELECT id FROM events WHERE account_id = ?1 AND id = ?2",
            [account.into(), self.id.as_str().into()],
        );
        Plan::new(insert(account, self), proof, ())
    }
}

/// Logs an event. Constraint: [`super::Constraint::Event`].
pub fn insert(account: &str, event: &Event) -> Statement {
    Statement::new(
        "INSERT INTO events (account_id, id, at, kind, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        parameters(account, event),
    )
}

/// Tells of an event, if one of its kind about its subject has not been told.
pub fn tell(account: &str, event: &Event) -> Statement {
    Statement::new(
        "INSERT INTO events (account_id, id, at, kind, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (account_id, kind, subject) DO NOTHING",
        parameters(account, event),
    )
}

fn parameters(account: &str, event: &Event) -> [Value; 6] {
    [
        account.into(),
        event.id.as_str().into(),
        event.at.into(),
        event.kind.as_str().into(),
        event.subject.as_str().into(),
        Value::Text(event.detail.to_string()),
    ]
}

/// The log.
pub static LOG: Log = Log {
    table: "events",
    columns: "id, at, kind, subject, detail",
    filters: &[
        Filter::indexed("subject", "subject", Takes::Text, "events_subject"),
        Filter::indexed("kind", "kind", Takes::Text, "events_kind"),
    ],
    days_variable: "EVENT_LOG_DAYS",
};
