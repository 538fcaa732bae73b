//! A record as a file brings it: what its kind has, all of it and nothing else, as this version writes it.

use super::record::{Draft, Kind};
use super::{ALL_RESOURCES, BUILT_IN_ROLES};
use crate::fields::{FieldError, Fields};
use serde_json::{Map, Value};

/// What every id of something built in begins with, and no other does: the database takes it for no reference.
const BUILT_IN: char = '_';

/// Every error of a record, by a pointer such as `/settings/role`. Whether what it refers to is there, the database tells, but
/// for what is built in.
pub(crate) fn errors(kind: Kind, id: &str, name: &str, settings: &Map<String, Value>) -> Vec<FieldError> {
    let mut object = settings.clone();
    if kind.has_name() {
        object.insert("name".to_owned(), name.into());
    }
    let mut fields = Fields::of(&object);
    for field in kind.fields() {
        if settings.get(*field).is_none_or(Value::is_null) {
            fields.required(field);
        }
    }
    let draft = Draft::read(kind, &mut fields, None);
    fields.only(|field| (field == "name" && kind.has_name()) || kind.fields().contains(&field));
    let is_no_role = |id: &str| id.starts_with(BUILT_IN) && BUILT_IN_ROLES.iter().all(|role| role.id != id);
    let is_no_group = |id: &str| id.starts_with(BUILT_IN) && id != ALL_RESOURCES;
    if draft.settings.role.as_deref().is_some_and(is_no_role) {
        fields.error("role", "not_found", "There is no built-in role of this id.");
    }
    if draft.settings.resource_group.as_deref().is_some_and(is_no_group) {
        fields.error("resourceGroup", "not_found", "There is no built-in resource group of this id.");
    }
    let mut errors = fields.errors();
    for error in errors.iter_mut().filter(|error| error.pointer != "/name" || !kind.has_name()) {
        error.pointer.insert_str(0, "/settings");
    }
    if errors.is_empty()
        && serde_json::to_value(&draft.settings).ok().as_ref().and_then(Value::as_object) != Some(settings)
    {
        errors.push(malformed(
            "/settings",
            "Expected what this version writes: no white space around text, each permission once.",
        ));
    }
    if errors.is_empty() && draft.name != name {
        errors.push(malformed("/name", "Expected the name without white space around it, and none of a role binding."));
    }
    if id.starts_with(BUILT_IN) {
        errors.push(malformed("/id", "What is built in has such an id, and is no row."));
    }
    errors
}

fn malformed(pointer: &str, message: &str) -> FieldError {
    FieldError { pointer: pointer.to_owned(), code: "malformed", message: message.to_owned() }
}
