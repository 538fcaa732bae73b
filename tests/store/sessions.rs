//! Sessions.

use crate::scene::{NOW, open_session, run, scene, session_of, user_of};
use crate::support::database::Database;
use postern::store::session::{self, OpenSession};
use postern::time::{Duration, Timestamp};

fn found(
    database: &Database,
    account: &str,
    digest: &str,
    now: Timestamp,
    idle_since: Timestamp,
) -> Option<OpenSession> {
    run(database, session::find(account, digest, now, idle_since)).unwrap().first().unwrap()
}

#[test]
fn an_open_session_is_found_with_whose_it_is() {
    let database = scene();
    open_session(&database, "s1", "d1").unwrap();
    let open = found(&database, "acme", "d1", NOW, NOW.minus(Duration::hours(8))).unwrap();
    assert_eq!(
        (open.opened.session_id.as_str(), open.opened.provider_id.as_str(), open.opened.provider_name.as_str()),
        ("s1", "p1", "Corpus")
    );
    assert_eq!(
        (open.opened.opened_at, open.opened.seen_at, open.opened.expires_at),
        (NOW, NOW, session_of("s1", "u1", "p1").row().expires_at)
    );
    assert_eq!(open.user, user_of("u1", "Ada@Example.com"));
    assert!(found(&database, "acme", "d2", NOW, NOW.minus(Duration::hours(8))).is_none());
    assert!(found(&database, "other", "d1", NOW, NOW.minus(Duration::hours(8))).is_none());
}

#[test]
fn a_session_ends_at_its_end_when_idle_and_with_its_user() {
    let database = scene();
    open_session(&database, "s1", "d1").unwrap();
    let end = session_of("s1", "u1", "p1").row().expires_at;
    let long_ago = Timestamp(0);
    let just_before = Timestamp(end.0 - 1);
    assert!(found(&database, "acme", "d1", just_before, long_ago).is_some());
    assert!(found(&database, "acme", "d1", end, long_ago).is_none());
    assert!(found(&database, "acme", "d1", NOW, Timestamp(NOW.0 - 1)).is_some());
    assert!(found(&database, "acme", "d1", NOW, NOW).is_none(), "not used since");
    database.execute("UPDATE users SET active = 0 WHERE account_id = 'acme'");
    assert!(found(&database, "acme", "d1", NOW, long_ago).is_none());
}

#[test]
fn use_is_remembered_for_one_session() {
    let database = scene();
    open_session(&database, "s1", "d1").unwrap();
    open_session(&database, "s2", "d2").unwrap();
    let later = NOW.plus(Duration::hours(1));
    run(&database, session::seen("acme", "d1", later)).unwrap();
    assert_eq!(found(&database, "acme", "d1", later, NOW).unwrap().opened.seen_at, later);
    assert!(found(&database, "acme", "d2", later, NOW).is_none());
}

#[test]
fn one_session_is_ended() {
    let database = scene();
    open_session(&database, "s1", "d1").unwrap();
    open_session(&database, "s2", "d2").unwrap();
    run(&database, session::delete("acme", "d1")).unwrap();
    run(&database, session::delete("other", "d2")).unwrap();
    assert_eq!(database.select("SELECT id FROM sessions"), ["s2"]);
}
