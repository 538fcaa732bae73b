//! What the rules of a provider ask about one person: looked up, told, folded and sorted once for all rules, however many
//! ask about it. The work is counted, for whoever asks about many people.

use super::rule::Subject;
use crate::directory::{self, Email};
use crate::saml::{Attribute, NameId};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::slice;

/// Looking at a value costs as much as so many bytes, however short it is.
const VALUE: usize = 16;

/// Asking a condition and telling of it costs as much as so many bytes, whatever it compares.
const CONDITION: usize = 1000;

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

/// What rules have asked so far.
#[derive(Debug)]
pub struct Asked<'a> {
    attributes: BTreeMap<&'a str, Values<'a>>,
    name_id: Values<'a>,
    email_domain: Values<'a>,
    nothing: Values<'a>,
    /// Bytes that were compared or told, and what costs as much.
    pub work: usize,
}

/// What came of one subject.
#[derive(Debug, Default)]
pub(super) struct Values<'a> {
    came: Vec<&'a str>,
    told: Option<String>,
    exact: Option<Sorted<'a>>,
    folded: Option<Sorted<'a>>,
}

/// Values in order, so that one need not look at each.
#[derive(Debug)]
pub(super) struct Sorted<'a> {
    values: Vec<Cow<'a, str>>,
    /// What it costs to look at each.
    work: usize,
}

impl<'a> Asked<'a> {
    /// About somebody, before the first rule.
    pub fn about(facts: Facts<'a>) -> Self {
        let mut attributes: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        let mut work = 0;
        for Attribute { name, friendly_name, values } in facts.attributes {
            let other = friendly_name.as_ref().filter(|friendly_name| *friendly_name != name);
            for name in [name].into_iter().chain(other) {
                attributes.entry(name).or_default().came.extend(values.iter().map(String::as_str));
                work += VALUE * (1 + values.len());
            }
        }
        let one = |value| Values { came: vec![value], ..Values::default() };
        Self {
            attributes,
            name_id: one(&facts.name_id.value),
            email_domain: one(facts.email.domain()),
            nothing: Values::default(),
            work,
        }
    }

    /// What came of a condition's subject, and where the work with it is counted.
    pub(super) fn values(&mut self, subject: &Subject) -> (&mut Values<'a>, &mut usize) {
        self.work += CONDITION;
        let values = match subject {
            Subject::Attribute(name) => self.attributes.get_mut(name.as_str()).unwrap_or(&mut self.nothing),
            Subject::NameId => &mut self.name_id,
            Subject::EmailDomain => &mut self.email_domain,
        };
        (values, &mut self.work)
    }
}

impl<'a> Values<'a> {
    /// Whether anything came but empty values.
    pub(super) fn is_present(&self, work: &mut usize) -> bool {
        let empty = self.came.iter().take_while(|value| value.is_empty()).count();
        *work += empty;
        empty < self.came.len()
    }

    /// The values in order, as they came or folded.
    pub(super) fn sorted(&mut self, folds: bool, work: &mut usize) -> &Sorted<'a> {
        let Self { came, exact, folded, .. } = self;
        if folds { folded } else { exact }.get_or_insert_with(|| {
            let values = came.iter().map(|value| if folds { directory::folded(value).into() } else { (*value).into() });
            let mut values: Vec<Cow<'_, str>> = values.collect();
            values.sort_unstable();
            let each = values.iter().map(|value| VALUE + value.len()).sum();
            *work += each;
            Sorted { values, work: each }
        })
    }

    /// Enough of the values for people; the log keeps no more. `None` where nothing came.
    pub(super) fn told(&mut self) -> Option<&str> {
        let came = self.came.as_slice();
        let told = self.told.get_or_insert_with(|| {
            let shown: Vec<String> = came.iter().take(20).map(|value| value.chars().take(100).collect()).collect();
            shown.join(", ") + if came.len() > 20 { ", …" } else { "" }
        });
        Some(told.as_str()).filter(|_| !came.is_empty())
    }
}

impl<'a> Sorted<'a> {
    /// Whether one is `wanted`.
    pub(super) fn has(&self, wanted: &str, work: &mut usize) -> bool {
        self.from(wanted, work).is_some_and(|value| value == wanted)
    }

    /// Whether one starts with `wanted`: the first that is not before it does, if any.
    pub(super) fn has_start(&self, wanted: &str, work: &mut usize) -> bool {
        self.from(wanted, work).is_some_and(|value| value.starts_with(wanted))
    }

    fn from(&self, wanted: &str, work: &mut usize) -> Option<&Cow<'a, str>> {
        *work += VALUE + wanted.len();
        self.values.get(self.values.partition_point(|value| value.as_ref() < wanted))
    }

    /// Each, to search for what order does not help with: a search is prepared for each value again.
    pub(super) fn each(&self, wanted: &str, work: &mut usize) -> slice::Iter<'_, Cow<'a, str>> {
        *work += self.work + self.values.len() * wanted.len();
        self.values.iter()
    }
}
