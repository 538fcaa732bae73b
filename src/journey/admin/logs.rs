//! The logs of an account: `/sign-ins`, `/provisioning-log`, `/events`, `/audit-log`. All are filtered, paged and exported alike.

use super::{not_found, page_within, parameters, sign_ins};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::change::{self, Logged};
use crate::store::event::{self, Event};
use crate::store::log::{Log, Wanted};
use crate::store::provisioning_log::{self, Entry};
use crate::store::sign_in::{self, SignIn};
use crate::store::{self, Rows, Store, StoreError};
use serde::Serialize;
use serde_json::{Value, json};

/// A log, and how it is shown.
#[derive(Debug)]
pub(crate) struct Shown {
    log: &'static Log,
    /// Of the file that an export is saved as.
    name: &'static str,
    /// Rows as the API shows them: objects with an `id`.
    items: fn(&Rows) -> Result<Vec<Value>, StoreError>,
}

/// Attempts to sign in.
pub(crate) static SIGN_INS: Shown = Shown {
    log: &sign_in::LOG,
    name: "sign-ins",
    items: |rows| Ok(rows.all::<SignIn>()?.iter().map(sign_ins::shown).collect()),
};

/// What happened without an admin's asking.
pub(crate) static EVENTS: Shown =
    Shown { log: &event::LOG, name: "events", items: |rows| rows.all::<Event>()?.iter().map(plainly).collect() };

/// What came over SCIM.
pub(crate) static PROVISIONING_LOG: Shown = Shown {
    log: &provisioning_log::LOG,
    name: "provisioning-log",
    items: |rows| rows.all::<Entry>()?.iter().map(plainly).collect(),
};

/// What admins changed.
pub(crate) static AUDIT_LOG: Shown =
    Shown { log: &change::LOG, name: "audit-log", items: |rows| rows.all::<Logged>()?.iter().map(plainly).collect() };

fn plainly<T: Serialize>(item: &T) -> Result<Value, StoreError> {
    serde_json::to_value(item).map_err(|error| StoreError::Row(error.to_string()))
}

/// Media type of one JSON object a line.
const NDJSON: &str = "application/x-ndjson";

/// So many rows at most has one answer of an export.
const EXPORTED: u32 = 10_000;

/// After so many bytes an answer of an export ends with the round it is in.
const EXPORTED_BYTES: usize = 8 * 1024 * 1024;

/// So many rounds at most, of three statements at most: 50 queries are what a request has on the free plan.
const ROUNDS: usize = 15;

/// An export reads in rounds of about so many bytes and of so many rows at first and at most: rows differ in size.
const ROUND_BYTES: usize = 1024 * 1024;
const FIRST_ROUND: u32 = 200;
const ROUND: u32 = 1000;

/// `GET`, the newest first: a page, or with `?format=ndjson` or `Accept: application/x-ndjson` an export.
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    shown: &'static Shown,
) -> Result<Answer, Ending> {
    let is_export = is_export(call)?;
    let (usual, most) = if is_export { (EXPORTED, EXPORTED) } else { (50, 200) };
    let mut wanted = Wanted::all(shown.log, page_within(call, usual, most)?);
    parameters(call, |name, value| match name {
        "limit" | "cursor" | "format" => Ok(()),
        _ => wanted.narrow(name, value),
    })?;
    if is_export {
        return export(postern, call, account, shown, wanted).await;
    }
    let Some((items, next)) = page(postern, account, shown, &wanted).await? else { return Ok(not_found("account")) };
    Ok(Answer::json(200, &json!({ "items": items, "nextCursor": next })))
}

/// Whether one JSON object a line is asked for. The query goes before the header: a browser sends its own.
fn is_export(call: &Call) -> Result<bool, Answer> {
    match call.query_parameter("format").as_deref() {
        Some("ndjson") => Ok(true),
        Some("json") => Ok(false),
        Some("") | None => {
            let accepted = call.header("accept").unwrap_or_default().split(',');
            let mut media_types = accepted.map(|entry| entry.split(';').next().unwrap_or_default().trim());
            Ok(media_types.any(|media_type| media_type.eq_ignore_ascii_case(NDJSON)))
        }
        Some(_) => Err(Problem::new(400, "format must be json or ndjson.").answer()),
    }
}

/// A page and the cursor of the next one. `None`: no such account.
async fn page<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    shown: &Shown,
    wanted: &Wanted,
) -> Result<Option<(Vec<Value>, Option<String>)>, Ending> {
    let mut statements = vec![store::account::find(account), wanted.rows(account)];
    statements.extend(wanted.edge(account));
    let mut found = postern.store.batch(statements).await?;
    let edge = if found.len() == 3 { found.pop() } else { None };
    let [accounts, rows] = store::take(found)?;
    if accounts.first::<Account>()?.is_none() {
        return Ok(None);
    }
    let mut items = (shown.items)(&rows)?;
    let id = |item: &Value| item["id"].as_str().map(str::to_owned);
    let limit = wanted.page.limit as usize;
    if items.len() > limit {
        items.truncate(limit);
        let next = items.last().and_then(id);
        return Ok(Some((items, next)));
    }
    let edge = edge.map(|rows| rows.first::<Value>()).transpose()?.flatten();
    Ok(Some((items, edge.as_ref().and_then(id))))
}

/// One JSON object a line; where there are more than one answer holds, `Link` leads on (RFC 8288).
async fn export<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    shown: &Shown,
    mut wanted: Wanted,
) -> Result<Answer, Ending> {
    let (mut lines, mut count, mut round) = (String::new(), 0, FIRST_ROUND);
    let limit = wanted.page.limit;
    for _ in 0..ROUNDS {
        wanted.page.limit = round.min(limit - count);
        let Some((items, next)) = page(postern, account, shown, &wanted).await? else {
            return Ok(not_found("account"));
        };
        for item in &items {
            lines.push_str(&item.to_string());
            lines.push('\n');
        }
        count += items.len() as u32;
        wanted.page.after = next;
        if wanted.page.after.is_none() || count >= limit || lines.len() >= EXPORTED_BYTES {
            break;
        }
        let fitting = ROUND_BYTES * count.max(1) as usize / lines.len().max(1);
        round = u32::try_from(fitting).unwrap_or(ROUND).clamp(1, ROUND);
    }
    let answer = Answer::text(200, NDJSON, lines)
        .with("cache-control", "no-store")
        .with("x-content-type-options", "nosniff")
        .with("content-disposition", format!("attachment; filename=\"{}.ndjson\"", shown.name));
    Ok(match wanted.page.after {
        Some(next) => answer.with("link", format!("<{}>; rel=\"next\"", following(postern, call, &next))),
        None => answer,
    })
}

/// The same question from a cursor on.
fn following<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call, cursor: &str) -> String {
    let pairs = form_urlencoded::parse(call.query.as_bytes()).filter(|(name, _)| name != "cursor");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).append_pair("cursor", cursor).finish();
    postern.deployment.public_url.path(&format!("{}?{query}", call.path))
}
