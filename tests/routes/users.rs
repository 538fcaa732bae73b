//! `/api/v1/accounts/{account}/users`

use crate::scene::{Site, body, members, problem};
use serde_json::json;

const USERS: &str = "/api/v1/accounts/acme/users";

#[test]
fn users_are_listed_and_read() {
    let site = Site::with_provider();
    site.signed_in();
    let list = body(&site.get(USERS).admin().send());
    assert_eq!(members(&list), ["items", "nextCursor"]);
    let user = &list["items"][0];
    assert_eq!(
        members(user),
        [
            "active",
            "createdAt",
            "displayName",
            "email",
            "familyName",
            "givenName",
            "groups",
            "id",
            "lastSignInAt",
            "managedBy",
            "updatedAt",
            "version",
        ]
    );
    assert_eq!(
        (&user["email"], &user["managedBy"], &user["groups"]),
        (&json!("ada@example.com"), &json!("jit"), &json!([]))
    );
    assert_eq!((&user["lastSignInAt"], &user["version"]), (&json!("2026-11-22T06:00:00.000Z"), &json!(1)));
    let read = site.get(&format!("{USERS}/{}", user["id"].as_str().unwrap())).admin().send();
    assert_eq!((read.status, read.header("etag"), &body(&read)), (200, Some("\"1\""), user));
    problem(&site.get(&format!("{USERS}/none")).admin().send(), 404);
    problem(&site.get("/api/v1/accounts/nobody/users").admin().send(), 404);
}

#[test]
fn users_are_found_by_email_whatever_its_case() {
    let site = Site::with_provider();
    site.signed_in();
    let found = |email: &str| {
        body(&site.get(&format!("{USERS}?email={email}")).admin().send())["items"].as_array().unwrap().len()
    };
    assert_eq!((found("ADA%40Example.com"), found("eve%40example.com"), found("")), (1, 0, 1));
    problem(&site.get(&format!("{USERS}?email=ada")).admin().send(), 400);
    problem(&site.get(&format!("{USERS}?limit=500")).admin().send(), 400);
}

#[test]
fn users_of_another_account_are_not_seen() {
    let site = Site::with_provider();
    site.signed_in();
    site.create_account("other");
    let id = site.database.select("SELECT id FROM users")[0].clone();
    problem(&site.get(&format!("/api/v1/accounts/other/users/{id}")).admin().send(), 404);
    assert_eq!(body(&site.get("/api/v1/accounts/other/users").admin().send())["items"], json!([]));
}
