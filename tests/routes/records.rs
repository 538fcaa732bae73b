//! Roles, resource groups, role bindings, organizations, projects, service accounts, API keys and their tokens.

use crate::permitted::{call, errors, group, make, make_in, user};
use crate::scene::{Site, body, problem};
use postern::http::Method::{Delete, Get, Patch, Post};
use postern::time::Duration;
use serde_json::{Value, json};

/// Each kind, with what makes one.
fn kinds(site: &Site) -> Vec<(&'static str, &'static str, Value)> {
    group(site, "acme", "g1", &[]);
    user(site, "acme", "u1");
    let organization = make(site, "organizations", json!({ "name": "First" }));
    vec![
        ("roles", "role", json!({ "name": "Reader", "permissions": ["users:view"] })),
        (
            "resource-groups",
            "resource-group",
            json!({ "name": "Some", "resources": [{ "type": "group", "id": "g1" }] }),
        ),
        ("role-bindings", "role-binding", json!({ "principal": { "type": "group", "id": "g1" }, "role": "App User" })),
        ("organizations", "organization", json!({ "name": "Research" })),
        ("projects", "project", json!({ "name": "Rocket", "organization": organization["id"] })),
        ("service-accounts", "service-account", json!({ "name": "Bot" })),
        ("api-keys", "api-key", json!({ "name": "Key", "owner": { "type": "user", "id": "u1" } })),
    ]
}

fn site() -> Site {
    let site = Site::new();
    site.create_account("acme");
    site.create_account("other");
    site
}

#[test]
fn each_kind_is_made_read_listed_changed_and_deleted() {
    let site = site();
    for (path, noun, input) in kinds(&site) {
        let answer = call(&site, Post, path).admin().json(&input).send();
        assert_eq!((answer.status, answer.header("etag")), (201, Some("\"1\"")), "{path}: {}", answer.body_text());
        let made = body(&answer);
        let id = made["id"].as_str().unwrap();
        let one = format!("{path}/{id}");
        assert_eq!(answer.header("location"), Some(format!("/api/v1/accounts/acme/{one}").as_str()));
        for (field, value) in input.as_object().unwrap() {
            if field != "role" {
                assert_eq!(&made[field], value, "{path} {field}");
            }
        }
        let read = call(&site, Get, &one).admin().send();
        assert_eq!((read.status, read.header("etag"), body(&read)), (200, Some("\"1\""), made.clone()), "{path}");
        let list = body(&call(&site, Get, path).admin().send());
        assert!(list["items"].as_array().unwrap().contains(&made), "{path}");

        site.wait(Duration(5));
        let patch =
            if path == "role-bindings" { json!({ "role": "_provisioner" }) } else { json!({ "name": "Changed" }) };
        let change = |version: &str| call(&site, Patch, &one).admin().header("if-match", version).json(&patch).send();
        problem(&call(&site, Patch, &one).admin().json(&patch).send(), 428);
        problem(&change("\"2\""), 412);
        let changed = change("\"1\"");
        assert_eq!((changed.status, changed.header("etag")), (200, Some("\"2\"")), "{path}: {}", changed.body_text());
        for (field, value) in patch.as_object().unwrap() {
            assert_eq!(&body(&changed)[field], value, "{path}");
        }
        assert_ne!(body(&changed)["updatedAt"], made["updatedAt"]);
        problem(&change("\"1\""), 412);

        let delete = |version: &str| call(&site, Delete, &one).admin().header("if-match", version).send();
        problem(&call(&site, Delete, &one).admin().send(), 428);
        problem(&delete("\"1\""), 412);
        assert_eq!(delete("\"2\"").status, 204);
        problem(&delete("\"2\""), 404);
        problem(&call(&site, Get, &one).admin().send(), 404);
        let log = format!("SELECT actor, action, version FROM changes WHERE resource = '{noun}/{id}' ORDER BY version");
        let expected = ["created|1", "updated|2", "deleted|3"].map(|did| format!("setup-token|{noun}.{did}"));
        assert_eq!(site.database.select(&log), expected);
    }
}

