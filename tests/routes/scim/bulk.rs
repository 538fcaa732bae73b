//! `/Bulk`, and what the log says of it.

use super::{Client, person, refused};
use crate::scene::body;
use postern::http::Method::{Get, Post};
use serde_json::{Value, json};

fn bulk(client: &Client, operations: Value) -> Value {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
    let answer =
        client.send(Post, "/Bulk", &json!({ "schemas": schemas, "failOnErrors": 2, "Operations": operations }));
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    body(&answer)["Operations"].clone()
}

fn statuses(results: &Value) -> Vec<&str> {
    results.as_array().unwrap().iter().map(|result| result["status"].as_str().unwrap()).collect()
}

#[test]
fn what_is_referred_to_is_made_first() {
    let client = Client::new();
    let results = bulk(
        &client,
        json!([
            { "method": "POST", "path": "/Groups", "bulkId": "g", "data": { "displayName": "Team", "members": [{ "value": "bulkId:u" }] } },
            { "method": "POST", "path": "/Users", "bulkId": "u", "data": person("ada@example.com") },
            { "method": "PATCH", "path": "/Users/bulkId:u", "data": { "Operations": [{ "op": "add", "path": "title", "value": "X" }] } },
        ]),
    );
    assert_eq!(statuses(&results), ["201", "201", "200"], "{results}");
    let location = results[0]["location"].as_str().unwrap();
    let group = location.rsplit_once('/').unwrap().1;
    let user = results[1]["location"].as_str().unwrap().rsplit_once('/').unwrap().1;
    assert_eq!(client.members(group), [user]);
    assert_eq!(client.get(&format!("/Users/{user}"))["title"], "X");
    assert_eq!(
        client.site.database.select("SELECT DISTINCT path LIKE '/Bulk/%' FROM provisioning_log WHERE outcome = 'done'"),
        ["1"]
    );
}

#[test]
fn it_ends_after_as_many_errors_as_it_says() {
    let client = Client::new();
    let delete = |id: &str| json!({ "method": "DELETE", "path": format!("/Users/{id}") });
    let make = json!({ "method": "POST", "path": "/Users", "bulkId": "u", "data": person("ada@example.com") });
    let results = bulk(&client, json!([delete("x"), make, delete("y"), delete("z")]));
    assert_eq!(statuses(&results), ["404", "201", "404"]);
    assert_eq!(results[0]["response"]["status"], "404");
    let many: Vec<Value> = (0..1001).map(|n| delete(&n.to_string())).collect();
    let answer = client.send(Post, "/Bulk", &json!({ "Operations": many }));
    refused(&answer, 413, "");
}

#[test]
fn the_log_is_paged_and_says_nothing_personal() {
    let client = Client::new();
    client.user("ada@example.com");
    refused(&client.send(Post, "/Users", &person("ADA@example.com")), 409, "uniqueness");
    refused(&client.call(Get, "/Users?filter=userNam+eq+%22ada%40example.com%22").send(), 400, "invalidFilter");
    let page = |query: &str| {
        let answer = client.site.get(&format!("/api/v1/accounts/acme/provisioning-log{query}")).admin().send();
        assert_eq!(answer.status, 200, "{}", answer.body_text());
        body(&answer)
    };
    let first = page("?limit=2");
    let shown: Vec<_> =
        first["items"].as_array().unwrap().iter().map(|item| (&item["path"], &item["outcome"])).collect();
    assert_eq!(
        shown,
        [(&json!("/Users?filter=userNam eq …"), &json!("refused")), (&json!("/Users"), &json!("refused"))]
    );
    let rest = page(&format!("?cursor={}", first["nextCursor"].as_str().unwrap()));
    assert_eq!((rest["items"][0]["outcome"].clone(), rest["nextCursor"].clone()), (json!("done"), Value::Null));
    let all = client.site.database.select("SELECT * FROM provisioning_log").join("");
    assert!(!all.contains("example.com") && !all.contains("Lovelace"), "{all}");
    assert_eq!(client.site.get("/api/v1/accounts/nobody/provisioning-log").admin().send().status, 404);
}
