//! What the provisioning log says of a request. No value that somebody is looked up by, and no name, gets into it.

use super::{Base, Failure};
use crate::crypto::Crypto;
use crate::http::{Call, Method};
use crate::journey::Postern;
use crate::scim::{Client, Quirk, ScimError};
use crate::store::provisioning_log::{Entry, Outcome};
use crate::store::{Plan, Store, commit};
use crate::time::Timestamp;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// So many skipped ids at most are named.
const MAX_NAMED: usize = 20;
/// Longest path, in characters.
const MAX_PATH: usize = 500;

/// A request, as far as it has come.
#[derive(Clone, Default)]
pub(super) struct Log {
    client: &'static str,
    method: &'static str,
    /// As it was asked, to be logged without what is personal: of most requests nothing is.
    path: String,
    query: String,
    /// Who was let in.
    pub(super) actor: Option<String>,
    /// What was corrected of the client's way to speak.
    pub(super) quirks: Vec<Quirk>,
    /// Ids that are no user's.
    pub(super) skipped: Vec<String>,
}

impl Log {
    pub(super) fn of(call: &Call, base: &Base<'_>) -> Self {
        Self {
            client: Client::of(call.header("user-agent")).name(),
            method: call.method.name(),
            path: ["/", base.rest].concat(),
            query: call.query.clone(),
            ..Self::default()
        }
    }

    /// One of many requests in one.
    pub(super) fn inner(&self, method: Method, path: &str) -> Self {
        Self {
            client: self.client,
            method: method.name(),
            path: ["/Bulk", path.split('?').next().unwrap_or_default()].concat(),
            actor: self.actor.clone(),
            ..Self::default()
        }
    }

    /// What is logged of the path and the query.
    fn shown_path(&self) -> String {
        let mut shown = redacted_path(&self.path);
        if !self.query.is_empty() {
            shown.push('?');
            shown.push_str(&redacted_query(&self.query));
        }
        shown.chars().take(MAX_PATH).collect()
    }

    /// The plan of a write, with its row of the log.
    pub(super) fn plan<T>(
        &self,
        account: &str,
        (id, now): (String, Timestamp),
        status: u16,
        resource: String,
        outcome: T,
    ) -> Plan<T> {
        self.entry((id, now), status, Outcome::Done, Some(resource), self.detail()).plan(account, outcome)
    }

    /// Keeps a request that was refused, or failed. That this fails changes nothing for the client.
    pub(super) async fn keep<S: Store, C: Crypto>(self, postern: &Postern<'_, S, C>, account: &str, failure: &Failure) {
        let error = failure.error();
        let outcome = if matches!(failure, Failure::Store(_)) { Outcome::Failed } else { Outcome::Refused };
        let mut detail = self.detail();
        detail.insert("error".into(), described(&error));
        let id = (postern.fresh_id(), postern.now);
        let _ = commit(postern.store, self.entry(id, error.status(), outcome, None, detail).plan(account, ())).await;
    }

    fn entry(
        &self,
        (id, at): (String, Timestamp),
        status: u16,
        outcome: Outcome,
        resource: Option<String>,
        detail: Map<String, Value>,
    ) -> Entry {
        Entry {
            id,
            at,
            client: self.client.to_owned(),
            method: self.method.to_owned(),
            path: self.shown_path(),
            status,
            outcome,
            actor: self.actor.clone(),
            resource,
            detail: Value::Object(detail),
        }
    }

    fn detail(&self) -> Map<String, Value> {
        let mut detail = Map::new();
        if !self.quirks.is_empty() {
            let mut names = BTreeSet::new();
            names.extend(self.quirks.iter().map(|quirk| quirk.name()));
            let names: Vec<Value> = names.into_iter().map(Value::from).collect();
            detail.insert("corrected".into(), names.into());
        }
        if !self.skipped.is_empty() {
            detail.insert("skipped".into(), self.skipped.len().into());
            let named = self.skipped.iter().take(MAX_NAMED).map(|id| Value::from(redacted_id(id)));
            detail.insert("skippedIds".into(), named.collect::<Vec<_>>().into());
        }
        detail
    }
}

fn described(error: &ScimError) -> Value {
    let mut described = Map::new();
    described.insert("code".into(), error.code().into());
    if let Some(scim_type) = error.scim_type() {
        described.insert("scimType".into(), scim_type.into());
    }
    described.insert("detail".into(), redacted(&error.detail()).into());
    Value::Object(described)
}

/// An id as it is named. What has other characters than ids have is somebody's name or address, where a client takes it for one.
fn redacted_id(id: &str) -> String {
    let more = if id.starts_with("urn:ietf:params:scim:") { "-_:." } else { "-_:" };
    if id == ".search" || id.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c)) {
        return id.chars().take(64).collect();
    }
    String::from("…")
}

/// A path without what is no id.
fn redacted_path(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(redacted_id).collect();
    parts.join("/")
}

