//! `/api/v1/accounts/{account}/groups`, their members, and who may change what (SPEC section 8; seeds 003 and 004).

use crate::permitted::{bind, token_with};
use crate::scene::{Request, Site, body, problem};
use postern::http::Method;
use serde_json::{Value, json};

const GROUPS: &str = "/api/v1/accounts/acme/groups";
const USERS: &str = "/api/v1/accounts/acme/users";

fn created(answer: &postern::http::Answer) -> Value {
    assert_eq!(answer.status, 201, "{}", answer.body_text());
    body(answer)
}

fn group(site: &Site, input: &Value) -> Value {
    created(&site.post(GROUPS).admin().json(input).send())
}

fn user(site: &Site, email: &str) -> Value {
    created(&site.post(USERS).admin().json(&json!({ "email": email })).send())
}

fn path(collection: &str, item: &Value) -> String {
    format!("{collection}/{}", item["id"].as_str().unwrap())
}

fn changing<'s>(site: &'s Site, method: Method, path: &str, version: i64) -> Request<'s> {
    site.call(method, path).admin().header("if-match", &format!("\"{version}\""))
}

fn code(answer: &postern::http::Answer) -> (u16, String) {
    (answer.status, body(answer)["code"].as_str().unwrap_or_default().to_owned())
}

