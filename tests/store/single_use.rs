//! Pending requests and what is spent.

use crate::scene::{NOW, run, scene};
use crate::support::database::Database;
use postern::id::Secret;
use postern::store::pending_request::{self, PendingRequest};
use postern::store::{Constraint, StoreError, commit, spent};
use postern::time::{Duration, Timestamp};

/// A secret that a test can have again.
pub(crate) fn secret() -> Secret {
    Secret::presented(&"A".repeat(43)).unwrap()
}

pub(crate) fn remember_request(database: &Database, id: &str, until: Timestamp) {
    let request = PendingRequest { id: id.into(), return_to: "/reports?year=1".into(), is_test: false };
    let plan = pending_request::plan("acme", &request, "p1", secret(), until);
    let bound = pollster::block_on(commit(database, plan)).unwrap();
    assert_eq!(bound.get().digest(), secret().digest());
}

#[test]
fn a_pending_request_is_found_by_its_account_provider_browser_and_time() {
    let database = scene();
    let end = NOW.plus(Duration::seconds(600));
    remember_request(&database, "_r1", end);
    let digest = secret().digest();
    let found = |account, id, provider, digest: &str, now| {
        let rows = run(&database, pending_request::find(account, id, provider, digest, now)).unwrap();
        rows.first::<PendingRequest>().unwrap()
    };
    let request = PendingRequest { id: "_r1".into(), return_to: "/reports?year=1".into(), is_test: false };
    assert_eq!(found("acme", "_r1", "p1", &digest, NOW), Some(request.clone()));
    assert_eq!(found("acme", "_r1", "p1", &digest, Timestamp(end.0 - 1)), Some(request));
    assert_eq!(found("acme", "_r1", "p1", &digest, end), None, "the end is exclusive");
    assert_eq!(found("acme", "_r1", "p1", "other", NOW), None);
    assert_eq!(found("acme", "_r1", "p2", &digest, NOW), None);
    assert_eq!(found("acme", "_r2", "p1", &digest, NOW), None);
    assert_eq!(found("other", "_r1", "p1", &digest, NOW), None);
}

#[test]
fn an_answered_request_is_removed_alone() {
    let database = scene();
    remember_request(&database, "_r1", NOW);
    remember_request(&database, "_r2", NOW);
    run(&database, pending_request::delete("acme", "_r1")).unwrap();
    run(&database, pending_request::delete("other", "_r2")).unwrap();
    assert_eq!(database.select("SELECT id FROM pending_requests"), ["_r2"]);
}

#[test]
fn what_is_spent_is_spent_once_for_its_provider_and_kind() {
    let database = scene();
    let spend = |statement| run(&database, statement).map(|_| ());
    let used =
        |account, provider, id| !run(&database, spent::find_assertion(account, provider, id)).unwrap().is_empty();
    assert!(!used("acme", "p1", "_a1"));
    spend(spent::assertion("acme", "p1", "_a1", NOW)).unwrap();
    assert!(used("acme", "p1", "_a1"));
    assert!(!used("acme", "p2", "_a1"));
    assert!(!used("other", "p1", "_a1"));
    let again = Err(StoreError::Constraint(Constraint::Spent));
    assert_eq!(spend(spent::assertion("acme", "p1", "_a1", NOW.plus(Duration::hours(1)))), again);
    spend(spent::assertion("acme", "p2", "_a1", NOW)).unwrap();
    spend(spent::assertion("other", "p1", "_a1", NOW)).unwrap();
    spend(spent::request("acme", "_a1", NOW)).unwrap();
    assert_eq!(spend(spent::request("acme", "_a1", NOW)), again);
    assert!(!used("acme", "p1 _a1", ""), "a provider's id cannot reach into an assertion's");
}
