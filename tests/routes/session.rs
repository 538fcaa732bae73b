//! Sessions: who is signed in, for how long, and signing out.

use crate::scene::{Site, body, members, problem};
use postern::time::Duration;

#[test]
fn whoami_tells_the_user_the_session_and_the_provider() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    let answer = site.get("/whoami").cookie(&cookie).send();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let who = body(&answer);
    assert_eq!(members(&who), ["account", "permissions", "provider", "roles", "session", "user"]);
    assert_eq!(
        members(&who["user"]),
        ["active", "displayName", "email", "familyName", "givenName", "groups", "id", "managedBy"]
    );
    assert_eq!(members(&who["session"]), ["createdAt", "expiresAt", "id"]);
    assert_eq!(members(&who["provider"]), ["id", "name"]);
    assert_eq!((&who["account"], &who["user"]["email"]), (&"acme".into(), &"ada@example.com".into()));
    assert_eq!((&who["user"]["managedBy"], &who["user"]["active"]), (&"jit".into(), &true.into()));
    assert_eq!(who["session"]["createdAt"], "2026-11-22T06:00:00.000Z");
    assert_eq!(who["session"]["expiresAt"], "2026-11-23T06:00:00.000Z");
    assert!(!answer.body_text().contains(cookie.split('.').nth(1).unwrap()), "the secret is in the cookie alone");
}

#[test]
fn whoami_without_a_session_is_a_problem() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    site.database.watch(&[]);
    for bad in ["", "__Host-postern=", "__Host-postern=acme.short", "postern=x", &cookie.replace("__Host-", "")] {
        problem(&site.get("/whoami").cookie(bad).send(), 401);
    }
    assert_eq!(site.database.batches(), 0, "what cannot be a session is not looked up");
    let (name, secret) = cookie.split_once('.').unwrap();
    let swapped: String = secret.chars().rev().collect();
    for bad in [format!("{name}.{swapped}"), cookie.replace("=acme.", "=other."), format!("{cookie}; {cookie}")] {
        problem(&site.get("/whoami").cookie(&bad).send(), 401);
    }
    problem(&site.get("/whoami").send(), 401);
}

#[test]
fn a_session_cookie_is_bound_to_the_host_and_out_of_reach_of_script() {
    let site = Site::with_provider();
    let answer = site.sign_in("accept/policy/assertion-signed");
    let cookie = answer.header("set-cookie").unwrap();
    let (value, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Secure; HttpOnly; SameSite=Lax");
    let secret = value.strip_prefix("__Host-postern=acme.").unwrap();
    assert_eq!(secret.len(), 43);
    let stored = site.database.select("SELECT digest FROM sessions");
    assert_eq!(stored[0].len(), 64);
    assert!(!site.database.dump().iter().any(|row| row.contains(secret)), "the database has a digest alone");
}

#[test]
fn sign_out_ends_the_session_here_and_in_the_browser() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    let answer = site.post("/sign-out").cookie(&cookie).send();
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!(answer.header("set-cookie"), Some("__Host-postern=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"));
    assert_eq!(site.database.count("sessions"), 0);
    problem(&site.get("/whoami").cookie(&cookie).send(), 401);
    let nobody = site.post("/sign-out").send();
    assert_eq!((nobody.status, nobody.header("set-cookie")), (303, None), "another site can end nothing");
}

#[test]
fn a_session_ends_after_a_day_and_sooner_when_it_is_not_used() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    let status = || site.get("/whoami").cookie(&cookie).send().status;
    for _ in 0..3 {
        site.wait(Duration(Duration::hours(8).0 - 1));
        assert_eq!(status(), 200);
    }
    site.wait(Duration::seconds(1));
    assert_eq!(status(), 401, "a day is over");

    let site = Site::with_provider();
    let cookie = site.signed_in();
    site.wait(Duration::hours(8));
    assert_eq!(site.get("/whoami").cookie(&cookie).send().status, 401, "not used for eight hours");
}

#[test]
fn use_is_written_down_every_ten_minutes() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    site.database.watch(&[]);
    site.wait(Duration(Duration::seconds(600).0 - 1));
    site.get("/whoami").cookie(&cookie).send();
    assert_eq!(site.database.batches(), 1);
    site.wait(Duration(1));
    site.get("/whoami").cookie(&cookie).send();
    assert_eq!(site.database.batches(), 3);
    assert_eq!(site.database.select("SELECT seen_at FROM sessions"), [site.now().0.to_string()]);
}

#[test]
fn the_identity_provider_can_end_a_session_sooner() {
    let site = Site::with_provider();
    let answer = site.sign_in("accept/policy/session-end");
    assert_eq!(answer.status, 303);
    let cookie = crate::scene::cookie(&answer);
    site.wait(Duration(Duration::hours(7).0));
    assert_eq!(site.get("/whoami").cookie(&cookie).send().status, 200);
    site.wait(Duration(Duration::hours(1).0));
    assert_eq!(site.get("/whoami").cookie(&cookie).send().status, 401);
}

#[test]
fn a_deactivated_user_has_no_session() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    site.database.execute("UPDATE users SET active = 0");
    problem(&site.get("/whoami").cookie(&cookie).send(), 401);
}