fn pointers(answer: &postern::http::Answer) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let errors = body(answer)["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[test]
fn a_group_is_made_read_renamed_and_deleted() {
    let site = Site::with_provider();
    let made = group(&site, &json!({ "name": "example-group" }));
    assert_eq!(
        (&made["identifier"], &made["managedBy"], &made["link"]),
        (&json!("example_group"), &json!("native"), &json!(null))
    );
    let at = path(GROUPS, &made);
    assert_eq!(body(&site.get(&at).admin().send()), made);

    let renamed = changing(&site, Method::Patch, &at, 1).json(&json!({ "name": "Another" })).send();
    assert_eq!((renamed.status, renamed.header("etag")), (200, Some("\"2\"")));
    assert_eq!(body(&renamed)["identifier"], "example_group", "[003] a rename keeps the identifier");
    problem(&changing(&site, Method::Patch, &at, 1).json(&json!({ "name": "Third" })).send(), 412);
    problem(&site.call(Method::Patch, &at).admin().json(&json!({ "name": "Third" })).send(), 428);
    problem(&changing(&site, Method::Delete, &at, 1).send(), 412);
    assert_eq!(changing(&site, Method::Delete, &at, 2).send().status, 204);
    problem(&site.get(&at).admin().send(), 404);
    let log = site
        .database
        .select("SELECT action || ' ' || version FROM changes WHERE resource LIKE 'group/%' ORDER BY version");
    assert_eq!(log, ["group.created 1", "group.updated 2", "group.deleted 3"]);
}

#[test]
fn identifiers_that_collide_are_numbered() {
    let site = Site::with_provider();
    let identifiers: Vec<Value> =
        ["a.b", "a-b", "a b"].iter().map(|name| group(&site, &json!({ "name": name }))["identifier"].clone()).collect();
    assert_eq!(identifiers, ["a_b", "a_b_2", "a_b_3"]);
}

#[test]
fn a_native_group_and_one_of_scim_may_have_one_name_and_two_native_may_not() {
    let site = Site::with_provider();
    let native = group(&site, &json!({ "name": "Developers" }));
    let taken = site.post(GROUPS).admin().json(&json!({ "name": "developers" })).send();
    assert_eq!((taken.status, pointers(&taken)), (409, vec![("/name".into(), "taken".into())]));
    scim_group(&site, "s1", "Developers");
    // [003] To prevent confusion, the native one can be renamed.
    let renamed =
        changing(&site, Method::Patch, &path(GROUPS, &native), 1).json(&json!({ "name": "Our developers" })).send();
    assert_eq!(renamed.status, 200);
}

fn scim_group(site: &Site, id: &str, name: &str) {
    site.database.execute(&format!(
        "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version) \
         VALUES ('acme', '{id}', '{name}', lower('{name}'), 'scim_{id}', 'scim', 1, 1, 1)"
    ));
}

fn join(site: &Site, group: &str, user: &Value) {
    let user = user["id"].as_str().unwrap();
    site.database.execute(&format!("INSERT INTO group_members VALUES ('acme', '{group}', '{user}', 1)"));
}

fn managed_by_scim(site: &Site, user: &Value) {
    let user = user["id"].as_str().unwrap();
    site.database.execute(&format!("UPDATE users SET managed_by = 'scim' WHERE id = '{user}'"));
}

#[test]
fn a_group_of_scim_is_changed_where_it_comes_from() {
    let site = Site::with_provider();
    scim_group(&site, "s1", "Pushed");
    let ada = user(&site, "ada@example.com");
    let at = format!("{GROUPS}/s1");
    let member = format!("{at}/members/{}", ada["id"].as_str().unwrap());
    for answer in [
        changing(&site, Method::Patch, &at, 1).json(&json!({ "name": "Mine" })).send(),
        changing(&site, Method::Patch, &at, 1).json(&json!({ "link": { "providerId": "p", "samlGroup": "g" } })).send(),
        changing(&site, Method::Delete, &at, 1).send(),
        site.call(Method::Put, &member).admin().send(),
        site.call(Method::Delete, &member).admin().send(),
    ] {
        assert_eq!(code(&answer), (409, "managed_by_scim".into()), "{}", answer.body_text());
        assert!(body(&answer)["detail"].as_str().unwrap().contains("your identity provider"), "it says where to do it");
    }
    assert_eq!(site.database.count("group_members"), 0);
}

#[test]
fn a_user_in_a_group_of_scim_is_changed_where_it_comes_from() {
    let site = Site::with_provider();
    scim_group(&site, "s1", "Pushed");
    let native = group(&site, &json!({ "name": "Native" }));
    let ada = user(&site, "ada@example.com");
    managed_by_scim(&site, &ada);
    join(&site, "s1", &ada);
    let at = path(USERS, &ada);
    let member = format!("{}/members/{}", path(GROUPS, &native), ada["id"].as_str().unwrap());
    for answer in [
        changing(&site, Method::Patch, &at, 1).json(&json!({ "email": "other@example.com" })).send(),
        changing(&site, Method::Patch, &at, 1).json(&json!({ "givenName": "Grace" })).send(),
        changing(&site, Method::Patch, &at, 1).json(&json!({ "active": false })).send(),
        changing(&site, Method::Delete, &at, 1).send(),
        site.call(Method::Put, &member).admin().send(),
    ] {
        assert_eq!(code(&answer), (409, "managed_by_scim".into()), "{}", answer.body_text());
    }
}

#[test]
fn a_user_of_scim_in_no_such_group_can_be_put_into_native_groups() {
    let site = Site::with_provider();
    let native = group(&site, &json!({ "name": "Native" }));
    let ada = user(&site, "ada@example.com");
    managed_by_scim(&site, &ada);
    let at = path(USERS, &ada);
    for answer in [
        changing(&site, Method::Patch, &at, 1).json(&json!({ "email": "other@example.com" })).send(),
        changing(&site, Method::Delete, &at, 1).send(),
    ] {
        assert_eq!(code(&answer), (409, "managed_by_scim".into()));
    }
    let member = format!("{}/members/{}", path(GROUPS, &native), ada["id"].as_str().unwrap());
    assert_eq!(site.call(Method::Put, &member).admin().send().status, 204);
    assert_eq!(body(&site.get(&at).admin().send())["groups"], json!([{ "id": native["id"], "name": "Native" }]));
}

#[test]
fn a_deactivated_user_is_not_changed_but_reactivated() {
    let site = Site::with_provider();
    let native = group(&site, &json!({ "name": "Native" }));
    let ada = user(&site, "ada@example.com");
    let at = path(USERS, &ada);
    assert_eq!(changing(&site, Method::Patch, &at, 1).json(&json!({ "active": false })).send().status, 200);
    let member = format!("{}/members/{}", path(GROUPS, &native), ada["id"].as_str().unwrap());
    for answer in [
        changing(&site, Method::Patch, &at, 2).json(&json!({ "givenName": "Grace" })).send(),
        changing(&site, Method::Delete, &at, 2).send(),
        site.call(Method::Put, &member).admin().send(),
    ] {
        assert_eq!(code(&answer), (409, "managed_by_scim".into()), "{}", answer.body_text());
        assert!(body(&answer)["detail"].as_str().unwrap().contains("Reactivate"));
    }
    assert_eq!(changing(&site, Method::Patch, &at, 2).json(&json!({ "active": true })).send().status, 200);
    assert_eq!(site.call(Method::Put, &member).admin().send().status, 204);
}

#[test]
fn members_are_added_and_removed_once_and_listed_in_pages() {
    let site = Site::with_provider();
    let native = group(&site, &json!({ "name": "Native" }));
    let members = format!("{}/members", path(GROUPS, &native));
    let users: Vec<Value> = (0..3).map(|n| user(&site, &format!("user{n}@example.com"))).collect();
    for user in users.iter().chain(&users) {
        let at = format!("{members}/{}", user["id"].as_str().unwrap());
        assert_eq!(site.call(Method::Put, &at).admin().send().status, 204);
    }
    assert_eq!(site.database.select("SELECT count(*) FROM changes WHERE action = 'member.added'"), ["3"], "once each");
    let first = body(&site.get(&format!("{members}?limit=2")).admin().send());
    let next =
        body(&site.get(&format!("{members}?limit=2&cursor={}", first["nextCursor"].as_str().unwrap())).admin().send());
    let emails = |list: &Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = [emails(&first), emails(&next)].concat();
    all.sort();
    assert_eq!(all, ["user0@example.com", "user1@example.com", "user2@example.com"]);
    let at = format!("{members}/{}", users[0]["id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(site.call(Method::Delete, &at).admin().send().status, 204);
    }
    assert_eq!(site.database.count("group_members"), 2);
    problem(&site.call(Method::Put, &format!("{members}/nobody")).admin().send(), 404);
    problem(&site.call(Method::Put, &format!("{GROUPS}/none/members/x")).admin().send(), 404);
}

#[test]
fn a_linked_group_follows_while_authorization_is_on() {
    let site = Site::new();
    site.create_account("acme");
    let provider = site.create_provider(json!({ "authorization": { "enabled": true } }));
    let link = json!({ "providerId": provider["id"], "samlGroup": "Engineering" });
    let linked = group(&site, &json!({ "name": "Engineers", "link": link }));
    assert_eq!(linked["link"], link);
    let ada = user(&site, "ada@example.com");
    let member = format!("{}/members/{}", path(GROUPS, &linked), ada["id"].as_str().unwrap());
    assert_eq!(code(&site.call(Method::Put, &member).admin().send()), (409, "managed_by_scim".into()));
    // Off, groups are managed by hand.
    site.change_provider(&json!({ "authorization": { "enabled": false } }));
    assert_eq!(site.call(Method::Put, &member).admin().send().status, 204);

    let second = site.post(GROUPS).admin().json(&json!({ "name": "Others", "link": link })).send();
    assert_eq!((second.status, pointers(&second)), (409, vec![("/link/samlGroup".into(), "taken".into())]));
    let provider_path = path("/api/v1/accounts/acme/providers", &provider);
    let refused = changing(&site, Method::Delete, &provider_path, 2).send();
    assert_eq!(code(&refused), (409, "has_linked_groups".into()), "{}", refused.body_text());
    assert!(body(&refused)["detail"].as_str().unwrap().contains("Engineers"));

    // Unlinking keeps the members, unless they are to be dropped.
    let unlinked = changing(&site, Method::Patch, &path(GROUPS, &linked), 1).json(&json!({ "link": null })).send();
    assert_eq!(
        (unlinked.status, &body(&unlinked)["link"], site.database.count("group_members")),
        (200, &json!(null), 1)
    );
    let again = changing(&site, Method::Patch, &path(GROUPS, &linked), 2).json(&json!({ "link": link })).send();
    assert_eq!(again.status, 200);
    let dropping = json!({ "link": null, "dropMembers": true });
    assert_eq!(changing(&site, Method::Patch, &path(GROUPS, &linked), 3).json(&dropping).send().status, 200);
    assert_eq!(site.database.count("group_members"), 0);
    assert_eq!(changing(&site, Method::Delete, &provider_path, 2).send().status, 204);
}

#[test]
fn bad_input_of_a_group_is_told_by_field() {
    let site = Site::with_provider();
    let long = "x".repeat(1_000);
    for (input, expected) in [
        (json!({}), vec![("/name", "required")]),
        (json!({ "name": " " }), vec![("/name", "required")]),
        (json!({ "name": long }), vec![("/name", "too_long")]),
        (json!({ "name": "a\u{7}b" }), vec![("/name", "control_character")]),
        (json!({ "name": 7 }), vec![("/name", "wrong_type")]),
        (json!({ "name": "a", "colour": "red" }), vec![("/colour", "unknown_field")]),
        (json!({ "name": "a", "link": { "providerId": "p" } }), vec![("/link/samlGroup", "required")]),
        (
            json!({ "name": "a", "link": { "samlGroup": "g", "x": 1 } }),
            vec![("/link/providerId", "required"), ("/link/x", "unknown_field")],
        ),
        (
            json!({ "name": "a", "link": { "providerId": "p", "samlGroup": "g" } }),
            vec![("/link/providerId", "unknown")],
        ),
        (json!({ "name": "a", "dropMembers": true }), vec![("/dropMembers", "unknown_field")]),
        (json!({ "name": "a", "link": 7 }), vec![("/link", "wrong_type")]),
    ] {
        let answer = site.post(GROUPS).admin().json(&input).send();
        assert_eq!(answer.status, 422, "{input}");
        let expected: Vec<_> = expected.into_iter().map(|(at, code)| (at.to_owned(), code.to_owned())).collect();
        for error in &expected {
            assert!(pointers(&answer).contains(error), "{input}: {}", answer.body_text());
        }
    }
    let made = group(&site, &json!({ "name": "a" }));
    let answer = changing(&site, Method::Patch, &path(GROUPS, &made), 1).json(&json!({ "dropMembers": true })).send();
    assert_eq!(pointers(&answer), [("/dropMembers".to_owned(), "not_unlinked".to_owned())]);
    assert_eq!(site.database.count("groups"), 1);
}

#[test]
fn nobody_gives_away_by_a_group_what_they_do_not_have() {
    let site = Site::with_provider();
    let provisioner = token_with(&site, "acme", &["Provisioner"]);
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let (admins, admin, ada) =
        (group(&site, &json!({ "name": "Admins" })), user(&site, "boss@example.com"), user(&site, "ada@example.com"));
    let id = |item: &Value| item["id"].as_str().unwrap().to_owned();
    bind(&site, &id(&admins), "Account Admin");
    join(&site, &id(&admins), &admin);
    let bearer = |request: Request<'_>| request.header("authorization", &format!("Bearer {provisioner}")).send();
    let at = |collection: &str, item: &Value| format!("{collection}/{}", id(item));
    for request in [
        site.call(Method::Put, &format!("{}/members/{}", at(GROUPS, &admins), id(&ada))),
        site.call(Method::Patch, &at(GROUPS, &admins))
            .header("if-match", "\"1\"")
            .json(&json!({ "link": { "providerId": provider, "samlGroup": "Everyone" } })),
        site.post("/api/v1/accounts/acme/invitations")
            .json(&json!({ "email": "me@example.com", "groups": [id(&admins)] })),
        site.call(Method::Patch, &at(USERS, &admin))
            .header("if-match", "\"1\"")
            .json(&json!({ "email": "me@example.com" })),
    ] {
        let answer = bearer(request);
        assert_eq!(answer.status, 403, "{}", answer.body_text());
        assert_eq!(pointers(&answer)[0].1, "would_grant_more");
    }
    // What they have, they may give; and take away what they like.
    let plain = group(&site, &json!({ "name": "Plain" }));
    assert_eq!(bearer(site.call(Method::Put, &format!("{}/members/{}", at(GROUPS, &plain), id(&ada)))).status, 204);
    assert_eq!(
        bearer(site.call(Method::Delete, &format!("{}/members/{}", at(GROUPS, &admins), id(&admin)))).status,
        204
    );
    let log = site.database.select("SELECT DISTINCT actor FROM changes WHERE action LIKE 'member.%'");
    assert!(log.len() == 1 && log[0].starts_with("service-account/"), "{log:?}");
}
