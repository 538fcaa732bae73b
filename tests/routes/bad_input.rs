//! Bad input of every noun of the admin API by name: what is unknown, too long, unprintable or of the wrong type is told at its
//! place, all at once, and changes nothing; and of two admins who change one thing one is told to read it again.

use crate::permitted::{call, errors, make};
use crate::scene::{Site, body, problem, provider_input};
use crate::support::keys::metadata;
use postern::http::Answer;
use postern::http::Method::{self, Delete, Get, Patch, Post, Put};
use serde_json::{Value, json};

/// Something that can be made, by its path; `texts` are pointers to its fields of text.
struct Noun {
    path: String,
    input: Value,
    texts: Vec<&'static str>,
}

/// Makes something. Answers with its id.
fn id_of(site: &Site, path: &str, input: Value) -> String {
    make(site, path, input)["id"].as_str().unwrap().to_owned()
}

/// Every noun, and what each refers to.
fn nouns(site: &Site) -> Vec<Noun> {
    let group = id_of(site, "groups", json!({ "name": "First" }));
    let organization = id_of(site, "organizations", json!({ "name": "First" }));
    let bot = id_of(site, "service-accounts", json!({ "name": "First" }));
    let owner = json!({ "type": "serviceAccount", "id": bot });
    let key = id_of(site, "api-keys", json!({ "name": "First", "owner": owner }));
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let principal = json!({ "type": "group", "id": group });
    let mut another =
        provider_input(json!({ "jit": { "enabled": true, "validationKey": "k", "validationValue": "v" } }));
    another["metadataXml"] = metadata("https://another.example", &["idp"]).into();
    let noun =
        |path: &str, input: Value, texts: &[&'static str]| Noun { path: path.to_owned(), input, texts: texts.into() };
    vec![
        noun("providers", another, &["/name", "/jit/validationKey", "/jit/validationValue"]),
        noun(
            "users",
            json!({ "email": "g@example.com", "givenName": "G", "familyName": "H", "displayName": "GH" }),
            &["/email", "/givenName", "/familyName", "/displayName"],
        ),
        noun(
            "groups",
            json!({ "name": "Sales", "link": { "providerId": provider, "samlGroup": "sales" } }),
            &["/name", "/link/providerId", "/link/samlGroup"],
        ),
        noun("invitations", json!({ "email": "i@example.com", "groups": [group] }), &["/email", "/groups/0"]),
        noun("roles", json!({ "name": "Reader", "permissions": ["users:view"] }), &["/name"]),
        noun("resource-groups", json!({ "name": "Some", "resources": [principal] }), &["/name", "/resources/0/id"]),
        noun(
            "role-bindings",
            json!({ "principal": principal, "role": "App User", "scope": { "type": "organization", "id": organization } }),
            &["/principal/id", "/role", "/scope/id"],
        ),
        noun("organizations", json!({ "name": "Research" }), &["/name"]),
        noun("projects", json!({ "name": "Rocket", "organization": organization }), &["/name", "/organization"]),
        noun("service-accounts", json!({ "name": "Bot", "roles": ["App User"] }), &["/name", "/roles/0"]),
        noun("api-keys", json!({ "name": "Key", "owner": owner }), &["/name", "/owner/id"]),
        noun(
            &format!("api-keys/{key}/tokens"),
            json!({ "name": "Token", "expiresAt": "2026-12-01T00:00:00Z" }),
            &["/name"],
        ),
    ]
}

/// The input with something else at a place.
fn with(input: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = input.clone();
    *changed.pointer_mut(pointer).unwrap() = value;
    changed
}

#[track_caller]
fn refused(site: &Site, path: &str, input: &Value, expected: (&str, &str)) {
    let before = site.database.dump();
    let answer = call(site, Post, path).admin().json(input).send();
    problem(&answer, 422);
    let expected = (expected.0.to_owned(), expected.1.to_owned());
    assert!(errors(&answer).contains(&expected), "{path} {input}: {:?}", errors(&answer));
    assert_eq!(site.database.dump(), before, "{path}: nothing was changed");
}

#[test]
fn every_noun_tells_what_is_wrong_with_each_of_its_fields() {
    let site = Site::with_provider();
    for Noun { path, input, texts } in nouns(&site) {
        for pointer in texts {
            refused(&site, &path, &with(&input, pointer, "x".repeat(1_000).into()), (pointer, "too_long"));
            for character in ["\u{7}", "\n", "\u{0}", "\u{7f}", "\u{85}"] {
                let text = format!("a{character}b");
                refused(&site, &path, &with(&input, pointer, text.into()), (pointer, "control_character"));
            }
            for value in [json!(7), json!(true), json!({}), json!([])] {
                refused(&site, &path, &with(&input, pointer, value), (pointer, "wrong_type"));
            }
        }
        let mut more = input.clone();
        more["colour"] = json!("red");
        refused(&site, &path, &more, ("/colour", "unknown_field"));
        for not_an_object in [json!([]), json!("x"), json!(null), json!(7)] {
            let answer = call(&site, Post, &path).admin().json(&not_an_object).send();
            assert!(matches!(answer.status, 400 | 422), "{path} {not_an_object}: {}", answer.status);
        }
        let answer = call(&site, Post, &path).admin().json(&input).send();
        assert_eq!(answer.status, 201, "{path}: sound all the while: {}", answer.body_text());
    }
}

/// Which of the two is meant, nobody can tell.
#[test]
fn a_member_that_is_given_twice_is_named() {
    let site = Site::with_provider();
    for Noun { path, input, .. } in nouns(&site) {
        let object = input.to_string();
        let inner = &object[1..object.len() - 1];
        let first = input.as_object().unwrap().keys().next().unwrap();
        let long = "x".repeat(1_000);
        for (name, body) in [
            (first.as_str(), format!("{{{inner},{inner}}}")),
            ("name", format!(r#"{{{inner},"colour":[{{"name":1,"a":2,"name":1}}]}}"#)),
            (&long[..64], format!(r#"{{"{long}":1,"{long}":1}}"#)),
        ] {
            let before = site.database.dump();
            let answer = call(&site, Post, &path).admin().body("application/json", body.as_str()).send();
            let told = problem(&answer, 400)["detail"].as_str().unwrap().to_owned();
            assert!(told.starts_with(&format!("In the body, `{name}` is given twice at line 1 column ")), "{told}");
            assert_eq!(site.database.dump(), before, "{path}: nothing was changed");
        }
    }
}

#[test]
fn a_list_tells_which_parameters_it_does_not_take() {
    let site = Site::with_provider();
    let group = id_of(&site, "groups", json!({ "name": "G" }));
    let user = id_of(&site, "users", json!({ "email": "u@example.com" }));
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let owner = json!({ "type": "user", "id": user });
    let key = id_of(&site, "api-keys", json!({ "name": "K", "owner": owner }));
    let preview = json!({ "removeGroup": group });
    let mut lists: Vec<(Method, String, Value)> =
        vec![(Post, "access/preview".into(), preview), (Post, format!("providers/{provider}/dry-run"), json!({}))];
    let nouns = "users removed-users groups invitations roles resource-groups role-bindings organizations projects \
                 service-accounts api-keys";
    let of_one = [format!("groups/{group}/members"), format!("users/{user}/access"), format!("api-keys/{key}/tokens")];
    lists.extend(nouns.split(' ').map(str::to_owned).chain(of_one).map(|path| (Get, path, Value::Null)));
    for (method, path, input) in lists {
        let known = if path == "users" { "email, limit, cursor" } else { "limit, cursor" };
        let status = |query: &str| call(&site, method, &format!("{path}?{query}")).admin().json(&input).send();
        for query in ["", "limit=5", "cursor=&limit=5"] {
            assert_eq!(status(query).status, 200, "{path}?{query}");
        }
        for (query, told) in [
            ("limt=5", format!("limt is no parameter of this list; these are: {known}.")),
            ("limit=5&Limit=5&filter", format!("Limit is no parameter of this list; these are: {known}. filter is")),
            ("limit=5&limit=6", "limit is given twice.".to_owned()),
            ("%01x=", format!("x is no parameter of this list; these are: {known}.")),
        ] {
            let detail = problem(&status(query), 400)["detail"].as_str().unwrap().to_owned();
            assert!(detail.starts_with(&told), "{path}?{query}: {detail}");
        }
    }
    problem(&site.get("/api/v1/accounts?name=Acme").admin().send(), 400);
}

#[test]
fn two_mistakes_are_told_at_once() {
    let site = Site::with_provider();
    for Noun { path, input, texts } in nouns(&site) {
        let mut wrong = with(&input, texts[0], "x".repeat(1_000).into());
        wrong["colour"] = json!("red");
        refused(&site, &path, &wrong, (texts[0], "too_long"));
        refused(&site, &path, &wrong, ("/colour", "unknown_field"));
    }
}

/// A version that somebody else makes between our reading and our writing.
fn meanwhile(resource: &str) -> String {
    format!(
        "INSERT INTO changes (account_id, id, at, actor, action, resource, version) \
         VALUES ('acme', 'meanwhile-{resource}', 1, 'user/other', 'other', '{resource}', 2)"
    )
}

#[test]
fn of_two_admins_who_change_one_thing_one_is_told_to_read_it_again() {
    let site = Site::with_provider();
    for Noun { path, input, .. } in nouns(&site) {
        // Neither has versions: a token is revoked, and an invitation taken back, once.
        if path.ends_with("tokens") || path == "invitations" {
            continue;
        }
        let made = body(&call(&site, Post, &path).admin().json(&input).send());
        let id = made["id"].as_str().unwrap();
        let at = format!("{path}/{id}");
        let patch = match path.as_str() {
            "users" => json!({ "displayName": "Changed" }),
            "role-bindings" => json!({ "role": "Provisioner" }),
            _ => json!({ "name": "Changed" }),
        };
        let row = |what: &str| {
            site.database.dump().into_iter().filter(|row| row.contains(id) && row.starts_with(what)).collect::<Vec<_>>()
        };
        for method in [Patch, Delete] {
            let send = || {
                let request = call(&site, method, &at).admin().header("if-match", "\"1\"");
                if method == Patch { request.json(&patch).send() } else { request.send() }
            };
            // Records look at what they refer to in a call of their own.
            let reads =
                if method == Patch && !matches!(path.as_str(), "providers" | "users" | "groups") { 2 } else { 1 };
            let before = row("");
            site.database.interrupt(reads + 1, &meanwhile(&format!("{}/{id}", path.trim_end_matches('s'))));
            problem(&send(), 412);
            // The last one logs that the set-up token was used.
            assert_eq!(site.database.batches(), reads + 2, "{path}: it was the writing that was refused");
            site.database.execute("DELETE FROM changes WHERE actor = 'user/other'");
            assert_eq!(row(""), before, "{path}");
        }
        let send = || call(&site, Patch, &at).admin().header("if-match", "\"1\"").json(&patch).send();
        assert_eq!([send().status, send().status], [200, 412], "{path}");
    }
}

#[test]
fn one_group_of_a_provider_is_linked_once() {
    let site = Site::with_provider();
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let linked = |name: &str| json!({ "name": name, "link": { "providerId": provider, "samlGroup": "sales" } });
    let make = |input: &Value| call(&site, Post, "groups").admin().json(input).send();
    assert_eq!(make(&linked("Sales")).status, 201);
    let taken = |answer: &Answer, pointer: &str| {
        problem(answer, 409);
        assert_eq!(errors(answer), [(pointer.to_owned(), "taken".to_owned())]);
    };
    taken(&make(&linked("Other")), "/link/samlGroup");
    taken(&make(&json!({ "name": "SALES" })), "/name");
    let other = body(&make(&json!({ "name": "Other" })));
    let at = format!("groups/{}", other["id"].as_str().unwrap());
    let change = |patch: &Value| call(&site, Patch, &at).admin().header("if-match", "\"1\"").json(patch).send();
    taken(&change(&linked("Other")), "/link/samlGroup");
    taken(&change(&json!({ "name": "sales" })), "/name");
    // A group holds users: no group is in another, so that there is no circle to close.
    let id = other["id"].as_str().unwrap();
    problem(&call(&site, Put, &format!("{at}/members/{id}")).admin().send(), 404);
}

#[test]
fn a_pair_that_is_half_filled_is_told_by_its_other_half() {
    let site = Site::with_provider();
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let mut another = provider_input(json!({}));
    another["metadataXml"] = metadata("https://another.example", &["idp"]).into();
    let jit = |jit: Value| with(&another, "/jit", jit);
    for (path, input, expected) in [
        ("providers", jit(json!({ "validationKey": "k" })), ("/jit/validationValue", "half_filled")),
        ("providers", jit(json!({ "validationValue": "v" })), ("/jit/validationKey", "half_filled")),
        ("groups", json!({ "name": "G", "link": { "providerId": provider } }), ("/link/samlGroup", "required")),
        ("groups", json!({ "name": "G", "link": { "samlGroup": "g" } }), ("/link/providerId", "required")),
        (
            "role-bindings",
            json!({ "principal": { "type": "group" }, "role": "App User" }),
            ("/principal/id", "required"),
        ),
        ("role-bindings", json!({ "principal": { "id": "g" }, "role": "App User" }), ("/principal/type", "required")),
        (
            "role-bindings",
            json!({ "principal": { "type": "group", "id": "g" }, "role": "App User", "scope": { "type": "project" } }),
            ("/scope/id", "required"),
        ),
        ("api-keys", json!({ "name": "K", "owner": { "type": "user" } }), ("/owner/id", "required")),
        (
            "resource-groups",
            json!({ "name": "R", "resources": [{ "type": "group" }] }),
            ("/resources/0/id", "required"),
        ),
        ("access/preview", json!({ "removeMember": { "group": "g" } }), ("/removeMember/user", "required")),
    ] {
        refused(&site, path, &input, expected);
    }
}

#[test]
fn a_rule_on_an_operator_that_there_is_none_of_is_told() {
    let site = Site::with_provider();
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    for operator in [json!("like"), json!("EQUALS"), json!(""), json!("equals ")] {
        let condition = json!({ "on": { "attribute": "department" }, "operator": operator, "value": "sales" });
        let jit = json!({ "enabled": true, "rules": [{ "conditions": [condition], "effect": "admit" }] });
        let mut another = provider_input(json!({ "jit": jit.clone() }));
        another["metadataXml"] = metadata("https://another.example", &["idp"]).into();
        let place = ("/jit/rules/0/conditions/0/operator", "unknown_value");
        refused(&site, "providers", &another, place);
        refused(&site, &format!("providers/{provider}/dry-run"), &json!({ "jit": jit }), place);
    }
}
