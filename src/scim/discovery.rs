//! What this server can do, out of the tables of the schema (RFC 7643, 5 to 7; RFC 7644, 4).

use super::{ResourceType, ScimError};
use serde_json::Value;

/// `/ServiceProviderConfig`. `base` is the one that was called, without a slash at its end.
pub fn service_provider_config(base: &str) -> Value {
    let _ = base;
    Value::Null
}

/// Those of `/ResourceTypes`.
pub fn resource_types(base: &str) -> Vec<Value> {
    ResourceType::ALL.into_iter().map(|resource| resource_type(resource, base)).collect()
}

/// One resource type.
pub fn resource_type(resource: ResourceType, base: &str) -> Value {
    let _ = (resource, base);
    Value::Null
}

/// Those of `/Schemas`.
pub fn schemas(base: &str) -> Vec<Value> {
    let _ = base;
    Vec::new()
}

/// The entry of `/Schemas/{urn}` or `/ResourceTypes/{id}`, compared without case.
pub fn by_id(entries: Vec<Value>, id: &str) -> Result<Value, ScimError> {
    let is_meant = |entry: &Value| entry.get("id").and_then(Value::as_str).is_some_and(|i| i.eq_ignore_ascii_case(id));
    let found = entries.into_iter().find(is_meant);
    found.ok_or_else(|| ScimError::protocol(404, None, "There is none of this id. Ask for the whole list."))
}
