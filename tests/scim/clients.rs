//! What the real clients send, in its order, to a server in memory that is made of nothing but the pure functions.

use postern::scim::{
    Filter, GroupDocument, GroupReference, ListPage, ListQuery, MemberChange, Meta, Needed, Page, Patch, Projection,
    ResourceType, ScimError, UserDocument, dialect, discovery, render,
};
use postern::time::Timestamp;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const BASE: &str = "https://sso.example/scim/v2/acme";

#[derive(Default)]
struct Server {
    users: BTreeMap<String, UserDocument>,
    groups: BTreeMap<String, Group>,
    made: usize,
}

struct Group {
    document: GroupDocument,
    members: BTreeSet<String>,
}

type Outcome = Result<(u16, Value), ScimError>;

fn missing() -> ScimError {
    ScimError::protocol(404, None, "There is none.")
}

impl Server {
    fn next_id(&mut self) -> String {
        self.made += 1;
        format!("id{}", self.made)
    }

    fn user(&self, id: &str) -> Result<Value, ScimError> {
        let groups: Vec<GroupReference> = self
            .groups
            .iter()
            .filter(|(_, group)| group.members.contains(id))
            .map(|(id, group)| GroupReference { id: id.clone(), name: group.document.display_name.clone() })
            .collect();
        Ok(render::user(self.users.get(id).cloned().ok_or_else(missing)?, &groups, &meta(id)))
    }

    /// A group as it is answered, and as a filter sees it: with no more members than it asks for.
    fn group(&self, id: &str, projection: &Projection, filter: Option<&Filter>) -> Result<(Value, Value), ScimError> {
        let group = self.groups.get(id).ok_or_else(missing)?;
        let whole = render::group(&group.document.display_name, group.document.external_id.as_deref(), &meta(id));
        let mut ids = group.members.iter().map(String::as_str);
        let text = render::group_text(whole.clone(), projection, &mut ids, BASE);
        let needed: Vec<String> = match filter.map_or(Needed::Nothing, |filter| filter.needs("members")) {
            Needed::Nothing => Vec::new(),
            Needed::Only(ids) => ids.into_iter().filter(|id| group.members.contains(id)).collect(),
            Needed::Everything => group.members.iter().cloned().collect(),
        };
        let mut seen = whole;
        seen["members"] = render::members(&needed, BASE);
        Ok((serde_json::from_str(&text).unwrap(), seen))
    }

    fn list(&self, resource: ResourceType, query: &str) -> Outcome {
        let query = ListQuery::of_query(query, resource)?;
        let filter = query.filter.as_ref();
        let mut found = Vec::new();
        let ids: Vec<&String> = match resource {
            ResourceType::User => self.users.keys().collect(),
            ResourceType::Group => self.groups.keys().collect(),
        };
        for id in ids {
            let (shown, seen) = match resource {
                ResourceType::User => (query.projection.of(self.user(id)?), self.user(id)?),
                ResourceType::Group => self.group(id, &query.projection, filter)?,
            };
            if filter.is_none_or(|filter| filter.matches(&seen)) {
                found.push(shown.to_string());
            }
        }
        let Page::Index { start, count } = query.page else { return Err(missing()) };
        let total = Some(found.len() as u64);
        let first = usize::try_from(start - 1).unwrap();
        let resources = found.into_iter().skip(first).take(count as usize).collect();
        let page = ListPage { total, start: Some(start), resources, ..ListPage::default() };
        Ok((200, serde_json::from_str(&page.text()).unwrap()))
    }

    fn put_user(&mut self, id: Option<&str>, body: &Value) -> Outcome {
        let user = UserDocument::parse(body)?;
        let folded = |user: &UserDocument| user.user_name().to_lowercase();
        if self.users.iter().any(|(other, taken)| Some(other.as_str()) != id && folded(taken) == folded(&user)) {
            return Err(ScimError::Uniqueness { attribute: "userName", detail: String::from("Somebody has it.") });
        }
        let (status, id) = match id {
            Some(id) => (200, id.to_owned()),
            None => (201, self.next_id()),
        };
        self.users.insert(id.clone(), user);
        Ok((status, self.user(&id)?))
    }

    fn put_group(&mut self, id: Option<&str>, body: &Value) -> Outcome {
        let document = GroupDocument::parse(body)?;
        let members = self.known(document.members.clone().unwrap_or_default());
        let (status, id) = match id {
            Some(id) => (200, id.to_owned()),
            None => (201, self.next_id()),
        };
        self.groups.insert(id.clone(), Group { document, members });
        Ok((status, self.group(&id, &Projection::default(), None)?.0))
    }

    fn known(&self, ids: Vec<String>) -> BTreeSet<String> {
        ids.into_iter().filter(|id| self.users.contains_key(id)).collect()
    }

    fn patch_group(&mut self, id: &str, patch: &Patch) -> Outcome {
        let patch = patch.group()?;
        for change in patch.members {
            let changed = match &change {
                MemberChange::Add(ids) | MemberChange::Remove(ids) | MemberChange::Set(ids) => self.known(ids.clone()),
                MemberChange::RemoveWhere(_) => BTreeSet::new(),
            };
            let group = self.groups.get_mut(id).ok_or_else(missing)?;
            match change {
                MemberChange::Add(_) => group.members.extend(changed),
                MemberChange::Remove(_) => group.members.retain(|id| !changed.contains(id)),
                MemberChange::Set(_) => group.members = changed,
                MemberChange::RemoveWhere(filter) => {
                    let is_meant = |id: &String| filter.matches(&render::members(std::slice::from_ref(id), BASE)[0]);
                    group.members.retain(|id| !is_meant(id));
                }
            }
        }
        let group = self.groups.get_mut(id).ok_or_else(missing)?;
        group.document.display_name = patch.display_name.unwrap_or(group.document.display_name.clone());
        Ok((204, Value::Null))
    }

