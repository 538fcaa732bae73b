//! `/sign-ins`, `/events` and `/audit-log`: filtered, paged and exported alike.

use crate::permitted::{call, make};
use crate::scene::{Site, body, members, problem};
use postern::http::{Answer, Method};
use postern::time::{Duration, Timestamp};
use serde_json::{Value, json};

const LOGS: [&str; 4] = ["sign-ins", "provisioning-log", "events", "audit-log"];

/// That a test looks with the set-up token is logged as well.
fn is_look(change: &Value) -> bool {
    change["action"] == "setup-token.used"
}

fn get(site: &Site, target: &str) -> Answer {
    site.get(&format!("/api/v1/accounts/acme/{target}")).admin().send()
}

fn items(site: &Site, target: &str) -> Vec<Value> {
    let list = body(&get(site, target));
    list["items"].as_array().unwrap_or_else(|| panic!("{target}: {list}")).clone()
}

fn count(site: &Site, target: &str) -> usize {
    items(site, target).len()
}

/// Makes a group, and a while later renames it.
fn renamed_group(site: &Site, name: &str) -> Value {
    let made = body(&site.post("/api/v1/accounts/acme/groups").admin().json(&json!({ "name": name })).send());
    site.wait(Duration::seconds(1));
    let path = format!("/api/v1/accounts/acme/groups/{}", made["id"].as_str().unwrap());
    let rename = json!({ "name": format!("{name} 2") });
    let renamed =
        site.call(postern::http::Method::Patch, &path).admin().header("if-match", "\"1\"").json(&rename).send();
    assert_eq!(renamed.status, 200, "{}", renamed.body_text());
    site.wait(Duration::seconds(1));
    made
}

/// `n` rows of a log, a second apart from the time of the site on.
fn many(site: &Site, table: &str, columns: &str, values: &str, n: usize) {
    let (start, end) = (site.now(), site.now().plus(Duration::seconds(n as i64)));
    for at in (start.0..end.0).step_by(1000) {
        let id = postern::id::fresh(&site.crypto, Timestamp(at));
        site.database.execute(&format!(
            "INSERT INTO {table} (account_id, id, at, {columns}) VALUES ('acme', '{id}', {at}, {values})"
        ));
    }
}

#[test]
fn a_change_is_read_with_what_was_and_what_is_the_newest_first() {
    let site = Site::with_provider();
    site.wait(Duration::seconds(1));
    let group = renamed_group(&site, "Engineering");
    let resource = format!("group/{}", group["id"].as_str().unwrap());
    let found = items(&site, &format!("audit-log?resource={resource}"));
    let [updated, created] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(members(updated), ["action", "actor", "after", "at", "before", "id", "resource", "version"]);
    assert_eq!((&created["action"], &created["before"]), (&json!("group.created"), &json!(null)));
    assert_eq!((&updated["action"], &updated["actor"]), (&json!("group.updated"), &json!("setup-token")));
    assert_eq!((&updated["resource"], &updated["version"]), (&json!(resource), &json!(2)));
    assert_eq!(updated["before"], created["after"]);
    assert_eq!(
        (&updated["before"]["name"], &updated["after"]["name"]),
        (&json!("Engineering"), &json!("Engineering 2"))
    );
    let mut all = items(&site, "audit-log");
    all.retain(|item| !is_look(item));
    assert_eq!(all[..2], found[..]);
    assert!(all.iter().any(|item| item["action"] == "account.created"), "{all:?}");
}

#[test]
fn the_audit_log_is_filtered_by_each_and_by_all() {
    let site = Site::with_provider();
    let group = renamed_group(&site, "A");
    renamed_group(&site, "B");
    let resource = format!("group/{}", group["id"].as_str().unwrap());
    for (query, expected) in [
        ("action=group.created".to_owned(), 2),
        ("action=group.create".into(), 0),
        (format!("resource={resource}"), 2),
        (format!("resource={resource}&action=group.updated"), 1),
        (format!("resource={resource}&action=group.updated&actor=setup-token"), 1),
        (format!("resource={resource}&actor=user/1"), 0),
        ("actor=nobody".into(), 0),
        ("actor=setup-token&action=group.updated&limit=200".into(), 2),
    ] {
        assert_eq!(count(&site, &format!("audit-log?{query}")), expected, "{query}");
    }
    let blank = items(&site, "audit-log?action=&actor=&since=&until=");
    assert_eq!(blank.iter().filter(|item| !is_look(item)).count(), 6, "a blank filter is not given");
}

