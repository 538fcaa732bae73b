//! Any text as a filter, and any JSON as the body of a SCIM request: nothing panics, an index finds whom a filter means, and what a
//! patch leaves is a user as a client could have given them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern::directory::folded;
use postern::scim::{
    Bulk, Filter, GroupDocument, ListQuery, Lookup, Needed, Patch, ResourceType, UserDocument, dialect, render,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // The first line is a filter and a query, the rest a body.
    let (line, body) = text.split_once('\n').unwrap_or((text, ""));
    let body: Option<Value> = serde_json::from_str(body).ok();
    for resource in ResourceType::ALL {
        let seen = match resource {
            ResourceType::User => user(),
            ResourceType::Group => group(),
        };
        if let Ok(filter) = Filter::parse(line, resource) {
            if let (true, Some(lookup)) = (filter.matches(&seen), filter.lookup()) {
                assert!(is_found(&lookup, &seen), "{lookup:?}");
            }
            sees_enough(&filter, &seen);
        }
        let listed = ListQuery::of_query(line, resource).into_iter();
        let searched = body.as_ref().and_then(|body| ListQuery::of_search(body, resource).ok());
        for query in listed.chain(searched) {
            let shown = query.projection.of(seen.clone());
            assert_eq!(query.projection.of(shown.clone()), shown);
            assert_eq!(shown["id"], seen["id"]);
        }
    }
    if let Some(body) = body {
        documents(&body);
        bulk(&body);
    }
});

/// A user as they are rendered.
fn user() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "u1", "externalId": "E", "userName": "Ada@X", "active": true,
        "name": {"givenName": "Ada"},
        "emails": [{"value": "ada@x", "type": "work", "primary": true}, {"value": "h@x"}],
        "groups": [{"value": "g1"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "u2"}},
        "meta": {"lastModified": "1970-01-01T00:00:01.000Z"},
    })
}

/// A group as it is rendered.
fn group() -> Value {
    let members = render::members(&["u1", "u2"].map(String::from), "https://x");
    json!({"id": "g1", "externalId": "E", "displayName": "Eng", "members": members, "meta": {"lastModified": "1970-01-01T00:00:01.000Z"}})
}

/// Whether the index finds the resource that the filter means.
fn is_found(lookup: &Lookup, seen: &Value) -> bool {
    let text = |name: &str| seen[name].as_str().unwrap_or_default();
    let in_list = |name: &str, wanted: &dyn Fn(&str) -> bool| {
        seen[name].as_array().into_iter().flatten().any(|entry| entry["value"].as_str().is_some_and(wanted))
    };
    match lookup {
        Lookup::Id(id) => text("id") == id,
        Lookup::UserName(name) => folded(text("userName")) == *name,
        Lookup::ExternalId(id) => text("externalId") == id,
        Lookup::Email(email) => in_list("emails", &|value| folded(value) == *email),
        Lookup::DisplayName(name) => folded(text("displayName")) == *name,
        Lookup::Member(id) => in_list("members", &|value| value == id),
        Lookup::MemberOf(id) => in_list("groups", &|value| value == id),
        Lookup::UserNameFrom { prefix } => folded(text("userName")).starts_with(prefix.as_str()),
        Lookup::ChangedSince(time) => time.0 <= 1000,
        Lookup::ChangedUntil(time) => time.0 >= 1000,
    }
}

/// With no more members than a filter asks for, it says the same.
fn sees_enough(filter: &Filter, seen: &Value) {
    let Some(members) = seen["members"].as_array() else { return };
    let mut fewer = seen.clone();
    fewer["members"] = match filter.needs("members") {
        Needed::Everything => return,
        Needed::Nothing => json!([]),
        Needed::Only(ids) => {
            members.iter().filter(|one| ids.iter().any(|id| one["value"] == id.as_str())).cloned().collect()
        }
    };
    assert_eq!(filter.matches(&fewer), filter.matches(seen));
}

fn documents(body: &Value) {
    let known = UserDocument::parse(&json!({
        "userName": "ada",
        "emails": [{"value": "ada@x", "type": "work", "primary": true}, {"value": "h@x", "type": "home"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "u2"}},
    }));
    let mut corrected = body.clone();
    dialect::document(&mut corrected, ResourceType::User);
    if let Ok(user) = UserDocument::parse(&corrected) {
        is_canonical(&user);
    }
    for resource in ResourceType::ALL {
        let mut corrected = body.clone();
        dialect::patch(&mut corrected, resource);
        let mut twice = corrected.clone();
        dialect::patch(&mut twice, resource);
        assert_eq!(twice, corrected, "a corrected patch needs no correction");
        let Ok(patch) = Patch::parse(&corrected, resource) else { continue };
        if let (ResourceType::User, Ok(known)) = (resource, &known)
            && let Ok(after) = patch.apply_user(known.clone())
        {
            is_canonical(&after);
        }
        let _ = patch.group();
    }
    let mut corrected = body.clone();
    dialect::document(&mut corrected, ResourceType::Group);
    let _ = GroupDocument::parse(&corrected);
}

/// Read again, a user is the same.
fn is_canonical(user: &UserDocument) {
    let mut object = Value::Object(user.object().clone());
    let again = UserDocument::parse(&object).expect("a user that we made can be read");
    if object.get("active").is_none() {
        object["active"] = json!(true);
    }
    assert_eq!(Value::Object(again.object().clone()), object);
    let stored = user.stored().expect("a user that we made can be stored");
    assert_eq!(UserDocument::from_stored(&stored, user.external_id()).as_ref(), Ok(user));
}

fn bulk(body: &Value) {
    let Ok(bulk) = Bulk::parse(body) else { return };
    assert_eq!(bulk.order.len() + bulk.circular.len(), bulk.operations.len());
    let mut made = BTreeMap::new();
    for index in bulk.order {
        let operation = &bulk.operations[index];
        let _ = operation.resolved(&made);
        made.extend(operation.bulk_id.clone().map(|bulk_id| (bulk_id, String::from("made"))));
    }
}
