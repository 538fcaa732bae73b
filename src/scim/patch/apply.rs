//! An operation applied to a resource. There is one way for every attribute; what differs is in the tables of the schema.

use super::{Op, Operation, writable};
use crate::directory::folded;
use crate::scim::filter::{Comparand, Node, Operator, holds};
use crate::scim::schema::{Attribute, Mutability, Type, find, spelled};
use crate::scim::value::{MAX_VALUES, Seen, Trail, canonical, is_label, is_primary, object_of, one};
use crate::scim::{ResourceType, ScimError};
use serde_json::{Map, Value};

/// What is done at the end of a path.
struct Change<'o> {
    op: Op,
    value: Option<&'o Value>,
    filter: Option<&'o Node>,
    sub: Option<&'static Attribute>,
    /// For errors.
    path: &'o str,
}

/// Applies an operation.
pub(super) fn apply(
    operation: &Operation,
    resource: ResourceType,
    object: &mut Map<String, Value>,
) -> Result<(), ScimError> {
    let Some(path) = &operation.path else {
        for (attribute, value) in operation.attributes(resource)? {
            let change = Change { op: operation.op, value: Some(value), filter: None, sub: None, path: attribute.name };
            change.descend(object, &mut Trail::new(), &[attribute])?;
        }
        return Ok(());
    };
    writable(path)?;
    let change = Change {
        op: operation.op,
        value: operation.value.as_ref(),
        filter: path.filter.as_ref(),
        sub: path.sub,
        path: path.text(),
    };
    change.descend(object, &mut Trail::new(), &path.place)
}

/// Takes out the entries of lists that have nothing but a label, or say what another one says: operations can leave such.
pub(super) fn tidy(object: &mut Map<String, Value>) {
    object.retain(|_, value| {
        if let Value::Array(entries) = value {
            let mut seen = Seen::new();
            entries.retain(|entry| {
                !entry.as_object().is_some_and(is_label) && seen.insert(entry.to_string(), Value::Null).is_none()
            });
            return !entries.is_empty();
        }
        true
    });
}

