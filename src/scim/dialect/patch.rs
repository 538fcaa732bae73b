//! Patches as clients write them.

use super::{Quirk, Quirks, correct, correct_one, is_nobody, odd_name, with_todays_urn};
use crate::scim::path::Path;
use crate::scim::{ENTERPRISE_URN, PATCH_URN, ResourceType};
use serde_json::{Map, Value};

/// Corrects the body of a PATCH.
pub fn patch(body: &mut Value, resource: ResourceType) -> Vec<Quirk> {
    let mut quirks = Quirks::default();
    if let Value::Object(body) = body {
        let schemas = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas"));
        let urns = schemas.and_then(|(_, urns)| urns.as_array());
        if !urns.is_some_and(|urns| urns.iter().any(|urn| urn.as_str() == Some(PATCH_URN))) {
            quirks.insert(Quirk::NoPatchSchema);
        }
        let operations = body.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("Operations"));
        if let Some((_, Value::Array(operations))) = operations {
            let given = std::mem::take(operations);
            for operation in given {
                match operation {
                    Value::Object(operation) => one(operation, resource, operations, &mut quirks),
                    other => operations.push(other),
                }
            }
        }
    }
    quirks.0
}

/// An operation that is being corrected.
struct Operation {
    op: Value,
    path: Option<Value>,
    value: Option<Value>,
}

impl Operation {
    fn put(self, operations: &mut Vec<Value>) {
        let mut object = Map::new();
        object.insert(String::from("op"), self.op);
        object.extend(self.path.map(|path| (String::from("path"), path)));
        object.extend(self.value.map(|value| (String::from("value"), value)));
        operations.push(Value::Object(object));
    }
}

/// Corrects an operation: the result is one or, of one without a path, several.
fn one(given: Map<String, Value>, resource: ResourceType, operations: &mut Vec<Value>, quirks: &mut Quirks) {
    let mut operation = Operation { op: Value::Null, path: None, value: None };
    for (name, value) in given {
        match name.to_ascii_lowercase().as_str() {
            "op" => operation.op = value,
            "path" if value.is_null() || value.as_str().is_some_and(|path| path.trim().is_empty()) => {}
            "path" => operation.path = Some(value),
            "value" => operation.value = Some(value),
            _ => {}
        }
    }
    if let Value::String(op) = &mut operation.op
        && op.bytes().any(|byte| byte.is_ascii_uppercase())
    {
        op.make_ascii_lowercase();
        quirks.insert(Quirk::OperationInCapitals);
    }
    match operation.path.take() {
        Some(Value::String(path)) => at_path(operation, path, resource, operations, quirks),
        None => without_path(operation, resource, operations, quirks),
        path => Operation { path, ..operation }.put(operations),
    }
}

fn at_path(
    mut operation: Operation,
    mut path: String,
    resource: ResourceType,
    operations: &mut Vec<Value>,
    quirks: &mut Quirks,
) {
    if let Some(todays) = with_todays_urn(&path) {
        quirks.insert(Quirk::PreRfcUrn);
        path = todays;
    }
    let is_remove = operation.op.as_str() == Some("remove");
    if let Ok(read) = Path::parse(&path, resource)
        && let Some(last) = read.sub.or(read.place.last().copied())
    {
        if odd_name(&path, &read.place) == Quirk::ExtensionWithoutUrn {
            quirks.insert(Quirk::ExtensionWithoutUrn);
        }
        if let Some(value) = &mut operation.value {
            let is_entry = read.filter.is_some() && read.sub.is_none();
            if is_entry && !value.is_array() {
                correct_one(last, value, quirks);
            } else {
                correct(last, value, true, quirks);
            }
            if is_remove && last.many && !value.is_null() && read.filter.is_none() {
                quirks.insert(Quirk::RemoveByValue);
            }
            // Without the one who is it, there is no manager.
            let is_manager = |step: usize| read.place.get(step).is_some_and(|attribute| attribute.name == "manager");
            let ends_manager = is_manager(1) && (read.place.len() == 2 || last.name == "value");
            if !is_remove && ends_manager && is_nobody(value) {
                quirks.insert(Quirk::EmptyManager);
                operation.op = Value::String(String::from("remove"));
                operation.value = None;
                path = [ENTERPRISE_URN, ":manager"].concat();
            }
        }
    }
    Operation { path: Some(Value::String(path)), ..operation }.put(operations);
}

fn without_path(mut operation: Operation, resource: ResourceType, operations: &mut Vec<Value>, quirks: &mut Quirks) {
    if let Some(Value::Array(items)) = &mut operation.value
        && items.len() == 1
        && items[0].is_object()
    {
        quirks.insert(Quirk::ValueInArray);
        operation.value = items.pop();
    }
    let Some(Value::Object(given)) = operation.value else {
        return operation.put(operations);
    };
    let is_remove = operation.op.as_str() == Some("remove");
    let (mut plain, mut odd) = (Map::new(), Vec::new());
    for (name, mut value) in given {
        match resource.attribute(&name) {
            Some(attribute) if !is_remove => {
                correct(attribute, &mut value, true, quirks);
                plain.insert(name, value);
            }
            None if !is_remove && Path::parse(&name, resource).is_err() && with_todays_urn(&name).is_none() => {
                plain.insert(name, value);
            }
            _ => odd.push((name, value)),
        }
    }
    if !plain.is_empty() || odd.is_empty() {
        let value = Some(Value::Object(plain));
        Operation { op: operation.op.clone(), path: None, value }.put(operations);
    }
    for (name, value) in odd {
        quirks.insert(match Path::parse(&name, resource) {
            _ if is_remove => Quirk::RemoveWithoutPath,
            Ok(read) => odd_name(&name, &read.place),
            Err(_) => Quirk::PathAsName,
        });
        let part = Operation { op: operation.op.clone(), path: None, value: Some(value) };
        at_path(part, name, resource, operations, quirks);
    }
}
