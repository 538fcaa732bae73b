//! Many requests in one.

use crate::error;
use postern::http::Method;
use postern::scim::bulk::{BulkAnswer, BulkResult};
use postern::scim::{Bulk, ScimError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn post(path: &str, bulk_id: &str, data: Value) -> Value {
    json!({"method": "POST", "path": path, "bulkId": bulk_id, "data": data})
}

fn group(bulk_id: &str, member: &str) -> Value {
    post("/Groups", bulk_id, json!({"displayName": bulk_id, "members": [{"value": format!("bulkId:{member}")}]}))
}

fn bulk(operations: Value) -> Bulk {
    Bulk::parse(&json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}))
        .unwrap()
}

fn made(ids: &[(&str, &str)]) -> BTreeMap<String, String> {
    ids.iter().map(|(bulk_id, id)| ((*bulk_id).to_owned(), (*id).to_owned())).collect()
}

#[test]
fn what_is_named_is_made_first() {
    let user = |id| post("/Users", id, json!({"userName": id}));
    for (operations, order, circular) in [
        (json!([user("a"), user("b")]), vec![0, 1], vec![]),
        (json!([group("g", "a"), user("a")]), vec![1, 0], vec![]),
        (json!([group("h", "g"), group("g", "a"), user("b"), user("a")]), vec![2, 3, 1, 0], vec![]),
        (json!([{"method": "DELETE", "path": "/Users/bulkId:a"}, user("a")]), vec![1, 0], vec![]),
        (json!([group("g", "unknown")]), vec![0], vec![]),
        (json!([group("g", "g"), user("a")]), vec![1], vec![0]),
        (json!([group("g", "h"), group("h", "g"), group("i", "h"), user("a")]), vec![3], vec![0, 1, 2]),
    ] {
        let bulk = bulk(operations.clone());
        assert_eq!((bulk.order, bulk.circular), (order, circular), "{operations}");
    }
}

#[test]
fn a_circle_of_1000_is_found() {
    let operations: Vec<Value> = (0..1000).map(|n| group(&n.to_string(), &((n + 1) % 1000).to_string())).collect();
    let bulk = bulk(json!(operations));
    assert_eq!((bulk.order.len(), bulk.circular.len()), (0, 1000));
    let circular = ScimError::CircularReference { bulk_id: String::from("0") };
    assert_eq!((circular.status(), circular.scim_type()), (409, Some("invalidValue")));
}

#[test]
fn references_become_ids() {
    let bulk = bulk(json!([
        {"method": "patch", "path": "/Groups/bulkId:g", "version": "W/\"3\"", "data": {"Operations": [
            {"op": "add", "path": "members", "value": [{"value": "bulkId:a", "$ref": "../Users/bulkId:a", "display": "not bulkId:a"}]},
            {"op": "remove", "path": "members[value eq \"bulkId:a\" or value eq \"bulkId:b\"]"},
        ]}},
        {"method": "DELETE", "path": "/Users/123", "data": {"ignored": true}},
        {"method": "POST", "path": "/Users", "data": {"userName": "bulkId:"}},
    ]));
    let ids = made(&[("g", "G"), ("a", "A"), ("b", "B")]);
    let patch = &bulk.operations[0];
    assert_eq!((patch.method, patch.version.as_deref()), (Method::Patch, Some("W/\"3\"")));
    assert_eq!(
        patch.resolved(&ids).unwrap(),
        (
            String::from("/Groups/G"),
            Some(json!({"Operations": [
                {"op": "add", "path": "members", "value": [{"value": "A", "$ref": "../Users/A", "display": "not bulkId:a"}]},
                {"op": "remove", "path": "members[value eq \"A\" or value eq \"B\"]"},
            ]})),
        )
    );
    assert_eq!(bulk.operations[1].resolved(&ids).unwrap(), (String::from("/Users/123"), None));
    assert_eq!(bulk.operations[2].resolved(&ids).unwrap().1, Some(json!({"userName": "bulkId:"})));
    let unmade = patch.resolved(&made(&[("g", "G")])).unwrap_err();
    assert_eq!(error(&unmade), json!({"error": ["invalidValue", "bad_value"]}));
}

