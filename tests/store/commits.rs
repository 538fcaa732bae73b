//! What a commit is worth when the database fails at it: what was decided has happened once, or not at all, and the one
//! who asked knows which; only when nothing answers any more do they not.

use crate::logs::attempt;
use crate::scene::{NOW, run, scene};
use crate::support::database::Fault::{self, After, Before};
use postern::store::sign_in::Outcome;
use postern::store::{Committed, Constraint, Plan, StoreError, commit, spent};

fn plan() -> Plan<&'static str> {
    let mut plan = attempt("i1", Outcome::SignedIn).plan("acme", "a cookie").unwrap();
    plan.push(spent::assertion("acme", "p1", "_a1", NOW));
    plan.extend([spent::request("acme", "_r1", NOW)]);
    plan
}

/// The outcome under faults, how many batches that took, and whether it has happened.
fn outcome(faults: &[(usize, Fault)]) -> (Result<&'static str, StoreError>, usize, bool) {
    let database = scene();
    database.watch(faults);
    let result = pollster::block_on(commit(&database, plan())).map(Committed::into_inner);
    let counts = ["sign_ins", "spent"].map(|table| database.count(table));
    assert!(matches!(counts, [0, 0] | [1, 2]), "half-done: {counts:?}");
    (result, database.batches(), counts[0] == 1)
}

fn lost(batch: usize) -> Result<&'static str, StoreError> {
    Err(StoreError::Unavailable(format!("Network connection lost. (batch {batch})")))
}

#[test]
fn without_a_fault_one_batch_is_enough() {
    assert_eq!(outcome(&[]), (Ok("a cookie"), 1, true));
}

#[test]
fn what_failed_before_it_began_is_tried_again() {
    assert_eq!(outcome(&[(1, Before)]), (Ok("a cookie"), 2, true));
}

#[test]
fn what_failed_after_it_was_done_is_found_by_its_log_row_and_not_done_twice() {
    assert_eq!(outcome(&[(1, After)]), (Ok("a cookie"), 3, true));
}

#[test]
fn what_failed_twice_is_an_error() {
    assert_eq!(outcome(&[(1, Before), (2, Before)]), (lost(2), 2, false));
    assert_eq!(outcome(&[(1, Before), (2, After)]), (lost(2), 2, true));
    assert_eq!(outcome(&[(1, After), (2, Before)]), (lost(2), 2, true));
    assert_eq!(outcome(&[(1, After), (3, Before)]), (lost(3), 3, true));
}

#[test]
fn a_constraint_is_told_at_once_and_nothing_is_written() {
    let database = scene();
    run(&database, spent::request("acme", "_r1", NOW)).unwrap();
    let before = database.dump();
    database.watch(&[]);
    let error = pollster::block_on(commit(&database, plan())).unwrap_err();
    assert_eq!(error, StoreError::Constraint(Constraint::Spent));
    assert_eq!((database.batches(), database.dump()), (1, before));
}

#[test]
fn a_constraint_in_the_second_try_is_somebody_elses_doing_unless_the_log_row_is_ours() {
    let database = scene();
    run(&database, spent::request("acme", "_r1", NOW)).unwrap();
    let before = database.dump();
    database.watch(&[(1, Before)]);
    let error = pollster::block_on(commit(&database, plan())).unwrap_err();
    assert_eq!(error, StoreError::Constraint(Constraint::Spent));
    assert_eq!((database.batches(), database.dump()), (3, before));
}
