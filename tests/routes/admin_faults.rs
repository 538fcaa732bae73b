//! Every change of the admin API, and each way to be let in, while the database fails at each of its calls: all of it has
//! happened or nothing, the answer never claims more than has, and another try is safe.

use crate::permitted::call;
use crate::scene::{Request, Site, body, problem, provider_input};
use crate::support::corpus;
use crate::support::database::Fault::{self, After, Before};
use postern::http::{Answer, Method};
use postern::journey::ROUTES;
use postern::time::Duration;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SOUND: &str = "accept/policy/assertion-signed";

/// A call below `/api/v1/accounts/acme`: method, path, body.
type Step = (&'static str, &'static str, Value);

/// What is made first, what is done then, and the status of doing it once more. `$0` stands for the id of what the first
/// step made, `$p` for that of the provider.
struct Journey {
    name: &'static str,
    before: Vec<Step>,
    act: Step,
    again: u16,
}

fn journey(name: &'static str, before: Vec<Step>, act: Step, again: u16) -> Journey {
    Journey { name, before, act, again }
}

fn group() -> Step {
    ("POST", "groups", json!({ "name": "Engineering" }))
}

fn linked() -> Step {
    ("POST", "groups", json!({ "name": "Engineering", "link": { "providerId": "$p", "samlGroup": "engineering" } }))
}

fn user() -> Step {
    ("POST", "users", json!({ "email": "grace@example.com" }))
}

fn member() -> Step {
    ("PUT", "groups/$0/members/$1", json!(null))
}

fn bound() -> Step {
    ("POST", "role-bindings", json!({ "principal": { "type": "group", "id": "$0" }, "role": "App User" }))
}

fn invitation() -> Step {
    ("POST", "invitations", json!({ "email": "grace@example.com", "groups": ["$0"] }))
}

fn service_account() -> Step {
    ("POST", "service-accounts", json!({ "name": "Bot", "roles": ["Provisioner", "App User"] }))
}

fn api_key() -> Step {
    ("POST", "api-keys", json!({ "name": "Key", "owner": { "type": "serviceAccount", "id": "$0" } }))
}

fn token() -> Step {
    ("POST", "api-keys/$1/tokens", json!({ "name": "Token" }))
}

fn patch(path: &'static str, patch: Value) -> Step {
    ("PATCH", path, patch)
}

fn delete(path: &'static str) -> Step {
    ("DELETE", path, json!(null))
}

#[rustfmt::skip]
fn directory() -> Vec<Journey> {
    vec![
        journey("a group is made", vec![], group(), 409),
        journey("a linked group is made", vec![], linked(), 409),
        journey("a group is renamed", vec![group()], patch("groups/$0", json!({ "name": "Renamed" })), 412),
        journey("a group is linked", vec![group()],
            patch("groups/$0", json!({ "link": { "providerId": "$p", "samlGroup": "engineering" } })), 412),
        journey("a group is unlinked and emptied", vec![linked(), user(), member()],
            patch("groups/$0", json!({ "link": null, "dropMembers": true })), 412),
        journey("a group is deleted with members and bindings", vec![group(), user(), member(), bound()], delete("groups/$0"), 404),
        journey("a member is added", vec![group(), user()], member(), 204),
        journey("a member is removed", vec![group(), user(), member()], delete("groups/$0/members/$1"), 204),
        journey("a user is made", vec![], user(), 409),
        journey("a user is changed", vec![user()], patch("users/$0", json!({ "email": "hopper@example.com", "givenName": "Grace" })), 412),
        journey("a user is deactivated", vec![user()], patch("users/$0", json!({ "active": false })), 412),
        journey("a user is handed over to SCIM", vec![user()], patch("users/$0", json!({ "managedBy": "scim" })), 412),
        journey("a user is deleted with memberships", vec![group(), user(), member()], delete("users/$1"), 404),
        journey("a removed user is let in again", vec![user(), delete("users/$0")], delete("removed-users/$0"), 404),
        journey("a removed user is made anew", vec![user(), delete("users/$0")], user(), 409),
        journey("an invitation is made", vec![group()], invitation(), 409),
        journey("an invitation is deleted", vec![group(), invitation()], delete("invitations/$1"), 404),
    ]
}

