//! Who may use SCIM, at which base, and what is told to others.

use super::{Client, id, person, refused};
use crate::permitted::{make, token_of, token_with};
use crate::scene::{TOKEN, body};
use postern::http::Method::{self, Delete, Get, Other, Patch, Post, Put};
use postern::time::Duration;
use serde_json::json;

/// One of each kind of request.
const REQUESTS: [(Method, &str); 9] = [
    (Get, "/Users"),
    (Get, "/Users?filter=shoeSize+pr"),
    (Post, "/Users"),
    (Patch, "/Groups/x"),
    (Delete, "/Users/x"),
    (Get, "/ServiceProviderConfig"),
    (Get, "/Me"),
    (Post, "/Bulk"),
    (Get, "/nothing"),
];

#[test]
fn a_token_of_another_kind_or_account_lets_nobody_in() {
    let client = Client::new();
    client.site.create_account("other");
    let cookie = client.site.signed_in();
    let expired = token_with(&client.site, "acme", &["Provisioner"]);
    client.site.wait(Duration::days(90));
    let wrong = format!("pst_{}_{}", "0".repeat(26), "A".repeat(43));
    let elsewhere = token_with(&client.site, "other", &["Provisioner"]);
    let viewer = token_with(&client.site, "acme", &["Account Viewer"]);
    for (method, path) in REQUESTS {
        for (token, status, says) in [
            (TOKEN, 401, "Make a service account"),
            ("nonsense", 401, "not one of this account"),
            (wrong.as_str(), 401, "not one of this account"),
            (elsewhere.as_str(), 401, "not one of this account"),
            (expired.as_str(), 401, "expired"),
            (viewer.as_str(), 403, "users:manage, groups:manage"),
        ] {
            let answer = client.with(token, method, path).json(&json!({})).send();
            let error = refused(&answer, status, "");
            assert!(error["detail"].as_str().unwrap().contains(says), "{path} {error}");
            assert_eq!(answer.header("www-authenticate").is_some(), status == 401, "{path}");
            let (outcome, logged, _) = client.logged();
            assert_eq!((outcome.as_str(), logged), ("refused", status.to_string()), "{path}");
        }
        let path = format!("{}{path}", super::BASE);
        for request in [client.site.call(method, &path), client.site.call(method, &path).cookie(&cookie)] {
            let error = refused(&request.header("sec-fetch-site", "same-origin").json(&json!({})).send(), 401, "");
            assert!(error["detail"].as_str().unwrap().contains("Make a service account"), "{error}");
        }
    }
    refused(
        &client.site.get("/scim/v2/nobody/Users").header("authorization", &format!("Bearer {wrong}")).send(),
        401,
        "",
    );
    assert_eq!(client.site.database.count("users"), 1);
}

#[test]
fn the_resources_of_another_account_are_not_there() {
    let client = Client::new();
    let [user, group] = [client.user("ada@example.com"), client.group("Team", &[])];
    client.site.create_account("other");
    let token = token_with(&client.site, "other", &["Provisioner"]);
    let call = |method: Method, path: String| {
        let call = client.site.call(method, &format!("/scim/v2/other{path}"));
        call.header("authorization", &format!("Bearer {token}"))
    };
    for path in [format!("/Users/{user}"), format!("/Groups/{group}")] {
        let patch = json!({ "Operations": [{ "op": "replace", "path": "displayName", "value": "X" }] });
        refused(&call(Get, path.clone()).send(), 404, "");
        refused(&call(Delete, path.clone()).send(), 404, "");
        refused(&call(Patch, path.clone()).json(&patch).send(), 404, "");
        let mut input = person("eve@example.com");
        if path.starts_with("/G") {
            input = json!({ "displayName": "Eve" });
        }
        refused(&call(Put, path.clone()).json(&input).send(), 404, "");
    }
    assert_eq!(body(&call(Get, "/Users".into()).send())["totalResults"], 0);
    let theirs =
        call(Post, "/Groups".into()).json(&json!({ "displayName": "Team", "members": [{ "value": user }] })).send();
    assert_eq!((theirs.status, body(&theirs).get("members")), (201, None));
    // Each account has its own names.
    assert_eq!(call(Post, "/Users".into()).json(&person("ada@example.com")).send().status, 201);
}

