//! Many requests in one (RFC 7644, 3.7).

use super::error::ErrorBody;
use super::value::Seen;
use super::{ResourceType, ScimError};
use crate::http::Method;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Most operations of a request.
pub const MAX_OPERATIONS: usize = 1000;

/// How an operation names what another one makes, before its `bulkId`.
const REFERENCE: &str = "bulkId:";

/// A request of many.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// After so many errors no more operations are done. `None`: all are.
    pub fail_on_errors: Option<u32>,
    /// As they were given, which is the order of the answer.
    pub operations: Vec<BulkOperation>,
    /// The order to do them in, as indexes: what is referred to comes before what refers to it, and else they stay as given.
    pub order: Vec<usize>,
    /// Those that cannot be done, because they need their own id or that of another of these.
    pub circular: Vec<usize>,
}

/// One request of many.
#[derive(Clone, Debug)]
pub struct BulkOperation {
    /// POST, PUT, PATCH or DELETE.
    pub method: Method,
    /// Below the base, e.g. `/Users/123`, as it was given.
    pub path: String,
    /// What others call the resource that it makes.
    pub bulk_id: Option<String>,
    /// The version that the resource must have.
    pub version: Option<String>,
    /// Body.
    data: Option<Value>,
    /// What of it cannot be read. It fails alone: its method is known, which its answer must tell.
    malformed: Option<ScimError>,
}

fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    let found = object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    found.filter(|value| !value.is_null())
}

impl Bulk {
    /// Reads a request. One that is not what it should be is refused whole, before anything is done; so is an operation without
    /// a method, which could not be answered, and a `bulkId` that two operations have. Else an operation fails alone
    /// (RFC 7644, 3.7.3).
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let Value::Object(body) = body else {
            return Err(ScimError::Syntax { at: String::from("body"), expected: "a BulkRequest" });
        };
        let fail_on_errors = match member(body, "failOnErrors") {
            None => None,
            Some(count) => match count.as_u64().and_then(|count| u32::try_from(count).ok()) {
                Some(count) if count > 0 => Some(count),
                _ => {
                    let expected = "a whole number from 1 on";
                    return Err(ScimError::BadValue { attribute: String::from("failOnErrors"), expected });
                }
            },
        };
        let given = match member(body, "Operations") {
            Some(Value::Array(given)) if !given.is_empty() => given,
            _ => {
                let expected = "an array of one operation or more";
                return Err(ScimError::Syntax { at: String::from("Operations"), expected });
            }
        };
        if given.len() > MAX_OPERATIONS {
            return Err(ScimError::TooLarge { what: "Operations of one Bulk request", most: MAX_OPERATIONS });
        }
        let mut operations = Vec::with_capacity(given.len());
        let mut makers = Seen::new();
        for (index, operation) in given.iter().enumerate() {
            let operation = BulkOperation::parse(index, operation)?;
            if let Some(bulk_id) = operation.bulk_id.clone().filter(|_| operation.method == Method::Post)
                && makers.insert(bulk_id, index.into()).is_some()
            {
                return Err(ScimError::GivenTwice { attribute: format!("Operations[{index}].bulkId") });
            }
            operations.push(operation);
        }
        let (order, circular) = ordered(&operations, &makers);
        Ok(Self { fail_on_errors, operations, order, circular })
    }
}

/// The order in which every operation comes after those whose resources it names, and the operations for which there is none.
fn ordered(operations: &[BulkOperation], makers: &Seen) -> (Vec<usize>, Vec<usize>) {
    let waits_for: Vec<Vec<usize>> = operations.iter().map(|operation| operation.needs(makers)).collect();
    let mut is_placed = vec![false; operations.len()];
    let mut order = Vec::with_capacity(operations.len());
    // Each round begins where nothing waits any more, so there are as many as the longest chain of references has links.
    loop {
        let before = order.len();
        for (index, needed) in waits_for.iter().enumerate() {
            if !is_placed[index] && needed.iter().all(|maker| is_placed[*maker]) {
                is_placed[index] = true;
                order.push(index);
            }
        }
        if order.len() == before {
            break;
        }
    }
    let circular = (0..operations.len()).filter(|index| !is_placed[*index]).collect();
    (order, circular)
}