impl Change<'_> {
    /// Down to the end of the place, which is at most three steps away.
    fn descend(
        &self,
        object: &mut Map<String, Value>,
        trail: &mut Trail,
        place: &[&'static Attribute],
    ) -> Result<(), ScimError> {
        let Some((attribute, rest)) = place.split_first() else { return Ok(()) };
        trail.push(attribute);
        match rest {
            _ if attribute.many => self.list(object, trail, attribute, self.sub.or(rest.first().copied()))?,
            [] => self.single(object, trail, attribute)?,
            rest => {
                let mut inner = take_object(object, attribute);
                self.descend(&mut inner, trail, rest)?;
                put_back(object, attribute, inner);
            }
        }
        trail.pop();
        Ok(())
    }

    fn single(
        &self,
        object: &mut Map<String, Value>,
        trail: &mut Trail,
        attribute: &'static Attribute,
    ) -> Result<(), ScimError> {
        let value = match (self.op, self.value) {
            (Op::Add | Op::Replace, Some(value)) => value,
            _ if attribute.required => {
                return Err(ScimError::Mutability { attribute: spelled(trail), is: "required" });
            }
            _ => {
                object.remove(attribute.name);
                return Ok(());
            }
        };
        if let (Type::Complex, Value::Object(parts)) = (attribute.kind, value)
            && !parts.is_empty()
        {
            let mut inner = take_object(object, attribute);
            self.merge(&mut inner, trail, attribute, parts)?;
            put_back(object, attribute, inner);
            return Ok(());
        }
        match canonical(trail, value)? {
            _ if attribute.mutability == Mutability::WriteOnly => {}
            Some(value) => drop(object.insert(attribute.name.to_owned(), value)),
            None if attribute.required => return Err(ScimError::Required { attribute: spelled(trail) }),
            None if self.op == Op::Replace => drop(object.remove(attribute.name)),
            None => {}
        }
        Ok(())
    }

    /// Sub-attributes that are not given stay as they are (RFC 7644, 3.5.2.3).
    fn merge(
        &self,
        object: &mut Map<String, Value>,
        trail: &mut Trail,
        attribute: &'static Attribute,
        parts: &Map<String, Value>,
    ) -> Result<(), ScimError> {
        let mut seen: Vec<&str> = Vec::new();
        for (name, value) in parts {
            let Some(sub) = find(attribute.sub, name) else {
                return Err(ScimError::UnknownAttribute { name: format!("{}.{name}", spelled(trail)) });
            };
            if seen.contains(&sub.name) {
                return Err(ScimError::GivenTwice { attribute: format!("{}.{name}", spelled(trail)) });
            }
            seen.push(sub.name);
            if sub.mutability != Mutability::ReadOnly {
                let change = Change { op: self.op, value: Some(value), filter: None, sub: None, path: self.path };
                change.descend(object, trail, &[sub])?;
            }
        }
        Ok(())
    }

    fn list(
        &self,
        object: &mut Map<String, Value>,
        trail: &mut Trail,
        attribute: &'static Attribute,
        sub: Option<&'static Attribute>,
    ) -> Result<(), ScimError> {
        let mut entries = match object.remove(attribute.name) {
            Some(Value::Array(entries)) => entries,
            _ => Vec::new(),
        };
        let touched = match (self.filter, sub) {
            (None, None) => self.whole(&mut entries, trail)?,
            (_, Some(sub)) => self.part(&mut entries, trail, sub)?,
            (Some(filter), None) => self.chosen(&mut entries, trail, filter)?,
        };
        if entries.len() > MAX_VALUES {
            return Err(ScimError::TooLarge { what: "Values of one attribute", most: MAX_VALUES });
        }
        one_primary(&mut entries, &touched, trail)?;
        if !entries.is_empty() {
            object.insert(attribute.name.to_owned(), Value::Array(entries));
        }
        Ok(())
    }

    /// `emails`: all of a list. Answers which entries are new or changed.
    fn whole(&self, entries: &mut Vec<Value>, trail: &mut Trail) -> Result<Vec<usize>, ScimError> {
        let given = match self.value {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(_)) => values(canonical(trail, self.value.unwrap_or(&Value::Null))?),
            Some(value) => one(trail, value)?.into_iter().collect(),
        };
        let mut touched = Vec::new();
        match self.op {
            Op::Add => {
                for value in given {
                    touched.push(add(entries, value));
                }
            }
            Op::Replace => *entries = given,
            // Entra names those that are to go beside the path.
            Op::Remove => match self.value {
                None | Some(Value::Null) => entries.clear(),
                Some(_) => entries.retain(|entry| !given.iter().any(|given| is_meant(entry, given))),
            },
        }
        Ok(touched)
    }

    /// `emails.value` or `emails[type eq "work"].value`: a part of some entries, or of one that is made.
    fn part(
        &self,
        entries: &mut Vec<Value>,
        trail: &mut Trail,
        sub: &'static Attribute,
    ) -> Result<Vec<usize>, ScimError> {
        trail.push(sub);
        let value = match (self.op, self.value) {
            (Op::Add | Op::Replace, Some(value)) => canonical(trail, value)?,
            _ => None,
        };
        trail.pop();
        let mut touched = self.matching(entries);
        let Some(value) = value else {
            if self.op != Op::Add {
                for index in &touched {
                    if let Some(Value::Object(entry)) = entries.get_mut(*index) {
                        entry.remove(sub.name);
                    }
                }
            }
            return Ok(touched);
        };
        for index in &touched {
            if let Some(Value::Object(entry)) = entries.get_mut(*index) {
                entry.insert(sub.name.to_owned(), value.clone());
            }
        }
        if touched.is_empty() {
            let mut entry = Map::new();
            entry.insert(sub.name.to_owned(), value);
            touched.push(self.make(entries, trail, entry)?);
        }
        Ok(touched)
    }

    /// `emails[type eq "work"]`: some entries, or one that is made.
    fn chosen(&self, entries: &mut Vec<Value>, trail: &mut Trail, filter: &Node) -> Result<Vec<usize>, ScimError> {
        let value = match (self.op, self.value) {
            (Op::Remove, _) | (_, None) => None,
            (_, Some(Value::Array(items))) if items.len() == 1 => one(trail, &items[0])?,
            (_, Some(value)) => one(trail, value)?,
        };
        let Some(Value::Object(value)) = value else {
            if self.op != Op::Add {
                entries.retain(|entry| !holds(filter, entry));
            }
            return Ok(Vec::new());
        };
        let mut touched = self.matching(entries);
        for index in &touched {
            if let Some(Value::Object(entry)) = entries.get_mut(*index) {
                if self.op == Op::Replace {
                    let mut said = Map::new();
                    equalities(filter, &mut said);
                    entry.retain(|name, _| said.contains_key(name));
                }
                entry.extend(value.clone());
            }
        }
        if touched.is_empty() {
            touched.push(self.make(entries, trail, value)?);
        }
        Ok(touched)
    }

    fn matching(&self, entries: &[Value]) -> Vec<usize> {
        let is_meant = |entry: &Value| self.filter.is_none_or(|filter| holds(filter, entry));
        entries.iter().enumerate().filter(|(_, entry)| is_meant(entry)).map(|(index, _)| index).collect()
    }

    /// Makes the entry that a path means and does not find, out of what the path says it equals: every identity provider expects it.
    fn make(&self, entries: &mut Vec<Value>, trail: &mut Trail, parts: Map<String, Value>) -> Result<usize, ScimError> {
        let attribute = trail.last().copied();
        let mut entry = Map::new();
        if let Some(filter) = self.filter {
            equalities(filter, &mut entry);
        }
        let says_what_to_make = self.filter.is_none() || !entry.is_empty();
        entry.extend(parts);
        let entry = Value::Object(object_of(trail, &entry, attribute.map_or(&[], |attribute| attribute.sub))?);
        if !says_what_to_make || self.filter.is_some_and(|filter| !holds(filter, &entry)) {
            return Err(ScimError::NoTarget { path: self.path.to_owned() });
        }
        entries.push(entry);
        Ok(entries.len() - 1)
    }
}