#[test]
fn every_base_answers_alike_and_names_itself() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    for base in ["/scim/v2/acme", "/gateway/ng/api/scim/account/acme", "/gateway/api/scim/account/acme"] {
        for base in [base.to_owned(), format!("{base}/v2")] {
            let path = format!("{base}/Users/{user}");
            let answer = client.site.get(&path).header("authorization", &format!("Bearer {}", client.token)).send();
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(body(&answer)["meta"]["location"], format!("https://sp.example{path}"));
            for path in [base.clone(), format!("{base}/"), format!("{base}/nothing"), format!("{base}/Users/a/b")] {
                let call = client.site.get(&path).header("authorization", &format!("Bearer {}", client.token));
                refused(&call.send(), 404, "");
            }
        }
    }
    for path in ["/scim/v2/a.b/Users", "/scim/acme/Users"] {
        assert_eq!(client.site.get(path).send().status, 404);
    }
}

#[test]
fn a_method_that_is_not_for_a_path_is_told_so() {
    let client = Client::new();
    for (path, methods) in [
        ("/Users", "GET, POST"),
        ("/Groups/x", "GET, PUT, PATCH, DELETE"),
        ("/Bulk", "POST"),
        ("/Users/.search", "POST"),
        ("/Schemas", "GET"),
        ("/Me", "GET, PUT, PATCH, DELETE"),
    ] {
        for method in [Get, Post, Put, Patch, Delete, Other] {
            if methods.split(", ").any(|name| name == method.name()) {
                continue;
            }
            let answer = client.call(method, path).json(&json!({})).send();
            refused(&answer, 405, "");
            assert_eq!(answer.header("allow"), Some(methods), "{path}");
        }
    }
}

#[test]
fn what_the_server_can_do_is_not_filtered() {
    let client = Client::new();
    for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/ResourceTypes/User"] {
        refused(&client.call(Get, &format!("{path}?FILTER=id%20eq%20%22x%22")).send(), 403, "");
        assert_eq!(client.get(&format!("{path}?filter=&sortBy=id&startIndex=7&count=0")), client.get(path));
    }
}

#[test]
fn who_is_looked_for_by_an_address_is_not_in_the_log() {
    let client = Client::new();
    let group = client.group("Team", &["ada@example.com", "00u1"]);
    assert_eq!(client.logged().2, json!({ "skipped": 2, "skippedIds": ["00u1", "…"] }));
    for id in ["ada@example.com", "ada%40example.com", "Ada%20Lovelace"] {
        refused(&client.call(Get, &format!("/Users/{id}")).send(), 404, "");
    }
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": "ada@example.com" }] }]);
    assert_eq!(client.patch(&format!("/Groups/{group}"), add).status, 204);
    let bulk = json!({ "Operations": [{ "method": "DELETE", "path": "/Users/ada@example.com" }] });
    assert_eq!(client.send(Post, "/Bulk", &bulk).status, 200);
    let log = client.site.database.select("SELECT path, detail FROM provisioning_log ORDER BY id");
    assert_eq!(log.len(), 6);
    for row in log {
        assert!(!row.to_lowercase().contains("ada"), "{row}");
    }
}

#[test]
fn a_path_may_be_percent_encoded() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    let urn = "urn:ietf:params:scim:schemas:core:2.0:User";
    let encoded = format!("/Schemas/{}", urn.replace(':', "%3A"));
    assert_eq!(client.get(&encoded), client.get(&format!("/Schemas/{urn}")));
    assert_eq!(client.get(&format!("/%55sers/%{:02x}{}", user.as_bytes()[0], &user[1..]))["id"], user);
    for path in ["/Users/%", "/Users/%4", "/Users/%zz", "/Users/%ff", "/Users%2f..%2fGroups", "/Users/%00"] {
        refused(&client.call(Get, path).send(), 404, "");
    }
}

