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

/// Ada, made just in time by the identity provider of the corpus: her session's cookie and her id.
fn signed_in(client: &Client) -> (String, String) {
    let cookie = client.site.signed_in();
    let ids = client.site.database.select("SELECT id FROM users WHERE email_folded = 'ada@example.com'");
    (cookie, ids[0].clone())
}

fn adopt(client: &Client) {
    let answer = client
        .site
        .call(Patch, "/api/v1/accounts/acme")
        .admin()
        .header("if-match", "\"1\"")
        .json(&json!({ "adoptJitUsers": true }))
        .send();
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    assert_eq!(body(&answer)["adoptJitUsers"], true);
}

#[test]
fn a_user_whom_scim_did_not_make_is_shown_and_left_alone() {
    let client = Client::new();
    let (_, jit) = signed_in(&client);
    let admin = body(
        &client.site.post("/api/v1/accounts/acme/users").admin().json(&json!({ "email": "Bob@example.com" })).send(),
    );
    for (id, email, remedy) in
        [(&jit, "ada@example.com", "adoptJitUsers"), (&super::id(&admin), "Bob@example.com", "an admin")]
    {
        let path = format!("/Users/{id}");
        let shown = client.get(&path);
        assert_eq!(shown["userName"], email);
        assert_eq!(shown["emails"], json!([{ "value": email, "type": "work", "primary": true }]));
        assert_eq!(client.found("/Users", &format!("userName eq \"{email}\"")), std::slice::from_ref(id));
        let before = client.site.database.dump();
        let operations = json!([{ "op": "replace", "path": "active", "value": false }]);
        for (answer, scim_type) in [
            (client.send(Post, "/Users", &person(&email.to_uppercase())), "uniqueness"),
            (client.send(Put, &path, &person(email)), "mutability"),
            (client.patch(&path, operations), "mutability"),
            (client.call(Delete, &path).send(), "mutability"),
        ] {
            let error = refused(&answer, 409, scim_type);
            assert!(error["detail"].as_str().unwrap().contains(remedy), "{error}");
        }
        let unlogged = |rows: Vec<String>| -> Vec<String> {
            rows.into_iter().filter(|row| !row.starts_with("provisioning_log")).collect()
        };
        assert_eq!(unlogged(client.site.database.dump()), unlogged(before));
        // They may be members of a group of SCIM.
        let group = client.group(email, &[id]);
        assert_eq!(client.members(&group), std::slice::from_ref(id));
    }
}

#[test]
fn jit_users_are_adopted_where_the_account_says_so() {
    for way in ["POST", "PUT", "PATCH", "DELETE"] {
        let client = Client::new();
        let (cookie, id) = signed_in(&client);
        crate::permitted::group(&client.site, "acme", "g1", &[&id]);
        adopt(&client);
        let path = format!("/Users/{id}");
        let answer = match way {
            "POST" => client.send(Post, "/Users", &person("ADA@example.com")),
            "PUT" => client.send(Put, &path, &person("ada@example.com")),
            "PATCH" => client.patch(&path, json!([{ "op": "add", "path": "title", "value": "Countess" }])),
            _ => client.call(Delete, &path).send(),
        };
        if way == "DELETE" {
            assert_eq!(answer.status, 204);
            assert_eq!(client.site.database.count("users"), 0);
            continue;
        }
        assert_eq!(answer.status, if way == "POST" { 201 } else { 200 }, "{}", answer.body_text());
        assert_eq!(super::id(&body(&answer)), id, "{way}");
        assert_eq!(client.site.database.select("SELECT managed_by, version FROM users"), ["scim|2"], "{way}");
        for table in ["user_links", "sessions", "group_members"] {
            assert_eq!(client.site.database.count(table), 1, "{way} {table}");
        }
        assert_eq!(client.site.get("/whoami").cookie(&cookie).send().status, 200);
    }
    let client = Client::new();
    adopt(&client);
    client.site.post("/api/v1/accounts/acme/users").admin().json(&json!({ "email": "bob@example.com" })).send();
    refused(&client.send(Post, "/Users", &person("bob@example.com")), 409, "uniqueness");
}

#[test]
fn who_an_admin_hands_over_is_scims() {
    let client = Client::new();
    let (_, id) = signed_in(&client);
    let path = format!("/api/v1/accounts/acme/users/{id}");
    let handed =
        client.site.call(Patch, &path).admin().header("if-match", "\"1\"").json(&json!({ "managedBy": "scim" })).send();
    assert_eq!(handed.status, 200, "{}", handed.body_text());
    let path = format!("/Users/{id}");
    assert_eq!(client.get(&path)["userName"], "ada@example.com");
    assert_eq!(client.patch(&path, json!([{ "op": "replace", "path": "active", "value": false }])).status, 200);
    assert_eq!(client.get(&path)["active"], false);
}

