//! Patches (RFC 7644, 3.5.2): read once, then applied to a user as a whole, or turned into changes of a group.

mod apply;
mod group;

use super::document::UserDocument;
use super::filter::Filter;
use super::path::Path;
use super::schema::{Attribute, Mutability, spelled};
use super::{ENTERPRISE_URN, ResourceType, ScimError};
use serde_json::{Map, Value};

/// Most operations of a patch.
pub const MAX_OPERATIONS: usize = 1000;

/// A patch of a resource.
#[derive(Clone, Debug)]
pub struct Patch {
    operations: Vec<Operation>,
    resource: ResourceType,
}

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    op: Op,
    path: Option<Path>,
    /// `None` if there is none; `null` is a value.
    value: Option<Value>,
}

/// What a patch does to a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupPatch {
    /// A new name.
    pub display_name: Option<String>,
    /// Another id of the client's, or none any more.
    pub external_id: Option<Option<String>>,
    /// What happens to its members, in this order.
    pub members: Vec<MemberChange>,
}

/// A change of a group's members. Each id is there once.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberChange {
    /// These as well.
    Add(Vec<String>),
    /// Not these.
    Remove(Vec<String>),
    /// These and no others.
    Set(Vec<String>),
    /// None that is meant, of members as they are rendered: `{value, $ref, type}`.
    RemoveWhere(Filter),
}

/// A member of an object by its name, in any case.
fn member<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

impl Operation {
    fn parse(index: usize, operation: &Value, resource: ResourceType) -> Result<Self, ScimError> {
        let bad = |name: &str, expected| ScimError::Syntax { at: format!("Operations[{index}]{name}"), expected };
        let Value::Object(operation) = operation else { return Err(bad("", "an object of op, path and value")) };
        let op = match member(operation, "op").and_then(Value::as_str) {
            Some(op) if op.eq_ignore_ascii_case("add") => Op::Add,
            Some(op) if op.eq_ignore_ascii_case("remove") => Op::Remove,
            Some(op) if op.eq_ignore_ascii_case("replace") => Op::Replace,
            _ => return Err(bad(".op", "add, remove or replace")),
        };
        let path = match member(operation, "path") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(Path::parse(text, resource)?),
            Some(_) => return Err(bad(".path", "text")),
        };
        let value = member(operation, "value").cloned();
        match (op, &path, &value) {
            (Op::Remove, None, _) => Err(ScimError::NoTarget { path: String::new() }),
            (Op::Add | Op::Replace, _, None) => Err(bad(".value", "a value")),
            (Op::Add | Op::Replace, None, Some(value)) if !value.is_object() => {
                Err(bad(".value", "an object of attributes, as there is no path"))
            }
            _ => Ok(Self { op, path, value }),
        }
    }

    /// What each part of an operation without a path does: its attributes, but for those that are the server's, which clients send
    /// along.
    fn attributes(&self, resource: ResourceType) -> Result<Vec<(&'static Attribute, &Value)>, ScimError> {
        let mut attributes: Vec<(&'static Attribute, &Value)> = Vec::new();
        for (name, value) in self.value.iter().filter_map(Value::as_object).flatten() {
            match resource.attribute(name) {
                Some(attribute) if attribute.mutability == Mutability::ReadOnly => {}
                Some(attribute) if attributes.iter().any(|(known, _)| known.name == attribute.name) => {
                    return Err(ScimError::GivenTwice { attribute: attribute.name.to_owned() });
                }
                Some(attribute) => attributes.push((attribute, value)),
                None if value.is_null() => {}
                None => return Err(ScimError::UnknownAttribute { name: name.clone() }),
            }
        }
        Ok(attributes)
    }
}

/// Refuses to change what is the server's.
fn writable(path: &Path) -> Result<(), ScimError> {
    let mut place = path.place.clone();
    place.extend(path.sub);
    match place.iter().find(|attribute| attribute.mutability == Mutability::ReadOnly) {
        None => Ok(()),
        Some(_) => Err(ScimError::Mutability { attribute: spelled(&place), is: Mutability::ReadOnly.name() }),
    }
}

fn manager(user: &Map<String, Value>) -> Option<&Value> {
    user.get(ENTERPRISE_URN)?.get("manager")
}

/// Another manager, given by the id alone, is not where the `$ref` of the one before leads.
fn forget_earlier_reference(user: &mut Map<String, Value>, before: Option<&Value>) {
    let Some(before) = before else { return };
    let after = user.get_mut(ENTERPRISE_URN).and_then(|extension| extension.get_mut("manager"));
    if let Some(Value::Object(after)) = after
        && after.contains_key("value")
        && after.get("value") != before.get("value")
        && after.get("$ref") == before.get("$ref")
    {
        after.remove("$ref");
    }
}

impl Patch {
    /// Reads the body of a PATCH.
    pub fn parse(body: &Value, resource: ResourceType) -> Result<Self, ScimError> {
        let operations = body.as_object().and_then(|body| member(body, "Operations")).and_then(Value::as_array);
        let Some(operations) = operations.filter(|operations| !operations.is_empty()) else {
            let expected = "an array of one operation or more";
            return Err(ScimError::Syntax { at: String::from("Operations"), expected });
        };
        if operations.len() > MAX_OPERATIONS {
            return Err(ScimError::TooLarge { what: "Operations of one PATCH", most: MAX_OPERATIONS });
        }
        let operations = operations.iter().enumerate();
        let operations = operations.map(|(index, operation)| Operation::parse(index, operation, resource));
        Ok(Self { operations: operations.collect::<Result<_, _>>()?, resource })
    }

    /// The user after it. Nothing is changed unless everything can be.
    pub fn apply_user(&self, user: UserDocument) -> Result<UserDocument, ScimError> {
        let mut object = user.into_object();
        let manager = manager(&object).cloned();
        for operation in &self.operations {
            apply::apply(operation, self.resource, &mut object)?;
        }
        apply::tidy(&mut object);
        forget_earlier_reference(&mut object, manager.as_ref());
        UserDocument::of(object)
    }

    /// What it does to a group.
    pub fn group(&self) -> Result<GroupPatch, ScimError> {
        group::of(&self.operations, self.resource)
    }
}