/// A sentence without what is quoted in it, and without what looks like an address.
fn redacted(sentence: &str) -> String {
    let mut outside = String::with_capacity(sentence.len());
    let mut quoted = false;
    let mut escaped = false;
    for c in sentence.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => {
                if !quoted {
                    outside.push('…');
                }
                quoted = !quoted;
            }
            _ if quoted => {}
            _ => outside.push(c),
        }
    }
    let words: Vec<&str> = outside.split(' ').map(|word| if word.contains('@') { "…" } else { word }).collect();
    words.join(" ")
}

/// A query without the values that a filter looks for, and without what we do not know.
fn redacted_query(query: &str) -> String {
    const SHOWN: [&str; 8] =
        ["startIndex", "count", "attributes", "excludedAttributes", "sortBy", "sortOrder", "cursor", "filter"];
    let mut shown = String::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let Some(name) = SHOWN.iter().find(|known| known.eq_ignore_ascii_case(&name)) else { continue };
        if !shown.is_empty() {
            shown.push('&');
        }
        shown.push_str(name);
        shown.push('=');
        match *name {
            "filter" => shown.push_str(&redacted_filter(&value)),
            // Behind the point is what the list is sorted by.
            "cursor" => shown.push_str(&redacted_id(value.split('.').next().unwrap_or_default())),
            _ => shown.extend(value.chars().filter(|c| c.is_ascii_alphanumeric() || ".,:$-_".contains(*c))),
        }
    }
    shown
}

/// A filter with its names and operators alone.
fn redacted_filter(filter: &str) -> String {
    const OPERATORS: [&str; 9] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
    let mut shown = String::new();
    let mut rest = filter;
    let mut is_value = false;
    while let Some(first) = rest.chars().next() {
        if is_value && !first.is_whitespace() {
            // All of a quoted text, or all that is not a space or a bracket.
            let end = match first {
                '"' => quoted_end(rest),
                _ => rest.find([' ', ')', ']']).unwrap_or(rest.len()),
            };
            shown.push('…');
            (rest, is_value) = (&rest[end.max(first.len_utf8())..], false);
            continue;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || ".:$_-".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 {
            if " ()[]".contains(first) {
                shown.push(first);
            }
            rest = if first == '"' { &rest[quoted_end(rest)..] } else { &rest[first.len_utf8()..] };
            continue;
        }
        let word = &rest[..end];
        is_value = OPERATORS.iter().any(|operator| operator.eq_ignore_ascii_case(word));
        shown.push_str(word);
        rest = &rest[end..];
    }
    shown
}

/// Where a quoted text at the beginning ends.
fn quoted_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_logged_without_what_it_looks_for() {
        for (filter, shown) in [
            (r#"userName eq "ada@example.com""#, "userName eq …"),
            (
                r#"emails[type eq "work" and value co "a\"b c"] or not (name.familyName EQ Lovelace)"#,
                "emails[type eq … and value co …] or not (name.familyName EQ …)",
            ),
            ("userName pr", "userName pr"),
            ("userName eq \"ada", "userName eq …"),
            ("\"ada@example.com\" eq userName", " eq …"),
            ("userName eq ädä", "userName eq …"),
            ("", ""),
        ] {
            assert_eq!(redacted_filter(filter), shown, "{filter}");
        }
        assert_eq!(redacted_query("cursor=u12abcdef01ka.YWRh&count=2"), "cursor=u12abcdef01ka&count=2");
        assert_eq!(
            redacted_query("filter=userName+eq+%22ada%22&count=2&x=ada&startindex=1&"),
            "filter=userName eq …&count=2&startIndex=1"
        );
    }

    #[test]
    fn a_path_is_logged_without_names_and_addresses() {
        for (path, shown) in [
            ("/Users/ada@example.com", "/Users/…"),
            ("/Users/ada%40example.com/", "/Users/…/"),
            ("/Groups/A team", "/Groups/…"),
            ("/Users/01m8a0ssj6txhjwpyhvs39ye44", "/Users/01m8a0ssj6txhjwpyhvs39ye44"),
            ("/Users/5b0f4a1e-0f6b-4d0e-9c55-7f1f2a3b4c5d", "/Users/5b0f4a1e-0f6b-4d0e-9c55-7f1f2a3b4c5d"),
            ("/Users/bulkId:u-1", "/Users/bulkId:u-1"),
            ("/Users/.search", "/Users/.search"),
            (
                "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
                "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
            ),
            ("/Users/urn:ada@example.com", "/Users/…"),
            ("/Users/urn:ietf:params:scim:ada@example.com", "/Users/…"),
            ("/Users/urn:ada.lovelace", "/Users/…"),
            ("Users", "Users"),
            ("/", "/"),
        ] {
            assert_eq!(redacted_path(path), shown);
        }
    }

    #[test]
    fn a_sentence_is_logged_without_what_it_quotes() {
        assert_eq!(redacted("got \"a \\\" b\", not ada@example.com."), "got …, not …");
    }
}
