//! Upkeep removes what has expired, and nothing else.

use crate::logouts::remember_logout;
use crate::scene::{NOW, open_session, run, scene, session_of};
use crate::single_use::remember_request;
use crate::support::database::{Database, Fault};
use postern::access::Session;
use postern::journey::upkeep;
use postern::store::{session, spent};
use postern::time::{Duration, Timestamp};

/// What is kept for a while after its end.
const GRACE: Duration = Duration::hours(1);

fn expire(database: &Database, id: &str, at: Timestamp) {
    run(database, spent::request("acme", id, at)).unwrap();
    remember_request(database, id, at);
    remember_logout(database, id, at);
    let session = Session { expires_at: at, ..session_of(id) };
    run(database, session::insert(&session, id)).unwrap();
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
    pollster::block_on(upkeep(&database, NOW)).unwrap();
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
        pollster::block_on(upkeep(&database, NOW)).unwrap();
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
    pollster::block_on(upkeep(&database, NOW)).unwrap_err();
    assert_eq!(database.dump(), before);
}
