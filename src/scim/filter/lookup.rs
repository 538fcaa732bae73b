//! Which index finds the resources that a filter can mean. The whole filter is then held against each of them.

use super::{Comparand, Filter, Node, Operator};
use crate::scim::ResourceType;
use crate::scim::schema::{Attribute, spelled};
use crate::time::Timestamp;

/// What an index is asked for. Texts that are compared without case are folded by [`crate::directory::folded`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Id.
    Id(String),
    /// Folded `userName`.
    UserName(String),
    /// `externalId`.
    ExternalId(String),
    /// A folded e-mail address, primary or not.
    Email(String),
    /// Folded name of a group.
    DisplayName(String),
    /// Groups with this user.
    Member(String),
    /// Users in this group.
    MemberOf(String),
    /// Folded beginning of `userName`.
    UserNameFrom {
        /// What it begins with.
        prefix: String,
    },
    /// Changed at this time or later.
    ChangedSince(Timestamp),
    /// Changed at this time or before.
    ChangedUntil(Timestamp),
}

impl Lookup {
    /// The lower, the fewer candidates it finds.
    fn rank(&self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::UserName(_) => 1,
            Self::ExternalId(_) => 2,
            Self::Email(_) => 3,
            Self::DisplayName(_) => 4,
            Self::Member(_) => 5,
            Self::MemberOf(_) => 6,
            Self::UserNameFrom { .. } => 7,
            Self::ChangedSince(_) => 8,
            Self::ChangedUntil(_) => 9,
        }
    }
}

/// What of a list a resource must be rendered with for a filter to be held against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needed {
    /// The filter does not ask for it.
    Nothing,
    /// Entries of these values alone: only whether they are in it is asked.
    Only(Vec<String>),
    /// All of it.
    Everything,
}

impl Filter {
    /// What finds the fewest candidates, all of those among them that are meant. `None` if every resource could be.
    pub fn lookup(&self) -> Option<Lookup> {
        let mut best = None;
        self.conjuncts(&self.node, &[], &mut best);
        best
    }

    fn conjuncts(&self, node: &Node, within: &[&'static Attribute], best: &mut Option<Lookup>) {
        match node {
            Node::And(nodes) => nodes.iter().for_each(|node| self.conjuncts(node, within, best)),
            Node::Within(place, node) => self.conjuncts(node, place, best),
            Node::Compare(place, operator, comparand) => {
                let place = [within, place].concat();
                let found = self.index_of(&spelled(&place), *operator, comparand);
                let rank = best.as_ref().map_or(u8::MAX, Lookup::rank);
                if let Some(found) = found.filter(|found| found.rank() < rank) {
                    *best = Some(found);
                }
            }
            Node::Or(_) | Node::Not(_) | Node::Present(_) => {}
        }
    }

    fn index_of(&self, place: &str, operator: Operator, comparand: &Comparand) -> Option<Lookup> {
        let text = match comparand {
            Comparand::Text { compared, .. } => compared.clone(),
            Comparand::Time(time) if place == "meta.lastModified" => {
                return match operator {
                    Operator::Eq | Operator::Gt | Operator::Ge => Some(Lookup::ChangedSince(*time)),
                    Operator::Lt | Operator::Le => Some(Lookup::ChangedUntil(*time)),
                    _ => None,
                };
            }
            _ => return None,
        };
        match (place, operator) {
            ("userName", Operator::Sw) if !text.is_empty() => Some(Lookup::UserNameFrom { prefix: text }),
            (_, operator) if operator != Operator::Eq => None,
            ("id", _) => Some(Lookup::Id(text)),
            ("userName", _) => Some(Lookup::UserName(text)),
            ("externalId", _) => Some(Lookup::ExternalId(text)),
            ("emails.value", _) => Some(Lookup::Email(text)),
            ("displayName", _) if self.resource == ResourceType::Group => Some(Lookup::DisplayName(text)),
            ("members.value", _) => Some(Lookup::Member(text)),
            ("groups.value", _) => Some(Lookup::MemberOf(text)),
            _ => None,
        }
    }

    /// What of a list at the top of a resource, such as `members`, the filter must see.
    pub fn needs(&self, attribute: &str) -> Needed {
        let mut needed = Needed::Nothing;
        needs(&self.node, attribute, &mut needed);
        needed
    }
}

fn needs(node: &Node, attribute: &str, needed: &mut Needed) {
    let is_meant = |place: &[&'static Attribute]| place.first().is_some_and(|first| first.name == attribute);
    match node {
        Node::And(nodes) | Node::Or(nodes) => nodes.iter().for_each(|node| needs(node, attribute, needed)),
        Node::Not(node) => needs(node, attribute, needed),
        Node::Present(place) if is_meant(place) => *needed = Needed::Everything,
        Node::Compare(place, ..) if is_meant(place) => {
            let value = if place.len() == 2 { equal_value(node, 1) } else { None };
            add(needed, value);
        }
        Node::Within(place, node) if is_meant(place) => add(needed, equal_value(node, 0)),
        Node::Present(_) | Node::Compare(..) | Node::Within(..) => {}
    }
}

/// The `value` that an entry must have, the name of which is so many steps down its place.
fn equal_value(node: &Node, step: usize) -> Option<String> {
    match node {
        Node::And(nodes) => nodes.iter().find_map(|node| equal_value(node, step)),
        Node::Compare(place, Operator::Eq, Comparand::Text { given, .. })
            if place.get(step).is_some_and(|attribute| attribute.name == "value") =>
        {
            Some(given.clone())
        }
        _ => None,
    }
}

fn add(needed: &mut Needed, value: Option<String>) {
    match (value, &mut *needed) {
        (None, _) => *needed = Needed::Everything,
        (Some(_), Needed::Everything) => {}
        (Some(value), Needed::Only(values)) => values.push(value),
        (Some(value), Needed::Nothing) => *needed = Needed::Only(vec![value]),
    }
}
