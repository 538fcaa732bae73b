//! Guards are constraints: each is met once and told by its name.

use crate::logs::attempt;
use crate::scene::{ISSUER, NOW, account_of, create_user, link, open_session, provider_of, run, scene, session_of};
use crate::support::database::Database;
use postern::store::api_token::{self, ApiToken, Credential};
use postern::store::change::Change;
use postern::store::scim_list::Keyset;
use postern::store::scim_user::{self, ScimUser};
use postern::store::sign_in::Outcome;
use postern::store::{Constraint, Statement, Store, StoreError, account, commit, provider, session, spent};
use postern::time::{Duration, Timestamp};

fn constraint<T: std::fmt::Debug>(result: Result<T, StoreError>) -> Constraint {
    match result {
        Err(StoreError::Constraint(constraint)) => constraint,
        other => panic!("no constraint: {other:?}"),
    }
}

fn change(database: &Database, id: &str, version: i64) -> Result<(), StoreError> {
    let change: Change<'_, ()> = Change {
        id: id.into(),
        at: NOW,
        actor: "setup-token",
        action: "provider.updated",
        resource: "provider/p1".into(),
        version,
        before: None,
        after: None,
    };
    pollster::block_on(commit(database, change.plan("acme", ())?)).map(|_| ())
}

#[test]
fn an_account_id_is_given_once() {
    let database = scene();
    assert_eq!(constraint(run(&database, account::insert(&account_of("acme")))), Constraint::AccountId);
}

#[test]
fn an_entity_id_has_one_provider_in_an_account() {
    let database = scene();
    let insert = |id, entity_id| run(&database, provider::insert("acme", &provider_of(id, entity_id)).unwrap());
    assert_eq!(constraint(insert("p2", ISSUER)), Constraint::ProviderEntityId);
    insert("p2", "https://two.example").unwrap();
    let taken = provider_of("p2", ISSUER);
    assert_eq!(constraint(run(&database, provider::update("acme", &taken).unwrap())), Constraint::ProviderEntityId);
}

#[test]
fn an_email_has_one_user_in_an_account_whatever_its_case() {
    let database = scene();
    assert_eq!(constraint(create_user(&database, "acme", "u2", "ADA@example.com")), Constraint::UserEmail);
    create_user(&database, "acme", "u2", "bob@example.com").unwrap();
}

#[test]
fn a_name_id_means_one_user() {
    let database = scene();
    create_user(&database, "acme", "u2", "bob@example.com").unwrap();
    assert_eq!(constraint(link(&database, "acme", "n1", "u2")), Constraint::UserLink);
}

#[test]
fn a_version_is_made_once() {
    let database = scene();
    change(&database, "c1", 2).unwrap();
    assert_eq!(constraint(change(&database, "c2", 2)), Constraint::ChangeVersion);
    change(&database, "c2", 3).unwrap();
}

#[test]
fn nothing_refers_to_what_is_not_there() {
    let database = scene();
    assert_eq!(constraint(link(&database, "acme", "n2", "u9")), Constraint::Reference);
    assert_eq!(constraint(create_user(&database, "nobody", "u1", "ada@example.com")), Constraint::Reference);
    let orphan = provider::insert("nobody", &provider_of("p1", ISSUER)).unwrap();
    assert_eq!(constraint(run(&database, orphan)), Constraint::Reference);
    let attempt = attempt("i1", Outcome::Refused).plan("nobody", ()).unwrap();
    assert_eq!(constraint(pollster::block_on(commit(&database, attempt))), Constraint::Reference);
}

#[test]
fn a_session_is_of_the_versions_that_it_was_decided_by() {
    let database = scene();
    for (user, provider, versions) in
        [("u9", "p1", (1, 1)), ("u1", "p9", (1, 1)), ("u1", "p1", (0, 1)), ("u1", "p1", (2, 1)), ("u1", "p1", (1, 2))]
    {
        let session = session_of("s1", user, provider);
        let opened = run(&database, session::insert(&session, "d1", versions.0, versions.1));
        assert_eq!(constraint(opened), Constraint::VersionMoved, "{user} {provider} {versions:?}");
    }
    run(&database, session::insert(&session_of("s1", "u1", "p1"), "d1", 1, 1)).unwrap();
}

