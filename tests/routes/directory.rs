//! Users whom an admin makes, changes and removes; invitations; the two integrations (SPEC sections 4 to 6).

use crate::scene::{Request, Site, body, problem};
use postern::http::{Answer, Method};
use postern::outbound::Mailed;
use postern::time::Duration;
use serde_json::{Value, json};

const USERS: &str = "/api/v1/accounts/acme/users";
const INVITATIONS: &str = "/api/v1/accounts/acme/invitations";
const SOUND: &str = "accept/policy/assertion-signed";

fn changing<'s>(site: &'s Site, method: Method, path: &str, version: i64) -> Request<'s> {
    site.call(method, path).admin().header("if-match", &format!("\"{version}\""))
}

fn first_error(answer: &Answer) -> (u16, String, String) {
    let error = &body(answer)["errors"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (answer.status, text(&error["pointer"]), text(&error["code"]))
}

/// As if it had come again, a second later.
fn again(site: &Site) {
    site.database.execute("DELETE FROM spent");
    site.wait(Duration::seconds(1));
}

fn without_jit() -> Site {
    let site = Site::new();
    site.create_account("acme");
    site.create_provider(json!({ "jit": { "enabled": false } }));
    site
}

#[test]
fn an_admin_makes_changes_and_removes_a_user() {
    let site = without_jit();
    let made = site.post(USERS).admin().json(&json!({ "email": "Ada@Example.com", "givenName": "Ada" })).send();
    assert_eq!((made.status, made.header("etag")), (201, Some("\"1\"")));
    let user = body(&made);
    assert_eq!((&user["managedBy"], &user["groups"], &user["active"]), (&json!("admin"), &json!([]), &json!(true)));
    let taken = site.post(USERS).admin().json(&json!({ "email": "ADA@example.com" })).send();
    assert_eq!(first_error(&taken), (409, "/email".into(), "taken".into()));
    let at = format!("{USERS}/{}", user["id"].as_str().unwrap());
    // [000] The user exists: they sign in, JIT or not.
    assert_eq!(site.sign_in(SOUND).status, 303);
    let changed =
        changing(&site, Method::Patch, &at, 1).json(&json!({ "givenName": null, "displayName": "Countess" })).send();
    assert_eq!((&body(&changed)["givenName"], &body(&changed)["displayName"]), (&json!(null), &json!("Countess")));
    problem(&changing(&site, Method::Patch, &at, 1).json(&json!({ "displayName": "x" })).send(), 412);
    assert_eq!(changing(&site, Method::Delete, &at, 2).send().status, 204);
    assert_eq!((site.database.count("users"), site.database.count("sessions")), (0, 0), "the sessions went with them");
}

#[test]
fn bad_input_of_a_user_is_told_by_field() {
    let site = without_jit();
    for (input, expected) in [
        (json!({}), ("/email", "required")),
        (json!({ "email": "ada" }), ("/email", "malformed")),
        (json!({ "email": format!("{}@example.com", "x".repeat(1000)) }), ("/email", "too_long")),
        (json!({ "email": "a@b.c", "givenName": "x".repeat(1000) }), ("/givenName", "too_long")),
        (json!({ "email": "a@b.c", "displayName": "a\nb" }), ("/displayName", "control_character")),
        (json!({ "email": "a@b.c", "managedBy": "scim" }), ("/managedBy", "unknown_field")),
    ] {
        let answer = site.post(USERS).admin().json(&input).send();
        assert_eq!(first_error(&answer), (422, expected.0.into(), expected.1.into()), "{input}");
    }
    assert_eq!(site.database.count("users"), 0);
}

#[test]
fn deactivating_a_user_ends_their_sessions_in_the_same_transaction() {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    let id = site.database.select("SELECT id FROM users").remove(0);
    let at = format!("{USERS}/{id}");
    assert_eq!(changing(&site, Method::Patch, &at, 1).json(&json!({ "active": false })).send().status, 200);
    assert_eq!(site.get("/whoami").cookie(&cookie).send().status, 401);
    assert_eq!(site.database.count("sessions"), 0);
    again(&site);
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "user_deactivated"));
    assert_eq!(changing(&site, Method::Patch, &at, 2).json(&json!({ "active": true })).send().status, 200);
    again(&site);
    assert_eq!(site.sign_in(SOUND).status, 303);
}

