//! JIT rules (SPEC section 4): an ordered list of which the first that matches decides about somebody unknown.

use super::asked::{Asked, Values};
use crate::directory;
use crate::refusal::MAX_LOGGED;
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

/// So many conditions in all rules can be [searches](Condition::is_search): each sign-in of somebody unknown can ask for all
/// of them.
pub(crate) const MAX_SEARCHES: usize = 50;

impl Rule {
    /// Whether it matches, and what came of the attributes that it asks about, for people.
    pub fn matches(&self, asked: &mut Asked<'_>) -> (bool, String) {
        let mut got = String::new();
        for condition in &self.conditions {
            let (values, work) = asked.values(&condition.on);
            // The log keeps no more.
            if got.len() <= MAX_LOGGED * char::MAX_LEN_UTF8 {
                got.push_str(if got.is_empty() { "" } else { "; " });
                got.push_str(&match values.told() {
                    None => format!("no {}", condition.on),
                    Some(told) => format!("{} = {told}", condition.on),
                });
            }
            // What comes after the first that fails was not asked.
            if !condition.holds(values, work) {
                asked.work += got.len();
                return (false, got);
            }
        }
        asked.work += got.len();
        (true, if got.is_empty() { "anybody".to_owned() } else { got })
    }
}

impl Condition {
    /// Whether every value of an attribute is searched for it: for what is equal, or starts so, they are in order.
    pub(crate) fn is_search(&self) -> bool {
        matches!((&self.on, self.operator), (Subject::Attribute(_), Operator::EndsWith | Operator::Contains))
    }

    fn holds(&self, values: &mut Values<'_>, work: &mut usize) -> bool {
        let folds = self.ignore_case || self.on == Subject::EmailDomain;
        let mut wanted = self.value.iter().chain(&self.values).map(|text| folded(text, folds));
        let meets = match self.operator {
            Operator::Present => values.is_present(work),
            operator => {
                let values = values.sorted(folds, work);
                wanted.any(|wanted| match operator {
                    Operator::Present | Operator::Equals | Operator::In => values.has(&wanted, work),
                    Operator::StartsWith => values.has_start(&wanted, work),
                    Operator::EndsWith => values.each(&wanted, work).any(|value| value.ends_with(wanted.as_ref())),
                    Operator::Contains => values.each(&wanted, work).any(|value| value.contains(wanted.as_ref())),
                })
            }
        };
        meets != self.not
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