#[rustfmt::skip]
fn access() -> Vec<Journey> {
    let role = || ("POST", "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let some = || ("POST", "resource-groups", json!({ "name": "Some", "resources": [{ "type": "provider", "id": "$p" }] }));
    let organization = || ("POST", "organizations", json!({ "name": "Research" }));
    let project = || ("POST", "projects", json!({ "name": "Rocket", "organization": "$0" }));
    let renamed = || json!({ "name": "Renamed" });
    vec![
        journey("a role is made", vec![], role(), 409),
        journey("a role is changed", vec![role()], patch("roles/$0", json!({ "permissions": ["users:view", "users:manage"] })), 412),
        journey("a role is deleted", vec![role()], delete("roles/$0"), 404),
        journey("a resource group is made", vec![], some(), 409),
        journey("a resource group is changed", vec![some()], patch("resource-groups/$0", json!({ "resources": [] })), 412),
        journey("a resource group is deleted", vec![some()], delete("resource-groups/$0"), 404),
        journey("a role binding is made", vec![group()], bound(), 409),
        journey("a role binding is changed", vec![group(), bound()], patch("role-bindings/$1", json!({ "role": "Provisioner" })), 412),
        journey("a role binding is deleted", vec![group(), bound()], delete("role-bindings/$1"), 404),
        journey("an organization is made", vec![], organization(), 409),
        journey("an organization is changed", vec![organization()], patch("organizations/$0", renamed()), 412),
        journey("an organization is deleted", vec![organization()], delete("organizations/$0"), 404),
        journey("a project is made", vec![organization()], project(), 409),
        journey("a project is changed", vec![organization(), project()], patch("projects/$1", renamed()), 412),
        journey("a project is deleted", vec![organization(), project()], delete("projects/$1"), 404),
        journey("a service account is made with roles", vec![], service_account(), 409),
        journey("a service account is changed", vec![service_account()], patch("service-accounts/$0", renamed()), 412),
        journey("a service account is deleted with all that is its", vec![service_account(), api_key(), token()], delete("service-accounts/$0"), 404),
        journey("an API key is made", vec![service_account()], api_key(), 201),
        journey("an API key is changed", vec![service_account(), api_key()], patch("api-keys/$1", renamed()), 412),
        journey("an API key is deleted with its tokens", vec![service_account(), api_key(), token()], delete("api-keys/$1"), 404),
        journey("a token is made", vec![service_account(), api_key()], token(), 201),
        journey("a token is revoked", vec![service_account(), api_key(), token()], delete("api-keys/$1/tokens/$2"), 404),
    ]
}

#[rustfmt::skip]
fn account() -> Vec<Journey> {
    let another = || {
        let mut input = provider_input(json!({}));
        input["metadataXml"] = crate::support::keys::metadata("https://another.example", &["idp"]).into();
        input
    };
    let rule = json!({ "conditions": [{ "on": { "attribute": "department" }, "operator": "present" }], "effect": "admit", "groups": ["$0"] });
    vec![
        journey("a provider is made", vec![], ("POST", "providers", another()), 409),
        journey("a provider is given rules", vec![group()], patch("providers/$p", json!({ "jit": { "rules": [rule] } })), 412),
        journey("a provider becomes a legacy one", vec![], patch("providers/$p", json!({ "generation": "legacy" })), 412),
        journey("a provider is deleted", vec![], delete("providers/$p"), 404),
        journey("a key is made", vec![], ("POST", "keys", json!({ "purpose": "signing" })), 201),
        journey("a dry run on recorded sign-ins", vec![], ("POST", "providers/$p/dry-run", json!({ "jit": { "enabled": false } })), 200),
        journey("a dry run on a response", vec![],
            ("POST", "providers/$p/dry-run", json!({ "jit": { "enabled": false }, "samlResponse": corpus::case(SOUND).form_field() })), 200),
        journey("a response is explained", vec![], ("POST", "saml/explain", json!({ "samlResponse": corpus::case(SOUND).form_field() })), 200),
        journey("a preview", vec![group(), user(), member(), bound()], ("POST", "access/preview", json!({ "removeGroup": "$0" })), 200),
    ]
}

/// A site on which what comes first was done, and the ids of what was made.
struct Scene {
    site: Site,
    ids: Vec<String>,
    provider: String,
}

impl Scene {
    fn new(steps: &[Step]) -> Self {
        let site = Site::new();
        site.create_account("acme");
        let provider = site.create_provider(json!({}))["id"].as_str().unwrap().to_owned();
        let mut scene = Self { site, ids: Vec::new(), provider };
        for step in steps {
            let answer = scene.request(step).send();
            scene.site.wait(Duration(1));
            assert!(answer.status < 300, "{step:?}: {}", answer.body_text());
            if answer.status == 201 {
                scene.ids.push(body(&answer)["id"].as_str().unwrap().to_owned());
            }
        }
        scene
    }

    fn request(&self, (method, path, input): &Step) -> Request<'_> {
        let named = |text: &str| {
            let text = text.replace("$p", &self.provider);
            self.ids.iter().enumerate().fold(text, |text, (at, id)| text.replace(&format!("${at}"), id))
        };
        let method = match *method {
            "POST" => Method::Post,
            "PATCH" => Method::Patch,
            "PUT" => Method::Put,
            _ => Method::Delete,
        };
        let request = call(&self.site, method, &named(path)).admin().header("if-match", "\"1\"");
        if input.is_null() { request } else { request.body("application/json", named(&input.to_string())) }
    }
}

