//! How long a permission check takes natively: prints `{ "decision", "reading", "reached", "all" }`, lists of microseconds of
//! CPU time, for bench/access.mjs.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a measurement may fail")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]
#![allow(clippy::print_stdout, reason = "what it measures is printed")]

#[allow(dead_code, reason = "tests need more of it")]
#[path = "../../tests/support/database.rs"]
mod database;

use database::Database;
use postern::access::{Grant, Permission, Place, reasons};
use postern::store::grant::{self, Whose};
use postern::store::{Store, take};
use std::hint::black_box;
use std::time::Instant;

const ROUNDS: usize = 9;
const CHECKS: u32 = 50;
const GROUPS: usize = 100;
const BINDINGS: usize = 1_000;

/// A user in a hundred groups of an account with a thousand role bindings, as many of which as `reaching` are of these groups.
fn account(reaching: usize) -> Database {
    let database = Database::new();
    let mut sql = String::from(
        "INSERT INTO accounts (id, name, created_at, version) VALUES ('a', 'A', 1, 1); \
         INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         VALUES ('a', 'u', 'u@example.com', 'u@example.com', 1, 'admin', 1, 1, 1);",
    );
    for group in 0..BINDINGS {
        sql += &format!(
            "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version) \
             VALUES ('a', 'g{group}', 'g{group}', 'g{group}', 'g{group}', 'native', 1, 1, 1);"
        );
        if group < GROUPS {
            sql += &format!("INSERT INTO group_members VALUES ('a', 'g{group}', 'u', 1);");
        }
    }
    for role in 0..10 {
        sql += &record(&format!("r{role}"), "role", r#"{"permissions":["app:access","users:view"]}"#);
    }
    for binding in 0..BINDINGS {
        let group = if binding < reaching { binding % GROUPS } else { binding };
        let role = binding / GROUPS;
        let settings = format!(
            r#"{{"principal":{{"type":"group","id":"g{group}"}},"role":"r{role}","resourceGroup":"_all_resources","scope":{{"type":"account"}}}}"#
        );
        sql += &record(&format!("b{binding}"), "roleBinding", &settings);
    }
    database.execute(&sql);
    database
}

fn record(id: &str, kind: &str, settings: &str) -> String {
    let name = if kind == "role" { id } else { "" };
    format!(
        "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) \
         VALUES ('a', '{id}', '{kind}', '{name}', '{settings}', 1, 1, 1);"
    )
}

/// Seconds that this thread has run for, where the system tells; else the time of day, which others have a part in.
fn clock(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Microseconds of one of many runs, for each round.
fn timed(mut run: impl FnMut() -> usize) -> Vec<f64> {
    let mut round = || {
        let launch = Instant::now();
        let start = clock(launch);
        for _ in 0..CHECKS {
            black_box(run());
        }
        (clock(launch) - start) * 1e6 / f64::from(CHECKS)
    };
    round();
    (0..ROUNDS).map(|_| round()).collect()
}

/// All of a check: the one call of the database, what it found, and the decision.
fn check(database: &Database) -> usize {
    let statements = vec![grant::of("a", Whose::Users(&["u"]))];
    let [rows] = take(pollster::block_on(database.batch(statements)).unwrap()).unwrap();
    let grants = grant::read_one(&rows).unwrap();
    reasons(&grants, Permission::GroupsManage, None, Place::ACCOUNT).count() + grants.len()
}

fn main() {
    let (reached, all) = (account(GROUPS), account(BINDINGS));
    assert_eq!((check(&reached), check(&all)), (GROUPS, BINDINGS));
    let statements = vec![grant::of("a", Whose::Users(&["u"]))];
    let [rows] = take(pollster::block_on(all.batch(statements)).unwrap()).unwrap();
    let grants = grant::read_one(&rows).unwrap();
    let decide = |grants: &[Grant]| reasons(grants, Permission::GroupsManage, None, Place::ACCOUNT).count();
    let decision = timed(|| (0..1_000).map(|_| decide(black_box(&grants))).sum());
    let decision: Vec<f64> = decision.iter().map(|thousand| thousand / 1_000.0).collect();
    let figures = serde_json::json!({
        "decision": decision,
        "reading": timed(|| grant::read_one(&rows).unwrap().len()),
        "reached": timed(|| check(&reached)),
        "all": timed(|| check(&all)),
    });
    println!("{figures}");
}
