//! Sign-ins and changes that are overtaken between what they read and what they write.

use crate::scene::{Site, body, problem, provider_input};
use crate::support::keys::metadata;
use postern::deployment::Retention;
use postern::http::Method;
use postern::journey::upkeep;
use postern::time::Duration;
use serde_json::json;

const SOUND: &str = "accept/policy/assertion-signed";
const USER: &str = "INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version) VALUES ('acme', 'u1', 'ada@example.com', 'ada@example.com', NULL, NULL, NULL, 1, 'jit', 1, 1, NULL, 1);";
const LINK: &str = "INSERT INTO user_links SELECT 'acme', id, 'ada@example.com', 'u1', 1 FROM providers;";

/// A warm sign-in reads in its first call and writes in its second.
fn warm() -> Site {
    let site = Site::with_provider();
    site.get("/saml/acme/metadata").send();
    site
}

fn overtaken_before(call: usize, sql: &str) -> (u16, String, Site) {
    let site = warm();
    site.database.interrupt(call, sql);
    let status = site.sign_in(SOUND).status;
    (status, site.last_sign_in(), site)
}

#[test]
fn another_sign_in_that_makes_the_same_user_is_joined() {
    for sql in [USER.to_owned(), format!("{USER}{LINK}")] {
        let (status, code, site) = overtaken_before(2, &sql);
        assert_eq!((status, code.as_str()), (303, "signed_in"));
        assert_eq!(site.database.select("SELECT id FROM users"), ["u1"]);
        assert_eq!(site.database.select("SELECT user_id FROM sessions"), ["u1"]);
        assert_eq!(site.database.select("SELECT decision FROM sign_ins"), ["existing_user"]);
    }
}

#[test]
fn another_sign_in_with_the_same_response_wins_alone() {
    let first = Site::with_provider();
    first.signed_in();
    let id = &first.database.select("SELECT id FROM spent")[0];
    let spend = format!("INSERT INTO spent VALUES ('acme', 'assertion', '{id}', 9999999999999)");
    let (status, code, site) = overtaken_before(2, &spend);
    assert_eq!((status, code.as_str()), (403, "replayed"));
    assert_eq!((site.database.count("users"), site.database.count("sessions")), (0, 0));
}

#[test]
fn a_provider_that_goes_away_signs_nobody_in() {
    for call in [1, 2] {
        let (status, code, site) = overtaken_before(call, "DELETE FROM providers");
        assert_eq!((status, code.as_str()), (403, "unknown_issuer"), "before call {call}");
        assert_eq!((site.database.count("users"), site.database.count("sessions")), (0, 0));
    }
}

#[test]
fn a_provider_that_changed_is_read_again() {
    let disable = "UPDATE providers SET version = 2, settings = json_set(settings, '$.enabled', json('false'))";
    let (status, code, _) = overtaken_before(1, disable);
    assert_eq!((status, code.as_str()), (403, "provider_disabled"));
    let closed = "UPDATE providers SET version = 2, settings = json_set(settings, '$.jit.enabled', json('false'))";
    let (status, code, _) = overtaken_before(1, closed);
    assert_eq!((status, code.as_str()), (403, "not_invited"));
}

/// What an admin or SCIM does to the user who signs in, between the look and the commit; what the sign-in comes to; and whose
/// session is open then.
const CHANGED_USERS: &[(&str, &str, &str, &[&str])] = &[
    ("deactivated", "UPDATE users SET active = 0, version = 2; DELETE FROM sessions;", "user_deactivated", &[]),
    (
        "removed",
        "INSERT INTO tombstones VALUES ('acme', 'email:ada@example.com', 'u1', 'ada@example.com', 1, 'x'); DELETE FROM users;",
        "user_removed",
        &[],
    ),
    (
        "given another e-mail",
        "UPDATE users SET email = 'eve@example.com', email_folded = 'eve@example.com', version = 2;",
        "signed_in",
        &["ada@example.com"],
    ),
    ("handed over", "UPDATE users SET managed_by = 'scim', version = 2;", "signed_in", &["ada@example.com"]),
];

#[test]
fn a_user_who_changed_is_read_again() {
    for (name, sql, outcome, sessions) in CHANGED_USERS {
        let site = warm();
        site.database.execute(USER);
        site.database.interrupt(2, sql);
        let status = site.sign_in(SOUND).status;
        assert_eq!((site.last_sign_in().as_str(), status == 303), (*outcome, *outcome == "signed_in"), "{name}");
        // Nor is one left over for when they are reactivated.
        site.database.execute("UPDATE users SET active = 1");
        let whose = "SELECT u.email FROM sessions s JOIN users u ON u.id = s.user_id";
        assert_eq!(site.database.select(whose).len(), sessions.len(), "{name}");
        let emails: Vec<String> = site.database.select(whose).iter().map(|email| email.to_lowercase()).collect();
        assert_eq!(emails, *sessions, "{name}");
        assert_eq!(site.database.count("user_links"), sessions.len(), "{name}");
    }
}