/// An API key of a service account.
fn scene_with_key() -> Database {
    let database = scene();
    database.execute(
        "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) VALUES \
         ('acme', 's1', 'serviceAccount', 'S', '{}', 1, 1, 1), \
         ('acme', 'k1', 'apiKey', 'K', '{\"owner\":{\"type\":\"serviceAccount\",\"id\":\"s1\"}}', 1, 1, 1)",
    );
    database
}

fn token_of(id: &str, expires_at: Option<Timestamp>) -> Statement {
    let token = ApiToken { id: id.into(), name: "T".into(), created_at: NOW, expires_at };
    api_token::insert("acme", "k1", &token, "d1")
}

#[test]
fn a_token_that_nobody_has_or_that_has_ended_fails_its_batch() {
    let database = scene_with_key();
    let ends = Some(NOW.plus(Duration(1)));
    for (id, expires_at) in [("t1", None), ("t2", ends)] {
        run(&database, token_of(id, expires_at)).unwrap();
        assert_eq!(run(&database, api_token::shown("acme", id, "d1", NOW)).unwrap().len(), 1);
        for (user, found) in [("u1", 1), ("u9", 0)] {
            let before = api_token::shown_before(id, "d1", NOW, scim_user::find("acme", user));
            let rows = run(&database, before).unwrap();
            assert!(rows.first::<Credential>().unwrap().is_some(), "{user}");
            assert_eq!(api_token::looked_up(rows).all::<ScimUser>().unwrap().len(), found, "{user}");
        }
    }
    for (account, id, digest, now) in [
        ("acme", "t1", "d2", NOW),
        ("acme", "t3", "d1", NOW),
        ("other", "t1", "d1", NOW),
        ("acme", "t2", "d1", NOW.plus(Duration(1))),
    ] {
        for statement in [
            api_token::shown(account, id, digest, now),
            api_token::shown_before(id, digest, now, scim_user::find(account, "u1")),
            api_token::shown_before(id, digest, now, scim_user::find(account, "u9")),
        ] {
            assert_eq!(constraint(run(&database, statement)), Constraint::Token, "{account} {id} {digest} {now}");
        }
    }
}

#[test]
fn for_who_has_no_such_token_nothing_is_looked_up() {
    let database = scene_with_key();
    run(&database, token_of("t1", None)).unwrap();
    let keyset = Keyset { after: "", after_time: None, limit: 50 };
    let lookups = |user: &str, email: &str| {
        [
            scim_user::find("acme", user),
            scim_user::by_user_name("acme", email),
            scim_user::by_email("acme", email, &keyset),
            scim_user::alike("acme", email, email),
        ]
    };
    for (known, unknown) in lookups("u1", "ada@example.com").into_iter().zip(lookups("u9", "bob@example.com")) {
        let steps =
            |digest, lookup: &Statement| database.steps(&api_token::shown_before("t1", digest, NOW, lookup.clone()));
        assert_ne!(steps("d1", &known), steps("d1", &unknown), "{}", known.sql);
        assert_eq!(steps("d2", &known), steps("d2", &unknown), "{}", known.sql);
    }
}

#[test]
fn a_user_of_another_account_is_nobody_here() {
    let database = scene();
    create_user(&database, "other", "u2", "bob@example.com").unwrap();
    assert_eq!(constraint(link(&database, "acme", "n2", "u2")), Constraint::Reference);
}

#[test]
fn what_the_schema_forbids_is_told_in_its_own_words() {
    let database = scene();
    open_session(&database, "s1", "d1").unwrap();
    let same_digest = constraint(open_session(&database, "s2", "d1"));
    assert_eq!(same_digest, Constraint::Other("sessions.account_id, sessions.digest".into()));
    let bad_kind = Statement { sql: "INSERT INTO spent VALUES ('acme', 'x', 'y', 1)".into(), parameters: Vec::new() };
    assert!(matches!(constraint(run(&database, bad_kind)), Constraint::Other(_)));
}

#[test]
fn a_batch_is_all_or_nothing() {
    let database = scene();
    let before = database.dump();
    let batch = vec![
        spent::assertion("acme", "p1", "_a1", NOW),
        session::insert(&session_of("s1", "u1", "p1"), "d1", 1, 1),
        spent::assertion("acme", "p1", "_a1", NOW),
    ];
    assert_eq!(constraint(pollster::block_on(database.batch(batch))), Constraint::Spent);
    assert_eq!(database.dump(), before);
}