#[test]
fn what_is_of_another_account_or_kind_is_not_there() {
    let site = site();
    for (path, _, input) in kinds(&site) {
        let id = make(&site, path, input)["id"].as_str().unwrap().to_owned();
        problem(&site.get(&format!("/api/v1/accounts/other/{path}/{id}")).admin().send(), 404);
        let elsewhere = if path == "roles" { "projects" } else { "roles" };
        problem(&call(&site, Get, &format!("{elsewhere}/{id}")).admin().send(), 404);
        problem(&call(&site, Delete, &format!("{elsewhere}/{id}")).admin().header("if-match", "\"1\"").send(), 404);
        problem(&site.get(&format!("/api/v1/accounts/nobody/{path}")).admin().send(), 404);
    }
    problem(
        &site.post("/api/v1/accounts/nobody/roles").admin().json(&json!({ "name": "R", "permissions": [] })).send(),
        404,
    );
}

#[test]
fn built_in_roles_and_resources_are_there_and_stay() {
    let site = site();
    let list = body(&call(&site, Get, "roles").admin().send());
    let names: Vec<_> = list["items"].as_array().unwrap().iter().map(|role| role["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Account Admin", "Account Viewer", "App User", "Provisioner"]);
    let read = body(&call(&site, Get, "roles/_provisioner").admin().send());
    assert_eq!(read["permissions"], json!(["users:view", "users:manage", "groups:view", "groups:manage"]));
    assert_eq!(body(&call(&site, Get, "resource-groups").admin().send())["items"][0]["name"], "All Resources");
    for (method, path) in
        [(Patch, "roles/_account_admin"), (Delete, "roles/_account_admin"), (Delete, "resource-groups/_all_resources")]
    {
        problem(&call(&site, method, path).admin().header("if-match", "\"1\"").json(&json!({})).send(), 409);
    }
    make(&site, "roles", json!({ "name": "Zeta", "permissions": [] }));
    let first = body(&call(&site, Get, "roles?limit=1").admin().send());
    assert_eq!((first["items"].as_array().unwrap().len(), &first["nextCursor"]), (5, &json!(null)));
}

