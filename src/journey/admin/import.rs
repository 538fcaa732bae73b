//! `POST /api/v1/accounts/{account}/import`: the lines of an export into an empty account, chunk by chunk, each in one
//! transaction.
//!
//! D1: one read, one write; one more read if another request took a chunk between them.

use super::{Caller, not_found, use_of_token};
use crate::crypto::Crypto;
use crate::fields::FieldError;
use crate::http::{Answer, Call, CallBody};
use crate::id::hex;
use crate::journey::{Ending, Postern};
use crate::portable::{self, Here};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::import::{self, Import};
use crate::store::portable::TABLES;
use crate::store::{self, Constraint, Store, StoreError};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// How far an import is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    /// So many lines of the file have been taken: the next chunk begins with the one after.
    lines: i64,
    /// Whether it was the last.
    ended: bool,
    /// So many invitations of the chunk have no link any more.
    invitations_without_link: usize,
}

/// `POST ?line=`, the number of the body's first line in the file; 1 if it is not given.
pub(crate) async fn import<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let (first, text) = (line_of(call)?, text(call)?);
    let here = Here { now: postern.now, is_local: postern.deployment.public_url.is_local() };
    let chunk = portable::read(text, first, here).map_err(|errors| Problem::fields(errors).answer())?;
    let state = vec![store::account::find(account), import::find(account)];
    let [found, before] = store::take(postern.store.batch(state).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    let (lines, without_link) = (first - 1 + chunk.lines, chunk.without_secret);
    let digest = hex(&Sha256::digest(text.as_bytes()));
    let after = Import { first, lines, digest, ended_at: chunk.ends.then_some(postern.now) };
    if let Some(before) = before.first::<Import>()? {
        if before.is_of(&after) {
            return Ok(progress(&before, without_link).unchanged());
        }
        if before.ended_at.is_some() || before.lines + 1 != first {
            return Ok(elsewhere(&before));
        }
    } else if first != 1 {
        return Ok(Problem::conflict("not_begun", "No import was begun: send the file from its first line.").answer());
    }
    let mut plan = import::plan(account, &postern.fresh_id(), caller.actor(), postern.now, &after);
    plan.extend(chunk.account.iter().flat_map(|exported| import::restore(account, exported)));
    plan.push(use_of_token(postern, call, account));
    let rows = TABLES.iter().zip(chunk.rows).filter(|(_, rows)| !rows.is_empty());
    plan.extend(rows.map(|(table, rows)| table.insert(account, rows)));
    let committed = store::commit(postern.store, plan).await;
    postern.configurations.forget(account);
    match committed {
        Ok(_) => Ok(progress(&after, without_link)),
        Err(StoreError::Constraint(Constraint::Import)) => {
            let [now] = store::take(postern.store.batch(vec![import::find(account)]).await?)?;
            match now.first::<Import>()? {
                Some(now) if now.is_of(&after) => Ok(progress(&now, without_link).unchanged()),
                Some(now) => Ok(elsewhere(&now)),
                None => {
                    let detail =
                        "This account is not empty. A file is imported into one in which nothing has happened yet.";
                    Ok(Problem::conflict("not_empty", detail).answer())
                }
            }
        }
        Err(StoreError::Constraint(constraint)) => Ok(contradicting(first, &constraint).answer()),
        Err(error) => Err(error.into()),
    }
}

fn line_of(call: &Call) -> Result<i64, Answer> {
    let Some(line) = call.query_parameter("line") else { return Ok(1) };
    let line = line.parse().ok().filter(|line| (1..=1_000_000_000).contains(line));
    line.ok_or_else(|| Problem::new(400, "line must be a whole number from 1: that of the body's first line.").answer())
}

fn text(call: &Call) -> Result<&str, Answer> {
    let problem = |status, detail: &str| Err(Problem::new(status, detail).answer());
    let CallBody::Whole(body) = &call.body else {
        return problem(413, "The body is larger than 1 MiB: send fewer lines at once.");
    };
    if call.media_type() != "application/x-ndjson" {
        return problem(415, "Send the body as application/x-ndjson.");
    }
    std::str::from_utf8(body).or_else(|_| problem(400, "The body is not UTF-8."))
}

fn progress(import: &Import, invitations_without_link: usize) -> Answer {
    let ended = import.ended_at.is_some();
    Answer::json(200, &Progress { lines: import.lines, ended, invitations_without_link })
}

fn elsewhere(import: &Import) -> Answer {
    if import.ended_at.is_some() {
        let detail = "The import of this account has ended. Import into another account that is empty.";
        return Problem::conflict("ended", detail).answer();
    }
    let next = import.lines + 1;
    let detail = format!("The import goes on at line {next}: send the chunk that begins with it, with ?line={next}.");
    Problem::conflict("other_line", detail).answer()
}

/// Each row is sound, and the database refuses one: which is not known.
fn contradicting(first: i64, constraint: &Constraint) -> Problem {
    let (code, message) = match constraint {
        Constraint::Reference => (
            "not_found",
            "A row of this chunk refers to one that is neither before it in the file nor in the chunk.".to_owned(),
        ),
        other => ("taken", format!("A row of this chunk is there already, or contradicts one that is: {other:?}.")),
    };
    Problem::fields(vec![FieldError { pointer: format!("/{first}"), code, message }])
}
