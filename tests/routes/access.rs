//! What somebody may do and why, and what they would lose.

use crate::permitted::{bind, call, errors, group, make, user};
use crate::scene::{Site, body, problem};
use postern::http::Method::{Get, Post};
use serde_json::{Value, json};

fn site() -> Site {
    let site = Site::new();
    site.create_account("acme");
    for id in ["u1", "u2", "u3"] {
        user(&site, "acme", id);
    }
    group(&site, "acme", "g1", &["u1", "u2"]);
    group(&site, "acme", "g2", &["u2"]);
    site
}

fn losers(site: &Site, path: &str, input: &Value) -> Value {
    let answer = call(site, Post, path).admin().json(input).send();
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    body(&answer)
}

#[test]
fn each_binding_that_reaches_a_user_is_told_with_its_group_and_role() {
    let site = site();
    let (one, two) = (bind(&site, "g1", "App User"), bind(&site, "g2", "Account Viewer"));
    let read = |path: &str| body(&call(&site, Get, path).admin().send());
    let first = read("users/u1/access");
    assert_eq!(
        first["items"],
        json!([{
            "id": one["id"], "group": { "id": "g1", "name": "Group g1" }, "role": { "id": "_app_user", "name": "App User" },
            "permissions": ["app:access"], "resourceGroup": "_all_resources", "scope": { "type": "account" },
        }])
    );
    let page = read("users/u2/access?limit=1");
    let cursor = page["nextCursor"].as_str().unwrap();
    let rest = read(&format!("users/u2/access?limit=1&cursor={cursor}"));
    let mut ids = [page["items"][0]["id"].as_str().unwrap(), rest["items"][0]["id"].as_str().unwrap()];
    ids.sort_unstable();
    let mut expected = [one["id"].as_str().unwrap(), two["id"].as_str().unwrap()];
    expected.sort_unstable();
    assert_eq!((ids, &rest["nextCursor"]), (expected, &json!(null)));
    assert_eq!(read("users/u3/access")["items"], json!([]));
    problem(&call(&site, Get, "users/nobody/access").admin().send(), 404);
}

#[test]
fn a_preview_tells_who_loses_what_and_changes_nothing() {
    let site = site();
    let binding = bind(&site, "g1", "Provisioner");
    make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view", "groups:view"] }));
    bind(&site, "g2", "Reader");
    let before = site.database.dump();
    let loss = |id: &str, permissions: &[&str]| {
        json!({
            "user": { "id": id, "email": format!("{id}@example.com") },
            "loses": [{ "permissions": permissions, "resourceGroup": "_all_resources", "scope": { "type": "account" } }],
        })
    };
    let all = ["users:view", "users:manage", "groups:view", "groups:manage"];
    let both =
        json!({ "items": [loss("u1", &all), loss("u2", &["users:manage", "groups:manage"])], "nextCursor": null });
    for removal in [json!({ "removeGroup": "g1" }), json!({ "removeBinding": binding["id"] })] {
        assert_eq!(losers(&site, "access/preview", &removal), both, "{removal}");
    }
    let member =
        |user: &str| losers(&site, "access/preview", &json!({ "removeMember": { "group": "g1", "user": user } }));
    assert_eq!(member("u1")["items"], json!([loss("u1", &all)]));
    assert_eq!(member("u3")["items"], json!([]));
    let nothing = losers(&site, "access/preview", &json!({ "removeGroup": "g2" }));
    assert_eq!(nothing["items"], json!([]), "the other group permits it too");
    let page = losers(&site, "access/preview?limit=1", &json!({ "removeGroup": "g1" }));
    assert_eq!((page["items"].as_array().unwrap().len(), &page["nextCursor"]), (1, &json!("u1")));
    let rest = losers(&site, "access/preview?limit=1&cursor=u1", &json!({ "removeGroup": "g1" }));
    assert_eq!(rest, json!({ "items": [both["items"][1]], "nextCursor": null }));
    assert_eq!(site.database.dump(), before);
}

#[test]
fn a_preview_is_of_one_removal() {
    let site = site();
    for (input, expected) in [
        (json!({}), [("/removeGroup", "one_of")].to_vec()),
        (json!({ "removeGroup": "g1", "removeBinding": "b1" }), [("/removeGroup", "one_of")].to_vec()),
        (
            json!({ "removeMember": { "group": "g1" }, "x": 1 }),
            [("/removeMember/user", "required"), ("/x", "unknown_field")].to_vec(),
        ),
    ] {
        let answer = call(&site, Post, "access/preview").admin().json(&input).send();
        problem(&answer, 422);
        let got = errors(&answer);
        assert_eq!(got.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect::<Vec<_>>(), expected, "{input}");
    }
    problem(&call(&site, Post, "access/preview").admin().json(&json!({ "removeBinding": "none" })).send(), 404);
}
