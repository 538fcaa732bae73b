//! `/Users` and `/Users/{id}`.

use super::{BASE, Client, id, person, refused};
use crate::scene::body;
use postern::http::Method::{Delete, Get, Patch, Post, Put};
use serde_json::json;

#[test]
fn a_user_is_made_read_changed_and_removed() {
    let client = Client::new();
    let answer = client.send(Post, "/Users", &person("Ada@Example.com"));
    assert_eq!(answer.status, 201, "{}", answer.body_text());
    let user = body(&answer);
    let path = format!("/Users/{}", id(&user));
    let url = format!("https://sp.example{BASE}{path}");
    assert_eq!(answer.header("location"), Some(url.as_str()));
    assert_eq!(answer.header("etag"), Some("W/\"1\""));
    assert_eq!(user["meta"]["location"], url);
    assert_eq!(user["userName"], "Ada@Example.com");
    let shown = client.call(Get, &path).send();
    assert_eq!((shown.header("etag"), body(&shown)), (Some("W/\"1\""), user.clone()));
    let unchanged = client.call(Get, &path).header("if-none-match", "W/\"1\"").send();
    assert_eq!((unchanged.status, unchanged.body_text()), (304, ""));
    let mut input = person("ada@example.com");
    input["name"]["givenName"] = json!("Augusta");
    let replaced = client.send(Put, &path, &input);
    assert_eq!(replaced.status, 200, "{}", replaced.body_text());
    assert_eq!(body(&replaced)["name"]["givenName"], "Augusta");
    assert_eq!(replaced.header("etag"), Some("W/\"2\""));
    let patched = client.patch(&path, json!([{ "op": "replace", "path": "displayName", "value": "Countess" }]));
    assert_eq!(patched.status, 200, "{}", patched.body_text());
    assert_eq!(body(&patched)["displayName"], "Countess");
    let columns =
        "SELECT email, given_name, family_name, display_name, active, managed_by, version, user_name FROM users";
    assert_eq!(
        client.site.database.select(columns),
        ["ada@example.com|Augusta|Lovelace|Countess|1|scim|3|ada@example.com"]
    );
    assert_eq!(client.call(Delete, &path).send().status, 204);
    refused(&client.call(Get, &path).send(), 404, "");
    refused(&client.call(Delete, &path).send(), 404, "");
    assert_eq!(client.site.database.count("tombstones"), 1);
    let again = client.make("/Users", &person("ada@example.com"));
    assert_ne!(id(&again), id(&user));
    assert_eq!(client.site.database.count("tombstones"), 0);
    assert_eq!(
        client
            .site
            .database
            .select("SELECT method, path, status, outcome, resource IS NULL FROM provisioning_log ORDER BY id"),
        [
            "POST|/Users|201|done|0".to_owned(),
            format!("PUT|{path}|200|done|0"),
            format!("PATCH|{path}|200|done|0"),
            format!("DELETE|{path}|204|done|0"),
            format!("GET|{path}|404|refused|1"),
            format!("DELETE|{path}|404|refused|1"),
            "POST|/Users|201|done|0".to_owned(),
        ]
        .map(|row| row)
    );
    let _ = Patch;
}
