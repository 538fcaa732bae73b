//! JIT rules (SPEC section 4): an ordered list of which the first that matches decides about somebody unknown.

use crate::directory::{self, Email};
use crate::saml::{Attribute, NameId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A rule: it matches whom all its conditions hold for. Without conditions it matches everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// What becomes of whom it matches.
    pub effect: Effect,
    /// Ids of native groups that they join.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub groups: Vec<String>,
}

/// What becomes of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// They may come in.
    Admit,
    /// They may not.
    Deny,
}

/// A condition. It holds if any one value meets it; with `not`, if none does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// What it is about.
    pub on: Subject,
    /// How it compares.
    pub operator: Operator,
    /// What it compares with, unless the operator is `in` or `present`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// What it compares with if the operator is `in`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub values: Vec<String>,
    /// Whether upper and lower case are the same. For domains they always are.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub ignore_case: bool,
    /// Whether it holds where it would not.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub not: bool,
}

/// What a condition is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// The SAML attribute of exactly this `Name` or `FriendlyName`.
    Attribute(String),
    /// The NameID.
    NameId,
    /// The domain of the asserted e-mail.
    EmailDomain,
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Operator {
    Equals,
    In,
    StartsWith,
    EndsWith,
    Contains,
    Present,
}

/// Operators by their names in the API.
pub(crate) const OPERATORS: &[(&str, Operator)] = &[
    ("equals", Operator::Equals),
    ("in", Operator::In),
    ("starts_with", Operator::StartsWith),
    ("ends_with", Operator::EndsWith),
    ("contains", Operator::Contains),
    ("present", Operator::Present),
];

/// Effects by their names in the API.
pub(crate) const EFFECTS: &[(&str, Effect)] = &[("admit", Effect::Admit), ("deny", Effect::Deny)];

/// Whom rules are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Whom the identity provider means.
    pub name_id: &'a NameId,
    /// What it says of them.
    pub attributes: &'a [Attribute],
    /// The asserted e-mail.
    pub email: &'a Email,
}

impl<'a> Facts<'a> {
    fn values(self, subject: &Subject) -> Vec<&'a str> {
        match subject {
            Subject::Attribute(name) => {
                let named = self.attributes.iter().filter(|attribute| attribute.is_named(name));
                named.flat_map(|attribute| &attribute.values).map(String::as_str).collect()
            }
            Subject::NameId => vec![&self.name_id.value],
            Subject::EmailDomain => vec![self.email.domain()],
        }
    }
}

impl Rule {
    /// Whether it matches, and what came of the attributes that it asks about, for people.
    pub fn matches(&self, facts: Facts<'_>) -> (bool, String) {
        let mut got = Vec::with_capacity(self.conditions.len());
        for condition in &self.conditions {
            let values = facts.values(&condition.on);
            got.push(seen(&condition.on, &values));
            // What comes after the first that fails was not asked.
            if !condition.holds(&values) {
                return (false, got.join("; "));
            }
        }
        (true, if got.is_empty() { "anybody".to_owned() } else { got.join("; ") })
    }
}

/// Enough of the values for people; the log keeps no more.
fn seen(subject: &Subject, values: &[&str]) -> String {
    match values {
        [] => format!("no {subject}"),
        values => {
            let shown: Vec<String> = values.iter().take(20).map(|value| value.chars().take(100).collect()).collect();
            format!("{subject} = {}{}", shown.join(", "), if values.len() > 20 { ", …" } else { "" })
        }
    }
}

impl Condition {
    fn holds(&self, values: &[&str]) -> bool {
        let folds = self.ignore_case || self.on == Subject::EmailDomain;
        let wanted: Vec<Cow<'_, str>> = self.value.iter().chain(&self.values).map(|text| folded(text, folds)).collect();
        let meets = |value: &str| {
            let value = folded(value, folds);
            let value = value.as_ref();
            match self.operator {
                Operator::Present => !value.is_empty(),
                Operator::Equals | Operator::In => wanted.iter().any(|wanted| value == wanted),
                Operator::StartsWith => wanted.iter().any(|wanted| value.starts_with(wanted.as_ref())),
                Operator::EndsWith => wanted.iter().any(|wanted| value.ends_with(wanted.as_ref())),
                Operator::Contains => wanted.iter().any(|wanted| value.contains(wanted.as_ref())),
            }
        };
        values.iter().any(|value| meets(value)) != self.not
    }
}

fn folded(text: &str, folds: bool) -> Cow<'_, str> {
    if folds { Cow::Owned(directory::folded(text)) } else { Cow::Borrowed(text) }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.effect {
            Effect::Admit => "admit",
            Effect::Deny => "deny",
        })?;
        for (index, condition) in self.conditions.iter().enumerate() {
            f.write_str(if index == 0 { " if " } else { " and " })?;
            condition.fmt(f)?;
        }
        if self.conditions.is_empty() { f.write_str(" anybody") } else { Ok(()) }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let operator = OPERATORS.iter().find(|(_, operator)| *operator == self.operator).map_or("", |(name, _)| name);
        write!(f, "{}{} {operator}", if self.not { "not " } else { "" }, self.on)?;
        for (index, value) in self.value.iter().chain(&self.values).enumerate() {
            f.write_str(if index == 0 { " " } else { ", " })?;
            f.write_str(value)?;
        }
        Ok(())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attribute(name) => name,
            Self::NameId => "NameID",
            Self::EmailDomain => "e-mail domain",
        })
    }
}

#[cfg(test)]
#[path = "rule_tests.rs"]
mod tests;