/// A body of so many bytes is read only for somebody.
const FREE_BODY: usize = 64 * 1024;

#[test]
fn for_nobody_nothing_is_read() {
    let client = Client::new();
    let wrong = format!("pst_{}_{}", "0".repeat(26), "A".repeat(43));
    let group = id(&client.make("/Groups", &json!({ "displayName": "G" })));
    let patch = |bytes: usize| {
        let body = json!({ "Operations": [{ "op": "replace", "path": "displayName", "value": "H" }] }).to_string();
        body.clone() + &" ".repeat(bytes - body.len())
    };
    let asked = |token: &str, method: Method, path: &str, body: String| {
        client.site.database.watch(&[]);
        let answer = client.with(token, method, path).body("application/scim+json", body).send();
        let read = client.site.database.statements().iter().filter(|one| one.sql.starts_with("SELECT")).count();
        (answer.status, client.site.database.batches(), read)
    };
    let group = format!("/Groups/{group}");
    for (method, path, body, read) in [
        (Get, "/Users?startIndex=2", String::new(), 4),
        (Get, "/Users/x", String::new(), 2),
        (Patch, group.as_str(), patch(FREE_BODY), 2),
    ] {
        // The batch that fails at its first statement, or the one that it is with a lookup, and the token alone.
        assert_eq!(asked(&wrong, method, path, body), (401, 3, read), "{path}");
    }
    // A larger one is not read as JSON either.
    assert_eq!(asked(&wrong, Patch, &group, patch(FREE_BODY + 1)), (401, 2, 1));
    assert_eq!(asked(&wrong, Patch, &group, "{".repeat(FREE_BODY + 1)), (401, 2, 1));
    assert_eq!(asked(&client.token, Patch, &group, "{".repeat(FREE_BODY + 1)), (400, 2, 1));
    assert_eq!(asked(&client.token, Patch, &group, patch(FREE_BODY + 1)).0, 204);
}

#[test]
fn me_is_the_user_whose_token_it_is() {
    let client = Client::new();
    refused(&client.call(Get, "/Me").send(), 404, "");
    let user = client.user("ada@example.com");
    let group = client.group("Team", &[&user]);
    crate::permitted::bind(&client.site, &group, "Provisioner");
    let token = token_of(&client.site, "acme", "user", &user);
    let me = client.with(&token, Get, "/Me").send();
    assert_eq!((me.status, id(&body(&me))), (200, user.clone()));
    let patch = json!({ "Operations": [{ "op": "replace", "path": "title", "value": "Countess" }] });
    assert_eq!(client.with(&token, Patch, "/Me").json(&patch).send().status, 200);
    assert_eq!(
        client.site.database.select("SELECT actor FROM provisioning_log ORDER BY id DESC LIMIT 1"),
        [format!("user/{user}")]
    );
    assert_eq!(client.with(&token, Delete, "/Me").send().status, 204);
    refused(&client.with(&token, Get, "/Me").send(), 401, "");
}

#[test]
fn a_role_of_ones_own_does_if_it_has_all_four() {
    let client = Client::new();
    let part = ["users:view", "users:manage", "groups:view"];
    make(&client.site, "roles", json!({ "name": "Part", "permissions": part }));
    make(&client.site, "roles", json!({ "name": "Rest", "permissions": ["groups:manage"] }));
    let token = token_with(&client.site, "acme", &["Part"]);
    let error = refused(&client.with(&token, Get, "/Users").send(), 403, "");
    assert!(error["detail"].as_str().unwrap().ends_with("does not have: groups:manage."), "{error}");
    let token = token_with(&client.site, "acme", &["Part", "Rest"]);
    assert_eq!(client.with(&token, Get, "/Users").send().status, 200);
}