    fn answer(&mut self, method: &str, target: &str, body: &Value) -> Outcome {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let (endpoint, id) =
            path[1..].split_once('/').map_or((&path[1..], None), |(endpoint, id)| (endpoint, Some(id)));
        if endpoint == "Schemas" {
            let resources = discovery::schemas(BASE).iter().map(Value::to_string).collect();
            return Ok((200, serde_json::from_str(&ListPage { resources, ..ListPage::default() }.text()).unwrap()));
        }
        let resource = if endpoint == "Users" { ResourceType::User } else { ResourceType::Group };
        let mut body = body.clone();
        match (method, resource, id) {
            ("GET", _, None) => self.list(resource, query),
            ("GET", ResourceType::User, Some(id)) => {
                Ok((200, Projection::of_query(query, resource)?.of(self.user(id)?)))
            }
            ("GET", ResourceType::Group, Some(id)) => {
                Ok((200, self.group(id, &Projection::of_query(query, resource)?, None)?.0))
            }
            ("PATCH", _, Some(id)) => {
                dialect::patch(&mut body, resource);
                let patch = Patch::parse(&body, resource)?;
                if resource == ResourceType::Group {
                    return self.patch_group(id, &patch);
                }
                let user = self.users.get(id).cloned().ok_or_else(missing)?;
                self.users.insert(id.to_owned(), patch.apply_user(user)?);
                Ok((200, self.user(id)?))
            }
            ("DELETE", _, Some(id)) => {
                let was_there = self.users.remove(id).is_some() | self.groups.remove(id).is_some();
                for group in self.groups.values_mut() {
                    group.members.remove(id);
                }
                if was_there { Ok((204, Value::Null)) } else { Err(missing()) }
            }
            (_, resource, id) => {
                dialect::document(&mut body, resource);
                match resource {
                    ResourceType::User => self.put_user(id, &body),
                    ResourceType::Group => self.put_group(id, &body),
                }
            }
        }
    }
}

/// What is at a path such as `emails[0].value`, or at a list of names.
fn at<'v>(value: &'v Value, path: &Value) -> Option<&'v Value> {
    if let Value::Array(names) = path {
        return names.iter().try_fold(value, |value, name| value.get(name.as_str().unwrap()));
    }
    path.as_str().unwrap().split(['.', '[']).try_fold(value, |value, name| match name.strip_suffix(']') {
        Some(index) => value.get(index.parse::<usize>().unwrap()),
        None => value.get(name),
    })
}

fn check(id: &str, answer: &Value, check: &Value) {
    let found = at(answer, &check["path"]);
    let path = &check["path"];
    let rules = check.as_object().unwrap().iter().filter(|(rule, _)| *rule != "path");
    for (rule, wanted) in rules {
        let holds = match rule.as_str() {
            "equals" => found == Some(wanted),
            "equalsString" => found.and_then(Value::as_str) == wanted.as_str(),
            "contains" => found.and_then(Value::as_array).is_some_and(|items| items.contains(wanted)),
            "exists" => found.is_some(),
            "absent" => found.is_none(),
            "type" => found.is_some_and(Value::is_u64),
            "length" => found.and_then(Value::as_array).map(|items| items.len() as u64) == wanted.as_u64(),
            _ => false,
        };
        assert!(holds, "{id}: {path} {rule} {wanted}, got {found:?}");
    }
}

#[test]
fn every_request_of_the_real_clients_is_answered_as_they_expect() {
    let traffic: Value = serde_json::from_str(include_str!("client-traffic.json")).unwrap();
    let mut server = Server::default();
    let mut captured: Vec<(String, String)> = Vec::new();
    let mut answered = 0;
    for request in traffic["requests"].as_array().unwrap() {
        let mut text = request.to_string();
        for (name, value) in &captured {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        let request: Value = serde_json::from_str(&text).unwrap();
        let id = request["id"].as_str().unwrap();
        // One request has a wrong token, which is not for the pure functions to see.
        if request["expect"]["status"] == json!([401]) {
            continue;
        }
        let (method, path) = (request["method"].as_str().unwrap(), request["path"].as_str().unwrap());
        let (status, answer) = match server.answer(method, path, &request["body"]) {
            Ok(answer) => answer,
            Err(refusal) => (refusal.status(), serde_json::to_value(refusal.body()).unwrap()),
        };
        let expected = request["expect"]["status"].as_array().unwrap();
        assert!(expected.contains(&json!(status)), "{id}: {status} {answer}");
        let checks = request["expect"]["checks"].as_array().unwrap();
        checks.iter().filter(|_| status != 204).for_each(|wanted| check(id, &answer, wanted));
        for (name, from) in request["capture"].as_object().unwrap() {
            captured.push((name.clone(), at(&answer, from).unwrap().as_str().unwrap().to_owned()));
        }
        answered += 1;
    }
    assert_eq!(answered, 89);
}
fn meta(id: &str) -> Meta<'_> {
    Meta { id, base: BASE, created: Timestamp(0), modified: Timestamp(0), version: 1 }
}
