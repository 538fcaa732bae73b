//! Single logout: which sessions a NameID and indexes mean, open logouts, and events.

use crate::scene::{NOW, open_session, run, scene};
use crate::support::database::Database;
use postern::saml::NameId;
use postern::store::event::{self, Event};
use postern::store::log::Wanted;
use postern::store::session::{self, EndedSession, Named};
use postern::store::{Constraint, Page, StoreError, commit, pending_logout};
use postern::time::{Duration, Timestamp};
use serde_json::json;

const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
const EMAIL: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";

pub(crate) fn event_of(id: &str) -> Event {
    let detail = json!({ "sessions": 2 });
    Event { id: id.into(), at: NOW, kind: "logout.idp".into(), subject: format!("logout/{id}"), detail }
}

pub(crate) fn remember_logout(database: &Database, id: &str, until: Timestamp) {
    pollster::block_on(commit(database, pending_logout::plan("acme", id, "p1", until))).unwrap();
}

/// Sessions of `n1`, each with its format and its index; and one of somebody else.
fn with_sessions() -> Database {
    let database = scene();
    for (id, format, index) in [
        ("bare", None, None),
        ("one", None, Some("_1")),
        ("two", Some(UNSPECIFIED), Some("_2")),
        ("email", Some(EMAIL), Some("_1")),
    ] {
        open_session(&database, id, id).unwrap();
        let quoted = |value: Option<&str>| value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
        database.execute(&format!(
            "UPDATE sessions SET name_id_format = {}, session_index = {} WHERE id = '{id}'",
            quoted(format),
            quoted(index)
        ));
    }
    open_session(&database, "other", "other").unwrap();
    database.execute("UPDATE sessions SET name_id = 'n2' WHERE id = 'other'");
    database
}

#[test]
fn a_name_id_means_sessions_of_its_format_or_of_none_and_indexes_choose_among_them() {
    for (value, format, indexes, meant) in [
        ("n1", None, &[][..], &["bare", "email", "one", "two"][..]),
        ("n1", Some(UNSPECIFIED), &[], &["bare", "email", "one", "two"]),
        ("n1", Some(EMAIL), &[], &["bare", "email", "one", "two"]),
        ("n1", Some("urn:other"), &[], &["bare", "one", "two"]),
        ("n1", Some(""), &[], &["bare", "one", "two"]),
        ("n1", None, &["_1"], &["bare", "email", "one"]),
        ("n1", Some(UNSPECIFIED), &["_1"], &["bare", "email", "one"]),
        ("n1", Some(EMAIL), &["_1"], &["bare", "email", "one"]),
        ("n1", Some("urn:other"), &["_1"], &["bare", "one"]),
        ("n1", Some("urn:other"), &["_3"], &["bare"]),
        ("n1", None, &["_3", "_2", "_1"], &["bare", "email", "one", "two"]),
        ("n1", None, &["_3"], &["bare"]),
        ("n1", None, &["1"], &["bare"]),
        ("n1", None, &["_"], &["bare"]),
        ("n1", None, &["x_1", "_1x"], &["bare"]),
        ("N1", None, &[], &[]),
        ("N1", Some(EMAIL), &[], &[]),
        ("", None, &[], &[]),
        ("n2", None, &[], &["other"]),
    ] {
        let name_id = NameId { value: value.into(), format: format.map(str::to_owned) };
        let indexes: Vec<String> = indexes.iter().map(|index| (*index).to_owned()).collect();
        let named = Named { account: "acme", provider: "p1", name_id: &name_id, indexes: &indexes };
        let database = with_sessions();
        let all = database.select("SELECT digest FROM sessions ORDER BY 1");
        let found = run(&database, named.find()).unwrap().all::<serde_json::Value>().unwrap();
        let mut found: Vec<_> = found.iter().map(|row| row["digest"].as_str().unwrap().to_owned()).collect();
        found.sort();
        assert_eq!(found, meant, "{value} {format:?} {indexes:?}");
        run(&database, named.delete()).unwrap();
        let left = database.select("SELECT digest FROM sessions ORDER BY 1");
        let expected: Vec<_> = all.into_iter().filter(|digest| !meant.contains(&digest.as_str())).collect();
        assert_eq!(left, expected, "{value} {format:?} {indexes:?}");
    }
    let database = with_sessions();
    let name_id = NameId { value: "n1".into(), format: None };
    for (account, provider) in [("other", "p1"), ("acme", "p2")] {
        let named = Named { account, provider, name_id: &name_id, indexes: &[] };
        assert!(run(&database, named.find()).unwrap().is_empty(), "{account} {provider}");
    }
}