/// What [`a_role_of_ones_own_does_if_it_has_all_four`] says is of all of the account, and of the bindings that there are at the time.
#[test]
fn a_role_counts_where_it_is_bound_to_all_of_the_account_and_as_long_as_it_is() {
    let client = Client::new();
    let site = &client.site;
    let organization = id(&make(site, "organizations", json!({ "name": "West" })));
    let group = id(&make(site, "groups", json!({ "name": "Provisioners" })));
    let some = json!([{ "type": "group", "id": group }]);
    make(site, "resource-groups", json!({ "name": "Some", "resources": some }));
    for (name, more) in [
        ("Scoped", json!({ "scope": { "type": "organization", "id": organization } })),
        ("Narrow", json!({ "resourceGroup": "Some" })),
    ] {
        let bot = id(&make(site, "service-accounts", json!({ "name": name })));
        let mut binding = json!({ "principal": { "type": "serviceAccount", "id": bot }, "role": "Provisioner" });
        binding.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        make(site, "role-bindings", binding);
        let token = token_of(site, "acme", "serviceAccount", &bot);
        refused(&client.with(&token, Get, "/Users").send(), 403, "");
    }

    let ada = id(&make(site, "users", json!({ "email": "ada@example.com" })));
    let token = token_of(site, "acme", "user", &ada);
    let status = || client.with(&token, Get, "/Users").send().status;
    let change = |method, path: String| {
        let request = site.call(method, &format!("/api/v1/accounts/acme/{path}")).admin();
        assert_eq!(request.header("if-match", "\"1\"").send().status, 204, "{path}");
    };
    assert_eq!(status(), 403, "no group");
    change(Put, format!("groups/{group}/members/{ada}"));
    assert_eq!(status(), 403, "the group has no role");
    let binding = id(&make(
        site,
        "role-bindings",
        json!({ "principal": { "type": "group", "id": group }, "role": "Provisioner" }),
    ));
    assert_eq!(status(), 200);
    change(Delete, format!("role-bindings/{binding}"));
    assert_eq!(status(), 403, "at once");
}

/// In another spelling it is refused where attributes are read; in the same one no reader would see the first.
#[test]
fn a_member_that_is_given_twice_is_named() {
    let client = Client::new();
    let before = client.site.database.count("users");
    for (method, path, input, name) in [
        (Post, "/Users", r#"{"userName":"a@b.example","userName":"c@d.example"}"#, "userName"),
        (
            Post,
            "/Users",
            r#"{"userName":"a@b.example","emails":[{"value":"a@b.example","value":"c@d.example"}]}"#,
            "value",
        ),
        (Patch, "/Users/x", r#"{"Operations":[{"op":"add","op":"remove","path":"title"}]}"#, "op"),
        (Post, "/Bulk", r#"{"Operations":[{"method":"POST","path":"/Users","data":{"id":1,"id":2}}]}"#, "id"),
        (Post, "/Users/.search", r#"{"filter":"id pr","filter":"id pr"}"#, "filter"),
    ] {
        let answer = client.call(method, path).body("application/scim+json", input).send();
        refused(&answer, 400, "invalidSyntax");
        let told = body(&answer)["detail"].as_str().unwrap().to_owned();
        assert!(told.starts_with(&format!("In the body, `{name}` is given twice at line 1 column ")), "{told}");
    }
    assert_eq!(client.site.database.count("users"), before);
}

#[test]
fn a_body_has_a_bound_and_a_type() {
    let client = Client::new();
    refused(&client.call(Post, "/Users").too_large().send(), 413, "");
    refused(&client.call(Post, "/Users").body("text/plain", person("a@b.example").to_string()).send(), 415, "");
    refused(&client.call(Post, "/Users").body("application/json", "{").send(), 400, "invalidSyntax");
    refused(&client.call(Patch, "/Users/x").send(), 400, "invalidSyntax");
    for (n, media_type) in ["application/json; charset=utf-8", "application/scim+json", ""].into_iter().enumerate() {
        let input = person(&format!("u{n}@example.com")).to_string();
        assert_eq!(client.call(Post, "/Users").body(media_type, input).send().status, 201, "{media_type}");
    }
    let marked = format!("\u{feff}{}", person("marked@b.example"));
    assert_eq!(client.call(Post, "/Users").body("application/scim+json", marked).send().status, 201);
}