#[test]
fn who_was_removed_does_not_come_back_just_in_time() {
    let site = Site::with_provider();
    site.signed_in();
    let id = site.database.select("SELECT id FROM users").remove(0);
    assert_eq!(changing(&site, Method::Delete, &format!("{USERS}/{id}"), 1).send().status, 204);
    again(&site);
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "user_removed"));

    // By the NameID as well, whatever e-mail comes with it.
    site.database.execute("UPDATE tombstones SET key = 'email:old@example.com' WHERE key LIKE 'email:%'");
    again(&site);
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "user_removed"));

    let list = body(&site.get("/api/v1/accounts/acme/removed-users").admin().send());
    assert_eq!((&list["items"][0]["userId"], &list["items"][0]["removedBy"]), (&json!(id), &json!("setup-token")));
    let at = format!("/api/v1/accounts/acme/removed-users/{id}");
    assert_eq!(site.call(Method::Delete, &at).admin().send().status, 204);
    problem(&site.call(Method::Delete, &at).admin().send(), 404);
    again(&site);
    assert_eq!(site.sign_in(SOUND).status, 303, "an admin can clear it");
}

#[test]
fn an_invitation_is_mailed_where_mail_is_set_up() {
    let site = without_jit();
    let invite = |outcome: Option<Mailed>| {
        if let Some(outcome) = outcome {
            site.servers.mails_are(outcome);
        }
        let email = format!("user{}@example.com", site.database.count("invitations"));
        let answer = site.post(INVITATIONS).admin().json(&json!({ "email": email })).send();
        assert_eq!(answer.status, 201, "{}", answer.body_text());
        let [[to, subject, text]] = <[_; 1]>::try_from(site.servers.mails()).unwrap();
        let made = body(&answer);
        assert_eq!((to, subject.as_str()), (email, "You are invited to acme"));
        assert!(text.contains(made["link"].as_str().unwrap()) && text.contains("until 2026-11-29"), "{text}");
        (made["mailed"].clone(), answer.fault)
    };
    assert_eq!(invite(None), (json!(false), None));
    assert_eq!(invite(Some(Mailed::Sent)), (json!(true), None));
    let reason = "an invitation was made and not mailed: no such address".to_owned();
    assert_eq!(invite(Some(Mailed::Failed("no such address".into()))), (json!(false), Some(reason)));
    // Nobody is mailed by what fails, nor by a sign-in.
    let twice = site.post(INVITATIONS).admin().json(&json!({ "email": "user0@example.com" })).send();
    assert_eq!(twice.status, 409);
    site.change_provider(&json!({ "jit": { "enabled": true } }));
    assert_eq!(site.sign_in(SOUND).status, 303);
    assert!(site.servers.mails().is_empty());
}

#[test]
fn an_invitation_is_accepted_by_a_sign_in() {
    let site = without_jit();
    // [000] Without JIT provisioning, users are invited.
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "not_invited"));
    let group = body(&site.post("/api/v1/accounts/acme/groups").admin().json(&json!({ "name": "Engineers" })).send());
    let input = json!({ "email": "ADA@example.com", "groups": [group["id"]] });
    let made = site.post(INVITATIONS).admin().json(&input).send();
    assert_eq!(made.status, 201, "{}", made.body_text());
    let link = body(&made)["link"].as_str().unwrap().to_owned();
    let page = link.strip_prefix("https://sp.example").unwrap();
    let opened = site.get(page).send();
    assert!(opened.status == 200 && opened.body_text().contains("ADA@example.com"), "{}", opened.body_text());
    assert_eq!(site.get(&format!("{}x", &page[..page.len() - 1])).send().status, 404);
    let listed = body(&site.get(INVITATIONS).admin().send());
    assert!(listed["items"][0].get("link").is_none(), "shown once");
    let twice = site.post(INVITATIONS).admin().json(&input).send();
    assert_eq!(first_error(&twice), (409, "/email".into(), "taken".into()));

    again(&site);
    assert_eq!(site.sign_in(SOUND).status, 303);
    let user = body(&site.get(USERS).admin().send())["items"][0].clone();
    assert_eq!(user["managedBy"], "invitation");
    assert_eq!(user["groups"], json!([{ "id": group["id"], "name": "Engineers" }]));
    assert_eq!(site.database.count("invitations"), 0);
    assert_eq!(site.get(page).send().status, 404, "single use");
    let log = site.database.select("SELECT action FROM changes WHERE resource LIKE 'invitation/%' ORDER BY version");
    assert_eq!(log, ["invitation.created", "invitation.accepted"]);
}

