//! RFC 7644 in memory, as plainly as can be: maps of what there is, searched from end to end.

use super::operations::*;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An id that nobody has.
const NOBODY: &str = "nobody";

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// By id, in the order in which they were made.
    users: Vec<(String, Map<String, Value>)>,
    groups: Vec<(String, Members)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Members {
    object: Map<String, Value>,
    members: BTreeSet<String>,
}

/// What an operation comes to, and what is sent for it.
pub(super) struct Expected {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) body: Option<Value>,
    pub(super) status: u16,
    next: Model,
    made: Option<Made>,
}

enum Made {
    User,
    Group,
}

/// Whether two objects may not both be there: by a name whatever its case, by an e-mail, or by the client's id.
fn conflict(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let folded =
        |object: &Map<String, Value>, name: &str| object.get(name).map(|text| text.as_str().unwrap().to_lowercase());
    let same = |name: &str| folded(one, name).is_some() && folded(one, name) == folded(other, name);
    let is_user = one.contains_key("userName");
    one.get("externalId").is_some_and(|id| other.get("externalId") == Some(id))
        || if is_user { same("userName") || address(one) == address(other) } else { same("displayName") }
}

/// The e-mail of a user: of several the one at work, else the first; else the userName.
fn address(user: &Map<String, Value>) -> String {
    let emails = user.get("emails").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let chosen = emails.iter().find(|email| email["type"] == "work").or(emails.first());
    chosen.map_or(&user["userName"], |email| &email["value"]).as_str().unwrap().to_lowercase()
}

pub(super) fn patched(user: &mut Map<String, Value>, change: &UserChange) {
    match change {
        UserChange::Set(_, attribute, value) => put(user, *attribute, *value),
        UserChange::Pathless(_, attributes, active) => {
            attributes.iter().for_each(|(attribute, value)| put(user, *attribute, *value));
            user.extend(active.map(|active| ("active".into(), active.into())));
        }
        UserChange::Clear(attribute) => clear(user, *attribute),
        UserChange::Active(active) => drop(user.insert("active".into(), (*active).into())),
        UserChange::Rename(number, is_upper) => {
            user.insert("userName".into(), user_name(*number, *is_upper).into());
        }
        UserChange::ExternalId(number) => drop(user.insert("externalId".into(), external_id(*number).into())),
        UserChange::NoExternalId => drop(user.remove("externalId")),
        UserChange::AddEmail(number) => {
            let emails = user.entry("emails").or_insert_with(|| json!([])).as_array_mut().unwrap();
            let added = email(*number, "other");
            if !emails.contains(&added) {
                emails.push(added);
            }
        }
        UserChange::SetEmails(work, home) => {
            user.insert("emails".into(), emails(*work, *home).into());
        }
        UserChange::SetWork(number) => {
            let emails = user.entry("emails").or_insert_with(|| json!([])).as_array_mut().unwrap();
            match emails.iter_mut().find(|email| email["type"] == "work") {
                Some(found) => *found = email(*number, "work"),
                None => emails.push(email(*number, "work")),
            }
        }
        UserChange::NoEmails => drop(user.remove("emails")),
    }
    // RFC 7643, 2.5: none, null and empty are the same.
    user.retain(|_, value| value.as_array().is_none_or(|list| !list.is_empty()));
}

fn clear(user: &mut Map<String, Value>, attribute: Attribute) {
    match attribute.place() {
        (None, name) => drop(user.remove(name)),
        (Some(parent), name) => {
            if let Some(inner) = user.get_mut(parent).and_then(Value::as_object_mut) {
                inner.remove(name);
                if inner.is_empty() {
                    user.remove(parent);
                }
            }
        }
    }
}

impl Model {
    fn user_at(&self, place: &usize) -> String {
        id_at(&self.users, *place)
    }

    fn group_at(&self, place: usize) -> String {
        id_at(&self.groups, place)
    }