#[test]
fn attempts_are_filtered_by_each_and_by_all() {
    let site = Site::with_provider();
    site.sign_in("accept/policy/assertion-signed");
    site.wait(Duration::seconds(1));
    site.sign_in("accept/policy/assertion-signed");
    site.wait(Duration::seconds(1));
    site.sign_in("refuse/policy/audience-other");
    let found = items(&site, "sign-ins?outcome=signed_in");
    let (user, email, provider) =
        (&found[0]["user"]["id"], found[0]["email"].as_str().unwrap(), &found[0]["provider"]["id"]);
    let (user, provider) = (user.as_str().unwrap(), provider.as_str().unwrap());
    let shouted = email.to_uppercase();
    for (query, expected) in [
        (format!("userId={user}"), 1),
        (format!("email={email}"), 2),
        (format!("email={shouted}"), 2),
        (format!("email={email}&outcome=signed_in"), 1),
        (format!("email={email}&code=replayed"), 1),
        ("code=wrong_audience".into(), 1),
        ("code=wrong_audience&outcome=signed_in".into(), 0),
        (format!("providerId={provider}"), 3),
        (format!("providerId={provider}&outcome=refused"), 2),
        (format!("providerId={user}"), 0),
        ("email=nobody@example.com".into(), 0),
        (format!("userId={user}&email={email}&code=&outcome=signed_in&providerId={provider}"), 1),
    ] {
        assert_eq!(count(&site, &format!("sign-ins?{query}")), expected, "{query}");
    }
}

#[test]
fn events_are_filtered_by_kind_and_subject() {
    let site = Site::with_provider();
    many(&site, "events", "kind, subject, detail", "'a.b', 's' || random(), '{}'", 3);
    site.wait(Duration::seconds(3));
    many(&site, "events", "kind, subject, detail", "'c.d', 'logout/1', '{}'", 1);
    for (query, expected) in [
        ("kind=a.b", 3),
        ("kind=c.d", 1),
        ("subject=logout/1", 1),
        ("subject=logout%2F1&kind=a.b", 0),
        ("kind=none", 0),
        ("limit=2", 2),
    ] {
        assert_eq!(count(&site, &format!("events?{query}")), expected, "{query}");
    }
}

#[test]
fn a_span_of_time_has_its_beginning_and_not_its_end() {
    let site = Site::with_provider();
    let start = site.now().plus(Duration::seconds(10));
    site.set_now(start);
    many(&site, "sign_ins", "outcome, trace", "'refused', '[]'", 5);
    many(&site, "events", "kind, subject, detail", "'a.b', 's' || random(), '{}'", 5);
    many(&site, "changes", "actor, action, resource, version", "'user/1', 'a.b', 'x/' || random(), 1", 5);
    let at = |seconds: i64, millis: i64| start.plus(Duration(seconds * 1000 + millis)).to_rfc3339();
    for log in ["sign-ins?", "events?", "audit-log?actor=user/1&"] {
        let count = |query: String| count(&site, &format!("{log}{query}"));
        assert_eq!(count(format!("since={}", at(0, 0))), 5, "{log}");
        assert_eq!(count(format!("since={}&until={}", at(1, 0), at(3, 0))), 2, "{log}");
        assert_eq!(count(format!("since={}&until={}", at(1, 1), at(3, 1))), 2, "{log}");
        assert_eq!(count(format!("since={}&until={}", at(3, 0), at(1, 0))), 0, "{log}: none between");
        assert_eq!(count(format!("since={}", at(5, 0))), 0, "{log}");
        // Pages stay within it.
        let first = body(&get(&site, &format!("{log}since={}&until={}&limit=2", at(1, 0), at(4, 0))));
        let cursor = first["nextCursor"].as_str().unwrap();
        let second = body(&get(&site, &format!("{log}since={}&until={}&limit=2&cursor={cursor}", at(1, 0), at(4, 0))));
        assert_eq!((second["items"].as_array().unwrap().len(), &second["nextCursor"]), (1, &json!(null)), "{log}");
        assert_eq!(second["items"][0]["at"], at(1, 0), "{log}");
    }
}