#[test]
fn an_invitation_ends_after_seven_days_or_when_it_is_taken_back() {
    let site = without_jit();
    let made = body(&site.post(INVITATIONS).admin().json(&json!({ "email": "ada@example.com" })).send());
    let page = made["link"].as_str().unwrap().strip_prefix("https://sp.example").unwrap().to_owned();
    let at = format!("{INVITATIONS}/{}", made["id"].as_str().unwrap());
    problem(&changing(&site, Method::Delete, &at, 7).send(), 412);
    assert_eq!(changing(&site, Method::Delete, &at, 1).send().status, 204);
    assert_eq!(site.get(&page).send().status, 404);
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "not_invited"));

    let made = body(&site.post(INVITATIONS).admin().json(&json!({ "email": "ada@example.com" })).send());
    let page = made["link"].as_str().unwrap().strip_prefix("https://sp.example").unwrap().to_owned();
    site.wait(Duration::days(7));
    assert_eq!(site.get(&page).send().status, 404);
    // What is over is in nobody's way.
    assert_eq!(site.post(INVITATIONS).admin().json(&json!({ "email": "ada@example.com" })).send().status, 201);
}

#[test]
fn bad_input_of_an_invitation_is_told_by_field() {
    let site = Site::with_provider();
    site.signed_in();
    for (input, expected) in [
        (json!({}), (422, "/email", "required")),
        (json!({ "email": "ada" }), (422, "/email", "malformed")),
        (json!({ "email": "a@b.c", "groups": ["none"] }), (422, "/groups/0", "unknown")),
        (json!({ "email": "a@b.c", "groups": "none" }), (422, "/groups", "wrong_type")),
        (json!({ "email": "a@b.c", "role": "admin" }), (422, "/role", "unknown_field")),
        (json!({ "email": "ada@example.com" }), (409, "/email", "taken")),
    ] {
        let answer = site.post(INVITATIONS).admin().json(&input).send();
        assert_eq!(first_error(&answer), (expected.0, expected.1.into(), expected.2.into()), "{input}");
    }
    assert_eq!(site.database.count("invitations"), 0);
}

/// Who accepted would leave it by their next sign-in, and nobody adds members by hand to such a group either (SPEC section 8).
#[test]
fn a_group_whose_members_follow_a_provider_is_joined_by_no_invitation() {
    let site = Site::with_provider();
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    let make =
        |input: Value| body(&site.post("/api/v1/accounts/acme/groups").admin().json(&input).send())["id"].clone();
    let native = make(json!({ "name": "Native" }));
    let linked = make(json!({ "name": "Linked", "link": { "providerId": provider, "samlGroup": "makers" } }));
    let invite = || {
        let input = json!({ "email": "eve@example.com", "groups": [native, linked] });
        site.post(INVITATIONS).admin().json(&input).send()
    };
    site.change_provider(&json!({ "authorization": { "enabled": true } }));
    let refused = invite();
    assert_eq!(first_error(&refused), (422, "/groups/1".into(), "not_allowed".into()));
    let message = body(&refused)["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("follows what its provider says"), "{message}");
    assert_eq!(site.database.count("invitations"), 0);
    site.change_provider(&json!({ "authorization": { "enabled": false } }));
    assert_eq!(invite().status, 201, "its members are managed by hand");
}

#[test]
fn while_a_legacy_provider_is_enabled_it_authenticates() {
    let site = Site::with_provider();
    let legacy = "INSERT INTO providers SELECT 'acme', '00legacy', 'urn:legacy', \
                  json_set(settings, '$.generation', 'legacy', '$.name', 'FirstGen'), 1, 1, 1, NULL, NULL, NULL FROM providers";
    site.database.execute(legacy);
    assert_eq!((site.sign_in(SOUND).status, site.last_sign_in().as_str()), (403, "legacy_provider_authenticates"));
    let refusal: Value = serde_json::from_str(&site.database.select("SELECT error FROM sign_ins").remove(0)).unwrap();
    assert_eq!((&refusal["expected"], &refusal["got"]), (&json!("FirstGen"), &json!("Corpus")));
    assert_eq!(site.database.count("users"), 0);

    // A sign-in begins there, whichever provider was asked for.
    let current = site.database.select("SELECT id FROM providers WHERE id <> '00legacy'").remove(0);
    for query in ["", &format!("?provider={current}"), "?provider=00legacy"] {
        site.wait(Duration::seconds(1));
        assert_eq!(site.get(&format!("/saml/acme/login{query}")).send().status, 302);
        let sent = site.database.select("SELECT provider_id FROM pending_requests");
        assert!(sent.iter().all(|id| id == "00legacy"), "{query}: {sent:?}");
    }

    // With it disabled, the current one takes over.
    site.database.execute("UPDATE providers SET settings = json_set(settings, '$.enabled', json('false')), version = 2 WHERE id = '00legacy'");
    again(&site);
    assert_eq!(site.sign_in(SOUND).status, 303);
}