    /// Those of these places who are there.
    fn known(&self, places: &[usize]) -> BTreeSet<String> {
        places.iter().map(|place| self.user_at(place)).filter(|id| id != NOBODY).collect()
    }

    /// With this user in place of the one of that id; 404 or 409 if that cannot be.
    fn with_user(&self, id: &str, user: Map<String, Value>) -> Result<Self, u16> {
        let mut next = self.clone();
        let place = next.users.iter().position(|(other, _)| other == id).ok_or(404_u16)?;
        if self.users.iter().any(|(other, object)| other != id && conflict(&user, object)) {
            return Err(409);
        }
        next.users[place].1 = user;
        Ok(next)
    }

    fn with_group(&self, id: &str, group: Members) -> Result<Self, u16> {
        let mut next = self.clone();
        let place = next.groups.iter().position(|(other, _)| other == id).ok_or(404_u16)?;
        if self.groups.iter().any(|(other, known)| other != id && conflict(&group.object, &known.object)) {
            return Err(409);
        }
        next.groups[place].1 = group;
        Ok(next)
    }

    /// What comes of an operation.
    pub(super) fn expect(&self, operation: &Operation) -> Expected {
        match operation {
            Operation::CreateUser(user) => {
                let with = self.and_user(user.object());
                self.expected("POST", "/Users".into(), Some(user.body()), 201, with, Some(Made::User))
            }
            Operation::ReplaceUser(place, user) => {
                let id = self.user_at(place);
                let with = self.with_user(&id, user.object());
                self.expected("PUT", format!("/Users/{id}"), Some(user.body()), 200, with, None)
            }
            Operation::PatchUser(place, changes) => {
                let id = self.user_at(place);
                let mut user =
                    self.users.iter().find(|(other, _)| *other == id).map_or_else(Map::new, |(_, user)| user.clone());
                changes.iter().for_each(|change| patched(&mut user, change));
                let body = patch(changes.iter().map(UserChange::operation).collect());
                let with = if id == NOBODY { Err(404) } else { self.with_user(&id, user) };
                self.expected("PATCH", format!("/Users/{id}"), Some(body), 200, with, None)
            }
            Operation::DeleteUser(place) => {
                let id = self.user_at(place);
                let mut next = self.clone();
                next.users.retain(|(other, _)| *other != id);
                next.groups.iter_mut().for_each(|(_, group)| group.members.retain(|member| *member != id));
                let with = if id == NOBODY { Err(404) } else { Ok(next) };
                self.expected("DELETE", format!("/Users/{id}"), None, 204, with, None)
            }
            Operation::CreateGroup(group) => {
                let body = group.body(&group.members.iter().map(|place| self.user_at(place)).collect::<Vec<_>>());
                let with = self.and_group(self.group_of(group));
                self.expected("POST", "/Groups".into(), Some(body), 201, with, Some(Made::Group))
            }
            Operation::ReplaceGroup(place, group) => {
                let id = self.group_at(*place);
                let body = group.body(&group.members.iter().map(|place| self.user_at(place)).collect::<Vec<_>>());
                let with = self.with_group(&id, self.group_of(group));
                self.expected("PUT", format!("/Groups/{id}"), Some(body), 200, with, None)
            }
            Operation::PatchGroup(place, changes) => {
                let id = self.group_at(*place);
                let user_at = |place: &usize| self.user_at(place);
                let body = patch(changes.iter().flat_map(|change| change.operations(&user_at)).collect());
                let with = match self.groups.iter().find(|(other, _)| *other == id) {
                    Some((_, group)) => self.with_group(&id, self.changed(group.clone(), changes)),
                    None => Err(404),
                };
                self.expected("PATCH", format!("/Groups/{id}"), Some(body), 204, with, None)
            }
            Operation::DeleteGroup(place) => {
                let id = self.group_at(*place);
                let mut next = self.clone();
                next.groups.retain(|(other, _)| *other != id);
                let with = if id == NOBODY { Err(404) } else { Ok(next) };
                self.expected("DELETE", format!("/Groups/{id}"), None, 204, with, None)
            }
        }
    }