#[test]
fn what_is_no_parameter_is_told_and_never_passed_over() {
    let site = Site::with_provider();
    for log in LOGS {
        for (query, says) in [
            ("outcom=refused", "outcom is no parameter of this list; these are: "),
            ("since=yesterday", "since must be a time such as 2026-11-22T06:00:00Z."),
            ("until=2026-11-22", "until must be a time such as 2026-11-22T06:00:00Z."),
            ("since=2026-11-22T06:00:00", "since must be a time"),
            ("format=xml", "format must be json or ndjson."),
            ("limit=0", "limit must be a whole number from 1 to 200."),
            ("limit=201", "limit must be a whole number from 1 to 200."),
            ("format=ndjson&limit=10001", "limit must be a whole number from 1 to 10000."),
            ("cursor=%20", "cursor is not one that a list answered with."),
            ("limit=5&limit=6", "limit is given twice."),
            ("since=2026-11-22T06:00:00Z&since=2026-11-22T06:00:00Z", "since is given twice."),
            ("a=1&since=x", "until, limit, cursor, format. since must be a time"),
            ("%01x=", "x is no parameter of this list"),
        ] {
            let told = problem(&get(&site, &format!("{log}?{query}")), 400);
            assert!(told["detail"].as_str().unwrap().contains(says), "{log}?{query}: {told}");
        }
        problem(&site.get(&format!("/api/v1/accounts/nobody/{log}")).admin().send(), 404);
        problem(&site.get(&format!("/api/v1/accounts/nobody/{log}?format=ndjson")).admin().send(), 404);
    }
    for (query, says) in [
        ("sign-ins?outcome=maybe", "outcome must be signed_in or refused."),
        ("sign-ins?email=ada", "email must be an e-mail address."),
        (
            "sign-ins?actor=x",
            "actor is no parameter of this list; these are: userId, email, code, outcome, providerId,",
        ),
        ("events?outcome=refused", "outcome is no parameter of this list"),
        ("audit-log?kind=x", "kind is no parameter of this list; these are: resource, actor, action, since, until,"),
    ] {
        let told = problem(&get(&site, query), 400);
        assert!(told["detail"].as_str().unwrap().contains(says), "{query}: {told}");
    }
    let many = problem(&get(&site, &format!("events?{}", "x&".repeat(5000))), 400);
    assert!(many["detail"].as_str().unwrap().len() < 2000, "{many}");
    let long = problem(&get(&site, &format!("audit-log?actor={}", "x".repeat(2001))), 400);
    assert!(long["detail"].as_str().unwrap().contains("actor must be text of at most 2000 characters."), "{long}");
}

