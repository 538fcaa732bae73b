//! The sign-in log and the change log.

use crate::scene::{NOW, run, scene};
use crate::support::database::Database;
use postern::jit::Step;
use postern::refusal::Explanation;
use postern::store::change::Change;
use postern::store::log::Wanted;
use postern::store::sign_in::{self, Initiator, Outcome, SignIn};
use postern::store::{Page, commit};

pub(crate) fn attempt(id: &str, outcome: Outcome) -> SignIn {
    SignIn {
        outcome,
        initiated_by: Some(Initiator::Sp),
        provider_id: Some("p1".into()),
        provider_name: Some("Corpus".into()),
        user_id: Some("u1".into()),
        email: Some("Ada@Example.com".into()),
        name_id: Some("n1".into()),
        decision: Some("existing_user".into()),
        error: Some(Explanation {
            code: "expired".into(),
            message: "it has passed".into(),
            expected: Some("before".into()),
            got: None,
            remedy: "Sign in again.".into(),
        }),
        trace: vec![Step {
            rule: "active".into(),
            wanted: "an active user".into(),
            got: "active".into(),
            matched: true,
        }],
        ..SignIn::begun(id.into(), NOW)
    }
}

fn log(database: &Database, account: &str, attempt: &SignIn) {
    pollster::block_on(commit(database, attempt.plan(account, ()).unwrap())).unwrap();
}

#[test]
fn an_attempt_is_read_as_it_was_logged() {
    let database = scene();
    for attempt in [attempt("i1", Outcome::SignedIn), SignIn::begun("i2".into(), NOW)] {
        log(&database, "acme", &attempt);
        let found = sign_in::read(&run(&database, sign_in::find("acme", &attempt.id)).unwrap()).unwrap();
        assert_eq!(found, [attempt]);
    }
    assert!(run(&database, sign_in::find("other", "i1")).unwrap().is_empty());
}

#[test]
fn attempts_are_listed_the_newest_first() {
    let database = scene();
    for (id, outcome) in
        [("i1", Outcome::SignedIn), ("i2", Outcome::Refused), ("i3", Outcome::SignedIn), ("z4", Outcome::Refused)]
    {
        log(&database, "acme", &attempt(id, outcome));
    }
    let ids = |outcome: &str, after: Option<&str>, limit| {
        let mut wanted = Wanted::all(&sign_in::LOG, Page { after: after.map(str::to_owned), limit });
        wanted.narrow("outcome", outcome).unwrap();
        assert!(wanted.edge("acme").is_none(), "the index serves it");
        let found = sign_in::read(&run(&database, wanted.rows("acme")).unwrap()).unwrap();
        found.into_iter().map(|attempt| attempt.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("", None, 50), ["z4", "i3", "i2", "i1"]);
    assert_eq!(ids("", None, 2), ["z4", "i3", "i2"], "one more than asked for tells of a next page");
    assert_eq!(ids("", Some("i3"), 50), ["i2", "i1"]);
    assert_eq!(ids("refused", None, 50), ["z4", "i2"]);
    assert_eq!(ids("signed_in", Some("i3"), 50), ["i1"]);
}

#[test]
fn a_change_is_logged_with_what_was_and_what_is() {
    let database = scene();
    let change = Change {
        id: "c1".into(),
        at: NOW,
        actor: "setup-token",
        action: "provider.updated",
        resource: "provider/p1".into(),
        version: 2,
        before: Some(&serde_json::json!({ "name": "a" })),
        after: None,
    };
    pollster::block_on(commit(&database, change.plan("acme", ()).unwrap())).unwrap();
    assert_eq!(
        database.select("SELECT * FROM changes"),
        [format!("acme|c1|{}|setup-token|provider.updated|provider/p1|2|{{\"name\":\"a\"}}|null", NOW.0)]
    );
}
