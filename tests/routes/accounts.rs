//! `/api/v1/accounts`, and what holds for all of the admin API.

use crate::scene::{Site, TOKEN, body, members, problem};
use postern::http::Method;
use postern::journey::{Needs, ROUTES};
use serde_json::json;

#[test]
fn every_route_of_the_admin_api_wants_the_setup_token() {
    let mut site = Site::with_provider();
    site.database.watch(&[]);
    let wrong = TOKEN.to_uppercase();
    let headers = [
        "",
        "Bearer",
        "Bearer ",
        &format!("Bearer {wrong}"),
        &format!("Basic {TOKEN}"),
        TOKEN,
        &format!("Bearer {TOKEN}x"),
    ];
    for (method, path, _, _) in ROUTES.iter().filter(|route| route.3 != Needs::Nothing) {
        let path = path.replace("{account}", "acme").replace("{id}", "x");
        for header in headers {
            let answer = site.call(*method, &path).header("authorization", header).send();
            problem(&answer, 401);
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"postern\""), "{path}");
        }
        problem(&site.call(*method, &path).send(), 401);
    }
    assert_eq!(site.database.batches(), 0, "nothing is looked up for who may not know");
    assert_eq!(site.get("/api/v1/accounts").header("authorization", &format!("bearer {TOKEN}")).send().status, 200);
    site.deployment.setup_token = None;
    problem(&site.get("/api/v1/accounts").admin().send(), 401);
}

#[test]
fn an_account_is_created_read_and_listed() {
    let site = Site::new();
    let answer = site.post("/api/v1/accounts").admin().json(&json!({ "id": "acme", "name": " Acme Inc. " })).send();
    assert_eq!((answer.status, answer.header("etag")), (201, Some("\"1\"")));
    assert_eq!(answer.header("location"), Some("/api/v1/accounts/acme"));
    let account = json!({
        "id": "acme", "name": "Acme Inc.", "createdAt": "2026-11-22T06:00:00.000Z", "adoptJitUsers": false, "version": 1,
    });
    assert_eq!(body(&answer), account);
    let read = site.get("/api/v1/accounts/acme").admin().send();
    assert_eq!((read.status, read.header("etag"), body(&read)), (200, Some("\"1\""), account.clone()));
    let list = body(&site.get("/api/v1/accounts").admin().send());
    assert_eq!(list, json!({ "items": [account], "nextCursor": null }));
    problem(&site.get("/api/v1/accounts/other").admin().send(), 404);
    assert_eq!(
        site.database.select("SELECT actor, action, resource, version FROM changes WHERE action <> 'setup-token.used'"),
        ["setup-token|account.created|account/acme|1"]
    );
}

#[test]
fn an_account_without_an_id_gets_one() {
    let site = Site::new();
    let create = || body(&site.post("/api/v1/accounts").admin().json(&json!({ "name": "Acme" })).send())["id"].clone();
    let (one, other) = (create(), create());
    assert_ne!(one, other);
    assert!(postern::id::is_account_id(one.as_str().unwrap()), "{one}");
}

#[test]
fn an_account_id_is_given_once() {
    let site = Site::with_provider();
    let before = site.database.dump();
    problem(&site.post("/api/v1/accounts").admin().json(&json!({ "id": "acme", "name": "Other" })).send(), 409);
    assert_eq!(site.database.dump(), before);
}

#[test]
fn every_field_is_told_what_is_wrong_with_it() {
    let site = Site::new();
    for (input, expected) in [
        (json!({}), vec![("/name", "required")]),
        (json!({ "id": null, "name": " " }), vec![("/name", "required")]),
        (json!({ "id": "a b", "name": "x", "a/b~c": 1 }), vec![("/id", "malformed"), ("/a~1b~0c", "unknown_field")]),
        (json!({ "id": 7, "name": ["x"] }), vec![("/id", "wrong_type"), ("/name", "wrong_type")]),
        (json!({ "id": "x".repeat(65), "name": "x".repeat(101) }), vec![("/id", "too_long"), ("/name", "too_long")]),
        (json!({ "id": "acme", "name": "a\nb" }), vec![("/name", "control_character")]),
    ] {
        let problem = problem(&site.post("/api/v1/accounts").admin().json(&input).send(), 422);
        let errors: Vec<_> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(errors, expected, "{input}");
        assert!(
            problem["errors"].as_array().unwrap().iter().all(|error| members(error) == ["code", "message", "pointer"])
        );
    }
    assert_eq!(site.database.count("accounts"), 0);
}

#[test]
fn a_body_that_is_no_json_object_is_a_problem() {
    let site = Site::new();
    let post = || site.post("/api/v1/accounts").admin();
    problem(&post().too_large().send(), 413);
    problem(&post().body("text/plain", "{}").send(), 415);
    problem(&post().send(), 415);
    for text in ["", "[]", "null", "7", "{", "{}x", "{\"id\":\"a\",}", "\u{feff}{}"] {
        problem(&post().body("application/json", text).send(), 400);
    }
    problem(&post().body("application/json; charset=utf-8", "{}").send(), 422);
    problem(&post().body("application/merge-patch+json", "{}").send(), 422);
    problem(&post().body("application/json", vec![0xff]).send(), 400);
}

#[test]
fn lists_have_pages() {
    let site = Site::new();
    for id in ["a", "b", "c"] {
        site.create_account(id);
    }
    let page = |query: &str| body(&site.get(&format!("/api/v1/accounts{query}")).admin().send());
    let ids = |page: &serde_json::Value| {
        page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let first = page("?limit=2");
    assert_eq!((ids(&first), &first["nextCursor"]), (vec!["a".into(), "b".into()], &json!("b")));
    let second = page("?limit=2&cursor=b");
    assert_eq!((ids(&second), &second["nextCursor"]), (vec!["c".into()], &json!(null)));
    assert_eq!(page("?limit=3")["nextCursor"], json!(null), "a full last page is the last");
    for query in [
        "?limit=0",
        "?limit=201",
        "?limit=x",
        "?limit=",
        "?limit=-1",
        "?limit=1.5",
        "?cursor=a%20b",
        "?cursor=%C3%A4",
        &format!("?cursor={}", "x".repeat(65)),
    ] {
        problem(&site.call(Method::Get, &format!("/api/v1/accounts{query}")).admin().send(), 400);
    }
}

#[test]
fn an_account_is_changed_by_who_has_read_it() {
    let site = Site::new();
    site.create_account("acme");
    let patch = |version: &str, patch: &serde_json::Value| {
        let call = site.call(postern::http::Method::Patch, "/api/v1/accounts/acme").admin();
        call.header("if-match", version).json(patch).send()
    };
    let changed = patch("\"1\"", &json!({ "name": "Acme Ltd.", "adoptJitUsers": true }));
    assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{}", changed.body_text());
    assert_eq!((&body(&changed)["name"], &body(&changed)["adoptJitUsers"]), (&json!("Acme Ltd."), &json!(true)));
    problem(&patch("\"1\"", &json!({ "name": "Other" })), 412);
    problem(&patch("\"2\"", &json!({ "name": null })), 422);
    problem(&patch("\"2\"", &json!({ "adoptJitUsers": "yes" })), 422);
    site.database.interrupt(
        2,
        "INSERT INTO changes VALUES ('acme', 'c1', 1, 'x', 'account.updated', 'account/acme', 3, NULL, NULL)",
    );
    problem(&patch("\"2\"", &json!({ "name": "Other" })), 412);
    let read = body(&site.get("/api/v1/accounts/acme").admin().send());
    assert_eq!((&read["name"], &read["version"]), (&json!("Acme Ltd."), &json!(2)));
}