#[test]
fn every_field_is_told_what_is_wrong_with_it() {
    let site = site();
    kinds(&site);
    let long = "x".repeat(1000);
    let group = json!({ "type": "group", "id": "g1" });
    for (path, input, expected) in [
        ("roles", json!({}), vec![("/name", "required"), ("/permissions", "required")]),
        (
            "roles",
            json!({ "name": long, "permissions": ["users:view", "users:fly"], "more": 1 }),
            vec![("/name", "too_long"), ("/permissions/1", "unknown_value"), ("/more", "unknown_field")],
        ),
        (
            "roles",
            json!({ "name": "a\u{7}b", "permissions": "users:view" }),
            vec![("/name", "control_character"), ("/permissions", "wrong_type")],
        ),
        ("roles", json!({ "name": "account admin", "permissions": [] }), vec![("/name", "taken")]),
        ("resource-groups", json!({ "name": "all RESOURCES", "resources": [] }), vec![("/name", "taken")]),
        (
            "resource-groups",
            json!({ "name": "R", "resources": [{ "type": "planet", "id": "x" }, { "id": 1 }, 7] }),
            vec![
                ("/resources/0/type", "unknown_value"),
                ("/resources/1/id", "wrong_type"),
                ("/resources/1/type", "required"),
                ("/resources/2", "wrong_type"),
            ],
        ),
        (
            "resource-groups",
            json!({ "name": "R", "resources": [{ "type": "provider", "id": "g1" }, { "type": "group", "id": "g1" }, { "type": "application", "id": "g1" }] }),
            vec![("/resources/0/id", "not_found"), ("/resources/2/id", "not_found")],
        ),
        ("role-bindings", json!({}), vec![("/principal", "required"), ("/role", "required")]),
        (
            "role-bindings",
            json!({ "principal": { "type": "user", "id": "u1" }, "role": "nothing", "resourceGroup": "none", "scope": { "type": "project", "id": "p9" } }),
            vec![
                ("/principal/type", "unknown_value"),
                ("/role", "not_found"),
                ("/resourceGroup", "not_found"),
                ("/scope/id", "not_found"),
            ],
        ),
        (
            "role-bindings",
            json!({ "principal": { "type": "serviceAccount", "id": "g1" }, "role": "App User", "scope": { "type": "account", "id": "x" } }),
            vec![("/scope/id", "unknown_field"), ("/principal/id", "not_found")],
        ),
        (
            "role-bindings",
            json!({ "principal": group, "role": "App User", "scope": { "type": "organization" } }),
            vec![("/scope/id", "required")],
        ),
        ("organizations", json!({ "name": null }), vec![("/name", "required")]),
        ("projects", json!({ "name": "P" }), vec![("/organization", "required")]),
        ("projects", json!({ "name": "P", "organization": "g1" }), vec![("/organization", "not_found")]),
        ("service-accounts", json!({ "name": "B", "roles": ["App User", "none"] }), vec![("/roles/1", "not_found")]),
        ("api-keys", json!({ "name": "K" }), vec![("/owner", "required")]),
        (
            "api-keys",
            json!({ "name": "K", "owner": { "type": "group", "id": "g1" } }),
            vec![("/owner/type", "unknown_value")],
        ),
        ("api-keys", json!({ "name": "K", "owner": { "type": "user", "id": "u9" } }), vec![("/owner/id", "not_found")]),
    ] {
        let before = site.database.dump();
        let answer = call(&site, Post, path).admin().json(&input).send();
        problem(&answer, 422);
        let mut got = errors(&answer);
        let mut expected: Vec<_> = expected.into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect();
        got.sort();
        expected.sort();
        assert_eq!(got, expected, "{path} {input}");
        assert_eq!(site.database.dump(), before, "nothing was changed");
    }
}

#[test]
fn a_name_is_taken_once_in_its_kind() {
    let site = site();
    make(&site, "roles", json!({ "name": "Reader", "permissions": [] }));
    let again = call(&site, Post, "roles").admin().json(&json!({ "name": "READER", "permissions": [] })).send();
    problem(&again, 409);
    assert_eq!(errors(&again), [("/name".to_owned(), "taken".to_owned())]);
    make(&site, "organizations", json!({ "name": "Reader" }));
    make_in(&site, "other", "roles", json!({ "name": "Reader", "permissions": [] }));
    let [one, two] = ["One", "Two"].map(|name| make(&site, "organizations", json!({ "name": name }))["id"].clone());
    for organization in [&one, &two] {
        make(&site, "projects", json!({ "name": "Same", "organization": organization }));
    }
    problem(&call(&site, Post, "projects").admin().json(&json!({ "name": "same", "organization": one })).send(), 409);
}

#[test]
fn a_binding_is_made_once_and_knows_a_role_by_name() {
    let site = site();
    group(&site, "acme", "g1", &[]);
    let role = make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let binding = |role: &Value| {
        call(&site, Post, "role-bindings")
            .admin()
            .json(&json!({ "principal": { "type": "group", "id": "g1" }, "role": role }))
            .send()
    };
    let made = binding(&json!("reader"));
    assert_eq!((made.status, &body(&made)["role"]), (201, &role["id"]));
    assert_eq!(body(&made)["resourceGroup"], "_all_resources");
    assert_eq!(body(&made)["scope"], json!({ "type": "account" }));
    problem(&binding(&role["id"]), 409);
}