/// The objects of an export.
fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    assert!(answer.body_text().is_empty() || answer.body_text().ends_with('\n'));
    answer.body_text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Where an export goes on, as a target.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link")?;
    Some(link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

#[test]
fn an_export_has_the_items_of_the_list_one_a_line() {
    let site = Site::with_provider();
    renamed_group(&site, "A");
    renamed_group(&site, "B");
    site.sign_in("accept/policy/assertion-signed");
    site.wait(Duration::seconds(1));
    site.sign_in("refuse/policy/audience-other");
    many(&site, "events", "kind, subject, detail", "'a.b', 's' || random(), '{\"x\": \"a\\nb\"}'", 3);
    let values = "'okta', 'GET', '/Users', 400, 'refused', '{}'";
    many(&site, "provisioning_log", "client, method, path, status, outcome, detail", values, 2);
    for (log, filter) in LOGS.into_iter().zip(["since=", "client=okta", "kind=a.b", "action=group.created"]) {
        let target = format!("{log}?{filter}");
        let listed = items(&site, &target);
        assert!(listed.len() > 1, "{log}");
        let by_query = get(&site, &format!("{target}&format=ndjson"));
        let target = format!("/api/v1/accounts/acme/{target}");
        for accept in ["application/x-ndjson", "text/html, Application/X-NDJSON; q=0.5"] {
            let by_header = site.get(&target).admin().header("accept", accept).send();
            assert_eq!(by_header.body_text(), by_query.body_text(), "{log}");
        }
        assert_eq!(lines(&by_query), listed, "{log}");
        assert_eq!(next(&by_query), None);
        let disposition = format!("attachment; filename=\"{log}.ndjson\"");
        assert_eq!(by_query.header("content-disposition"), Some(disposition.as_str()));
        for accept in ["*/*", "application/json", "application/*"] {
            let list = site.get(&target).admin().header("accept", accept).send();
            assert_eq!(list.header("content-type"), Some("application/json"), "{accept}");
        }
        let json = site.get(&format!("{target}&format=json")).admin().header("accept", "application/x-ndjson").send();
        assert_eq!(json.header("content-type"), Some("application/json"));
    }
    assert_eq!(lines(&get(&site, "sign-ins?format=ndjson&outcome=refused")).len(), 1);
    assert_eq!(get(&site, "sign-ins?format=ndjson&code=none").body_text(), "");
}

#[test]
fn an_export_goes_on_where_it_ended() {
    let site = Site::at("https://sp.example/gratis");
    site.create_account("acme");
    many(&site, "events", "kind, subject, detail", "'a.b', 's' || random(), '{}'", 25);
    many(&site, "events", "kind, subject, detail", "'c.d', 's' || random(), '{}'", 25);
    let mut target = "/api/v1/accounts/acme/events?kind=a.b&format=ndjson&limit=10".to_owned();
    let (mut ids, mut sizes) = (Vec::new(), Vec::new());
    loop {
        let answer = site.get(&target).admin().send();
        let found = lines(&answer);
        sizes.push(found.len());
        ids.extend(found.iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        let Some(link) = next(&answer) else { break };
        assert!(
            link.starts_with("/gratis/api/v1/accounts/acme/events?kind=a.b&format=ndjson&limit=10&cursor="),
            "{link}"
        );
        target = link;
    }
    assert_eq!(sizes, [10, 10, 5]);
    let listed = items(&site, "events?kind=a.b");
    assert_eq!(ids, listed.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
}

#[test]
fn an_export_is_bounded_in_rows_bytes_and_calls() {
    let site = Site::with_provider();
    many(&site, "events", "kind, subject, detail", "'a.b', 's' || random(), '{}'", 10_001);
    site.database.watch(&[]);
    let answer = get(&site, "events?format=ndjson");
    assert_eq!(lines(&answer).len(), 10_000);
    let statements = site.database.statements().len();
    assert!(site.database.batches() <= 15 && statements <= 45, "{} {statements}", site.database.batches());
    let rest = site.get(&next(&answer).unwrap()).admin().send();
    assert_eq!((lines(&rest).len(), next(&rest)), (1, None));

    site.database.execute("DELETE FROM events");
    many(
        &site,
        "events",
        "kind, subject, detail",
        "'a.b', 's' || random(), json_object('x', hex(zeroblob(50000)))",
        300,
    );
    let answer = get(&site, "events?format=ndjson");
    assert_eq!(lines(&answer).len(), 200, "a round of large rows is the last");
    let rest = site.get(&next(&answer).unwrap()).admin().send();
    assert_eq!((lines(&rest).len(), next(&rest)), (100, None));
}

#[test]
fn each_use_of_the_set_up_token_is_logged() {
    let site = Site::with_provider();
    let of = |account: &str| {
        let select = format!(
            "SELECT actor, resource, version, before IS NULL, after IS NULL FROM changes \
             WHERE account_id = '{account}' AND action = 'setup-token.used' ORDER BY id"
        );
        site.database.select(&select)
    };
    let row = |path: &str| format!("setup-token|{path}|0|1|1");
    assert_eq!(of("acme"), [""; 0], "what changes something is logged as such");
    let path = "/api/v1/accounts/acme/users";
    for status in [200, 200, 400] {
        let query = if status == 400 { "?limit=0" } else { "?limit=5" };
        assert_eq!(site.get(&format!("{path}{query}")).admin().send().status, status);
    }
    assert_eq!(of("acme"), [row(path), row(path), row(path)], "twice in one millisecond, and without the query");
    site.wait(Duration(1));
    for read_only in ["saml/explain", "access/preview", "providers/x/dry-run"] {
        let path = format!("/api/v1/accounts/acme/{read_only}");
        site.post(&path).admin().json(&json!({})).send();
        assert_eq!(*of("acme").last().unwrap(), row(&path));
        site.wait(Duration(1));
    }
    let before = of("acme").len();
    let path = "/api/v1/accounts/acme/groups";
    for (input, status) in [(json!({}), 422), (json!({ "name": "A" }), 201), (json!({ "name": "A" }), 409)] {
        assert_eq!(site.post(path).admin().json(&input).send().status, status);
    }
    assert_eq!(of("acme")[before..], [row(path), row(path)], "what was refused, and not what was made");
    site.wait(Duration(1));
    problem(&site.get("/api/v1/accounts/nobody/users").admin().send(), 404);
    assert_eq!(of("nobody"), [row("/api/v1/accounts/nobody/users")]);
    assert_eq!(site.get("/api/v1/accounts").admin().send().status, 200);
    assert_eq!(of(""), [row("/api/v1/accounts")], "of no account");
    let long = format!("/api/v1/accounts/acme/users/{}", "x".repeat(400));
    problem(&site.get(&long).admin().send(), 404);
    assert_eq!(*of("acme").last().unwrap(), row(&long[..300]));

    let (before, path) = (of("acme").len(), "/api/v1/accounts/acme/users");
    let token = crate::permitted::token_with(&site, "acme", &["Account Admin"]);
    for credential in [token.as_str(), "wrong-token-of-sixteen"] {
        site.get(path).header("authorization", &format!("Bearer {credential}")).send();
    }
    site.get("/api/v1/openapi.json").admin().send();
    assert_eq!(of("acme").len(), before, "nobody else's");
    site.wait(Duration(1));
    let shown = items(&site, "audit-log?action=setup-token.used");
    assert_eq!(shown[0]["resource"], "/api/v1/accounts/acme/audit-log", "its own, too");
    assert_eq!(
        (&shown[0]["version"], &shown[0]["before"], &shown[0]["after"]),
        (&json!(null), &json!(null), &json!(null))
    );
}

/// What is answered with success, and changes nothing or has no row of its own.
#[test]
fn a_use_of_the_set_up_token_that_finds_all_as_it_is_to_be_is_logged() {
    let site = Site::with_provider();
    let id = |made: Value| made["id"].as_str().unwrap().to_owned();
    let [group, user] = [
        id(make(&site, "groups", json!({ "name": "A" }))),
        id(make(&site, "users", json!({ "email": "a@example.com" }))),
    ];
    let removed = id(make(&site, "users", json!({ "email": "b@example.com" })));
    let delete = call(&site, Method::Delete, &format!("users/{removed}")).header("if-match", "\"1\"");
    assert_eq!(delete.admin().send().status, 204);
    let logged = |sql: &str| site.database.select(&format!("SELECT resource FROM changes WHERE {sql} ORDER BY id"));
    let uses = || logged("action = 'setup-token.used'");
    let done = |method: Method, path: &str, status: u16, is_use: bool| {
        let before = (uses().len(), logged("version > 0").len());
        site.wait(Duration(1));
        assert_eq!(call(&site, method, path).admin().send().status, status, "{path}");
        let after = (uses().len(), logged("version > 0").len());
        assert_eq!((after.0 - before.0, after.1 - before.1), (usize::from(is_use), usize::from(!is_use)), "{path}");
        if is_use {
            assert_eq!(uses().last().unwrap(), &format!("/api/v1/accounts/acme/{path}"));
        }
    };
    let member = format!("groups/{group}/members/{user}");
    done(Method::Delete, &member, 204, true);
    done(Method::Put, &member, 204, false);
    done(Method::Put, &member, 204, true);
    done(Method::Delete, &member, 204, false);
    // Somebody else clears it after it was read.
    let of_removed = format!("removed-users/{removed}");
    let at = site.database.select("SELECT removed_at FROM tombstones").remove(0);
    site.database.interrupt(
        2,
        &format!(
            "INSERT INTO changes (account_id, id, at, actor, action, resource, version) \
             VALUES ('acme', 'other', 1, 'user/x', 'removed-user.cleared', 'removed-user/{removed}', {at})"
        ),
    );
    assert_eq!(call(&site, Method::Delete, &of_removed).admin().send().status, 204);
    assert_eq!(uses().last().unwrap(), &format!("/api/v1/accounts/acme/{of_removed}"));

    let header = r#"{"postern":1,"account":{"name":"A","createdAt":"2026-11-22T06:00:00Z","version":1}}"#;
    site.create_account("copy");
    for uses in 1..=2 {
        site.wait(Duration(1));
        let import = site.post("/api/v1/accounts/copy/import").admin().body("application/x-ndjson", header);
        assert_eq!(import.send().status, 200);
        let rows = logged("account_id = 'copy'");
        assert_eq!(rows, vec!["/api/v1/accounts/copy/import"; uses], "with its chunk, and again");
    }
}

#[test]
fn what_the_set_up_token_reads_is_read_only_when_that_is_logged() {
    let site = Site::with_provider();
    site.database.watch(&[(1, crate::support::database::Fault::Before)]);
    let path = "/api/v1/accounts/acme/users";
    problem(&site.get(path).admin().send(), 503);
    assert_eq!(site.database.batches(), 1);
    site.database.watch(&[]);
    assert_eq!(site.get(path).admin().send().status, 200);
    assert_eq!(site.database.batches(), 2, "one more than others need, and they need one to be let in");
}