impl BulkOperation {
    fn parse(index: usize, operation: &Value) -> Result<Self, ScimError> {
        let bad = |name: &str, expected| ScimError::Syntax { at: format!("Operations[{index}]{name}"), expected };
        let Value::Object(operation) = operation else { return Err(bad("", "an object of method, path and data")) };
        let text = |name: &'static str, at| match member(operation, name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(bad(at, "text")),
        };
        let method = text("method", ".method")?.map(|name| Method::from_name(&name.to_ascii_uppercase()));
        let method = match method {
            Some(method @ (Method::Post | Method::Put | Method::Patch | Method::Delete)) => method,
            _ => return Err(bad(".method", "POST, PUT, PATCH or DELETE")),
        };
        let mut malformed = None;
        let mut read = |read: Result<Option<String>, ScimError>| {
            read.unwrap_or_else(|error| {
                malformed.get_or_insert(error);
                None
            })
        };
        let path =
            text("path", ".path").and_then(|path| path.map(Some).ok_or_else(|| bad(".path", "a path such as /Users")));
        let path = read(path).unwrap_or_default();
        let bulk_id = read(text("bulkId", ".bulkId")).filter(|id| !id.is_empty());
        let version = read(text("version", ".version"));
        let data = member(operation, "data").cloned().filter(|_| method != Method::Delete);
        if data.is_none() && method != Method::Delete {
            malformed.get_or_insert(bad(".data", "a body"));
        }
        Ok(Self { method, path, bulk_id, version, data, malformed })
    }

    /// The operations that make what it names.
    fn needs(&self, makers: &Seen) -> Vec<usize> {
        let mut needed = Vec::new();
        let mut note = |name: &str| {
            let maker = makers.get(name).and_then(Value::as_u64).and_then(|maker| usize::try_from(maker).ok());
            needed.extend(maker.filter(|maker| !needed.contains(maker)));
            Ok(String::new())
        };
        // Nothing is replaced: what is noted cannot fail.
        let _ = replaced(&self.path, &mut note);
        let mut data = self.data.clone();
        let _ = data.as_mut().map(|data| replace(data, &mut note));
        needed
    }

    /// The path and the body, with the ids that have been made so far, by `bulkId`. A `bulkId` that has made nothing, because there is
    /// no such operation or it failed, is an error of this one, and so is what of it cannot be read, and a path that leads to no
    /// user or group.
    pub fn resolved(&self, made: &BTreeMap<String, String>) -> Result<(String, Option<Value>), ScimError> {
        if let Some(error) = &self.malformed {
            return Err(error.clone());
        }
        let mut id_of = |name: &str| match made.get(name) {
            Some(id) => Ok(id.clone()),
            None => {
                let attribute = [REFERENCE, name].concat();
                Err(ScimError::BadValue { attribute, expected: "the bulkId of a POST that succeeds" })
            }
        };
        let path = replaced(&self.path, &mut id_of)?.unwrap_or_else(|| self.path.clone());
        let mut data = self.data.clone();
        if let Some(data) = &mut data {
            replace(data, &mut id_of)?;
        }
        match (self.method, names_one(&path)?) {
            (Method::Post, true) => Err(ScimError::protocol(405, None, "A POST goes to /Users or /Groups.")),
            (Method::Post, false) | (_, true) => Ok((path, data)),
            (_, false) => {
                Err(ScimError::protocol(405, None, "Only a POST goes to /Users or /Groups. Name a resource."))
            }
        }
    }
}

/// Whether a path below the base names one resource, and not a type of them.
fn names_one(path: &str) -> Result<bool, ScimError> {
    let path = path.trim_start_matches('/');
    let (endpoint, id) = path.split_once('/').unwrap_or((path, ""));
    let is_known = ResourceType::ALL.iter().any(|resource| resource.endpoint().strip_prefix('/') == Some(endpoint));
    if is_known && !id.contains(['/', '?', '#']) {
        return Ok(!id.is_empty());
    }
    Err(ScimError::protocol(404, None, "There is nothing at this path. Bulk knows /Users and /Groups."))
}

/// What to write for a `bulkId`.
type IdOf<'f> = &'f mut dyn FnMut(&str) -> Result<String, ScimError>;

/// Replaces each reference in a body. JSON is at most 128 levels deep.
fn replace(value: &mut Value, id_of: IdOf<'_>) -> Result<(), ScimError> {
    match value {
        Value::String(text) => {
            if let Some(new) = replaced(text, id_of)? {
                *text = new;
            }
        }
        Value::Array(items) => {
            for item in items {
                replace(item, id_of)?;
            }
        }
        Value::Object(object) => {
            for (_, value) in object {
                replace(value, id_of)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A text with an id for each `bulkId:x` that it is, or that is in quotation marks or between slashes in it. `None` if there is none.
fn replaced(text: &str, id_of: IdOf<'_>) -> Result<Option<String>, ScimError> {
    if !text.contains(REFERENCE) {
        return Ok(None);
    }
    let (mut written, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(REFERENCE) {
        let (before, after) = rest.split_at(at);
        written.push_str(before);
        let after = &after[REFERENCE.len()..];
        let end = after.find(['"', '/']).unwrap_or(after.len());
        rest = &after[end..];
        if (written.is_empty() || written.ends_with(['"', '/'])) && end > 0 {
            written.push_str(&id_of(&after[..end])?);
        } else {
            written.push_str(REFERENCE);
            written.push_str(&after[..end]);
        }
    }
    written.push_str(rest);
    Ok(Some(written))
}

/// The answer to one request of many.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkResult {
    /// Its method.
    pub method: &'static str,
    /// As it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_id: Option<String>,
    /// The entity tag of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where the resource is. Without it only where a POST failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Status code, as text.
    pub status: String,
    /// What is wrong, if something is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ErrorBody>,
}

/// The answer to many requests in one.
#[derive(Clone, Debug, Serialize)]
pub struct BulkAnswer {
    schemas: [&'static str; 1],
    #[serde(rename = "Operations")]
    operations: Vec<BulkResult>,
}

impl BulkAnswer {
    /// In the order of the request.
    pub fn of(operations: Vec<BulkResult>) -> Self {
        Self { schemas: [super::BULK_RESPONSE_URN], operations }
    }
}
