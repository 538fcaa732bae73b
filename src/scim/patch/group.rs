//! What a patch does to a group, without the group: each change of its members stands alone, so that none is lost where two patches
//! meet.

use super::{GroupPatch, MemberChange, Op, Operation, writable};
use crate::scim::document::{bounded, member_ids, named};
use crate::scim::filter::{Comparand, Filter, Node, Operator};
use crate::scim::schema::{Attribute, Mutability, spelled};
use crate::scim::value::{Seen, Trail, canonical};
use crate::scim::{ResourceType, ScimError};
use serde_json::Value;

/// Most filters that say who is to go: each needs all the members.
const MAX_FILTERS: usize = 10;

/// What operations do to a group.
pub(super) fn of(operations: &[Operation], resource: ResourceType) -> Result<GroupPatch, ScimError> {
    let mut changes = Changes::default();
    for operation in operations {
        let Some(path) = &operation.path else {
            for (attribute, value) in operation.attributes(resource)? {
                changes.add(operation.op, attribute, Some(value))?;
            }
            continue;
        };
        writable(path)?;
        match (path.place.as_slice(), &path.filter, path.sub) {
            ([attribute], None, None) => changes.add(operation.op, attribute, operation.value.as_ref())?,
            ([_], Some(filter), None) => changes.chosen(operation.op, filter, resource)?,
            (place, _, sub) => {
                let mut place = place.to_vec();
                place.extend(sub);
                return Err(ScimError::Mutability { attribute: spelled(&place), is: Mutability::Immutable.name() });
            }
        }
    }
    changes.flush();
    Ok(changes.patch)
}

#[derive(Default)]
struct Changes {
    patch: GroupPatch,
    /// Whether nobody is in the group but by `members`.
    is_set: bool,
    /// Who is to be in the group, and who is not.
    members: Seen,
}

impl Changes {
    fn add(&mut self, op: Op, attribute: &'static Attribute, value: Option<&Value>) -> Result<(), ScimError> {
        let mut trail: Trail = vec![attribute];
        if attribute.name == "members" {
            return self.members(op, value.unwrap_or(&Value::Null));
        }
        let given = value.map(|value| canonical(&mut trail, value)).transpose()?.flatten();
        let text = given.as_ref().and_then(Value::as_str);
        match (attribute.name, op) {
            ("displayName", Op::Remove) => {
                return Err(ScimError::Mutability { attribute: spelled(&trail), is: "required" });
            }
            ("displayName", _) => {
                named(attribute.name, text)?;
                self.patch.display_name = text.map(str::to_owned);
            }
            ("externalId", Op::Add) if text.is_none() => {}
            ("externalId", _) => {
                let text = text.filter(|_| op != Op::Remove);
                bounded(attribute.name, text)?;
                self.patch.external_id = Some(text.map(str::to_owned));
            }
            _ => {}
        }
        Ok(())
    }

    fn members(&mut self, op: Op, value: &Value) -> Result<(), ScimError> {
        let ids = member_ids(value)?;
        // Entra names those that are to go beside the path. Without any named, all go.
        if op == Op::Replace || (op == Op::Remove && value.is_null()) {
            self.members.clear();
            self.is_set = true;
        }
        self.mark(ids, op != Op::Remove);
        Ok(())
    }

    fn mark(&mut self, ids: Vec<String>, is_in: bool) {
        self.members.extend(ids.into_iter().map(|id| (id, Value::Bool(is_in))));
    }

    fn chosen(&mut self, op: Op, filter: &Node, resource: ResourceType) -> Result<(), ScimError> {
        let mut ids = Vec::new();
        let is_by_id = only_ids(filter, &mut ids);
        match op {
            Op::Remove if is_by_id => self.mark(ids, false),
            Op::Add if is_by_id => self.mark(ids, true),
            Op::Remove => {
                self.flush();
                self.patch.members.push(MemberChange::RemoveWhere(Filter::of(filter.clone(), resource)));
                let is_filter = |change: &&MemberChange| matches!(change, MemberChange::RemoveWhere(_));
                if self.patch.members.iter().filter(is_filter).count() > MAX_FILTERS {
                    return Err(ScimError::TooLarge { what: "Filters of members in one PATCH", most: MAX_FILTERS });
                }
            }
            Op::Add | Op::Replace => {
                let attribute = String::from("members");
                return Err(ScimError::Mutability { attribute, is: Mutability::Immutable.name() });
            }
        }
        Ok(())
    }

    /// Ends a run of changes that do not depend on who is in the group.
    fn flush(&mut self) {
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (id, is_in) in std::mem::take(&mut self.members) {
            if is_in == Value::Bool(true) { inside.push(id) } else { outside.push(id) }
        }
        let changes = &mut self.patch.members;
        if std::mem::take(&mut self.is_set) {
            changes.push(MemberChange::Set(inside));
            return;
        }
        if !outside.is_empty() {
            changes.push(MemberChange::Remove(outside));
        }
        if !inside.is_empty() {
            changes.push(MemberChange::Add(inside));
        }
    }
}

/// Whether a filter names ids and nothing else; the ids.
fn only_ids(filter: &Node, ids: &mut Vec<String>) -> bool {
    match filter {
        Node::Or(nodes) => nodes.iter().all(|node| only_ids(node, ids)),
        Node::Compare(place, Operator::Eq, Comparand::Text { given, .. })
            if place.last().is_some_and(|sub| sub.name == "value") =>
        {
            ids.push(given.clone());
            true
        }
        _ => false,
    }
}
