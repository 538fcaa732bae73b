//! How far the import of an account is. The row is the guard: a chunk that does not follow the one before, or the first one
//! of an account that is not empty, runs into [`super::Constraint::Import`].

use super::account::Account;
use super::{Plan, Statement, Value, optional_millis};
use crate::time::Timestamp;
use serde::Deserialize;

/// An import that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Import {
    /// The line that the last chunk began at, from 1.
    pub first: i64,
    /// So many lines of the file have been taken.
    pub lines: i64,
    /// SHA-256 of the last chunk, in hexadecimal.
    pub digest: String,
    /// When the last line was taken.
    #[serde(deserialize_with = "optional_millis")]
    pub ended_at: Option<Timestamp>,
}

impl Import {
    /// Whether its last chunk is that of another.
    pub fn is_of(&self, other: &Self) -> bool {
        (self.first, &self.digest) == (other.first, &other.digest)
    }
}

/// The import of an account, if one was begun.
pub fn find(account: &str) -> Statement {
    Statement::new("SELECT first, lines, digest, ended_at FROM imports WHERE account_id = ?1", [account.into()])
}

/// The plan that takes a chunk, whose log row is the import's: `id` is a fresh one. The first chunk begins the import of an
/// account in which nothing has happened but that it was made.
pub fn plan(account: &str, id: &str, actor: &str, now: Timestamp, chunk: &Import) -> Plan<()> {
    let proof = Statement::new("SELECT id FROM imports WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()]);
    let parameters: [Value; 8] = [
        account.into(),
        id.into(),
        chunk.first.into(),
        chunk.lines.into(),
        chunk.digest.as_str().into(),
        chunk.ended_at.map_or(Value::Null, Value::from),
        actor.into(),
        now.into(),
    ];
    let row = if chunk.first == 1 { begin(parameters) } else { go_on(parameters) };
    Plan::new(row, proof, ())
}

fn begin(parameters: [Value; 8]) -> Statement {
    Statement::new(
        "INSERT INTO imports (account_id, id, actor, began_at, first, lines, digest, ended_at) \
         VALUES (?1, ?2, ?7, ?8, CASE WHEN EXISTS (SELECT 1 FROM users WHERE account_id = ?1) \
         OR EXISTS (SELECT 1 FROM providers WHERE account_id = ?1) OR EXISTS (SELECT 1 FROM groups WHERE account_id = ?1) \
         OR EXISTS (SELECT 1 FROM records WHERE account_id = ?1) OR EXISTS (SELECT 1 FROM account_keys WHERE account_id = ?1) \
         OR EXISTS (SELECT 1 FROM sign_ins WHERE account_id = ?1) OR EXISTS (SELECT 1 FROM events WHERE account_id = ?1 AND kind <> 'account.exported') \
         OR EXISTS (SELECT 1 FROM changes WHERE account_id = ?1 AND resource <> 'account/' || ?1 AND version > 0) \
         THEN NULL ELSE ?3 END, ?4, ?5, ?6)",
        parameters,
    )
}

fn go_on([account, id, first, lines, digest, ended_at, _, _]: [Value; 8]) -> Statement {
    Statement::new(
        "UPDATE imports SET id = ?2, first = CASE WHEN lines = ?3 - 1 AND ended_at IS NULL THEN ?3 END, lines = ?4, \
         digest = ?5, ended_at = ?6 WHERE account_id = ?1",
        [account, id, first, lines, digest, ended_at],
    )
}

/// Puts an account's own row and what is logged of it in the state of the file: the account as it was, and an empty log.
pub fn restore(account: &str, exported: &Account) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE accounts SET name = ?2, created_at = ?3, adopt_jit_users = ?4, version = ?5 WHERE id = ?1",
            [
                account.into(),
                exported.name.as_str().into(),
                exported.created_at.into(),
                i64::from(exported.adopt_jit_users).into(),
                exported.version.into(),
            ],
        ),
        Statement::new("DELETE FROM changes WHERE account_id = ?1", [account.into()]),
    ]
}