/// Another provider, whom nobody has signed in through; its id.
fn other_provider(site: &Site) -> String {
    let other = provider_input(json!({ "metadataXml": metadata("https://two.example", &["idp"]) }));
    let answer = site.post("/api/v1/accounts/acme/providers").admin().json(&other).send();
    assert_eq!(answer.status, 201, "{}", answer.body_text());
    body(&answer)["id"].as_str().unwrap().to_owned()
}

/// By a NameID that lasts, and by one that does not.
#[test]
fn of_two_providers_one_signs_a_user_in_unless_others_are_accepted() {
    for response in [SOUND, "accept/shapes/shibboleth-assertion"] {
        for (accepts, outcome, links) in [(false, "linked_to_other_provider", 1), (true, "signed_in", 2)] {
            let site = Site::with_provider();
            site.change_provider(&json!({ "acceptUsersOfOtherProviders": accepts }));
            let email = {
                let known = Site::with_provider();
                assert_eq!(known.sign_in(response).status, 303, "{}", known.last_sign_in());
                known.database.select("SELECT email_folded FROM users").remove(0)
            };
            let other = other_provider(&site);
            site.get("/saml/acme/metadata").send();
            site.database.execute(&USER.replace("ada@example.com", &email));
            let link = format!("INSERT INTO user_links VALUES ('acme', '{other}', 'x', 'u1', 1)");
            site.database.interrupt(2, &link);
            let status = site.sign_in(response).status;
            assert_eq!((site.last_sign_in().as_str(), status == 303), (outcome, accepts), "{response}");
            assert_eq!(site.database.count("user_links"), links, "{response}");
            assert_eq!(site.database.count("sessions"), usize::from(accepts), "{response}");
        }
    }
}

/// SCIM makes somebody and removes them: between the look and the commit, there is nobody before and after.
#[test]
fn who_is_removed_before_their_first_sign_in_is_committed_is_not_made() {
    let known = Site::with_provider();
    known.signed_in();
    let name_id = known.database.select("SELECT name_id FROM user_links").remove(0);
    let keys =
        ["'email:ada@example.com'".to_owned(), format!("(SELECT 'name-id:' || id || ':{name_id}' FROM providers)")];
    for key in keys {
        let bury = format!("INSERT INTO tombstones VALUES ('acme', {key}, 'u9', 'ada@example.com', 1, 'x')");
        let (status, code, site) = overtaken_before(2, &bury);
        assert_eq!((status, code.as_str()), (403, "user_removed"), "{key}");
        for table in ["users", "user_links", "sessions", "changes WHERE action = 'user.created'"] {
            assert_eq!(site.database.count(table), 0, "{table}");
        }
        let site = warm();
        let invite = site.post("/api/v1/accounts/acme/invitations").admin();
        assert_eq!(invite.json(&json!({ "email": "ada@example.com" })).send().status, 201);
        site.database.interrupt(2, &bury);
        assert_eq!(site.sign_in(SOUND).status, 303, "who is invited comes back");
    }
}

/// A group of `acme`, linked to `saml_group` of the provider.
fn linked(site: &Site, id: &str, saml_group: &str) {
    site.database.execute(&format!(
        "INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, provider_id, saml_group, created_at, \
         updated_at, version) SELECT 'acme', '{id}', '{id}', '{id}', '{id}', 'native', id, '{saml_group}', 1, 1, 1 FROM providers"
    ));
}

/// What becomes of a group between the look and the commit of a sign-in that names `a` and not `b`, whether the user was in it,
/// and whether they are then.
const RELINKED: &[(&str, &str, &str, bool, bool)] = &[
    ("stays", "a", "", false, true),
    ("is unlinked", "a", "provider_id = NULL, saml_group = NULL,", false, false),
    ("is linked to what is not named", "a", "saml_group = 'c',", false, false),
    ("stays, not named", "b", "", true, false),
    ("is unlinked, not named", "b", "provider_id = NULL, saml_group = NULL,", true, true),
    ("is linked to what is named", "b", "saml_group = 'a',", true, true),
];

#[test]
fn a_group_is_followed_by_the_link_that_it_has_at_the_commit() {
    for (name, saml_group, change, was_member, is_member) in RELINKED {
        let site = Site::new();
        site.create_account("acme");
        site.create_provider(json!({
            "authorization": { "enabled": true },
            "attributeMapping": { "groups": { "constant": "a" } },
        }));
        site.get("/saml/acme/metadata").send();
        linked(&site, "g1", saml_group);
        site.database.execute(USER);
        if *was_member {
            site.database.execute("INSERT INTO group_members VALUES ('acme', 'g1', 'u1', 1)");
        }
        site.database.interrupt(2, &format!("UPDATE groups SET {change} version = 2"));
        assert_eq!(site.sign_in(SOUND).status, 303, "{name}");
        assert_eq!(site.database.count("group_members") == 1, *is_member, "{name}");
    }
}