/// How many rows each table has, but for the log of sign-ins: a try that is refused is logged too.
fn counts(site: &Site) -> Vec<(String, usize)> {
    let tables = site.database.select(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('sign_ins', 'sqlite_stat1') ORDER BY name",
    );
    tables.into_iter().map(|table| (table.clone(), site.database.count(&table))).collect()
}

/// What holds whatever fails: each version of something was logged once, and the log says whether it is there.
fn assert_consistent(site: &Site, about: &str) {
    let wrong = site.database.select(
        "WITH things AS ( \
           SELECT 'group/' || id AS resource, version FROM groups UNION ALL SELECT 'user/' || id, version FROM users \
           UNION ALL SELECT 'provider/' || id, version FROM providers \
           UNION ALL SELECT 'invitation/' || id, version FROM invitations \
           UNION ALL SELECT CASE kind WHEN 'resourceGroup' THEN 'resource-group' WHEN 'roleBinding' THEN 'role-binding' \
             WHEN 'serviceAccount' THEN 'service-account' WHEN 'apiKey' THEN 'api-key' ELSE kind END || '/' || id, version \
             FROM records), \
         logged AS (SELECT resource, MAX(version) AS version, COUNT(*) AS times, MIN(version) AS first FROM changes GROUP BY resource) \
         SELECT things.resource, things.version, logged.version FROM things LEFT JOIN logged USING (resource) \
         WHERE logged.version IS NOT things.version OR logged.first <> 1 OR logged.times <> logged.version",
    );
    assert!(wrong.is_empty(), "{about}: {wrong:?}");
}

/// Faults at the call `k` of `calls`: alone, for good, and followed by another one in the attempt to recover.
fn faults_at(k: usize) -> Vec<Vec<(usize, Fault)>> {
    let mut all = Vec::new();
    for first in [Before, After] {
        all.push(vec![(k, first)]);
        all.push((k..k + 9).map(|number| (number, first)).collect());
        for (later, second) in [(k + 1, Before), (k + 1, After), (k + 2, Before), (k + 2, After)] {
            all.push(vec![(k, first), (later, second)]);
        }
    }
    all
}

/// Does something under each fault. `again` is the status of doing it once more after it has been done.
fn endure(name: &str, make: impl Fn() -> Scene, act: impl Fn(&Scene) -> Answer, again: u16) {
    let act = |scene: &Scene, faults: &[(usize, Fault)]| {
        scene.site.database.watch(faults);
        let answer = act(scene);
        let calls = scene.site.database.batches();
        scene.site.database.watch(&[]);
        (answer, calls)
    };
    let scene = make();
    let before = counts(&scene.site);
    let (answer, calls) = act(&scene, &[]);
    let success = answer.status;
    assert!((200..=303).contains(&success), "{name}: {success} {}", answer.body_text());
    assert!((1..=3).contains(&calls), "{name}: {calls} calls");
    let whole = counts(&scene.site);
    let reads_only = before == whole;
    assert_consistent(&scene.site, name);
    for k in 1..=calls {
        for faults in faults_at(k) {
            let about = format!("{name} under {faults:?}");
            let scene = make();
            let (before, untouched) = (counts(&scene.site), scene.site.database.dump());
            let (answer, _) = act(&scene, &faults);
            let after = counts(&scene.site);
            let nothing = scene.site.database.dump() == untouched;
            assert!(nothing || after == whole, "{about}: all of it or nothing: {before:?} {after:?}");
            assert_consistent(&scene.site, &about);
            if answer.status == success {
                assert_eq!(after, whole, "{about}: the answer says that it has happened");
            } else {
                assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{about}");
                assert_eq!(answer.header("set-cookie"), None, "{about}");
                assert!(answer.fault.is_some(), "{about}: the Worker's log says why");
            }
            if faults.len() == 1 && k == calls && !reads_only {
                assert_eq!(answer.status, success, "{about}: a commit survives one lost connection");
            }
            if faults == [(k, Before)] && k < calls {
                assert!(nothing, "{about}: a read that fails has written nothing");
            }
            let (retried, _) = act(&scene, &[]);
            let expected = if nothing { success } else { again };
            assert_eq!(retried.status, expected, "{about}, again: {}", retried.body_text());
            if again >= 400 || nothing {
                assert_eq!(counts(&scene.site), whole, "{about}: once, not twice");
            }
            assert_consistent(&scene.site, &about);
        }
    }
}

