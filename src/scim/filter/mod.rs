//! Filters (RFC 7644, 3.4.2.2): read once, held against each rendered resource, and asked by which index candidates are found.

mod evaluate;
mod lookup;
mod parse;
#[cfg(test)]
mod tests;

pub(crate) use evaluate::holds;
pub use lookup::{Lookup, Needed};
pub(crate) use parse::{PathText, ValuePath};

use super::schema::Attribute;
use super::{ResourceType, ScimError};
use crate::time::Timestamp;
use serde_json::Value;

/// Longest filter, in characters.
pub const MAX_FILTER: usize = 2048;
/// How deep parentheses, brackets and `not` may be inside each other.
pub const MAX_DEPTH: usize = 10;

/// A filter on resources of a type.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    node: Node,
    resource: ResourceType,
}

impl Filter {
    /// Reads a filter. Every attribute in it exists, and every operator and value goes with its type.
    pub fn parse(text: &str, resource: ResourceType) -> Result<Self, ScimError> {
        Ok(Self { node: parse::filter(text, resource)?, resource })
    }

    pub(crate) fn of(node: Node, resource: ResourceType) -> Self {
        Self { node, resource }
    }

    /// Whether a rendered resource is meant. One of [`MemberChange::RemoveWhere`](super::MemberChange) is asked of a member.
    pub fn matches(&self, resource: &Value) -> bool {
        evaluate::holds(&self.node, resource)
    }
}

/// From where the filter is asked down to what is compared.
pub(crate) type Place = Vec<&'static Attribute>;

/// A part of a filter. How deep they are in each other is bounded by [`MAX_DEPTH`].
#[derive(Clone, Debug)]
pub(crate) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Present(Place),
    Compare(Place, Operator, Comparand),
    /// Some entry of a list is meant by what is in the brackets.
    Within(Place, Box<Node>),
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        let same = |a: &Place, b: &Place| a.iter().map(|a| a.name).eq(b.iter().map(|b| b.name));
        match (self, other) {
            (Self::And(a), Self::And(b)) | (Self::Or(a), Self::Or(b)) => a == b,
            (Self::Not(a), Self::Not(b)) => a == b,
            (Self::Present(a), Self::Present(b)) => same(a, b),
            (Self::Compare(a, x, v), Self::Compare(b, y, w)) => same(a, b) && x == y && v == w,
            (Self::Within(a, x), Self::Within(b, y)) => same(a, b) && x == y,
            _ => false,
        }
    }
}

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

impl Operator {
    pub(crate) const ALL: [(&'static str, Self); 9] = [
        ("eq", Self::Eq),
        ("ne", Self::Ne),
        ("co", Self::Co),
        ("sw", Self::Sw),
        ("ew", Self::Ew),
        ("gt", Self::Gt),
        ("ge", Self::Ge),
        ("lt", Self::Lt),
        ("le", Self::Le),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, operator)| *operator)
    }

    fn is_about_order(self) -> bool {
        matches!(self, Self::Gt | Self::Ge | Self::Lt | Self::Le)
    }
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Comparand {
    Null,
    Boolean(bool),
    Time(Timestamp),
    /// As it was written, and as it is compared: the same, or folded where case does not count.
    Text {
        given: String,
        compared: String,
    },
}