#[test]
fn what_is_still_used_is_not_deleted_and_the_answer_says_by_what() {
    let site = site();
    group(&site, "acme", "g1", &[]);
    let role = make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let resources = make(&site, "resource-groups", json!({ "name": "None", "resources": [] }));
    let organization = make(&site, "organizations", json!({ "name": "Research" }));
    let project = make(&site, "projects", json!({ "name": "Rocket", "organization": organization["id"] }));
    let binding = make(
        &site,
        "role-bindings",
        json!({
            "principal": { "type": "group", "id": "g1" }, "role": role["id"], "resourceGroup": resources["id"],
            "scope": { "type": "project", "id": project["id"] },
        }),
    );
    let delete = |path: &str, item: &Value| {
        let path = format!("{path}/{}", item["id"].as_str().unwrap());
        call(&site, Delete, &path).admin().header("if-match", "\"1\"").send()
    };
    for (path, item, user) in [
        ("roles", &role, &binding["id"]),
        ("resource-groups", &resources, &binding["id"]),
        ("projects", &project, &binding["id"]),
        ("organizations", &organization, &project["name"]),
    ] {
        let detail = problem(&delete(path, item), 409)["detail"].clone();
        assert!(detail.as_str().unwrap().contains(user.as_str().unwrap()), "{path}: {detail}");
    }
    assert_eq!(delete("role-bindings", &binding).status, 204);
    for (path, item) in
        [("roles", &role), ("resource-groups", &resources), ("projects", &project), ("organizations", &organization)]
    {
        assert_eq!(delete(path, item).status, 204, "{path}");
    }
}

#[test]
fn a_role_that_is_bound_at_the_same_instant_is_not_deleted() {
    let site = site();
    group(&site, "acme", "g1", &[]);
    let role = make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let id = role["id"].as_str().unwrap();
    site.database.interrupt(2, &format!(
        "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) VALUES ('acme', 'b1', \
         'roleBinding', '', '{{\"principal\":{{\"type\":\"group\",\"id\":\"g1\"}},\"role\":\"{id}\"}}', 1, 1, 1)"
    ));
    problem(&call(&site, Delete, &format!("roles/{id}")).admin().header("if-match", "\"1\"").send(), 409);
    assert_eq!(call(&site, Get, &format!("roles/{id}")).admin().send().status, 200);
}

/// A name can be anything, and so the id of another.
#[test]
fn a_reference_means_what_has_the_id_before_what_has_the_name() {
    let site = site();
    group(&site, "acme", "g1", &[]);
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    for (path, what) in [("roles", json!({ "permissions": [] })), ("resource-groups", json!({ "resources": [] }))] {
        let named = |name: &str| {
            let mut input = what.clone();
            input["name"] = name.into();
            id(make(&site, path, input))
        };
        let [first, second] = [named("First"), named("Second")];
        // Each is called as the other one's id is.
        for (one, name) in [(&first, &second), (&second, &first)] {
            let sql = format!("UPDATE records SET name = '{name}' WHERE id = '{one}'");
            site.database.execute(&sql);
        }
        for one in [&first, &second] {
            let mut input = json!({ "principal": { "type": "group", "id": "g1" }, "role": "App User" });
            let field = if path == "roles" { "role" } else { "resourceGroup" };
            input[field] = one.as_str().into();
            assert_eq!(make(&site, "role-bindings", input)[field], one.as_str(), "{path}");
        }
    }
}

