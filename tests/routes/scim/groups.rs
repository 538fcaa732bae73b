//! `/Groups` and `/Groups/{id}`.

use super::{Client, id, refused};
use crate::scene::body;
use postern::http::Method::{Delete, Get, Patch, Post, Put};
use serde_json::json;

#[test]
fn a_group_is_made_read_changed_and_removed() {
    let client = Client::new();
    let [one, two, three] = ["one@x.example", "two@x.example", "three@x.example"].map(|name| client.user(name));
    let group = client.make(
        "/Groups",
        &json!({ "displayName": "A team", "members": [{ "value": one }, { "value": "nobody" }, { "value": two }] }),
    );
    let (outcome, status, detail) = client.logged();
    assert_eq!((outcome.as_str(), status.as_str()), ("done", "201"));
    assert_eq!(detail, json!({ "skipped": 1, "skippedIds": ["nobody"] }));
    let path = format!("/Groups/{}", id(&group));
    assert_eq!(client.get(&path), group);
    assert_eq!(client.members(&id(&group)), [one.clone(), two.clone()]);
    let patched = client.patch(
        &path,
        json!([
            { "op": "remove", "path": format!("members[value eq \"{one}\"]") },
            { "op": "add", "path": "members", "value": [{ "value": three }] },
        ]),
    );
    assert_eq!((patched.status, patched.body_text()), (204, ""));
    assert_eq!(client.members(&id(&group)), [two.clone(), three.clone()]);
    let user = client.get(&format!("/Users/{three}"));
    assert_eq!(user["groups"][0]["value"], group["id"]);
    let without = client.get(&format!("{path}?excludedAttributes=members"));
    assert_eq!(without.get("members"), None);
    let replaced = client.send(Put, &path, &json!({ "displayName": "Another", "members": [{ "value": one }] }));
    assert_eq!(replaced.status, 200, "{}", replaced.body_text());
    assert_eq!(body(&replaced)["members"][0]["value"], one);
    assert_eq!(body(&replaced), client.get(&path));
    assert_eq!(client.site.database.select("SELECT name, identifier FROM groups"), ["Another|A_team"]);
    assert_eq!(client.call(Delete, &path).send().status, 204);
    refused(&client.call(Get, &path).send(), 404, "");
    assert_eq!(client.site.database.count("group_members"), 0);
}

#[test]
fn a_patch_that_asks_for_attributes_is_answered_with_them() {
    let client = Client::new();
    let [one, two] = ["one@x.example", "two@x.example"].map(|name| client.user(name));
    let group = client.group("Team", &[&one]);
    let path = format!("/Groups/{group}");
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": two }] }]);
    for (query, version) in
        [("attributes=displayName,meta.version", 2), ("attributes=members,displayName,meta.version", 2)]
    {
        let answer = client.patch(&format!("{path}?{query}"), add.clone());
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(answer.header("etag"), Some(format!("W/\"{version}\"").as_str()), "{query}");
        assert_eq!(body(&answer), client.get(&format!("{path}?{query}")), "{query}");
        let (outcome, status, _) = client.logged();
        assert_eq!((outcome.as_str(), status.as_str()), ("done", "200"));
    }
    let remove = json!([{ "op": "remove", "path": "members" }]);
    refused(&client.patch(&format!("{path}?attributes=shoeSize"), remove), 400, "invalidValue");
    assert_eq!(client.members(&group), [one, two]);
}

#[test]
fn a_group_has_another_version_once_a_member_of_it_is_no_user() {
    let client = Client::new();
    let [one, two] = ["one@x.example", "two@x.example"].map(|name| client.user(name));
    let (with, without) = (client.group("With", &[&one, &two]), client.group("Without", &[&two]));
    assert_eq!(client.call(Delete, &format!("/Users/{one}")).send().status, 204);
    let known = |group: &str| client.call(Get, &format!("/Groups/{group}")).header("if-none-match", "W/\"1\"").send();
    let changed = known(&with);
    assert_eq!((changed.status, changed.header("etag")), (200, Some("W/\"2\"")));
    assert_eq!(client.members(&with), [two]);
    assert_eq!(known(&without).status, 304);
}

#[test]
fn a_native_group_is_not_there_for_scim_and_may_have_the_same_name() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    crate::permitted::group(&client.site, "acme", "native", &[&user]);
    let group = client.group("Group native", &[&user]);
    assert_eq!(client.found("/Groups", "displayName eq \"group NATIVE\""), std::slice::from_ref(&group));
    assert_eq!(client.get("/Groups")["totalResults"], 1);
    for answer in [
        client.call(Get, "/Groups/native").send(),
        client.call(Delete, "/Groups/native").send(),
        client.patch("/Groups/native", json!([{ "op": "remove", "path": "members" }])),
    ] {
        refused(&answer, 404, "");
    }
    let groups = client.get(&format!("/Users/{user}"))["groups"].clone();
    assert_eq!(groups.as_array().map(Vec::len), Some(1));
    assert_eq!(groups[0]["value"], group);
    assert_eq!(client.site.database.count("group_members"), 2);
}

#[test]
fn two_groups_of_scim_have_two_names_and_each_keeps_its_identifier() {
    let client = Client::new();
    let one = client.group("a.b", &[]);
    let two = client.group("a-b", &[]);
    refused(&client.send(Post, "/Groups", &json!({ "displayName": "A.B" })), 409, "uniqueness");
    let rename = |name: &str| {
        client.patch(&format!("/Groups/{two}"), json!([{ "op": "replace", "path": "displayName", "value": name }]))
    };
    refused(&rename("A.b"), 409, "uniqueness");
    assert_eq!(rename("Other").status, 204);
    assert_eq!(
        client.site.database.select("SELECT name, identifier, version FROM groups ORDER BY id"),
        ["a.b|a_b|1", "Other|a_b_2|2"]
    );
    assert_eq!(
        client.site.database.select("SELECT action FROM changes WHERE resource LIKE 'group/%' ORDER BY id"),
        ["group.created", "group.created", "group.updated"]
    );
    let _ = one;
}

