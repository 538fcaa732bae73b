//! Upkeep removes what has expired, and nothing else.

use crate::logouts::remember_logout;
use crate::scene::{NOW, open_session, run, scene};
use crate::single_use::remember_request;
use crate::support::database::{Database, Fault};
use postern::deployment::Retention;
use postern::journey::upkeep;
use postern::store::spent;
use postern::time::{Duration, Timestamp};

/// What is kept for a while after its end.
const GRACE: Duration = Duration::hours(1);

/// What is kept if no variable says otherwise.
fn usual() -> Retention {
    Retention::read(|_| None).unwrap()
}

fn expire(database: &Database, id: &str, at: Timestamp) {
    run(database, spent::request("acme", id, at)).unwrap();
    remember_request(database, id, at);
    remember_logout(database, id, at);
    open_session(database, id, id).unwrap();
    database.execute(&format!("UPDATE sessions SET expires_at = {} WHERE id = '{id}'", at.0));
}

fn left(database: &Database) -> [Vec<String>; 4] {
    ["id FROM spent", "id FROM pending_requests", "id FROM pending_logouts", "id FROM sessions"]
        .map(|what| database.select(&format!("SELECT {what} ORDER BY 1")))
}

#[test]
fn what_has_expired_goes_and_nothing_else() {
    let database = scene();
    let moments = [
        ("over", NOW.minus(GRACE)),
        ("in-grace", Timestamp(NOW.minus(GRACE).0 + 1)),
        ("ending", NOW),
        ("open", Timestamp(NOW.0 + 1)),
    ];
    for (id, at) in moments {
        expire(&database, id, at);
    }
    let others = ["accounts", "providers", "users", "user_links"];
    let before = others.map(|table| database.count(table));
    database.watch(&[]);
    pollster::block_on(upkeep(&database, &usual(), NOW)).unwrap();
    assert_eq!(database.batches(), 1);
    let [spent, requests, logouts, sessions] = left(&database);
    assert_eq!(spent, ["open"], "spent until its end, which is exclusive");
    assert_eq!(requests, ["ending", "in-grace", "open"]);
    assert_eq!(logouts, ["ending", "in-grace", "open"]);
    assert_eq!(sessions, ["ending", "in-grace", "open"]);
    assert_eq!(others.map(|table| database.count(table)), before);
}

#[test]
fn it_goes_in_bounded_steps() {
    let database = scene();
    database.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5500) \
         INSERT INTO spent SELECT 'acme', 'assertion', 'a' || i, 1 FROM n",
    );
    for (left, batches) in [(500, 5), (0, 1)] {
        database.watch(&[]);
        pollster::block_on(upkeep(&database, &usual(), NOW)).unwrap();
        assert_eq!(database.count("spent"), left);
        assert_eq!(database.batches(), batches);
    }
}

#[test]
fn a_fault_leaves_everything_as_it_was() {
    let database = scene();
    expire(&database, "over", Timestamp(1));
    open_session(&database, "s1", "d1").unwrap();
    let before = database.dump();
    database.watch(&[(1, Fault::Before)]);
    pollster::block_on(upkeep(&database, &usual(), NOW)).unwrap_err();
    assert_eq!(database.dump(), before);
}

/// A row of each log of each account at a time.
fn log(database: &Database, id: &str, at: Timestamp) {
    for account in ["acme", "other"] {
        let at = at.0;
        database.execute(&format!(
            "INSERT INTO sign_ins (account_id, id, at, outcome, trace) VALUES ('{account}', '{id}', {at}, 'refused', '[]'); \
             INSERT INTO provisioning_log VALUES \
             ('{account}', '{id}', {at}, 'okta', 'GET', '/', 400, 'refused', NULL, NULL, '{{}}'); \
             INSERT INTO events VALUES ('{account}', '{id}', {at}, 'a.b', '{id}', '{{}}'); \
             INSERT INTO changes VALUES ('{account}', '{id}', {at}, 'x', 'a.b', 'x/{id}', 1, NULL, NULL)"
        ));
    }
}

#[test]
fn logs_are_kept_as_long_as_is_said_and_no_longer() {
    for (days, left) in [
        ([""; 4], [0; 4].map(|_| vec!["0", "39", "400"])),
        (["0"; 4], [0; 4].map(|_| vec!["0", "39", "400", "401", "4000"])),
        (
            ["39", "1", "", "0"],
            [vec!["0", "39"], vec!["0"], vec!["0", "39", "400"], vec!["0", "39", "400", "401", "4000"]],
        ),
        (["1"; 4], [0; 4].map(|_| vec!["0"])),
    ] {
        let database = scene();
        for age in [0, 39, 400, 401, 4000] {
            log(&database, &age.to_string(), NOW.minus(Duration::days(age)));
        }
        let names = ["SIGN_IN_LOG_DAYS", "PROVISIONING_LOG_DAYS", "EVENT_LOG_DAYS", "AUDIT_LOG_DAYS"];
        let of =
            |name: &str| names.iter().zip(days).find(|(known, _)| **known == name).map(|(_, days)| days.to_owned());
        let retention = Retention::read(|name| of(name).filter(|days| !days.is_empty())).unwrap();
        pollster::block_on(upkeep(&database, &retention, NOW)).unwrap();
        for (table, left) in ["sign_ins", "provisioning_log", "events", "changes"].into_iter().zip(left) {
            for account in ["acme", "other"] {
                let found = database.select(&format!(
                    "SELECT id FROM {table} WHERE account_id = '{account}' ORDER BY CAST(id AS INTEGER)"
                ));
                assert_eq!(found, left, "{table} {days:?}");
            }
        }
    }
}

#[test]
fn a_call_makes_so_many_queries_whatever_there_is_to_remove() {
    let database = scene();
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)";
    for (table, columns, values) in [
        ("spent", "kind, id, expires_at", "'assertion', i, 1"),
        ("pending_requests", "id, provider_id, browser_digest, return_to, expires_at", "i, 'p1', 'd', '/', 1"),
        ("pending_logouts", "id, provider_id, expires_at", "i, 'p1', 1"),
        ("sign_ins", "id, at, outcome, trace", "i, 1, 'refused', '[]'"),
        ("events", "id, at, kind, subject, detail", "i, 1, 'a.b', i, '{}'"),
        ("changes", "id, at, actor, action, resource, version", "i, 1, 'x', 'a.b', 'x', i"),
    ] {
        database.execute(&format!("{rows} INSERT INTO {table} (account_id, {columns}) SELECT 'acme', {values} FROM n"));
    }
    let tables = ["spent", "pending_requests", "pending_logouts", "sign_ins", "events", "changes"];
    let mut calls = 0;
    while tables.iter().any(|table| database.count(table) > 0) {
        let before: Vec<_> = tables.iter().map(|table| database.count(table)).collect();
        database.watch(&[]);
        pollster::block_on(upkeep(&database, &usual(), NOW)).unwrap();
        let (queries, batches) = (database.statements().len(), database.batches());
        assert!(queries <= 35 && batches <= 5, "{queries} {batches}");
        for (table, before) in tables.iter().zip(before) {
            assert!(before == 0 || database.count(table) < before, "{table} is not forgotten");
        }
        calls += 1;
    }
    assert_eq!(calls, 2);
}