#[test]
fn a_session_ends_alone_or_is_told_to_its_provider() {
    let database = with_sessions();
    let found = || run(&database, session::find_for_logout("acme", "two")).unwrap().first::<EndedSession>().unwrap();
    assert_eq!(found(), None, "its provider has no single logout");
    let logout = r#"json_set(settings, '$.logout', json('{"url":"https://idp.example/slo"}'))"#;
    database.execute(&format!("UPDATE providers SET settings = {logout} WHERE account_id = 'acme'"));
    let expected = EndedSession {
        provider_id: "p1".into(),
        name_id: "n1".into(),
        name_id_format: Some(UNSPECIFIED.into()),
        session_index: Some("_2".into()),
    };
    assert_eq!(found(), Some(expected));
    run(&database, session::delete_without_logout("acme", "two")).unwrap();
    assert_eq!(database.count("sessions"), 5, "it is not ended without being told");
    database.execute("UPDATE providers SET settings = json_remove(settings, '$.logout')");
    run(&database, session::delete_without_logout("acme", "two")).unwrap();
    run(&database, session::delete_without_logout("other", "one")).unwrap();
    assert_eq!(database.select("SELECT digest FROM sessions ORDER BY 1"), ["bare", "email", "one", "other"]);
}

#[test]
fn an_open_logout_is_found_by_its_account_provider_and_time() {
    let database = scene();
    let end = NOW.plus(Duration::seconds(600));
    remember_logout(&database, "_l1", end);
    let found = |account, id, provider, now| {
        !run(&database, pending_logout::find(account, id, provider, now)).unwrap().is_empty()
    };
    assert!(found("acme", "_l1", "p1", NOW));
    assert!(found("acme", "_l1", "p1", Timestamp(end.0 - 1)));
    for (account, id, provider, now) in [
        ("acme", "_l1", "p1", end),
        ("other", "_l1", "p1", NOW),
        ("acme", "_l2", "p1", NOW),
        ("acme", "_l1", "p2", NOW),
    ] {
        assert!(!found(account, id, provider, now), "{account} {id} {provider} {now}");
    }
    run(&database, pending_logout::delete("other", "_l1")).unwrap();
    assert!(found("acme", "_l1", "p1", NOW));
    run(&database, pending_logout::delete("acme", "_l1")).unwrap();
    assert!(!found("acme", "_l1", "p1", NOW));
}

#[test]
fn an_event_is_read_as_it_was_logged_the_newest_first_and_told_once() {
    let database = scene();
    for id in ["e1", "e3", "e2"] {
        pollster::block_on(commit(&database, event_of(id).plan("acme"))).unwrap();
    }
    let list = |account, after: Option<&str>, limit| {
        let page = Page { after: after.map(str::to_owned), limit };
        run(&database, Wanted::all(&event::LOG, page).rows(account)).unwrap().all::<Event>().unwrap()
    };
    assert_eq!(list("acme", None, 50), ["e3", "e2", "e1"].map(event_of));
    assert_eq!(list("acme", None, 1).len(), 2, "one more than asked for tells of a next page");
    assert_eq!(list("acme", Some("e2"), 50), [event_of("e1")]);
    assert_eq!(list("other", None, 50), []);
    let again = Event { subject: "logout/e1".into(), ..event_of("e4") };
    let refused = run(&database, event::insert("acme", &again)).err();
    assert_eq!(refused, Some(StoreError::Constraint(Constraint::Event)));
}