#[test]
fn a_service_account_is_made_with_its_bindings_and_goes_with_them() {
    let site = site();
    let role = make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let made =
        make(&site, "service-accounts", json!({ "name": "Bot", "roles": ["Provisioner", role["id"], "reader"] }));
    let mut roles: Vec<_> = made["roles"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    roles.sort_unstable();
    let mut expected = vec![role["id"].as_str().unwrap(), "_provisioner"];
    expected.sort_unstable();
    assert_eq!(roles, expected, "each once");
    assert_eq!(site.database.select("SELECT COUNT(*) FROM changes WHERE action = 'role-binding.created'"), ["2"]);
    let path = format!("service-accounts/{}", made["id"].as_str().unwrap());
    let change = call(&site, Patch, &path).admin().header("if-match", "\"1\"").json(&json!({ "roles": [] })).send();
    problem(&change, 422);
    assert_eq!(errors(&change), [("/roles".to_owned(), "fixed".to_owned())]);
    let token = crate::permitted::token_of(&site, "acme", "serviceAccount", made["id"].as_str().unwrap());
    let listed = || call(&site, Get, "users").header("authorization", &format!("Bearer {token}")).send().status;
    assert_eq!(listed(), 200);
    assert_eq!(call(&site, Delete, &path).admin().header("if-match", "\"1\"").send().status, 204);
    assert_eq!((listed(), site.database.count("api_tokens")), (401, 0));
    assert_eq!(site.database.select("SELECT kind FROM records"), ["role"]);
}

#[test]
fn a_token_is_shown_once_and_kept_as_a_digest() {
    let site = site();
    user(&site, "acme", "u1");
    let key = make(&site, "api-keys", json!({ "name": "Key", "owner": { "type": "user", "id": "u1" } }));
    let path = format!("api-keys/{}/tokens", key["id"].as_str().unwrap());
    let made = make(&site, &path, json!({ "name": "Laptop" }));
    assert_eq!(crate::scene::members(&made), ["expiresAt", "id", "token"]);
    assert_eq!(made["expiresAt"], "2027-02-20T06:00:00.000Z", "90 days");
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    let secret = token.strip_prefix(&format!("pst_{id}_")).unwrap();
    assert_eq!(secret.len(), 43);
    let dump = site.database.dump();
    assert!(!dump.iter().any(|row| row.contains(secret)), "the database has a digest alone");
    let digest = site.database.select("SELECT digest FROM api_tokens");
    assert!(!dump.iter().any(|row| row.contains(&digest[0]) && row.starts_with("changes")), "nor is it in the log");
    let list = body(&call(&site, Get, &path).admin().send());
    assert_eq!(
        list["items"],
        json!([{ "id": id, "name": "Laptop", "createdAt": "2026-11-22T06:00:00.000Z", "expiresAt": made["expiresAt"] }])
    );

    assert_eq!(make(&site, &path, json!({ "name": "Robot", "expiresAt": null }))["expiresAt"], json!(null));
    assert_eq!(
        make(&site, &path, json!({ "name": "T", "expiresAt": "2026-12-01T00:00:00Z" }))["expiresAt"],
        "2026-12-01T00:00:00.000Z"
    );
    for (input, expected) in [
        (json!({}), vec![("/name", "required")]),
        (
            json!({ "name": "T", "expiresAt": "tomorrow", "x": 1 }),
            vec![("/expiresAt", "malformed"), ("/x", "unknown_field")],
        ),
        (json!({ "name": "T", "expiresAt": "2026-11-22T06:00:00Z" }), vec![("/expiresAt", "out_of_range")]),
    ] {
        let answer = call(&site, Post, &path).admin().json(&input).send();
        problem(&answer, 422);
        assert_eq!(
            errors(&answer),
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
        );
    }
    problem(&call(&site, Post, "api-keys/none/tokens").admin().json(&json!({ "name": "T" })).send(), 404);
    problem(&call(&site, Get, "api-keys/none/tokens").admin().send(), 404);

    let revoke = || call(&site, Delete, &format!("{path}/{id}")).admin().send();
    problem(&call(&site, Delete, &format!("api-keys/other/tokens/{id}")).admin().send(), 404);
    assert_eq!(revoke().status, 204);
    problem(&revoke(), 404);
    assert_eq!(
        site.database.select(&format!("SELECT action FROM changes WHERE resource = 'token/{id}' ORDER BY version")),
        ["token.created", "token.revoked"]
    );
}