#[test]
fn names_and_addresses_are_one_users_whatever_their_case() {
    let client = Client::new();
    client
        .make("/Users", &json!({ "userName": "ada", "emails": [{ "value": "ada@example.com" }], "externalId": "x1" }));
    for (input, named) in [
        (json!({ "userName": "ADA" }), "userName"),
        (json!({ "userName": "other", "emails": [{ "value": "ADA@Example.com" }] }), "e-mail"),
        (json!({ "userName": "Ada@Example.com" }), "e-mail"),
        (json!({ "userName": "third", "externalId": "x1" }), "externalId"),
    ] {
        let error = refused(&client.send(Post, "/Users", &input), 409, "uniqueness");
        assert!(error["detail"].as_str().unwrap().contains(named), "{error}");
    }
    let bob = client.user("bob@example.com");
    for operation in [
        json!({ "op": "replace", "path": "userName", "value": "Ada" }),
        json!({ "op": "replace", "path": "emails", "value": [{ "value": "ada@example.com" }] }),
        json!({ "op": "replace", "path": "externalId", "value": "x1" }),
    ] {
        refused(&client.patch(&format!("/Users/{bob}"), json!([operation])), 409, "uniqueness");
    }
    assert_eq!(client.site.database.count("users"), 2);
}

#[test]
fn a_user_without_an_address_is_found_by_none() {
    let client = Client::new();
    let ada = client.make("/Users", &json!({ "userName": "ada" }));
    assert_eq!(ada.get("emails"), None);
    assert_eq!(client.found("/Users", "userName eq \"ADA\""), [id(&ada)]);
    assert_eq!(client.found("/Users", "emails eq \"ada\""), [] as [String; 0]);
    refused(
        &client.send(Post, "/Users", &json!({ "userName": "bob", "emails": [{ "value": "no address" }] })),
        400,
        "invalidValue",
    );
}

#[test]
fn an_external_id_is_its_owners() {
    let client = Client::new();
    let other = crate::permitted::token_with(&client.site, "acme", &["Provisioner"]);
    let mut input = person("ada@example.com");
    input["externalId"] = json!("x1");
    let user = id(&client.make("/Users", &input));
    let as_other = |filter: &str| {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        body(&client.with(&other, Get, &format!("/Users?filter={filter}")).send())["totalResults"].clone()
    };
    assert_eq!(client.found("/Users", "externalId eq \"x1\""), std::slice::from_ref(&user));
    assert_eq!(as_other("externalId eq \"x1\""), 0);
    assert_eq!(as_other("userName eq \"ada@example.com\""), 1);
    let path = format!("/Users/{user}");
    assert_eq!(body(&client.with(&other, Get, &path).send()).get("externalId"), None);
    input["externalId"] = json!("theirs");
    let put = client.with(&other, Put, &path).body("application/scim+json", input.to_string()).send();
    assert_eq!(put.status, 200, "{}", put.body_text());
    assert_eq!(client.get(&path)["externalId"], "x1");
    input["userName"] = json!("bob@example.com");
    input["emails"] = json!([]);
    input["externalId"] = json!("x1");
    let post = client.with(&other, Post, "/Users").body("application/scim+json", input.to_string()).send();
    assert_eq!(post.status, 201, "{}", post.body_text());
    assert_eq!(as_other("externalId eq \"x1\""), 1);
}

#[test]
fn who_provisions_after_an_owner_who_is_no_more_gives_external_ids_anew() {
    let client = Client::new();
    let next = crate::permitted::token_with(&client.site, "acme", &["Provisioner"]);
    let mut input = person("ada@example.com");
    input["externalId"] = json!("x1");
    let user = id(&client.make("/Users", &input));
    let group = id(&client.make("/Groups", &json!({ "displayName": "Team", "externalId": "g1" })));
    let set = |path: &str, external_id: &str| {
        let operations = json!([{ "op": "replace", "path": "externalId", "value": external_id }]);
        client.with(&next, Patch, path).json(&json!({ "Operations": operations })).send().status
    };
    let (user, group) = (format!("/Users/{user}"), format!("/Groups/{group}"));
    assert_eq!((set(&user, "theirs"), set(&group, "theirs")), (200, 204));
    let (known, team) = (client.get(&user), client.get(&group));
    assert_eq!((&known["externalId"], &known["meta"]["version"]), (&json!("x1"), &json!("W/\"1\"")));
    assert_eq!((&team["externalId"], &team["meta"]["version"]), (&json!("g1"), &json!("W/\"1\"")));
    client
        .site
        .database
        .execute("DELETE FROM records WHERE 'service-account/' || id = (SELECT external_owner FROM users)");
    assert_eq!(client.call(Get, &user).send().status, 401, "whose token it was is no more");
    let seen = |path: &str| body(&client.with(&next, Get, path).send())["externalId"].clone();
    assert_eq!((seen(&user), seen(&group)), (json!(null), json!(null)));
    assert_eq!((set(&user, "x1"), set(&group, "g1")), (200, 204));
    assert_eq!((seen(&user), seen(&group)), (json!("x1"), json!("g1")));
}

