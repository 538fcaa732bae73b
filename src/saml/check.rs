//! What the debugger is told of a rule: its name, how it was met, what it wants and what came.

use super::error::{Fact, SamlError};
use serde::Serialize;

/// One rule and how it was met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub name: &'static str,
    /// How it was met.
    pub outcome: Outcome,
    /// What the rule wants.
    pub expected: Option<String>,
    /// What came.
    pub got: Option<String>,
}

/// How a rule was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Met.
    Passed,
    /// Broken.
    Failed,
    /// Met by what the document claims. Nobody trusted has signed that.
    WouldPass,
    /// Broken by what the document claims. Nobody trusted has signed that.
    WouldFail,
    /// Not evaluated: there is nothing that it could be evaluated on.
    NotReached,
}

impl Check {
    /// A rule that was met or broken.
    pub fn of(name: &'static str, result: &Result<Fact, SamlError>) -> Self {
        let (outcome, fact) = match result {
            Ok(fact) => (Outcome::Passed, fact.clone()),
            Err(error) => (Outcome::Failed, error.fact()),
        };
        Self { name, outcome, expected: fact.expected, got: fact.got }
    }

    /// A rule that was not evaluated.
    pub fn not_reached(name: &'static str) -> Self {
        Self { name, outcome: Outcome::NotReached, expected: None, got: None }
    }

    /// The same, evaluated on what nobody trusted has signed.
    pub(crate) fn only_claimed(mut self) -> Self {
        self.outcome = match self.outcome {
            Outcome::Passed => Outcome::WouldPass,
            Outcome::Failed => Outcome::WouldFail,
            outcome => outcome,
        };
        self
    }
}

/// Every rule of a list, whatever came of the ones before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// In the order in which a sign-in asks them.
    pub checks: Vec<Check>,
    /// What broke the first rule that was broken: what a sign-in would be refused for.
    pub error: Option<SamlError>,
}

impl Report {
    pub(super) fn add(&mut self, name: &'static str, result: Result<Fact, SamlError>) {
        self.checks.push(Check::of(name, &result));
        self.error = self.error.take().or(result.err());
    }
}
