//! The admin API (SPEC section 13).

pub(super) mod access;
pub(super) mod accounts;
mod caller;
pub(super) mod dry_run;
pub(super) mod explain;
pub(super) mod export;
pub(super) mod findings;
pub(super) mod groups;
pub(super) mod import;
pub(super) mod invitations;
pub(super) mod keys;
pub(super) mod logs;
pub(super) mod providers;
pub(super) mod records;
mod rule_groups;
pub(super) mod sign_ins;
pub(super) mod tokens;
pub(super) mod users;

pub(super) use caller::{Caller, Token, TokenRefusal, authorize, bearer, note_use, resource};

use crate::directory::ManagedByScim;
use crate::http::{Answer, Call, CallBody};
use crate::problem::Problem;
use crate::store::Page;
use crate::store::log::unknown_parameter;
use crate::strict;
use caller::use_of_token;
use serde::Serialize;
use serde_json::{Map, Value};

/// The JSON object in a body.
fn json_object(call: &Call) -> Result<Map<String, Value>, Answer> {
    let problem = |status, detail: &str| Err(Problem::new(status, detail).answer());
    let CallBody::Whole(body) = &call.body else { return problem(413, "The body is larger than 1 MiB.") };
    let media_type = call.media_type();
    if media_type != "application/json" && !media_type.ends_with("+json") {
        return problem(415, "Send the body as application/json.");
    }
    match strict::parse(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => problem(400, "The body is not a JSON object."),
        Err(error) if error.is_data() => Err(Problem::new(400, format!("In the body, {error}.")).answer()),
        Err(error) => Err(Problem::new(400, format!("The body is not JSON: {error}.")).answer()),
    }
}

/// The versions that an update can start from: the value of an `If-Match`.
#[derive(Clone, Copy)]
struct IfMatch<'c>(&'c str);

impl IfMatch<'_> {
    /// Whether this is one of them. A weak tag is none (RFC 9110, section 13.1.1).
    fn is(self, version: i64) -> bool {
        let tag = etag(version);
        self.0.split(',').any(|given| given.trim_matches([' ', '\t']) == tag)
    }
}

/// What an update starts from, out of `If-Match: "7"`. `*` says of no version that it was read.
fn if_match(call: &Call) -> Result<IfMatch<'_>, Answer> {
    match call.header("if-match") {
        Some(header) if header.trim() != "*" => Ok(IfMatch(header)),
        _ => {
            let detail = "Send If-Match with the ETag that you read, so that nobody's change is lost.";
            Err(Problem::new(428, detail).answer())
        }
    }
}

/// Somebody else was faster.
fn stale() -> Answer {
    Problem::new(412, "Somebody else changed this meanwhile. Read it again and repeat your change.").answer()
}

/// SPEC section 8: where the change is to be made.
fn managed_elsewhere(reason: &ManagedByScim) -> Answer {
    Problem::conflict("managed_by_scim", reason.0.as_str()).answer()
}

fn not_found(noun: &str) -> Answer {
    Problem::new(404, format!("There is no such {noun}.")).answer()
}

fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// So many parameters are read: there are not as many that are right.
const MAX_PARAMETERS: usize = 30;

/// Takes every parameter of the query, each once, and tells all that is wrong.
fn parameters(call: &Call, mut take: impl FnMut(&str, &str) -> Result<(), String>) -> Result<(), Answer> {
    let mut errors = Vec::new();
    let mut names = Vec::new();
    for (name, value) in form_urlencoded::parse(call.query.as_bytes()).take(MAX_PARAMETERS) {
        if names.contains(&name) {
            errors.push(format!("{name} is given twice."));
        } else if let Err(error) = take(&name, &value) {
            errors.push(error);
        }
        names.push(name);
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::new(400, errors.join(" ")).answer()) }
}

/// The page that `limit` and `cursor` ask for, of a list that takes no other parameter.
fn page_of(call: &Call) -> Result<Page, Answer> {
    page_beside(call, &[])
}

/// The page that `limit` and `cursor` ask for, of a list that takes these parameters as well.
fn page_beside(call: &Call, others: &[&str]) -> Result<Page, Answer> {
    let known = [others, &["limit", "cursor"]].concat();
    parameters(call, |name, _| if known.contains(&name) { Ok(()) } else { Err(unknown_parameter(name, &known)) })?;
    page_within(call, 50, 200)
}

/// The page that `limit` and `cursor` ask for, where so many items are usual and so many the most.
fn page_within(call: &Call, usual: u32, most: u32) -> Result<Page, Answer> {
    let limit = match call.query_parameter("limit") {
        None => usual,
        Some(text) => match text.parse::<u32>() {
            Ok(limit) if (1..=most).contains(&limit) => limit,
            _ => return Err(Problem::new(400, format!("limit must be a whole number from 1 to {most}.")).answer()),
        },
    };
    let after = call.query_parameter("cursor").filter(|cursor| !cursor.is_empty());
    match &after {
        Some(cursor) if cursor.len() > 64 || !cursor.bytes().all(|b| b.is_ascii_graphic()) => {
            Err(Problem::new(400, "cursor is not one that a list answered with.").answer())
        }
        _ => Ok(Page { after, limit }),
    }
}

/// A list with the cursor of its next page. `items` has one more than the page if there is one.
fn list_answer<T, J: Serialize>(mut items: Vec<T>, page: &Page, id: fn(&T) -> &str, json: impl Fn(&T) -> J) -> Answer {
    let limit = page.limit as usize;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(id);
    let shown: Vec<J> = items.iter().map(json).collect();
    Answer::json(200, &serde_json::json!({ "items": shown, "nextCursor": next }))
}