#[test]
fn a_user_who_is_deactivated_is_out_at_once_and_comes_back_as_they_were() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    let group = client.group("A team", &[&user]);
    let cookie = client.site.signed_in();
    assert_eq!(client.site.database.count("users"), 1, "they sign in as who they are");
    let path = format!("/Users/{user}");
    let off = client.patch(&path, json!([{ "op": "Replace", "value": { "active": "False" } }]));
    assert_eq!((off.status, body(&off)["active"].clone()), (200, json!(false)));
    assert_eq!(client.logged().2, json!({ "corrected": ["boolean_as_text", "operation_in_capitals"] }));
    assert_eq!(client.site.database.count("sessions"), 0);
    assert_eq!(client.site.get("/whoami").cookie(&cookie).send().status, 401);
    client.site.wait(postern::time::Duration(1));
    assert_eq!(client.site.sign_in("accept/policy/id-of-256-characters").status, 403);
    assert_eq!(client.site.last_sign_in(), "user_deactivated");
    assert_eq!(client.patch(&path, json!([{ "op": "replace", "path": "active", "value": true }])).status, 200);
    assert_eq!(client.get(&path)["groups"][0]["value"], group);
}

#[test]
fn a_user_whom_scim_removed_is_not_made_again_at_a_sign_in() {
    let client = Client::new();
    let user = client.user("ada@example.com");
    assert_eq!(client.call(Delete, &format!("/Users/{user}")).send().status, 204);
    assert_eq!(client.site.sign_in("accept/policy/assertion-signed").status, 403);
    assert_eq!(client.site.database.count("users"), 0);
    client.user("ada@example.com");
    client.site.wait(postern::time::Duration(1));
    assert_eq!(client.site.sign_in("accept/policy/id-of-256-characters").status, 303);
    assert_eq!(client.site.database.select("SELECT managed_by FROM users"), ["scim"]);
}

#[test]
fn a_sign_in_with_an_address_that_is_somebodys_user_name_makes_another_user() {
    let client = Client::new();
    let mut input = person("ada@example.com");
    input["emails"] = json!([{ "value": "other@example.com", "primary": true }]);
    let user = id(&client.make("/Users", &input));
    let (_, jit) = signed_in(&client);
    assert_ne!(user, jit);
    assert_eq!(client.site.database.select("SELECT user_name = id FROM users WHERE managed_by = 'jit'"), ["1"]);
    assert_eq!(client.found("/Users", "userName eq \"ada@example.com\""), [user]);
}

#[test]
fn no_password_is_kept_or_shown() {
    let client = Client::new();
    let mut input = person("ada@example.com");
    input["password"] = json!("Rnd-4821-x");
    let answer = client.send(Post, "/Users", &input);
    assert_eq!(answer.status, 201);
    let path = format!("/Users/{}", id(&body(&answer)));
    let patched = client.patch(&path, json!([{ "op": "replace", "value": { "password": "Rnd-4821-x" } }]));
    assert!(!answer.body_text().contains("assword") && !patched.body_text().contains("assword"));
    assert!(!client.site.database.dump().join("").contains("Rnd-4821"));
}

#[test]
fn of_two_who_have_read_one_version_one_writes() {
    let client = Client::new();
    let path = format!("/Users/{}", client.user("ada@example.com"));
    let put = |version: &str| {
        let call = client.call(Put, &path).header("if-match", version);
        let mut input = person("ada@example.com");
        input["title"] = json!(version);
        call.body("application/scim+json", input.to_string()).send()
    };
    assert_eq!(put("W/\"1\"").status, 200);
    refused(&put("W/\"1\""), 412, "");
    assert_eq!(put("\"2\"").status, 200);
    assert_eq!(put("*").status, 200);
    // Somebody else is faster than what was read: it is read again, unless a version was named.
    let faster = "INSERT INTO changes VALUES ('acme', 'c1', 1, 'x', 'user.updated', (SELECT 'user/' || id FROM users), 5, NULL, NULL); \
                  UPDATE users SET version = 5";
    client.site.database.interrupt(2, faster);
    let patched = client.patch(&path, json!([{ "op": "add", "path": "nickName", "value": "A" }]));
    assert_eq!((patched.status, patched.header("etag")), (200, Some("W/\"6\"")), "{}", patched.body_text());
    let faster = "INSERT INTO changes VALUES ('acme', 'c2', 1, 'x', 'user.updated', (SELECT 'user/' || id FROM users), 7, NULL, NULL); \
                  UPDATE users SET version = 7";
    client.site.database.interrupt(2, faster);
    refused(&put("W/\"6\""), 412, "");
}
