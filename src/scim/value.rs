//! A JSON value as the schema has it: names in their canonical spelling, types checked, what is empty left out.

use super::ScimError;
use super::schema::{Attribute, Mutability, Type, spelled};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

/// Longest text of one value, in characters. What refers or is binary is bounded by the document alone.
const MAX_TEXT: usize = 4096;
/// Most values of one attribute of a user: they are compared with each other.
pub(crate) const MAX_VALUES: usize = 500;

/// A set of texts, as the one kind of map that there is anyway: another one is another 5 KB of module.
pub(crate) type Seen = Map<String, Value>;

/// Where we are in a resource, for errors.
pub(crate) type Trail = Vec<&'static Attribute>;

/// The value of the attribute at the end of the trail. `None` if it says nothing: `null`, `""`, `[]`, `{}`, or an entry of a list
/// with a label alone.
pub(crate) fn canonical(trail: &mut Trail, value: &Value) -> Result<Option<Value>, ScimError> {
    match trail.last() {
        Some(attribute) if attribute.many => list(trail, value),
        _ => one(trail, value),
    }
}

fn list(trail: &mut Trail, value: &Value) -> Result<Option<Value>, ScimError> {
    let items = match value {
        Value::Null => return Ok(None),
        Value::Array(items) => items,
        other => return Err(mistyped(trail, "an array", other)),
    };
    if items.len() > MAX_VALUES {
        return Err(ScimError::TooLarge { what: "Values of one attribute", most: MAX_VALUES });
    }
    let mut values: Vec<Value> = Vec::with_capacity(items.len());
    let mut seen = Seen::new();
    for item in items {
        if let Some(value) = one(trail, item)?
            && seen.insert(value.to_string(), Value::Null).is_none()
        {
            values.push(value);
        }
    }
    if values.iter().filter(|value| is_primary(value)).count() > 1 {
        return Err(ScimError::TwoPrimaries { attribute: spelled(trail) });
    }
    Ok((!values.is_empty()).then_some(Value::Array(values)))
}

/// One value of the attribute at the end of the trail.
pub(crate) fn one(trail: &mut Trail, value: &Value) -> Result<Option<Value>, ScimError> {
    let Some(attribute) = trail.last().copied() else { return Ok(None) };
    match (attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (Type::Complex, Value::Object(object)) => {
            let object = object_of(trail, object, attribute.sub)?;
            let says_nothing = object.is_empty() || (attribute.many && is_label(&object));
            Ok((!says_nothing).then_some(Value::Object(object)))
        }
        (Type::Complex, other) => Err(mistyped(trail, "an object", other)),
        (Type::Boolean, Value::Bool(_)) => Ok(Some(value.clone())),
        (Type::Boolean, other) => Err(mistyped(trail, "true or false", other)),
        (_, Value::String(text)) if text.is_empty() => Ok(None),
        (kind, Value::String(text)) => match fault(kind, text) {
            None => Ok(Some(value.clone())),
            Some(expected) => Err(ScimError::BadValue { attribute: spelled(trail), expected }),
        },
        (_, other) => Err(mistyped(trail, "text", other)),
    }
}

/// The parts of a complex attribute at the end of the trail, whatever is left of them.
pub(crate) fn object_of(
    trail: &mut Trail,
    object: &Map<String, Value>,
    attributes: &'static [Attribute],
) -> Result<Map<String, Value>, ScimError> {
    let mut canonical_object = Map::new();
    for (name, value) in object {
        let Some(attribute) = super::schema::find(attributes, name) else {
            return Err(ScimError::UnknownAttribute { name: format!("{}.{name}", spelled(trail)) });
        };
        if attribute.mutability == Mutability::ReadOnly {
            continue;
        }
        trail.push(attribute);
        if let Some(value) = canonical(trail, value)? {
            put(&mut canonical_object, trail, value)?;
        }
        trail.pop();
    }
    Ok(canonical_object)
}

/// Sets the attribute at the end of the trail, once.
pub(crate) fn put(object: &mut Map<String, Value>, trail: &Trail, value: Value) -> Result<(), ScimError> {
    let Some(attribute) = trail.last() else { return Ok(()) };
    match object.insert(attribute.name.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(ScimError::GivenTwice { attribute: spelled(trail) }),
    }
}

/// Whether an entry of a list has nothing but a label.
pub(crate) fn is_label(entry: &Map<String, Value>) -> bool {
    entry.keys().all(|name| name == "type" || name == "primary")
}

/// Whether an entry of a list is the primary one.
pub(crate) fn is_primary(entry: &Value) -> bool {
    entry.get("primary") == Some(&Value::Bool(true))
}

fn fault(kind: Type, text: &str) -> Option<&'static str> {
    if text.contains('\0') {
        return Some("text without the character U+0000");
    }
    match kind {
        Type::Binary => {
            let bytes: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            STANDARD.decode(bytes).is_err().then_some("bytes in base64")
        }
        Type::Reference => None,
        Type::DateTime => {
            crate::time::Timestamp::parse(text).is_none().then_some("a time such as 2026-11-22T06:00:00Z")
        }
        _ => (text.chars().count() > MAX_TEXT).then_some("at most 4096 characters"),
    }
}

fn mistyped(trail: &Trail, expected: &'static str, got: &Value) -> ScimError {
    ScimError::WrongType { attribute: spelled(trail), expected, got: type_name(got) }
}

/// What a value is, for errors.
pub(crate) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Text as a value.
pub(crate) fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

/// An object of these members.
pub(crate) fn object(members: Vec<(&str, Value)>) -> Value {
    let mut object = Map::new();
    object.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Value::Object(object)
}
