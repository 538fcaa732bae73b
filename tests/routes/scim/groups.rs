//! `/Groups` and `/Groups/{id}`.

use super::{Client, id, refused};
use crate::scene::body;
use postern::http::Method::{Delete, Get, Put};
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