#[test]
fn a_request_that_cannot_be_understood_is_refused_whole() {
    let one = |operation: Value| json!({"Operations": [operation]});
    for (body, scim_type) in [
        (json!([]), "invalidSyntax"),
        (json!({}), "invalidSyntax"),
        (json!({"Operations": []}), "invalidSyntax"),
        (json!({"Operations": {}}), "invalidSyntax"),
        (one(json!(1)), "invalidSyntax"),
        (one(json!({"path": "/Users", "data": {}})), "invalidSyntax"),
        (one(json!({"method": "GET", "path": "/Users"})), "invalidSyntax"),
        (json!({"Operations": [post("/Users", "a", json!({})), post("/Groups", "a", json!({}))]}), "invalidSyntax"),
        (json!({"failOnErrors": 0, "Operations": [post("/Users", "a", json!({}))]}), "invalidValue"),
        (json!({"failOnErrors": "1", "Operations": [post("/Users", "a", json!({}))]}), "invalidValue"),
    ] {
        assert_eq!(Bulk::parse(&body).unwrap_err().scim_type(), Some(scim_type), "{body}");
    }
}

#[test]
fn one_that_cannot_be_read_fails_alone() {
    for operation in [
        json!({"method": "POST", "data": {}}),
        json!({"method": "POST", "path": 1, "data": {}}),
        json!({"method": "POST", "path": "/Users"}),
        json!({"method": "POST", "path": "/Users", "data": null}),
        json!({"method": "POST", "path": "/Users", "bulkId": 1, "data": {}}),
        json!({"method": "PATCH", "path": "/Users/1"}),
        json!({"method": "DELETE", "path": "/Users/1", "version": 3}),
    ] {
        let bulk = bulk(json!([operation, post("/Users", "a", json!({}))]));
        let error = bulk.operations[0].resolved(&made(&[])).unwrap_err();
        assert_eq!((error.status(), error.scim_type()), (400, Some("invalidSyntax")), "{operation}");
        assert!(bulk.operations[1].resolved(&made(&[])).is_ok(), "{operation}");
        assert_eq!(bulk.order, [0, 1], "{operation}");
    }
}

#[test]
fn a_request_of_1001_is_too_large() {
    let body = |count: usize| json!({"failOnErrors": 1, "Operations": vec![json!({"method": "DELETE", "path": "/Users/1"}); count]});
    assert_eq!(Bulk::parse(&body(1000)).unwrap().fail_on_errors, Some(1));
    assert_eq!(Bulk::parse(&body(1001)).unwrap_err().status(), 413);
}

#[test]
fn one_that_names_no_resource_fails_alone() {
    for (method, path, status) in [
        ("POST", "/Users/1", 405),
        ("PUT", "/Users", 405),
        ("DELETE", "/Users/", 405),
        ("DELETE", "/Devices/1", 404),
        ("DELETE", "/users/1", 404),
        ("DELETE", "", 404),
        ("DELETE", "/Users/1/2", 404),
        ("DELETE", "/Users/1?x", 404),
        ("POST", "/Bulk", 404),
    ] {
        let bulk = bulk(json!([{"method": method, "path": path, "data": {}}]));
        assert_eq!(bulk.operations[0].resolved(&made(&[])).unwrap_err().status(), status, "{method} {path}");
    }
}

#[test]
fn an_answer_has_what_there_is_to_say_of_each() {
    let done = BulkResult {
        method: "POST",
        bulk_id: Some(String::from("a")),
        version: Some(String::from("W/\"1\"")),
        location: Some(String::from("https://x/Users/1")),
        status: String::from("201"),
        response: None,
    };
    let refusal = ScimError::Required { attribute: String::from("userName") };
    let failed = BulkResult {
        version: None,
        location: None,
        status: refusal.status().to_string(),
        response: Some(refusal.body()),
        ..done.clone()
    };
    let answer = serde_json::to_value(BulkAnswer::of(vec![done, failed])).unwrap();
    assert_eq!(answer["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    assert_eq!(
        answer["Operations"][0],
        json!({"method": "POST", "bulkId": "a", "version": "W/\"1\"", "location": "https://x/Users/1", "status": "201"})
    );
    assert_eq!(answer["Operations"][1]["response"]["status"], json!("400"));
    assert_eq!(answer["Operations"][1].get("location"), None);
}
