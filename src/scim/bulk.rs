//! Many requests in one (RFC 7644, 3.7).

use super::ScimError;
use crate::http::Method;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Most operations of a request.
pub const MAX_OPERATIONS: usize = 1000;

/// A request of many.
#[derive(Clone, Debug)]
pub struct Bulk {
    /// After so many errors no more operations are done. `None`: all are.
    pub fail_on_errors: Option<u32>,
    /// As they were given, which is the order of the answer.
    pub operations: Vec<BulkOperation>,
    /// The order to do them in, as indexes: what is referred to comes before what refers to it.
    pub order: Vec<usize>,
    /// Those that cannot be done, because they need their own id or that of another of these.
    pub circular: Vec<usize>,
}

/// One request of many.
#[derive(Clone, Debug)]
pub struct BulkOperation {
    /// POST, PUT, PATCH or DELETE.
    pub method: Method,
    /// Below the base, e.g. `/Users/123`.
    pub path: String,
    /// What others call the resource that it makes.
    pub bulk_id: Option<String>,
    /// The version that the resource must have.
    pub version: Option<String>,
    /// Body.
    pub data: Option<Value>,
}

impl Bulk {
    /// Reads a request.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let _ = body;
        Err(ScimError::protocol(501, None, "not yet"))
    }
}

impl BulkOperation {
    /// The path and the body, with the ids that have been made so far, by `bulkId`.
    pub fn resolved(&self, made: &BTreeMap<String, String>) -> Result<(String, Option<Value>), ScimError> {
        let _ = made;
        Ok((self.path.clone(), self.data.clone()))
    }
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
    pub response: Option<super::error::ErrorBody>,
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