#[test]
fn members_are_changed_one_by_one_in_every_form() {
    let client = Client::new();
    let users: Vec<String> = (0..4).map(|n| client.user(&format!("u{n}@example.com"))).collect();
    let [a, b, c, d] = [0, 1, 2, 3].map(|n| users[n].as_str());
    let group = client.group("Team", &[a]);
    let path = format!("/Groups/{group}");
    let version = || client.site.database.select("SELECT version FROM groups")[0].clone();
    let list = |ids: &[&str]| json!(ids.iter().map(|id| json!({ "value": id })).collect::<Vec<_>>());
    for (operations, members, at) in [
        (json!([{ "op": "add", "path": "members", "value": list(&[b, c]) }]), vec![a, b, c], "2"),
        (json!([{ "op": "add", "path": "members", "value": list(&[b]) }]), vec![a, b, c], "2"),
        (json!([{ "op": "add", "path": "members", "value": list(&["nobody"]) }]), vec![a, b, c], "2"),
        (json!([{ "op": "Remove", "path": "members", "value": list(&[a]) }]), vec![b, c], "3"),
        (json!([{ "op": "Remove", "path": "members", "value": list(&[a]) }]), vec![b, c], "3"),
        (json!([{ "op": "remove", "path": format!("members[value eq \"{b}\"]") }]), vec![c], "4"),
        (json!([{ "op": "replace", "value": { "id": group, "displayName": "Team" } }]), vec![c], "4"),
        (json!([{ "op": "replace", "path": "members", "value": list(&[c]) }]), vec![c], "4"),
        (json!([{ "op": "replace", "path": "members", "value": list(&[a, d]) }]), vec![a, d], "6"),
        (
            json!([{ "op": "add", "path": "members", "value": list(&[b]) }, { "op": "remove", "path": "members[type eq \"User\"]" }]),
            vec![],
            "8",
        ),
        (json!([{ "op": "replace", "path": "members", "value": [] }]), vec![], "8"),
    ] {
        let answer = client.patch(&path, operations.clone());
        assert_eq!((answer.status, answer.body_text()), (204, ""), "{operations}");
        let mut expected = members;
        expected.sort_unstable();
        assert_eq!(client.members(&group), expected, "{operations}");
        assert_eq!(version(), at, "{operations}");
    }
}

#[test]
fn a_group_that_is_replaced_without_members_keeps_them() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    let group = client.group("Team", &[&user]);
    let path = format!("/Groups/{group}");
    let put = client.send(Put, &path, &json!({ "displayName": "Others" }));
    assert_eq!((put.status, body(&put)["members"][0]["value"].clone()), (200, json!(user)));
    let put = client.send(Put, &path, &json!({ "displayName": "Others", "members": [] }));
    assert_eq!((put.status, body(&put).get("members")), (200, None));
}

#[test]
fn of_two_who_have_read_one_version_of_a_group_one_writes() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    let group = client.group("Team", &[]);
    let path = format!("/Groups/{group}");
    let add = |version: &str| {
        let operations = json!({ "Operations": [{ "op": "add", "path": "members", "value": [{ "value": user }] }] });
        client
            .call(Patch, &path)
            .header("if-match", version)
            .body("application/scim+json", operations.to_string())
            .send()
    };
    // Somebody changes it between the read and the write.
    client.site.database.interrupt(2, "UPDATE groups SET version = 2");
    refused(&add("W/\"1\""), 412, "");
    assert_eq!(client.members(&group), [] as [String; 0]);
    refused(&add("W/\"1\""), 412, "");
    assert_eq!(add("W/\"2\"").status, 204);
    refused(&client.call(Delete, &path).header("if-match", "W/\"2\"").send(), 412, "");
    client.site.database.interrupt(2, "UPDATE groups SET version = 7");
    refused(&client.call(Delete, &path).header("if-match", "W/\"3\"").send(), 412, "");
    assert_eq!(client.call(Delete, &path).header("if-match", "W/\"7\"").send().status, 204);
    assert_eq!(client.site.database.count("guards"), 0);
}

#[test]
fn what_scim_manages_is_changed_at_the_identity_provider() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    let group = client.group("Team", &[&user]);
    let admin = |method, path: &str, input: serde_json::Value| {
        let path = format!("/api/v1/accounts/acme/{path}");
        client.site.call(method, &path).admin().header("if-match", "\"1\"").json(&input).send()
    };
    for answer in [
        admin(Patch, &format!("users/{user}"), json!({ "displayName": "X" })),
        admin(Patch, &format!("users/{user}"), json!({ "active": false })),
        admin(Delete, &format!("users/{user}"), json!({})),
        admin(Patch, &format!("groups/{group}"), json!({ "name": "X" })),
        admin(Delete, &format!("groups/{group}"), json!({})),
        admin(Delete, &format!("groups/{group}/members/{user}"), json!({})),
    ] {
        assert_eq!(
            (answer.status, body(&answer)["code"].clone()),
            (409, json!("managed_by_scim")),
            "{}",
            answer.body_text()
        );
    }
    let shown = body(&client.site.get(&format!("/api/v1/accounts/acme/groups/{group}")).admin().send());
    assert_eq!((shown["managedBy"].clone(), shown["identifier"].clone()), (json!("scim"), json!("Team")));
    crate::permitted::bind(&client.site, &group, "App User");
}