    /// One more user; the id is not known yet.
    fn and_user(&self, user: Map<String, Value>) -> Result<Self, u16> {
        let mut next = self.clone();
        next.users.push((String::new(), Map::new()));
        next.with_user("", user)
    }

    fn and_group(&self, group: Members) -> Result<Self, u16> {
        let mut next = self.clone();
        next.groups.push((String::new(), Members { object: Map::new(), members: BTreeSet::new() }));
        next.with_group("", group)
    }

    fn group_of(&self, group: &Group) -> Members {
        let mut object = Map::new();
        object.insert("displayName".into(), group_name(group.name, group.is_upper).into());
        object.extend(group.external_id.map(|number| ("externalId".into(), external_id(number).into())));
        Members { object, members: self.known(&group.members) }
    }

    fn changed(&self, mut group: Members, changes: &[GroupChange]) -> Members {
        for change in changes {
            match change {
                GroupChange::Add(places) => group.members.extend(self.known(places)),
                GroupChange::Remove(places, _) => {
                    let gone = self.known(places);
                    group.members.retain(|id| !gone.contains(id));
                }
                GroupChange::Set(places) => group.members = self.known(places),
                GroupChange::Clear => group.members.clear(),
                GroupChange::Rename(number, is_upper) => {
                    group.object.insert("displayName".into(), group_name(*number, *is_upper).into());
                }
                GroupChange::ExternalId(number) => {
                    group.object.insert("externalId".into(), external_id(*number).into());
                }
            }
        }
        group
    }

    fn expected(
        &self,
        method: &'static str,
        path: String,
        body: Option<Value>,
        success: u16,
        with: Result<Self, u16>,
        made: Option<Made>,
    ) -> Expected {
        match with {
            Ok(next) => Expected { method, path, body, status: success, next, made },
            Err(status) => Expected { method, path, body, status, next: self.clone(), made: None },
        }
    }

    /// The users as they are to be listed: their attributes, and the groups that they are in.
    pub(super) fn users(&self) -> BTreeMap<String, (Value, BTreeSet<String>)> {
        let groups_of = |id: &String| {
            self.groups.iter().filter(|(_, group)| group.members.contains(id)).map(|(group, _)| group.clone()).collect()
        };
        self.users.iter().map(|(id, user)| (id.clone(), (user.clone().into(), groups_of(id)))).collect()
    }

    /// The groups: their attributes, and their members.
    pub(super) fn groups(&self) -> BTreeMap<String, (Value, BTreeSet<String>)> {
        let shown = |group: &Members| (group.object.clone().into(), group.members.clone());
        self.groups.iter().map(|(id, group)| (id.clone(), shown(group))).collect()
    }

    /// Ids of the users of whom an attribute has a value.
    pub(super) fn users_with(&self, attribute: Attribute, value: u8) -> BTreeSet<String> {
        let (parent, name) = attribute.place();
        let has = |user: &Map<String, Value>| {
            let inner = parent.map_or(Some(user), |parent| user.get(parent)?.as_object());
            inner.and_then(|inner| inner.get(name)) == Some(&Value::from(text(value)))
        };
        self.users.iter().filter(|(_, user)| has(user)).map(|(id, _)| id.clone()).collect()
    }
}

impl Expected {
    /// What there is afterwards. `id` is that of what was made, if something was.
    pub(super) fn into_model(self, id: Option<&str>) -> Model {
        let mut next = self.next;
        let last = match self.made {
            Some(Made::User) => next.users.last_mut().map(|(id, _)| id),
            Some(Made::Group) => next.groups.last_mut().map(|(id, _)| id),
            None => None,
        };
        if let Some(last) = last {
            *last = id.unwrap().to_owned();
        }
        next
    }
}

fn id_at<T>(list: &[(String, T)], place: usize) -> String {
    list.get(place % (list.len() + 1)).map_or_else(|| NOBODY.to_owned(), |(id, _)| id.clone())
}
