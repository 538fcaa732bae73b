//! Each request with the database failing at each of its calls: it is answered rightly or with 503, and nothing is half-done.

use super::{Client, person, refused};
use crate::support::database::Fault;
use postern::http::Answer;
use postern::http::Method::{Delete, Get, Post, Put};
use serde_json::json;

/// A request, its status when all is well, and its D1 calls.
type Case = (&'static str, fn(&Client, &str, &str) -> Answer, u16, usize);

const CASES: &[Case] = &[
    ("read a user", |client, user, _| client.call(Get, &format!("/Users/{user}")).send(), 200, 1),
    ("filter", |client, _, _| client.call(Get, "/Users?filter=externalId+eq+%22x%22").send(), 200, 1),
    ("list", |client, _, _| client.call(Get, "/Groups").send(), 200, 1),
    ("discovery", |client, _, _| client.call(Get, "/Schemas").send(), 200, 1),
    ("make a user", |client, _, _| client.send(Post, "/Users", &person("eve@example.com")), 201, 2),
    (
        "replace a user",
        |client, user, _| client.send(Put, &format!("/Users/{user}"), &json!({ "userName": "eve" })),
        200,
        2,
    ),
    (
        "deactivate",
        |client, user, _| {
            client.patch(&format!("/Users/{user}"), json!([{ "op": "replace", "value": { "active": false } }]))
        },
        200,
        2,
    ),
    ("remove a user", |client, user, _| client.call(Delete, &format!("/Users/{user}")).send(), 204, 2),
    (
        "make a group",
        |client, user, _| {
            client.send(Post, "/Groups", &json!({ "displayName": "New", "members": [{ "value": user }] }))
        },
        201,
        2,
    ),
    (
        "replace a group",
        |client, _, group| {
            client.send(Put, &format!("/Groups/{group}"), &json!({ "displayName": "New", "members": [] }))
        },
        200,
        2,
    ),
    (
        "add and remove members",
        |client, user, group| {
            client.patch(&format!("/Groups/{group}"), json!([
                { "op": "remove", "path": "members" }, { "op": "add", "path": "members", "value": [{ "value": user }] },
            ]))
        },
        204,
        2,
    ),
    ("remove a group", |client, _, group| client.call(Delete, &format!("/Groups/{group}")).send(), 204, 2),
];

/// All rows but those of the provisioning log, without ids and times that differ from one try to the next.
fn rows(client: &Client) -> Vec<String> {
    let rows = client.site.database.dump().into_iter();
    rows.filter(|row| !row.starts_with("provisioning_log")).collect()
}

#[test]
fn a_fault_at_any_call_leaves_all_or_nothing() {
    for (name, request, status, calls) in CASES {
        for number in 1..=*calls {
            for faults in [
                vec![(number, Fault::Before)],
                vec![(number, Fault::After)],
                vec![(number, Fault::Before), (number + 1, Fault::Before)],
                vec![(number, Fault::After), (number + 1, Fault::After)],
            ] {
                let client = Client::new();
                let user = client.user("ada@example.com");
                let group = client.group("Team", &[&user]);
                let before = rows(&client);
                client.site.database.watch(&[]);
                let fresh = request(&client, &user, &group);
                assert_eq!(
                    (fresh.status, client.site.database.batches()),
                    (*status, *calls),
                    "{name}: {}",
                    fresh.body_text()
                );
                let whole = rows(&client).len();

                let client = Client::new();
                let user = client.user("ada@example.com");
                let group = client.group("Team", &[&user]);
                let untouched = rows(&client);
                client.site.database.watch(&faults);
                let answer = request(&client, &user, &group);
                let left = rows(&client);
                let label = format!("{name} with {faults:?}");
                if answer.status == *status {
                    assert_eq!(left.len(), whole, "{label}");
                } else {
                    refused(&answer, 503, "");
                    assert!(answer.header("retry-after").is_some() && answer.fault.is_some(), "{label}");
                    let done = faults.len() == 2 && faults[0].1 == Fault::After && number == *calls && *calls == 2;
                    assert!(left == untouched || done, "{label}");
                }
                if number == 2 && faults.len() == 1 {
                    assert_eq!(answer.status, *status, "{label}: a commit survives one lost connection");
                }
                assert_eq!(untouched.len(), before.len());
            }
        }
    }
}

#[test]
fn a_request_that_failed_is_logged_as_that() {
    let client = Client::new();
    client.site.database.watch(&[(1, Fault::Before)]);
    refused(&client.call(Get, "/Users").send(), 503, "");
    let (outcome, status, detail) = client.logged();
    assert_eq!((outcome.as_str(), status.as_str()), ("failed", "503"));
    assert!(detail["error"]["detail"].as_str().unwrap().contains("try again"), "{detail}");
}