fn endure_all(journeys: Vec<Journey>) {
    for Journey { name, before, act, again } in journeys {
        endure(name, || Scene::new(&before), |scene| scene.request(&act).send(), again);
    }
}

#[test]
fn changes_of_groups_users_and_invitations() {
    endure_all(directory());
}

#[test]
fn changes_of_what_says_who_may_do_what() {
    endure_all(access());
}

#[test]
fn changes_of_providers_and_keys_and_what_is_only_asked() {
    endure_all(account());
}

/// A change that a later version adds belongs in here too.
#[test]
fn every_change_of_the_admin_api_is_tried() {
    let pattern = |path: &str| {
        let part = |part: &str| if part.starts_with(['$', '{']) { "_".to_owned() } else { part.to_owned() };
        path.split('/').map(part).collect::<Vec<_>>().join("/")
    };
    let journeys = directory().into_iter().chain(access()).chain(account());
    let tried: BTreeSet<_> = journeys.map(|journey| (journey.act.0, pattern(journey.act.1))).collect();
    // Making an account, fetching metadata and importing are in faults of their own.
    let elsewhere = ["POST providers/_/refresh", "POST import"];
    for (method, path, ..) in ROUTES.iter().filter(|(method, ..)| *method != Method::Get) {
        let Some(path) = path.strip_prefix("/api/v1/accounts/{account}/").map(pattern) else { continue };
        let is_tried = tried.contains(&(method.name(), path.clone()));
        assert!(
            is_tried || elsewhere.contains(&format!("{} {path}", method.name()).as_str()),
            "{} {path}",
            method.name()
        );
    }
}

#[test]
fn every_route_that_reads_says_that_the_database_is_gone() {
    let scene = Scene::new(&[group(), user(), service_account()]);
    for (_, path, ..) in ROUTES.iter().filter(|(method, path, ..)| *method == Method::Get && path.contains("/accounts"))
    {
        let target = path.replace("{account}", "acme").replace("{id}", "x");
        for fault in [Before, After] {
            let untouched = scene.site.database.dump();
            scene.site.database.watch(&[(1, fault)]);
            let answer = scene.site.get(&target).admin().send();
            problem(&answer, 503);
            scene.site.database.watch(&[]);
            assert_eq!(scene.site.database.dump(), untouched, "{target}");
            assert!(matches!(scene.site.get(&target).admin().send().status, 200 | 404), "{target}");
        }
    }
}

/// The ways to be let in: settings of the provider, and what is there before.
#[rustfmt::skip]
fn ways_in() -> Vec<(&'static str, Value, Vec<Step>)> {
    let following = || json!({ "authorization": { "enabled": true, "groupsAttribute": "department" } });
    let ada = || ("POST", "users", json!({ "email": "ada@example.com" }));
    let rule = json!({ "conditions": [{ "on": { "attribute": "department" }, "operator": "present" }], "effect": "admit", "groups": ["$0"] });
    vec![
        ("just in time", json!({}), vec![]),
        ("just in time into a linked group", following(), vec![linked()]),
        ("just in time into the groups of a rule", json!({ "jit": { "enabled": true, "rules": [rule] } }), vec![group()]),
        ("invited", json!({ "jit": { "enabled": false } }),
            vec![group(), ("POST", "invitations", json!({ "email": "ada@example.com", "groups": ["$0"] }))]),
        ("known by e-mail", json!({ "jit": { "enabled": false } }), vec![ada()]),
        ("known by e-mail, out of a linked group", following(),
            vec![("POST", "groups", json!({ "name": "Sales" })), ada(), member(), patch("groups/$0", json!({ "link": { "providerId": "$p", "samlGroup": "sales" } }))]),
        ("through a legacy provider", json!({ "generation": "legacy", "jit": { "enabled": false } }), vec![ada()]),
    ]
}

#[test]
fn each_way_to_be_let_in() {
    for (name, settings, steps) in ways_in() {
        let make = || {
            let mut scene = Scene::new(&steps);
            let settings = settings.to_string().replace("$0", scene.ids.first().map_or("", String::as_str));
            scene.site.change_provider(&serde_json::from_str(&settings).unwrap());
            scene.site.forget();
            scene
        };
        endure(name, make, |scene| scene.site.sign_in(SOUND), 403);
    }
}
