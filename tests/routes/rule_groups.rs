//! JIT rules that name groups: who may save which, and what becomes of a group that is named.

use crate::permitted::{bind, call, errors, group, make, token_with};
use crate::scene::{Request, Site, body, problem, provider_input};
use postern::http::Method::{Delete, Get, Patch, Post};
use serde_json::{Value, json};

const SOUND: &str = "accept/policy/assertion-signed";

fn site() -> Site {
    let site = Site::new();
    site.create_account("acme");
    group(&site, "acme", "g1", &[]);
    site
}

/// JIT with one rule for each list, which admits everybody into these groups.
fn rules(lists: &[&[&str]]) -> Value {
    let rule = |groups: &&[&str]| json!({ "conditions": [], "effect": "admit", "groups": groups });
    json!({ "enabled": true, "rules": lists.iter().map(rule).collect::<Vec<_>>() })
}

fn provider(site: &Site) -> (String, String) {
    let list = body(&call(site, Get, "providers").admin().send());
    let provider = &list["items"][0];
    (format!("providers/{}", provider["id"].as_str().unwrap()), format!("\"{}\"", provider["version"]))
}

fn patch<'s>(site: &'s Site, input: &Value) -> Request<'s> {
    let (path, version) = provider(site);
    call(site, Patch, &path).header("if-match", &version).json(input)
}

#[test]
fn a_group_that_nobody_can_join_is_told_at_its_place_with_all_else_that_is_wrong() {
    let site = site();
    site.create_account("other");
    group(&site, "acme", "g2", &[]);
    group(&site, "acme", "pushed", &[]);
    group(&site, "other", "elsewhere", &[]);
    site.database.execute("UPDATE groups SET managed_by = 'scim' WHERE id = 'pushed'");
    let jit = rules(&[&["g1", "none"], &["g1"], &["pushed", " g2 ", "elsewhere"]]);
    let expected = [
        ("/jit/rules/0/groups/1", "unknown"),
        ("/jit/rules/2/groups/0", "unknown"),
        ("/jit/rules/2/groups/2", "unknown"),
    ];
    let told = |more: &[(&str, &str)]| {
        let all = more.iter().chain(&expected);
        all.map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect::<Vec<_>>()
    };
    let made = call(&site, Post, "providers").admin().json(&provider_input(json!({ "name": 7, "jit": jit }))).send();
    assert_eq!((made.status, errors(&made)), (422, told(&[("/name", "wrong_type")])));
    assert_eq!(site.database.count("providers"), 0);
    site.create_provider(json!({ "jit": rules(&[&["g1"], &["g2"]]) }));
    let changed = patch(&site, &json!({ "jit": jit })).admin().send();
    assert_eq!((changed.status, errors(&changed)), (422, told(&[])));
}

#[test]
fn a_group_whose_members_follow_a_provider_is_joined_by_no_rule() {
    let site = site();
    site.create_provider(json!({}));
    site.database
        .execute("UPDATE groups SET provider_id = (SELECT id FROM providers), saml_group = 'Makers' WHERE id = 'g1'");
    let follows = |enabled: bool| json!({ "jit": rules(&[&["g1"]]), "authorization": { "enabled": enabled } });
    let refused = patch(&site, &follows(true)).admin().send();
    assert_eq!((refused.status, errors(&refused)), (422, vec![("/jit/rules/0/groups/0".into(), "not_allowed".into())]));
    assert_eq!(patch(&site, &follows(false)).admin().send().status, 200, "its members are managed by hand");
    site.database
        .execute("UPDATE providers SET settings = json_set(settings, '$.authorization.enabled', json('true'))");
    let other = crate::support::keys::metadata("https://two.example", &["idp-next"]);
    let input = provider_input(json!({ "metadataXml": other, "jit": rules(&[&["g1"]]) }));
    let refused = call(&site, Post, "providers").admin().json(&input).send();
    assert_eq!(errors(&refused), [("/jit/rules/0/groups/0".into(), "not_allowed".into())]);
}

#[test]
fn whoever_saves_rules_has_what_the_groups_give() {
    let site = site();
    make(&site, "roles", json!({ "name": "Connector", "permissions": ["providers:view", "providers:manage"] }));
    let connector = format!("Bearer {}", token_with(&site, "acme", &["Connector"]));
    let admin = format!("Bearer {}", token_with(&site, "acme", &["Account Admin"]));
    let create = |token: &str, jit: Value| {
        call(&site, Post, "providers")
            .header("authorization", token)
            .json(&provider_input(json!({ "jit": jit })))
            .send()
    };
    assert_eq!(create(&connector, rules(&[&["g1"]])).status, 201, "the group has no roles");
    bind(&site, "g1", "Account Viewer");
    let change = |token: &str, input: &Value| patch(&site, input).header("authorization", token).send();
    let refused = change(&connector, &json!({ "name": "New", "jit": rules(&[&[], &["g1"]]) }));
    assert_eq!(errors(&refused), [("/jit/rules".into(), "would_grant_more".into())]);
    let message = problem(&refused, 403)["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("users:view") && !message.contains("providers:view"), "{message}");
    let made = create(&connector, rules(&[&["g1"]]));
    assert_eq!((made.status, site.database.count("providers")), (403, 1));
    for input in [
        json!({ "name": "New" }),
        json!({ "enabled": false }),
        json!({ "jit": { "enabled": false } }),
        json!({ "jit": rules(&[]) }),
    ] {
        assert_eq!(change(&connector, &input).status, 200, "{input}");
    }
    assert_eq!(change(&admin, &json!({ "jit": rules(&[&["g1"]]) })).status, 200);
}

#[test]
fn the_groups_are_read_with_the_rest() {
    let site = site();
    site.create_provider(json!({}));
    let (path, version) = provider(&site);
    let input = json!({ "jit": rules(&[&["g1"]]) });
    site.database.watch(&[]);
    assert_eq!(call(&site, Patch, &path).admin().header("if-match", &version).json(&input).send().status, 200);
    assert_eq!(site.database.batches(), 2, "a read and a write, as without groups");
}

#[test]
fn a_group_that_rules_name_is_not_deleted() {
    let site = site();
    site.create_provider(json!({ "name": "Naming", "jit": rules(&[&[], &["g1"]]) }));
    let delete = || call(&site, Delete, "groups/g1").admin().header("if-match", "\"1\"").send();
    let refused = problem(&delete(), 409);
    assert_eq!(refused["code"], "named_by_rules");
    assert!(refused["detail"].as_str().unwrap().contains("(Naming)"), "{refused}");
    assert_eq!(patch(&site, &json!({ "jit": { "rules": null } })).admin().send().status, 200);
    assert_eq!(delete().status, 204);
}

#[test]
fn a_group_that_went_away_at_the_same_moment_keeps_nobody_out() {
    let site = site();
    group(&site, "acme", "g2", &[]);
    site.create_provider(json!({ "jit": rules(&[&["g1", "g2"]]) }));
    site.database.execute("DELETE FROM groups WHERE id = 'g1'");
    assert_eq!(site.sign_in(SOUND).status, 303);
    assert_eq!(site.database.select("SELECT group_id FROM group_members"), ["g2"]);
    assert_eq!(
        patch(&site, &json!({ "enabled": false })).admin().send().status,
        200,
        "what is not about rules is saved"
    );
}
