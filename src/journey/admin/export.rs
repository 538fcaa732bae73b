//! `GET /api/v1/accounts/{account}/export`: all of an account but secrets and sessions, as lines.
//!
//! D1: one read a table, and one more for each some hundred rows.

use super::{Caller, not_found};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::portable::VERSION;
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::event::{self, Event};
use crate::store::portable::{EXPORTED, TABLES};
use crate::store::{self, Constraint, Rows, Store, StoreError};
use crate::time::{Duration, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// So many bytes an answer has, unless one line is longer: an import takes as much at once.
const MOST_BYTES: usize = 1_000_000;

/// So many reads are made for an answer.
const MOST_READS: usize = 40;

/// So long a cursor is good, counted from when the export began: it is told once of each, by that time.
const LIFETIME: Duration = Duration::days(1);

/// The clocks of two machines may differ by so much.
const SKEW: Duration = Duration::seconds(60);

/// Where an export goes on: what a cursor says.
struct Position {
    /// When it began, in milliseconds. Rows that were made since are not in it, so that none refers to one that is not.
    since: i64,
    /// Which of the tables.
    table: usize,
    /// How many there are: a cursor that another version made is good no more.
    tables: usize,
    /// How many rows there were.
    rows: usize,
    /// What the last one was in the order by.
    after: Vec<String>,
}

impl Position {
    fn of(call: &Call, now: Timestamp) -> Option<Self> {
        let Some(cursor) = call.query_parameter("cursor").filter(|cursor| !cursor.is_empty()) else {
            return Some(Self { since: now.0, table: 0, tables: TABLES.len(), rows: 0, after: Vec::new() });
        };
        let began = now.minus(LIFETIME).0 + 1..=now.plus(SKEW).0;
        Self::read(&cursor).filter(|position| began.contains(&position.since))
    }

    /// Reads a list: the numbers in the order of the fields, then the key.
    fn read(cursor: &str) -> Option<Self> {
        let list: Vec<Value> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (numbers, key) = list.split_at_checked(4)?;
        let number = |at: usize| usize::try_from(u32::try_from(numbers.get(at)?.as_u64()?).ok()?).ok();
        let after: Vec<String> = key.iter().map(|part| part.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        let since = numbers.first()?.as_i64()?;
        let position = Self { since, table: number(1)?, tables: number(2)?, rows: number(3)?, after };
        let fits = position.after.is_empty() || position.after.len() == TABLES.get(position.table)?.keys();
        (fits && position.table < TABLES.len() && position.tables == TABLES.len()).then_some(position)
    }

    fn cursor(&self) -> String {
        let numbers = [self.since.into(), self.table.into(), self.tables.into(), self.rows.into()];
        let list: Value = numbers.into_iter().chain(self.after.iter().map(|part| Value::from(part.as_str()))).collect();
        URL_SAFE_NO_PAD.encode(list.to_string())
    }
}

/// `GET`, from the beginning or from `?cursor=`. Where there is more, the header `Link` says where.
pub(crate) async fn export<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    caller.may_view_everything()?;
    let begins = call.query_parameter("cursor").is_none_or(|cursor| cursor.is_empty());
    let Some(mut at) = Position::of(call, postern.now) else {
        return Ok(Problem::new(400, "cursor is not one that an export answered with.").answer());
    };
    let mut text = String::new();
    for read in 0..MOST_READS {
        let Some(table) = TABLES.get(at.table) else { break };
        let mut statements = vec![table.page(account, Timestamp(at.since), &at.after)];
        if read == 0 {
            statements.extend([store::account::find(account), event::tell(account, &told(postern, caller, at.since))]);
        }
        let results = match postern.store.batch(statements).await {
            Err(StoreError::Constraint(Constraint::Reference)) => return Ok(not_found("account")),
            results => results?,
        };
        let mut results = results.iter();
        let (lines, mut more) = table.read(results.next().unwrap_or(&Rows::default()))?;
        if let Some(found) = results.next() {
            let Some(found) = found.first::<Account>()? else { return Ok(not_found("account")) };
            if begins {
                text = header(&found, Timestamp(at.since))?;
            }
        }
        let mut last = None;
        for line in &lines {
            if !text.is_empty() && text.len() + line.len() >= MOST_BYTES {
                more = true;
                break;
            }
            text.push_str(line);
            text.push('\n');
            at.rows += 1;
            last = Some(line);
        }
        match last {
            _ if !more => (at.table, at.after) = (at.table + 1, Vec::new()),
            Some(line) => at.after = table.key_of(line)?,
            // There was no room for a single one.
            None => break,
        }
    }
    if at.table == TABLES.len() {
        text.push_str(&format!("{{\"end\":{{\"rows\":{}}}}}\n", at.rows));
        return Ok(answer(text));
    }
    let path = format!("/api/v1/accounts/{account}/export?cursor={}", at.cursor());
    let next = postern.deployment.public_url.path(&path);
    Ok(answer(text).with("link", format!("<{next}>; rel=\"next\"")))
}

/// That somebody took everything along: told once an export, whichever of its answers they asked for.
fn told<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, caller: &Caller, since: i64) -> Event {
    let (actor, kind) = (caller.actor(), EXPORTED.to_owned());
    let detail = json!({ "actor": actor });
    Event { id: postern.fresh_id(), at: postern.now, kind, subject: format!("export/{actor}/{since}"), detail }
}

fn answer(text: String) -> Answer {
    let answer = Answer::text(200, "application/x-ndjson", text);
    answer.with("cache-control", "no-store").with("x-content-type-options", "nosniff")
}

fn header(account: &Account, exported_at: Timestamp) -> Result<String, StoreError> {
    let account = serde_json::to_string(account).map_err(|error| StoreError::Row(error.to_string()))?;
    Ok(format!("{{\"postern\":{VERSION},\"account\":{account},\"exportedAt\":\"{exported_at}\"}}\n"))
}