fn take_object(object: &mut Map<String, Value>, attribute: &Attribute) -> Map<String, Value> {
    match object.remove(attribute.name) {
        Some(Value::Object(inner)) => inner,
        _ => Map::new(),
    }
}

fn put_back(object: &mut Map<String, Value>, attribute: &Attribute, inner: Map<String, Value>) {
    if !inner.is_empty() {
        object.insert(attribute.name.to_owned(), Value::Object(inner));
    }
}

fn values(list: Option<Value>) -> Vec<Value> {
    match list {
        Some(Value::Array(values)) => values,
        _ => Vec::new(),
    }
}

/// What a filter says an entry equals.
fn equalities(filter: &Node, entry: &mut Map<String, Value>) {
    match filter {
        Node::And(nodes) => nodes.iter().for_each(|node| equalities(node, entry)),
        Node::Compare(place, Operator::Eq, comparand) => {
            let value = match comparand {
                Comparand::Text { given, .. } => Value::String(given.clone()),
                Comparand::Boolean(value) => Value::Bool(*value),
                Comparand::Null | Comparand::Time(_) => return,
            };
            if let [sub] = place.as_slice() {
                entry.insert(sub.name.to_owned(), value);
            }
        }
        _ => {}
    }
}

/// Adds an entry, or to the entry of the same value and type (RFC 7643, 2.4: there are no two of them). Answers where it is.
fn add(entries: &mut Vec<Value>, value: Value) -> usize {
    let is_same = |entry: &&mut Value| {
        **entry == value
            || (value.get("value").is_some() && ["value", "type"].iter().all(|name| entry.get(name) == value.get(name)))
    };
    let found = entries.iter_mut().enumerate().find(|(_, entry)| is_same(entry));
    match (found, value) {
        (Some((index, Value::Object(entry))), Value::Object(value)) => {
            entry.extend(value);
            index
        }
        (Some((index, _)), _) => index,
        (None, value) => {
            entries.push(value);
            entries.len() - 1
        }
    }
}

/// Whether an entry is one that is named beside a path: by its value, and its type if that is named; else by all that is.
fn is_meant(entry: &Value, named: &Value) -> bool {
    let same = |name: &str| match (entry.get(name), named.get(name)) {
        (Some(Value::String(a)), Some(Value::String(b))) => folded(a) == folded(b),
        (a, b) => a == b,
    };
    match named {
        Value::Object(parts) if parts.contains_key("value") => {
            same("value") && (!parts.contains_key("type") || same("type"))
        }
        Value::Object(parts) => parts.keys().all(|name| same(name)),
        other => entry == other,
    }
}

/// An entry that becomes the primary one takes that from the others (RFC 7644, 3.5.2).
fn one_primary(entries: &mut [Value], touched: &[usize], trail: &Trail) -> Result<(), ScimError> {
    let new: Vec<usize> = touched.iter().copied().filter(|index| entries.get(*index).is_some_and(is_primary)).collect();
    let Some(first) = new.first() else { return Ok(()) };
    if new.iter().any(|index| index != first) {
        return Err(ScimError::TwoPrimaries { attribute: spelled(trail) });
    }
    for (index, entry) in entries.iter_mut().enumerate() {
        if index != *first
            && is_primary(entry)
            && let Value::Object(entry) = entry
        {
            entry.insert(String::from("primary"), Value::Bool(false));
        }
    }
    Ok(())
}