#[test]
fn a_provider_that_changed_before_the_commit_is_read_again() {
    for (setting, value, outcome) in [
        ("enabled", "json('false')", "provider_disabled"),
        ("jit.enabled", "json('false')", "not_invited"),
        ("allowed_email_domains", "json('[\"other.example\"]')", "email_domain_not_allowed"),
    ] {
        let sql = format!("UPDATE providers SET version = 2, settings = json_set(settings, '$.{setting}', {value})");
        let (status, code, site) = overtaken_before(2, &sql);
        assert_eq!((status, code.as_str()), (403, outcome), "{setting}");
        assert_eq!((site.database.count("users"), site.database.count("sessions")), (0, 0), "{setting}");
    }
}

#[test]
fn a_user_who_goes_away_is_made_anew() {
    let site = warm();
    site.database.execute(USER);
    site.database.interrupt(2, "DELETE FROM users");
    assert_eq!(site.sign_in(SOUND).status, 303);
    assert_eq!(site.database.select("SELECT decision FROM sign_ins"), ["created_just_in_time"]);
}

#[test]
fn a_new_provider_is_found_by_an_isolate_that_knows_the_old_ones() {
    let site = Site::new();
    site.create_account("acme");
    site.get("/saml/acme/metadata").send();
    // Another isolate's doing: this one is not told.
    let other = Site::with_provider();
    let columns = "id, entity_id, settings, created_at, updated_at, version";
    let row = &other.database.select("SELECT quote(id), quote(entity_id), quote(settings) FROM providers")[0];
    let [id, entity_id, settings] = row.split('|').collect::<Vec<_>>().try_into().unwrap();
    site.database.execute(&format!(
        "INSERT INTO providers (account_id, {columns}) VALUES ('acme', {id}, {entity_id}, {settings}, 1, 1, 1)"
    ));
    assert_eq!(site.sign_in(SOUND).status, 303);
}

#[test]
fn of_two_changes_of_one_version_one_is_made() {
    let site = Site::new();
    site.create_account("acme");
    let provider = site.create_provider(json!({}));
    let path = format!("/api/v1/accounts/acme/providers/{}", provider["id"].as_str().unwrap());
    let change = |version: &str| {
        site.call(Method::Patch, &path).admin().header("if-match", version).json(&json!({ "name": "Mine" })).send()
    };
    let theirs = format!(
        "INSERT INTO changes VALUES ('acme', 'c', 1, 'x', 'provider.updated', 'provider/{}', 2, NULL, NULL); \
         UPDATE providers SET version = 2, settings = json_set(settings, '$.name', 'Theirs')",
        provider["id"].as_str().unwrap()
    );
    site.database.interrupt(2, &theirs);
    problem(&change("\"1\""), 412);
    assert_eq!(body(&site.get(&path).admin().send())["name"], "Theirs");
    assert_eq!(change("\"2\"").status, 200);
    assert_eq!(body(&site.get(&path).admin().send())["name"], "Mine");
}

/// The change log is the lock: what retention removes of it must not open a version again.
#[test]
fn no_version_is_made_twice_though_the_log_of_it_is_gone() {
    let site = Site::with_provider();
    let make = |path: &str, input: serde_json::Value| {
        let answer = site.post(&format!("/api/v1/accounts/acme/{path}")).admin().json(&input).send();
        assert_eq!(answer.status, 201, "{}", answer.body_text());
        format!("/api/v1/accounts/acme/{path}/{}", body(&answer)["id"].as_str().unwrap())
    };
    let made = [
        (
            make("providers", provider_input(json!({ "metadataXml": metadata("https://two.example", &["idp"]) }))),
            "name",
            "providers",
        ),
        (make("users", json!({ "email": "grace@example.com" })), "displayName", "users"),
        (make("groups", json!({ "name": "Engineering" })), "name", "groups"),
        (make("roles", json!({ "name": "Reader", "permissions": ["users:view"] })), "name", "records"),
    ];
    for (path, field, table) in made {
        let change = |version: i64, name: &str| {
            let request = site.call(Method::Patch, &path).admin().header("if-match", &format!("\"{version}\""));
            request.json(&json!({ field: name })).send()
        };
        assert_eq!((change(1, "Two").status, change(2, "Three").status), (200, 200));
        let later = site.now().plus(Duration::days(401));
        pollster::block_on(upkeep(&site.database, &Retention::read(|_| None).unwrap(), later)).unwrap();
        assert_eq!(site.database.count("changes"), 0, "all were old");
        let before = site.database.dump();
        for version in [0, 1, 2, 4] {
            problem(&change(version, "Again"), 412);
        }
        assert_eq!(site.database.dump(), before, "{path}");
        let (noun, id) = path.rsplit_once('/').unwrap();
        let noun = noun.rsplit_once('/').unwrap().1.trim_end_matches('s');
        let theirs = format!(
            "INSERT INTO changes VALUES ('acme', 'c-{id}', {}, 'x', 'x', '{noun}/{id}', 4, NULL, NULL); \
             UPDATE {table} SET version = 4 WHERE id = '{id}'",
            site.now().0
        );
        site.database.interrupt(2, &theirs);
        problem(&change(3, "Mine"), 412);
        assert_eq!(change(4, "Mine").status, 200, "{path}");
        site.database.execute("DELETE FROM changes");
    }
}
