//! People and programs with permissions, for tests of who may do what.

use crate::scene::{Request, Site, body};
use postern::http::{Answer, Method};
use serde_json::{Value, json};

/// Makes something in `acme` with the set-up token.
#[track_caller]
pub(crate) fn make(site: &Site, path: &str, input: Value) -> Value {
    make_in(site, "acme", path, input)
}

#[track_caller]
pub(crate) fn make_in(site: &Site, account: &str, path: &str, input: Value) -> Value {
    let answer = site.post(&format!("/api/v1/accounts/{account}/{path}")).admin().json(&input).send();
    assert_eq!(answer.status, 201, "{path} {input}: {}", answer.body_text());
    body(&answer)
}

/// A token of a new service account with these roles.
pub(crate) fn token_with(site: &Site, account: &str, roles: &[&str]) -> String {
    let name = format!("bot {}", site.database.count("records"));
    let owner = make_in(site, account, "service-accounts", json!({ "name": name, "roles": roles }));
    token_of(site, account, "serviceAccount", owner["id"].as_str().unwrap())
}

/// A token of a new API key of somebody.
pub(crate) fn token_of(site: &Site, account: &str, kind: &str, id: &str) -> String {
    let key = make_in(site, account, "api-keys", json!({ "name": "Key", "owner": { "type": kind, "id": id } }));
    let path = format!("api-keys/{}/tokens", key["id"].as_str().unwrap());
    make_in(site, account, &path, json!({ "name": "Token" }))["token"].as_str().unwrap().to_owned()
}

/// A group, with members.
pub(crate) fn group(site: &Site, account: &str, id: &str, members: &[&str]) {
    site.database.execute(&format!(
        "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version) \
         VALUES ('{account}', '{id}', 'Group {id}', 'group {id}', '{id}', 'native', 1, 1, 1)"
    ));
    for member in members {
        site.database.execute(&format!(
            "INSERT INTO group_members (account_id, group_id, user_id, added_at) VALUES ('{account}', '{id}', '{member}', 1)"
        ));
    }
}

/// A user who has never signed in.
pub(crate) fn user(site: &Site, account: &str, id: &str) {
    site.database.execute(&format!(
        "INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         VALUES ('{account}', '{id}', '{id}@example.com', '{id}@example.com', 1, 'admin', 1, 1, 1)"
    ));
}

/// Binds a group of `acme` to a role in all of the account.
pub(crate) fn bind(site: &Site, group: &str, role: &str) -> Value {
    make(site, "role-bindings", json!({ "principal": { "type": "group", "id": group }, "role": role }))
}

/// A browser that is signed in as Ada, with the id of her user.
pub(crate) fn signed_in(site: &Site) -> (String, String) {
    let cookie = site.signed_in();
    let who = body(&site.get("/whoami").cookie(&cookie).send());
    (cookie, who["user"]["id"].as_str().unwrap().to_owned())
}

/// A call below `/api/v1/accounts/acme`.
pub(crate) fn call<'s>(site: &'s Site, method: Method, path: &str) -> Request<'s> {
    site.call(method, &format!("/api/v1/accounts/acme/{path}"))
}

/// `(pointer, code)` of every field's error.
pub(crate) fn errors(answer: &Answer) -> Vec<(String, String)> {
    let problem = body(answer);
    let text = |error: &Value, member: &str| error[member].as_str().unwrap().to_owned();
    problem["errors"]
        .as_array()
        .unwrap_or_else(|| panic!("no errors: {problem}"))
        .iter()
        .map(|error| (text(error, "pointer"), text(error, "code")))
        .collect()
}
