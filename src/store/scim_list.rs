//! What lists of SCIM have in common: ranges, walks and counts.

use super::{Rows, Statement, StoreError};
use crate::time::Timestamp;
use serde::Deserialize;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Users.
    User,
    /// Groups of SCIM.
    Group,
}

impl Kind {
    /// The name in the database.
    fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "scim_group",
        }
    }
}

/// A page of a list that goes on after a key.
#[derive(Clone, Copy, Debug)]
pub struct Keyset<'a> {
    /// The key that the page before ended with; empty for the first page.
    pub after: &'a str,
    /// For a list by time, the time that it ended with.
    pub after_time: Option<Timestamp>,
    /// How many rows at most.
    pub limit: i64,
}

impl Keyset<'_> {
    /// Where a list by time goes on.
    pub(super) fn since(&self, since: Timestamp) -> Timestamp {
        self.after_time.unwrap_or(since)
    }
}

/// How many there are in the account.
pub fn count(account: &str, kind: Kind) -> Statement {
    Statement::new("SELECT n FROM counts WHERE account_id = ?1 AND kind = ?2", [account.into(), kind.as_str().into()])
}

/// Reads what [`count`] found.
pub fn read_count(rows: &Rows) -> Result<i64, StoreError> {
    #[derive(Deserialize)]
    struct Count {
        n: i64,
    }
    Ok(rows.first::<Count>()?.map_or(0, |row| row.n))
}

/// Where a client is that walks through a list by numbers.
#[derive(Clone, Copy, Debug)]
pub struct Walk<'a> {
    /// Id of its token.
    pub token: &'a str,
    /// What it walks through.
    pub kind: Kind,
    /// The number at which the page began that it was given.
    pub start: i64,
    /// The number at which the next one begins.
    pub next: i64,
    /// The last id of the page that it was given.
    pub after: &'a str,
}

/// Remembers where a client is.
pub fn walk(account: &str, walk: &Walk<'_>, now: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO import_walks (account_id, token_id, kind, at, position, after_id, previous_position, previous_after_id) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, CASE ?7 WHEN 1 THEN 1 ELSE 0 END, '') \
         ON CONFLICT (account_id, token_id, kind) DO UPDATE SET at = excluded.at, position = excluded.position, \
         after_id = excluded.after_id, \
         previous_position = CASE WHEN ?7 IN (1, position, previous_position) THEN ?7 ELSE 0 END, \
         previous_after_id = CASE ?7 WHEN 1 THEN '' WHEN position THEN after_id WHEN previous_position THEN previous_after_id \
         ELSE '' END",
        [
            account.into(),
            walk.token.into(),
            walk.kind.as_str().into(),
            now.into(),
            walk.next.into(),
            walk.after.into(),
            walk.start.into(),
        ],
    )
}

/// The plan it is in is carried out only if a group of SCIM is there and has this version. To be followed by [`lift_guard`].
pub fn guard_group(account: &str, id: &str, version: i64) -> Statement {
    Statement::new(
        "INSERT INTO guards (account_id, resource, held) VALUES (?1, ?2, EXISTS (SELECT 1 FROM groups \
         WHERE account_id = ?1 AND id = ?2 AND managed_by = 'scim' AND version = ?3))",
        [account.into(), id.into(), version.into()],
    )
}

/// Leaves nothing of a guard that held.
pub fn lift_guard(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM guards WHERE account_id = ?1 AND resource = ?2", [account.into(), id.into()])
}
