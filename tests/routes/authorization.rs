//! Who may call the admin API.

use crate::permitted::{bind, call, errors, group, make, make_in, signed_in, token_of, token_with, user};
use crate::scene::{Request, Site, TOKEN, body, problem};
use postern::access::Permission;
use postern::http::Method::{self, Delete, Get, Patch, Post};
use postern::journey::{Needs, ROUTES};
use postern::time::Duration;
use serde_json::json;

fn bearer<'s>(request: Request<'s>, token: &str) -> Request<'s> {
    request.header("authorization", &format!("Bearer {token}"))
}

/// A path of the table in an account, about nothing that is there.
fn example(path: &str, account: &str) -> String {
    path.replace("{account}", account).replace("{token}", "t").replace("{id}", "x").replace("{userId}", "y")
}

#[test]
fn each_route_lets_in_who_has_what_it_needs_and_nobody_else() {
    let site = Site::with_provider();
    site.create_account("other");
    let (wrong, expired) =
        (format!("pst_{}_{}", "0".repeat(26), "A".repeat(43)), token_with(&site, "acme", &["Account Admin"]));
    site.wait(Duration::days(90));
    let elsewhere = token_with(&site, "other", &["Account Admin"]);
    let viewer = token_with(&site, "acme", &["Account Viewer"]);
    let part = token_with(&site, "acme", &["Provisioner"]);
    let admin = token_with(&site, "acme", &["Account Admin"]);
    let has = |names: &[&str], permission: Permission| names.contains(&permission.name());
    let provisioner = ["users:view", "users:manage", "groups:view", "groups:manage"];
    let mut tried = 0;
    for (method, path, _, needs) in ROUTES.iter().filter(|route| route.1.starts_with("/api/")) {
        let at =
            |account: &str| site.call(*method, &example(path, account)).header("if-match", "\"1\"").json(&json!({}));
        let permission = match needs {
            Needs::Nothing => continue,
            Needs::SetupToken => {
                for token in [&wrong, &expired, &elsewhere, &admin] {
                    problem(&bearer(at("acme"), token).send(), 401);
                }
                problem(&at("acme").send(), 401);
                assert!(!matches!(at("acme").admin().send().status, 401 | 403), "{path}");
                continue;
            }
            Needs::Permission(permission) => *permission,
        };
        problem(&at("acme").send(), 401);
        problem(&bearer(at("acme"), &wrong).send(), 401);
        let late = problem(&bearer(at("acme"), &expired).send(), 401);
        assert!(late["detail"].as_str().unwrap().contains("expired"), "{late}");
        let unknown = problem(&bearer(at("acme"), &elsewhere).send(), 401);
        for account in ["nobody", "acme"] {
            assert_eq!(problem(&bearer(at(account), &wrong).send(), 401), unknown, "tells nothing of accounts");
        }
        for (token, allowed) in
            [(&viewer, permission.name().ends_with(":view")), (&part, has(&provisioner, permission)), (&admin, true)]
        {
            let answer = bearer(at("acme"), token).send();
            if allowed {
                assert!(!matches!(answer.status, 401 | 403), "{method:?} {path}: {}", answer.status);
            } else {
                let refused = problem(&answer, 403);
                assert!(refused["detail"].as_str().unwrap().contains(permission.name()), "{refused}");
            }
            tried += 1;
        }
        assert!(!matches!(at("acme").admin().send().status, 401 | 403), "{path}");
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn a_token_has_the_permissions_of_its_owner_at_the_time() {
    let site = Site::with_provider();
    user(&site, "acme", "u1");
    group(&site, "acme", "g1", &["u1"]);
    let token = token_of(&site, "acme", "user", "u1");
    let status = || bearer(call(&site, Get, "users"), &token).send().status;
    assert_eq!(status(), 403);
    let binding = bind(&site, "g1", "Account Viewer");
    assert_eq!(status(), 200);
    site.database.execute("DELETE FROM group_members");
    assert_eq!(status(), 403);
    group(&site, "acme", "g2", &["u1"]);
    bind(&site, "g2", "Account Viewer");
    assert_eq!(status(), 200);
    site.database.execute("UPDATE users SET active = 0");
    assert_eq!(status(), 401, "deactivated");
    site.database.execute("UPDATE users SET active = 1; DELETE FROM groups WHERE id = 'g2'");
    assert_eq!(status(), 403);
    let path = format!("role-bindings/{}", binding["id"].as_str().unwrap());
    assert_eq!(call(&site, Get, &path).admin().send().status, 200);
}

#[test]
fn a_token_is_compared_whole() {
    let site = Site::with_provider();
    let token = token_with(&site, "acme", &["Account Admin"]);
    let get = |token: &str| bearer(call(&site, Get, "users"), token).send();
    assert_eq!(get(&token).status, 200);
    let (start, secret) = token.split_at(31);
    let swapped: String = secret.chars().rev().collect();
    for bad in [
        format!("{start}{swapped}"),
        token.to_uppercase(),
        format!("{token}x"),
        token[..token.len() - 1].to_owned(),
        "pst_".into(),
        "pst__".into(),
    ] {
        problem(&get(&bad), 401);
    }
    let mut site = site;
    site.deployment.setup_token = None;
    let answer = bearer(call(&site, Get, "users"), &token).send();
    assert_eq!(answer.status, 200, "tokens need no set-up token");
}

#[test]
fn a_session_may_read_and_from_our_own_pages_change() {
    let site = Site::with_provider();
    let (cookie, id) = signed_in(&site);
    problem(&call(&site, Get, "users").cookie(&cookie).send(), 403);
    group(&site, "acme", "g1", &[&id]);
    bind(&site, "g1", "Account Admin");
    assert_eq!(call(&site, Get, "users").cookie(&cookie).send().status, 200);
    let role =
        |name: &str| call(&site, Post, "roles").cookie(&cookie).json(&json!({ "name": name, "permissions": [] }));
    for request in [
        role("A"),
        role("A").header("sec-fetch-site", "cross-site"),
        role("A").header("sec-fetch-site", "same-site"),
        role("A").header("sec-fetch-site", "none"),
        role("A").header("origin", "https://evil.example"),
        role("A").header("origin", "null"),
        role("A").header("sec-fetch-site", "cross-site").header("origin", "https://sp.example"),
    ] {
        problem(&request.send(), 403);
    }
    assert_eq!(role("A").header("sec-fetch-site", "same-origin").send().status, 201);
    assert_eq!(role("B").header("origin", "https://sp.example").send().status, 201);
    assert_eq!(
        site.database.select("SELECT DISTINCT actor FROM changes WHERE action = 'role.created'"),
        [format!("user/{id}")]
    );
    site.create_account("other");
    problem(&site.get("/api/v1/accounts/other/users").cookie(&cookie).send(), 401);
    problem(&site.get("/api/v1/accounts/nobody/users").cookie(&cookie).send(), 401);
    problem(&bearer(call(&site, Get, "users"), "wrong").cookie(&cookie).send(), 401);
    site.wait(Duration::hours(8));
    problem(&call(&site, Get, "users").cookie(&cookie).send(), 401);
}

#[test]
fn a_session_of_the_admin_api_stays_in_use() {
    let site = Site::with_provider();
    let (cookie, _) = signed_in(&site);
    for _ in 0..3 {
        site.wait(Duration::hours(7));
        problem(&call(&site, Get, "users").cookie(&cookie).send(), 403);
    }
}

#[test]
fn one_call_of_the_database_authorizes() {
    let site = Site::with_provider();
    let token = token_with(&site, "acme", &["App User"]);
    let (cookie, _) = signed_in(&site);
    for request in [bearer(call(&site, Get, "users"), &token), call(&site, Get, "users").cookie(&cookie)] {
        site.database.watch(&[]);
        problem(&request.send(), 403);
        assert_eq!(site.database.batches(), 1);
    }
    site.database.watch(&[]);
    assert_eq!(call(&site, Get, "users").admin().send().status, 200);
    assert_eq!(site.database.batches(), 2, "the set-up token needs none; that it was used is logged");
}

#[test]
fn one_call_authorizes_a_user_in_a_hundred_groups_of_an_account_with_a_thousand_bindings() {
    let site = Site::with_provider();
    let (cookie, ada) = signed_in(&site);
    let token = token_of(&site, "acme", "user", &ada);
    for at in 0..1_000 {
        let (id, is_hers) = (format!("g{at}"), at < 100);
        let members: Vec<&str> = is_hers.then_some(ada.as_str()).into_iter().collect();
        group(&site, "acme", &id, &members);
        let role = if at == 99 { "_account_viewer" } else { "_app_user" };
        let settings = json!({
            "principal": { "type": "group", "id": id }, "role": role, "resourceGroup": "_all_resources",
            "scope": { "type": "account" },
        });
        site.database.execute(&format!(
            "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) \
             VALUES ('acme', 'b{at}', 'roleBinding', '', '{settings}', 1, 1, 1)"
        ));
    }
    let by_token = |method, path| bearer(call(&site, method, path), &token);
    let by_session = |method, path| call(&site, method, path).cookie(&cookie).header("sec-fetch-site", "same-origin");
    for (request, status, calls) in [
        (by_token(Get, "roles"), 200, 2),
        (by_session(Get, "roles"), 200, 2),
        (by_token(Delete, "roles/x"), 403, 1),
        (by_session(Delete, "roles/x"), 403, 1),
    ] {
        site.database.watch(&[]);
        assert_eq!((request.send().status, site.database.batches()), (status, calls));
    }
    site.database.watch(&[]);
    assert_eq!((site.get("/whoami").cookie(&cookie).send().status, site.database.batches()), (200, 1));
}

#[test]
fn a_binding_on_a_resource_group_permits_what_is_in_it() {
    let site = Site::with_provider();
    let list = body(&call(&site, Get, "providers").admin().send());
    let provider = list["items"][0]["id"].as_str().unwrap();
    let bot = make(&site, "service-accounts", json!({ "name": "Bot" }));
    let resources = json!([{ "type": "provider", "id": provider }]);
    let resources = make(&site, "resource-groups", json!({ "name": "One", "resources": resources }));
    make(
        &site,
        "role-bindings",
        json!({
            "principal": { "type": "serviceAccount", "id": bot["id"] }, "role": "Account Viewer", "resourceGroup": resources["id"],
        }),
    );
    let token = token_of(&site, "acme", "serviceAccount", bot["id"].as_str().unwrap());
    let get = |path: &str| bearer(call(&site, Get, path), &token).send().status;
    assert_eq!(get(&format!("providers/{provider}")), 200);
    for path in ["providers/other", "providers", "users", "roles"] {
        assert_eq!(get(path), 403, "{path}");
    }
    let rename = bearer(call(&site, Patch, &format!("providers/{provider}")), &token).header("if-match", "\"1\"");
    problem(&rename.json(&json!({ "name": "X" })).send(), 403);
}

#[test]
fn a_binding_at_an_organization_is_none_at_the_account() {
    let site = Site::with_provider();
    let organization = make(&site, "organizations", json!({ "name": "Research" }));
    let bot = make(&site, "service-accounts", json!({ "name": "Bot" }));
    make(
        &site,
        "role-bindings",
        json!({
            "principal": { "type": "serviceAccount", "id": bot["id"] }, "role": "Account Admin",
            "scope": { "type": "organization", "id": organization["id"] },
        }),
    );
    let token = token_of(&site, "acme", "serviceAccount", bot["id"].as_str().unwrap());
    problem(&bearer(call(&site, Get, "users"), &token).send(), 403);
}

#[test]
fn nobody_gives_away_more_than_they_have() {
    let site = Site::with_provider();
    group(&site, "acme", "g1", &[]);
    user(&site, "acme", "boss");
    group(&site, "acme", "bosses", &["boss"]);
    bind(&site, "bosses", "Account Admin");
    let strong = make(&site, "roles", json!({ "name": "Strong", "permissions": ["users:manage"] }));
    let part = ["roles:view", "roles:manage", "service-accounts:view", "service-accounts:manage", "users:view"];
    make(&site, "roles", json!({ "name": "Delegate", "permissions": part }));
    let admin = make(&site, "service-accounts", json!({ "name": "Admin", "roles": ["Account Admin"] }));
    let key =
        make(&site, "api-keys", json!({ "name": "Key", "owner": { "type": "serviceAccount", "id": admin["id"] } }));
    let empty = make(&site, "resource-groups", json!({ "name": "Empty", "resources": [] }));
    make(
        &site,
        "role-bindings",
        json!({ "principal": { "type": "group", "id": "g1" }, "role": "_account_admin", "resourceGroup": empty["id"] }),
    );
    let weak = make(&site, "roles", json!({ "name": "Weak", "permissions": ["users:view"] }));
    let token = token_with(&site, "acme", &["Delegate"]);
    let as_delegate =
        |method: Method, path: &str| bearer(call(&site, method, path), &token).header("if-match", "\"1\"");
    let to_group = |role: &serde_json::Value| json!({ "principal": { "type": "group", "id": "g1" }, "role": role });
    let of = |item: &serde_json::Value, path: &str| format!("{path}/{}", item["id"].as_str().unwrap());
    let before = site.database.dump();
    for (method, path, input, pointer) in [
        (
            Post,
            "roles".into(),
            json!({ "name": "Mine", "permissions": ["users:view", "users:manage"] }),
            "/permissions",
        ),
        (Patch, of(&weak, "roles"), json!({ "permissions": ["users:view", "audit:view"] }), "/permissions"),
        (Post, "role-bindings".into(), to_group(&strong["id"]), "/role"),
        (Post, "role-bindings".into(), to_group(&json!("Account Admin")), "/role"),
        (Post, "service-accounts".into(), json!({ "name": "Mine", "roles": ["Strong"] }), "/roles"),
        (
            Post,
            "api-keys".into(),
            json!({ "name": "Mine", "owner": { "type": "serviceAccount", "id": admin["id"] } }),
            "/owner",
        ),
        (Post, "api-keys".into(), json!({ "name": "Mine", "owner": { "type": "user", "id": "boss" } }), "/owner"),
        (Post, format!("{}/tokens", of(&key, "api-keys")), json!({ "name": "Mine" }), ""),
        (
            Patch,
            of(&empty, "resource-groups"),
            json!({ "resources": [{ "type": "group", "id": "bosses" }] }),
            "/resources",
        ),
    ] {
        let answer = as_delegate(method, &path).json(&input).send();
        problem(&answer, 403);
        assert_eq!(errors(&answer), [(pointer.to_owned(), "would_grant_more".to_owned())], "{path} {input}");
    }
    assert_eq!(site.database.dump(), before);
    for (method, path, input, status) in [
        (Post, "roles".into(), json!({ "name": "Mine", "permissions": ["users:view"] }), 201),
        (Post, "role-bindings".into(), to_group(&weak["id"]), 201),
        (Post, "service-accounts".into(), json!({ "name": "Mine", "roles": ["Weak"] }), 201),
        (Patch, of(&strong, "roles"), json!({ "name": "Renamed" }), 200),
        (Patch, of(&empty, "resource-groups"), json!({ "name": "Renamed" }), 200),
        (Delete, of(&strong, "roles"), json!({}), 412),
    ] {
        let answer = as_delegate(method, &path).json(&input).send();
        assert_eq!(answer.status, status, "{path} {input}: {}", answer.body_text());
    }
    assert_eq!(as_delegate(Get, "roles").send().status, 200);
    let _ = make_in(&site, "acme", "roles", json!({ "name": "Any", "permissions": ["account:manage"] }));
    assert_ne!(token, TOKEN);
}

/// SCIM gives users whom it manages any e-mail, and who has that signs in as them.
#[test]
fn nobody_hands_over_or_brings_back_who_may_more_than_they() {
    let site = Site::with_provider();
    for id in ["boss", "clerk"] {
        user(&site, "acme", id);
    }
    group(&site, "acme", "bosses", &["boss"]);
    bind(&site, "bosses", "Account Admin");
    make(&site, "roles", json!({ "name": "Settings", "permissions": ["account:view", "account:manage"] }));
    let token = token_with(&site, "acme", &["Provisioner", "Settings"]);
    let patch = |path: &str, input: serde_json::Value| {
        let path = format!("/api/v1/accounts/acme{path}");
        bearer(site.call(Patch, &path), &token).header("if-match", "\"1\"").json(&input).send()
    };
    let before = site.database.dump();
    for (path, input, pointer) in [
        ("/users/boss", json!({ "managedBy": "scim" }), "/managedBy"),
        ("/users/boss", json!({ "email": "mallory@example.com" }), "/email"),
        ("", json!({ "adoptJitUsers": true }), "/adoptJitUsers"),
    ] {
        let answer = patch(path, input);
        problem(&answer, 403);
        assert_eq!(errors(&answer), [(pointer.to_owned(), "would_grant_more".to_owned())], "{path}");
    }
    assert_eq!(site.database.dump(), before);
    site.database.execute("UPDATE users SET active = 0");
    let answer = patch("/users/boss", json!({ "active": true }));
    problem(&answer, 403);
    assert_eq!(errors(&answer), [("/active".to_owned(), "would_grant_more".to_owned())]);
    assert_eq!(patch("/users/clerk", json!({ "active": true, "managedBy": "scim" })).status, 200);
    assert_eq!(patch("", json!({ "name": "Acme Ltd.", "adoptJitUsers": false })).status, 200);
}

/// A binding to one provider says nothing of the others, nor of their users.
#[test]
fn what_concerns_other_providers_is_for_who_manages_all_of_them() {
    let site = Site::with_provider();
    let id = site.database.select("SELECT id FROM providers").remove(0);
    let resources = json!([{ "type": "provider", "id": id }]);
    make(&site, "resource-groups", json!({ "name": "One", "resources": resources }));
    make(&site, "roles", json!({ "name": "Providers", "permissions": ["providers:view", "providers:manage"] }));
    let bot = make(&site, "service-accounts", json!({ "name": "Bot" }));
    let principal = json!({ "type": "serviceAccount", "id": bot["id"] });
    make(&site, "role-bindings", json!({ "principal": principal, "role": "Providers", "resourceGroup": "One" }));
    let token = token_of(&site, "acme", "serviceAccount", bot["id"].as_str().unwrap());
    let version = || site.database.select("SELECT version FROM providers").remove(0);
    let patch = |input: serde_json::Value| {
        let request = bearer(site.call(Patch, &format!("/api/v1/accounts/acme/providers/{id}")), &token);
        request.header("if-match", &format!("\"{}\"", version())).json(&input).send()
    };
    let refused = |input: serde_json::Value, pointer: &str| {
        let before = site.database.dump();
        let answer = patch(input);
        problem(&answer, 403);
        assert_eq!(errors(&answer), [(pointer.to_owned(), "would_grant_more".to_owned())]);
        assert_eq!(site.database.dump(), before, "{pointer}");
    };
    refused(json!({ "acceptUsersOfOtherProviders": true }), "/acceptUsersOfOtherProviders");
    refused(json!({ "generation": "legacy" }), "/generation");
    assert_eq!(
        patch(json!({ "enabled": false, "generation": "legacy" })).status,
        200,
        "disabled, it stands in nobody's way"
    );
    refused(json!({ "enabled": true }), "/enabled");
    assert_eq!(patch(json!({ "enabled": true, "generation": "current", "name": "Renamed" })).status, 200);
    site.change_provider(&json!({ "generation": "legacy" }));
    let delete = || {
        let request = bearer(site.call(Delete, &format!("/api/v1/accounts/acme/providers/{id}")), &token);
        request.header("if-match", &format!("\"{}\"", version())).send()
    };
    let before = site.database.dump();
    let answer = delete();
    problem(&answer, 403);
    assert_eq!(errors(&answer), [(String::new(), "would_grant_more".to_owned())], "the others would take over");
    assert_eq!(site.database.dump(), before);
    site.change_provider(&json!({ "generation": "current" }));
    assert_eq!(delete().status, 204);
}
