//! A sign-in while the database fails at each of its calls: nothing is half-done, a retry works, and what was used stays
//! used.

use crate::scene::{Site, cookie};
use crate::support::database::Fault::{self, After, Before};
use postern::time::Duration;

const SOUND: &str = "accept/policy/assertion-signed";
const TABLES: [&str; 5] = ["users", "user_links", "spent", "sessions", "sign_ins"];

fn counts(site: &Site) -> [usize; 5] {
    TABLES.map(|table| site.database.count(table))
}

/// A sign-in of a cold isolate under faults, and what it left.
fn sign_in(faults: &[(usize, Fault)]) -> (Site, Option<String>) {
    let mut site = Site::with_provider();
    site.forget();
    site.database.watch(faults);
    let answer = site.sign_in(SOUND);
    match answer.status {
        303 => {
            let cookie = cookie(&answer);
            (site, Some(cookie))
        }
        503 => {
            assert_eq!((answer.header("retry-after"), answer.header("set-cookie")), (Some("5"), None));
            assert!(answer.body_text().contains("try again"));
            (site, None)
        }
        other => panic!("{other} under {faults:?}: {}", site.last_sign_in()),
    }
}

#[test]
fn under_a_fault_at_any_call_all_of_it_has_happened_or_nothing() {
    // Configuration, look-up, commit, its second try, the proof.
    let mut calls = vec![Vec::new()];
    for number in 1..=5 {
        for fault in [Before, After] {
            calls.push(vec![(number, fault)]);
            calls.push(vec![(3, After), (number, fault)]);
            calls.push(vec![(3, Before), (number, fault)]);
        }
    }
    for faults in calls {
        let (site, cookie) = sign_in(&faults);
        site.database.watch(&[]);
        let left = counts(&site);
        assert!(matches!(left, [0, 0, 0, 0, 0] | [1, 1, 1, 1, 1]), "{faults:?} left {left:?}");
        if let Some(cookie) = &cookie {
            assert_eq!(left, [1; 5], "a cookie for what has happened");
            assert_eq!(site.get("/whoami").cookie(cookie).send().status, 200);
        }

        // The browser posts the same response again.
        site.wait(Duration(1));
        let again = site.sign_in(SOUND);
        if left == [1; 5] {
            assert_eq!((again.status, site.last_sign_in().as_str()), (403, "replayed"), "{faults:?}");
        } else {
            assert_eq!(again.status, 303, "{faults:?}");
        }
    }
}

#[test]
fn one_fault_at_the_commit_is_made_good() {
    for fault in [Before, After] {
        let (site, cookie) = sign_in(&[(3, fault)]);
        assert!(cookie.is_some(), "{fault:?}");
        assert_eq!(counts(&site), [1; 5]);
    }
}

#[test]
fn a_fault_at_a_read_is_told() {
    for number in [1, 2] {
        let (site, cookie) = sign_in(&[(number, Before)]);
        assert!(cookie.is_none());
        assert_eq!(counts(&site), [0; 5]);
    }
}

#[test]
fn every_other_route_answers_503_while_the_database_is_gone() {
    let mut site = Site::with_provider();
    let session = site.signed_in();
    let gone: Vec<_> = (1..=9).map(|number| (number, Before)).collect();
    for target in [
        "/readyz",
        "/whoami",
        "/",
        "/saml/acme/login",
        "/saml/acme/metadata",
        "/api/v1/accounts",
        "/api/v1/accounts/acme",
        "/api/v1/accounts/acme/providers",
        "/api/v1/accounts/acme/providers/x",
        "/api/v1/accounts/acme/users",
        "/api/v1/accounts/acme/users/x",
        "/api/v1/accounts/acme/sign-ins",
        "/api/v1/accounts/acme/sign-ins/x",
        "/api/v1/accounts/acme/sign-ins?format=ndjson",
        "/api/v1/accounts/acme/events",
        "/api/v1/accounts/acme/audit-log",
    ] {
        site.forget();
        site.database.watch(&gone);
        let answer = site.get(target).admin().cookie(&session).send();
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{target}");
        assert!(answer.fault.is_some(), "{target}: the Worker's log says why");
        if target.starts_with("/api") || target == "/whoami" {
            crate::scene::problem(&answer, 503);
        }
    }
    site.database.watch(&gone);
    assert_eq!(site.post("/sign-out").cookie(&session).send().status, 503);
    site.database.watch(&[]);
    assert_eq!(site.get("/whoami").cookie(&session).send().status, 200);
}
