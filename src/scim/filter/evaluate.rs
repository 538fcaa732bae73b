//! A filter held against a resource. One evaluator for every attribute: what differs is in the tables of the schema.

use super::{Comparand, Node, Operator};
use crate::directory::folded;
use crate::scim::schema::Attribute;
use crate::scim::value;
use crate::time::Timestamp;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Whether a node holds of a resource, or of an entry of a list.
pub(crate) fn holds(node: &Node, value: &Value) -> bool {
    match node {
        Node::And(nodes) => nodes.iter().all(|node| holds(node, value)),
        Node::Or(nodes) => nodes.iter().any(|node| holds(node, value)),
        Node::Not(node) => !holds(node, value),
        Node::Present(place) => any(value, place, &mut |_| true),
        Node::Within(place, node) => any(value, place, &mut |entry| holds(node, entry)),
        Node::Compare(place, operator, comparand) => compares(value, place, *operator, comparand),
    }
}

/// Of several values, one that fits is enough (RFC 7644, 3.4.2.2). A value that there is not differs from every one.
fn compares(value: &Value, place: &[&'static Attribute], operator: Operator, comparand: &Comparand) -> bool {
    let is_present = |value: &Value| any(value, place, &mut |_| true);
    match (comparand, operator) {
        (Comparand::Null, Operator::Ne) => is_present(value),
        (Comparand::Null, _) => !is_present(value),
        (Comparand::Boolean(wanted), Operator::Eq | Operator::Ne) if is_primary(place) => {
            let entries = place.split_last().map_or(place, |(_, entries)| entries);
            let is_none = !any(value, entries, &mut |_| true);
            let wanted = *wanted == (operator == Operator::Eq);
            (is_none && operator == Operator::Ne)
                || any(value, entries, &mut |entry| value::is_primary(entry) == wanted)
        }
        (_, Operator::Ne) => !is_present(value) || any(value, place, &mut |found| !is(found, place, comparand)),
        (_, Operator::Eq) => any(value, place, &mut |found| is(found, place, comparand)),
        (Comparand::Text { compared, .. }, _) => any(value, place, &mut |found| {
            let Some(found) = text(found, place) else { return false };
            match operator {
                Operator::Co => found.contains(compared.as_str()),
                Operator::Sw => found.starts_with(compared.as_str()),
                Operator::Ew => found.ends_with(compared.as_str()),
                _ => is_in_order(found.as_ref().cmp(compared.as_str()), operator),
            }
        }),
        (Comparand::Time(time), _) => {
            any(value, place, &mut |found| instant(found).is_some_and(|found| is_in_order(found.cmp(time), operator)))
        }
        (Comparand::Boolean(_), _) => false,
    }
}

/// An entry that does not say whether it is the primary one is not (RFC 7643, 2.4).
fn is_primary(place: &[&'static Attribute]) -> bool {
    place.last().is_some_and(|leaf| leaf.name == "primary")
}

fn is(found: &Value, place: &[&'static Attribute], comparand: &Comparand) -> bool {
    match comparand {
        Comparand::Null => found.is_null(),
        Comparand::Boolean(wanted) => found.as_bool() == Some(*wanted),
        Comparand::Time(wanted) => instant(found) == Some(*wanted),
        Comparand::Text { compared, .. } => text(found, place).is_some_and(|found| found == compared.as_str()),
    }
}

fn is_in_order(order: Ordering, operator: Operator) -> bool {
    match operator {
        Operator::Gt => order.is_gt(),
        Operator::Ge => order.is_ge(),
        Operator::Lt => order.is_lt(),
        Operator::Le => order.is_le(),
        _ => false,
    }
}

/// Text as it is compared: by the same function as the columns that are searched.
fn text<'v>(found: &'v Value, place: &[&'static Attribute]) -> Option<Cow<'v, str>> {
    let text = found.as_str()?;
    let is_exact = place.last().is_some_and(|leaf| leaf.exact);
    Some(if is_exact { Cow::Borrowed(text) } else { Cow::Owned(folded(text)) })
}

fn instant(found: &Value) -> Option<Timestamp> {
    Timestamp::parse(found.as_str()?)
}

/// Whether some value at a place passes. What says nothing is not a value (RFC 7643, 2.5).
fn any(value: &Value, place: &[&'static Attribute], test: &mut dyn FnMut(&Value) -> bool) -> bool {
    match (value, place.split_first()) {
        (Value::Array(items), _) => items.iter().any(|item| !item.is_array() && any(item, place, test)),
        (_, Some((attribute, rest))) => value.get(attribute.name).is_some_and(|value| any(value, rest, test)),
        (Value::Null, None) => false,
        (Value::String(text), None) => !text.is_empty() && test(value),
        (Value::Object(object), None) => !object.is_empty() && test(value),
        (_, None) => test(value),
    }
}
