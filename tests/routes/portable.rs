//! `/api/v1/accounts/{account}/export` and `/import`: all of an account but secrets and sessions, and back.

use crate::permitted::{bind, call, errors, make, token_of, token_with};
use crate::scene::{Request, Site, body, problem};
use crate::support::database::Fault::{After, Before};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use postern::http::{Answer, Method};
use postern::store::Store;
use postern::store::portable::TABLES;
use postern::time::Duration;
use serde_json::{Value, json};

const SOUND: &str = "accept/policy/assertion-signed";

/// An account in which there is some of everything.
pub(crate) fn furnished() -> Site {
    let site = Site::with_provider();
    let cookie = site.signed_in();
    let ada = site.database.select("SELECT id FROM users").remove(0);
    let provider = site.database.select("SELECT id FROM providers").remove(0);
    site.wait(Duration::seconds(1));
    assert_eq!(site.sign_in(SOUND).status, 403, "a replay");
    let link = json!({ "providerId": provider, "samlGroup": "Ingénieurs \"A\"" });
    let group = make(&site, "groups", json!({ "name": "Engineers", "link": link }));
    let native = make(&site, "groups", json!({ "name": "Natives 🦀" }));
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let put = |path: &str| assert_eq!(call(&site, Method::Put, path).admin().send().status, 204, "{path}");
    put(&format!("groups/{}/members/{ada}", id(&native)));
    make(&site, "invitations", json!({ "email": "eve@example.com", "groups": [id(&native)] }));
    let gone = make(&site, "users", json!({ "email": "gone@example.com", "givenName": "Gone" }));
    let removed =
        call(&site, Method::Delete, &format!("users/{}", id(&gone))).admin().header("if-match", "\"1\"").send();
    assert_eq!(removed.status, 204);
    make(&site, "users", json!({ "email": "ben@example.com", "displayName": "Ben \\ \u{2028} B." }));
    make(&site, "roles", json!({ "name": "Reader", "permissions": ["users:view"] }));
    let resources = json!([{ "type": "group", "id": id(&native) }]);
    make(&site, "resource-groups", json!({ "name": "Natives", "resources": resources }));
    let organization = make(&site, "organizations", json!({ "name": "West" }));
    let project = make(&site, "projects", json!({ "name": "One", "organization": id(&organization) }));
    let scope = json!({ "type": "project", "id": id(&project) });
    let principal = json!({ "type": "group", "id": id(&group) });
    make(
        &site,
        "role-bindings",
        json!({ "principal": principal, "role": "Reader", "resourceGroup": "Natives", "scope": scope }),
    );
    bind(&site, &id(&native), "Account Viewer");
    token_with(&site, "acme", &["Account Admin", "Reader"]);
    token_of(&site, "acme", "user", &ada);
    make(&site, "keys", json!({ "purpose": "encryption" }));
    push_a_user(&site);
    site.database.execute(
        "INSERT INTO events (account_id, id, at, kind, subject, detail) VALUES ('acme', 'e1', 5, 'logout.refused', 'x', '{\"a\":1}')",
    );
    assert_eq!(site.get("/whoami").cookie(&cookie).send().status, 200);
    site
}

/// Over SCIM, which takes over users who were made just in time.
fn push_a_user(site: &Site) {
    let adopt = site.call(Method::Patch, "/api/v1/accounts/acme").admin().header("if-match", "\"1\"");
    assert_eq!(adopt.json(&json!({ "adoptJitUsers": true })).send().status, 200);
    let token = token_with(site, "acme", &["Provisioner"]);
    let user = json!({ "userName": "Max", "externalId": "x1", "title": "Dr.", "emails": [
        { "value": "max@example.com", "primary": true }, { "value": "Max@Home.example", "type": "home" }] });
    let post = |noun: &str, resource: &Value| {
        let request = site.post(&format!("/scim/v2/acme/{noun}"));
        request.header("authorization", &format!("Bearer {token}")).json(resource).send()
    };
    let made = post("Users", &user);
    assert_eq!(made.status, 201, "{}", made.body_text());
    let members = json!([{ "value": body(&made)["id"] }]);
    assert_eq!(post("Groups", &json!({ "displayName": "Pushed", "externalId": "g1", "members": members })).status, 201);
}

pub(crate) fn export_of(site: &Site, account: &str) -> Vec<String> {
    let mut next = Some(format!("/api/v1/accounts/{account}/export"));
    let mut file = String::new();
    while let Some(target) = next {
        let answer = site.get(&target).admin().send();
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")), "{target}");
        assert!(answer.body_text().len() <= 1024 * 1024 && answer.body_text().ends_with('\n'));
        file.push_str(answer.body_text());
        next = answer.header("link").map(|link| link.split(['<', '>']).nth(1).unwrap().to_owned());
    }
    file.lines().map(str::to_owned).collect()
}

pub(crate) fn import<'s>(site: &'s Site, account: &str, line: usize, lines: &[String]) -> Request<'s> {
    let target = format!("/api/v1/accounts/{account}/import?line={line}");
    site.post(&target).admin().body("application/x-ndjson", lines.join("\n") + "\n")
}

pub(crate) fn imported(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body_text());
    body(answer)
}

/// A new site, and on it an account to import into.
pub(crate) fn empty(account: &str) -> Site {
    let site = Site::new();
    site.create_account(account);
    site.wait(Duration::seconds(2));
    site
}

/// Whether an account has what a file has: each line but the first, which says when it was written.
#[track_caller]
fn has_all(site: &Site, account: &str, file: &[String]) {
    let lines = export_of(site, account);
    for (at, (line, expected)) in lines.iter().zip(file).enumerate().skip(1) {
        assert_eq!(line, expected, "line {}", at + 1);
    }
    assert_eq!(lines.len(), file.len());
}

#[test]
fn an_export_has_everything_but_secrets_and_sessions() {
    let site = furnished();
    let lines = export_of(&site, "acme");
    let header: Value = serde_json::from_str(&lines[0]).unwrap();
    let account = json!({ "id": "acme", "name": "Acme Inc.", "createdAt": "2026-11-22T06:00:00.000Z",
        "adoptJitUsers": true, "version": 2 });
    assert_eq!(header, json!({ "postern": 1, "account": account, "exportedAt": site.now().to_rfc3339() }));
    let end: Value = serde_json::from_str(lines.last().unwrap()).unwrap();
    assert_eq!(end, json!({ "end": { "rows": lines.len() - 2 } }));
    // That these are all tables but those of secrets is held in tests/store/portable.rs.
    for table in TABLES.iter().map(|table| table.name) {
        let here = lines.iter().filter(|line| line.starts_with(&format!("{{\"{table}\":{{"))).count();
        // The export itself is told here and nowhere else.
        let told = usize::from(table == "events");
        assert_eq!(here + told, site.database.count(table), "{table}");
        assert!(here > 0, "{table}: the test has one");
    }
    let file = lines.join("\n");
    for secret in [
        "SELECT digest FROM invitations",
        "SELECT digest FROM api_tokens",
        "SELECT digest FROM sessions",
        "SELECT wrapped FROM account_keys",
    ] {
        let values = site.database.select(secret);
        assert!(!values.is_empty() && values.iter().all(|value| !file.contains(value.as_str())), "{secret}");
    }
    assert!(!file.contains("account_id"));
}

#[test]
fn an_import_into_an_empty_account_is_exact() {
    let site = furnished();
    let lines = export_of(&site, "acme");
    for account in ["acme", "another"] {
        let other = empty(account);
        let answer = imported(&import(&other, account, 1, &lines).send());
        assert_eq!(answer, json!({ "lines": lines.len(), "ended": true, "invitationsWithoutLink": 1 }));
        has_all(&other, account, &lines);
        let shown = |site: &Site, account: &str| body(&site.get(&format!("/api/v1/accounts/{account}")).admin().send());
        for member in ["name", "createdAt", "version"] {
            assert_eq!(shown(&other, account)[member], shown(&site, "acme")[member]);
        }
    }
}

#[test]
fn whoever_was_there_signs_in_after_an_import_and_secrets_are_good_no_more() {
    let site = furnished();
    let token = token_with(&site, "acme", &["Account Admin"]);
    let invited = make(&site, "invitations", json!({ "email": "frank@example.com" }));
    let path = invited["link"].as_str().unwrap().strip_prefix("https://sp.example").unwrap();
    assert_eq!(site.get(path).send().status, 200);
    let lines = export_of(&site, "acme");
    let mut other = empty("acme");
    let half = lines.iter().position(|line| line.starts_with("{\"user_links\"")).unwrap() + 1;
    imported(&import(&other, "acme", 1, &lines[..half]).send());
    assert_eq!(other.sign_in(SOUND).status, 403, "nobody signs in to half an account");
    assert_eq!(other.last_sign_in(), "unknown_issuer");
    other.database.execute("DELETE FROM sign_ins WHERE error ->> '$.code' = 'unknown_issuer'");
    imported(&import(&other, "acme", half + 1, &lines[half..]).send());
    assert_eq!(other.get(path).send().status, 404, "the link is good no more");
    let bearer = other.get("/api/v1/accounts/acme").header("authorization", &format!("Bearer {token}"));
    problem(&bearer.send(), 401);
    has_all(&other, "acme", &lines);
    other.forget();
    other.database.execute("DELETE FROM spent");
    other.wait(Duration::seconds(2));
    assert_eq!(other.sign_in(SOUND).status, 303, "{}", other.last_sign_in());
    let who = |site: &Site| site.database.select("SELECT id, email FROM users WHERE email = 'ada@example.com'");
    assert_eq!(who(&other), who(&site));
    assert_eq!(other.database.count("users"), site.database.count("users"), "nobody was made anew");
}

/// Rows by SQL, as many as asked for.
fn fill(site: &Site, users: usize) {
    site.database.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {users}) \
         INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         SELECT 'acme', printf('u%09d', i), 'user-' || i || '@example.com', 'user-' || i || '@example.com', 1, 'jit', 1, 1, 1 FROM n; \
         INSERT INTO group_members (account_id, group_id, user_id, added_at) \
         SELECT 'acme', (SELECT MIN(id) FROM groups), id, 1 FROM users WHERE id LIKE 'u0%'; \
         INSERT INTO tombstones (account_id, key, user_id, email, removed_at, removed_by) \
         SELECT 'acme', 'email:' || id, id, email, 1, 'setup-token' FROM users WHERE id LIKE 'u0%' LIMIT 1000"
    ));
}

#[test]
fn a_large_account_is_exported_in_pages_and_imported_in_chunks() {
    let site = furnished();
    fill(&site, 12_000);
    let other = empty("acme");
    let (mut next, mut line, mut pages) = ("/api/v1/accounts/acme/export".to_owned(), 1, 0);
    loop {
        let page = site.get(&next).admin().send();
        let target = format!("/api/v1/accounts/acme/import?line={line}");
        let answer = other.post(&target).admin().body("application/x-ndjson", page.body_text()).send();
        line = usize::try_from(imported(&answer)["lines"].as_i64().unwrap()).unwrap() + 1;
        pages += 1;
        // What happens meanwhile is not in it: nothing refers to what is not there.
        site.wait(Duration::seconds(1));
        let user = make(&site, "users", json!({ "email": format!("late-{pages}@example.com") }));
        let group = site.database.select("SELECT MAX(id) FROM groups WHERE managed_by = 'native'").remove(0);
        let path = format!("groups/{group}/members/{}", user["id"].as_str().unwrap());
        assert_eq!(call(&site, Method::Put, &path).admin().send().status, 204);
        let Some(link) = page.header("link") else { break };
        assert!(link.ends_with("; rel=\"next\""), "{link}");
        next = link.split(['<', '>']).nth(1).unwrap().to_owned();
    }
    assert!(pages > 3, "{pages}");
    assert_eq!(other.database.count("users") + pages, site.database.count("users"));
    assert_eq!(other.database.count("group_members") + pages, site.database.count("group_members"));
    other.wait(Duration::seconds(1));
    assert_eq!(export_of(&other, "acme").len(), line - 1);
    assert!(export_of(&site, "acme").len() > line);
}

#[test]
fn an_export_is_told_once_and_an_empty_account_stays_empty() {
    let site = furnished();
    fill(&site, 4000);
    assert!(export_of(&site, "acme").len() > 8000);
    let events =
        || site.database.select("SELECT subject, detail FROM events WHERE kind = 'account.exported' ORDER BY id");
    let told = format!("export/setup-token/{}|{{\"actor\":\"setup-token\"}}", site.now().0);
    assert_eq!(events().join(""), told);
    site.wait(Duration::seconds(1));
    let token = token_with(&site, "acme", &["Account Admin"]);
    let export = call(&site, Method::Get, "export").header("authorization", &format!("Bearer {token}")).send();
    let link = export.header("link").unwrap().split(['<', '>']).nth(1).unwrap().to_owned();
    assert_eq!((events().len(), events()[0] == told), (2, true));
    assert!(events()[1].contains("service-account/"));
    site.database.execute("DELETE FROM events");
    assert_eq!(site.get(&link).admin().send().status, 200);
    assert_eq!(events().len(), 1, "whoever begins in the middle is told as well");

    let other = empty("acme");
    assert_eq!(export_of(&other, "acme").len(), 3);
    imported(&import(&other, "acme", 1, &export_of(&furnished(), "acme")).send());
}

#[test]
fn large_rows_are_read_a_few_at_a_time() {
    let site = furnished();
    site.database.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12) \
         INSERT INTO changes (account_id, id, at, actor, action, resource, version, after) \
         SELECT 'acme', printf('z%09d', i), 1, 'setup-token', 'x.y', 'x/' || i, 1, \
         json_object('x', printf('%.*c', 300000, 'x')) FROM n",
    );
    site.database.watch(&[]);
    let lines = export_of(&site, "acme");
    let reads = site.database.statements().into_iter().filter(|read| read.sql.contains("FROM changes"));
    for read in reads {
        let [rows] = postern::store::take(pollster::block_on(site.database.batch(vec![read])).unwrap()).unwrap();
        let (found, _) = TABLES[2].read(&rows).unwrap();
        assert!(found.iter().map(String::len).sum::<usize>() < 800_000, "{}", found.len());
    }
    let (other, mut line) = (empty("acme"), 1);
    for chunk in lines.chunks(3) {
        imported(&import(&other, "acme", line, chunk).send());
        line += chunk.len();
    }
    has_all(&other, "acme", &lines);
}

#[test]
fn a_cursor_that_is_none_is_refused() {
    let site = Site::with_provider();
    for cursor in ["x", "e30", "W10", "WzEsMCwwLDBd", "WzEsOTksMTMsMF0", "WzEsMCwxMywwLCJhIiwiYiJd", &"A".repeat(5000)]
    {
        problem(&call(&site, Method::Get, &format!("export?cursor={cursor}")).admin().send(), 400);
    }
    problem(&site.get("/api/v1/accounts/nobody/export").admin().send(), 404);
}

/// An export is told by when it began: a beginning of one's own choosing would have it told once for ever.
#[test]
fn a_cursor_that_says_when_it_pleases_is_refused() {
    let site = Site::with_provider();
    let (now, last) = (site.now().0, TABLES.len() - 1);
    let day = Duration::days(1).0;
    let status = |numbers: Value| {
        let cursor = URL_SAFE_NO_PAD.encode(numbers.to_string());
        call(&site, Method::Get, &format!("export?cursor={cursor}")).admin().send().status
    };
    let of = |since: i64, rows: u64| json!([since, last, TABLES.len(), rows]);
    for since in [now, now - day + 1] {
        assert_eq!(status(of(since, 5)), 200, "{since}");
    }
    for since in [now + 61_000, now - day, now - 400 * day, 0, -1, i64::MAX, i64::MIN] {
        assert_eq!(status(of(since, 5)), 400, "{since}");
    }
    for rows in [u64::MAX, 1 << 32] {
        assert_eq!(status(json!([now, 0, TABLES.len(), rows])), 400, "{rows}");
    }
}

#[test]
fn an_export_takes_every_permission_to_view() {
    let site = furnished();
    make(&site, "roles", json!({ "name": "Manager", "permissions": ["account:view", "account:manage", "users:view"] }));
    let export = |roles: &[&str]| {
        let token = token_with(&site, "acme", roles);
        call(&site, Method::Get, "export").header("authorization", &format!("Bearer {token}")).send()
    };
    let refused = problem(&export(&["Manager"]), 403);
    let detail = refused["detail"].as_str().unwrap();
    for missing in ["providers:view", "groups:view", "audit:view", "roles:view", "service-accounts:view", "apps:view"] {
        assert!(detail.contains(missing), "{detail}");
    }
    assert!(!detail.contains("users:view") && !detail.contains("account:view"), "{detail}");
    assert_eq!(problem(&export(&["Account Viewer"]), 403)["errors"], json!(null));
    assert_eq!(export(&["Manager", "Account Viewer"]).status, 200);
    assert_eq!(export(&["Account Admin"]).status, 200);
    let admin = token_with(&site, "acme", &["Account Admin"]);
    let import = call(&site, Method::Post, "import").header("authorization", &format!("Bearer {admin}"));
    problem(&import.body("application/x-ndjson", "{}").send(), 401);
}

#[test]
fn an_import_goes_on_where_it_is_and_takes_a_chunk_once() {
    let lines = export_of(&furnished(), "acme");
    let site = empty("acme");
    let code = |answer: &Answer| (answer.status, body(answer)["code"].as_str().unwrap_or_default().to_owned());
    let refused = |code: &str| (409, code.to_owned());
    assert_eq!(code(&import(&site, "acme", 5, &lines[4..6]).send()), refused("not_begun"));
    let first = || imported(&import(&site, "acme", 1, &lines[..4]).send());
    assert_eq!(first(), json!({ "lines": 4, "ended": false, "invitationsWithoutLink": 0 }));
    let before = site.database.dump();
    assert_eq!(first(), json!({ "lines": 4, "ended": false, "invitationsWithoutLink": 0 }), "the same chunk again");
    for (line, chunk) in [(1, &lines[..3]), (4, &lines[3..5]), (6, &lines[5..7]), (5000, &lines[4..6])] {
        let answer = import(&site, "acme", line, chunk).send();
        assert_eq!(code(&answer), refused("other_line"), "{line}");
        assert!(body(&answer)["detail"].as_str().unwrap().contains("?line=5"));
    }
    assert_eq!(site.database.dump(), before);
    let rest = || imported(&import(&site, "acme", 5, &lines[4..]).send());
    assert_eq!(rest(), json!({ "lines": lines.len(), "ended": true, "invitationsWithoutLink": 1 }));
    assert_eq!(rest(), json!({ "lines": lines.len(), "ended": true, "invitationsWithoutLink": 1 }));
    assert_eq!(code(&import(&site, "acme", 1, &lines[..4]).send()), refused("ended"));
    assert_eq!(code(&import(&site, "acme", lines.len() + 1, &lines[1..2]).send()), refused("ended"));
    has_all(&site, "acme", &lines);
}

/// Between what one reads and what it writes, the other is carried out.
#[test]
fn of_two_chunks_at_one_time_both_are_told_where_the_import_is() {
    let lines = export_of(&furnished(), "acme");
    let taken_before = |line: usize, chunk: &[String], other: &[String]| {
        let donor = empty("acme");
        if line > 1 {
            imported(&import(&donor, "acme", 1, &lines[..line - 1]).send());
        }
        imported(&import(&donor, "acme", line, other).send());
        let row = donor.database.select(
            "SELECT quote(id), quote(actor), began_at, first, lines, quote(digest), quote(ended_at) FROM imports",
        );
        let site = empty("acme");
        if line > 1 {
            imported(&import(&site, "acme", 1, &lines[..line - 1]).send());
        }
        let row = row[0].replace('|', ", ");
        site.database.interrupt(2, &format!("REPLACE INTO imports VALUES ('acme', {row})"));
        import(&site, "acme", line, chunk).send()
    };
    for line in [1, 5] {
        let (chunk, other) = (&lines[line - 1..line + 3], &lines[line - 1..line + 2]);
        let told = imported(&taken_before(line, chunk, chunk));
        assert_eq!(told, json!({ "lines": line + 3, "ended": false, "invitationsWithoutLink": 0 }), "{line}");
        let answer = taken_before(line, chunk, other);
        let told = problem(&answer, 409);
        assert_eq!(told["code"], "other_line", "{line}");
        assert!(told["detail"].as_str().unwrap().contains(&format!("?line={}", line + 3)), "{told}");
    }
}

#[test]
fn an_account_in_which_something_has_happened_takes_no_import() {
    let lines = export_of(&furnished(), "acme");
    let happened: [fn(&Site); 5] = [
        |site| drop(make(site, "users", json!({ "email": "a@example.com" }))),
        |site| drop(site.create_provider(json!({}))),
        |site| drop(make(site, "keys", json!({ "purpose": "signing" }))),
        |site| drop(make(site, "roles", json!({ "name": "Reader", "permissions": [] }))),
        |site| {
            let group = make(site, "groups", json!({ "name": "Gone" }));
            let path = format!("groups/{}", group["id"].as_str().unwrap());
            assert_eq!(call(site, Method::Delete, &path).admin().header("if-match", "\"1\"").send().status, 204);
        },
    ];
    for happens in happened {
        let site = empty("acme");
        happens(&site);
        let before = site.database.dump();
        let answer = import(&site, "acme", 1, &lines).send();
        assert_eq!((answer.status, &body(&answer)["code"]), (409, &json!("not_empty")));
        assert_eq!(site.database.dump(), before);
    }
    let site = empty("acme");
    problem(&import(&site, "nobody", 1, &lines).send(), 404);
}

#[test]
fn bad_lines_are_told_by_their_number_and_nothing_of_the_chunk_is_taken() {
    let header =
        r#"{"postern":1,"account":{"id":"acme","name":"Acme","createdAt":"2026-11-22T06:00:00Z","version":1}}"#;
    let user = |change: Value| {
        let mut user = json!({ "id": "u1", "email": "a@b.c", "email_folded": "a@b.c",
            "user_name": "A@b.c", "user_name_folded": "a@b.c", "active": 1, "managed_by": "jit",
            "created_at": 1, "updated_at": 1, "version": 1 });
        for (name, value) in change.as_object().unwrap() {
            user[name] = value.clone();
        }
        json!({ "users": user }).to_string()
    };
    let provider = |settings: &str| {
        json!({ "providers": { "id": "p1", "entity_id": "x", "settings": settings, "created_at": 1, "updated_at": 1, "version": 1 } })
            .to_string()
    };
    let record = |kind: &str, name: &str, settings: Value| {
        json!({ "records": { "id": "r1", "kind": kind, "name": name, "settings": settings.to_string(), "created_at": 1,
            "updated_at": 1, "version": 1 } })
        .to_string()
    };
    let group = json!({ "type": "group", "id": "g1" });
    let binding = |change: Value| {
        let mut settings = json!({ "principal": group, "role": "_app_user", "resourceGroup": "_all_resources",
            "scope": { "type": "account" } });
        for (name, value) in change.as_object().unwrap() {
            settings[name] = value.clone();
        }
        record("roleBinding", "", settings)
    };
    let cases: Vec<(String, &str, &str)> = vec![
        ("x".into(), "/2", "malformed"),
        (String::new(), "/2", "malformed"),
        (r#"{"users":{"id":"u1","id":"u2"}}"#.into(), "/2", "duplicate"),
        (r#"{"end":{"rows":1},"end":{"rows":0}}"#.into(), "/2", "duplicate"),
        ("[]".into(), "/2", "wrong_type"),
        ("{}".into(), "/2", "wrong_type"),
        (r#"{"users":[]}"#.into(), "/2", "wrong_type"),
        (r#"{"users":{},"groups":{}}"#.into(), "/2", "wrong_type"),
        (r#"{"sessions":{"id":"s"}}"#.into(), "/2", "unknown_table"),
        (r#"{"account_keys":{"id":"s"}}"#.into(), "/2", "unknown_table"),
        (format!("{{\"{}/~\":{{}}}}", "x".repeat(1000)), "/2", "unknown_table"),
        (user(json!({ "account_id": "other" })), "/2/users/account_id", "unknown_column"),
        (user(json!({ "a/b": 1 })), "/2/users/a~1b", "unknown_column"),
        (user(json!({ "id": null })), "/2/users/id", "required"),
        (user(json!({ "id": 7 })), "/2/users/id", "wrong_type"),
        (user(json!({ "id": "" })), "/2/users/id", "malformed"),
        (user(json!({ "id": "x".repeat(65) })), "/2/users/id", "malformed"),
        (user(json!({ "email": {} })), "/2/users/email", "wrong_type"),
        (user(json!({ "email": "a" })), "/2/users/email_folded", "malformed"),
        (user(json!({ "email_folded": "b@b.c" })), "/2/users/email_folded", "malformed"),
        (user(json!({ "given_name": "a\0b" })), "/2/users/given_name", "control_character"),
        (user(json!({ "active": 2 })), "/2/users/active", "out_of_range"),
        (user(json!({ "active": true })), "/2/users/active", "wrong_type"),
        (user(json!({ "created_at": 1.5 })), "/2/users/created_at", "wrong_type"),
        (user(json!({ "created_at": -1 })), "/2/users/created_at", "out_of_range"),
        (user(json!({ "created_at": 253_402_300_800_000_i64 })), "/2/users/created_at", "out_of_range"),
        (user(json!({ "version": 9_007_199_254_740_993_i64 })), "/2/users/version", "out_of_range"),
        (user(json!({ "last_sign_in_at": "now" })), "/2/users/last_sign_in_at", "wrong_type"),
        (user(json!({ "managed_by": "nobody" })), "/2/users/managed_by", "unknown_value"),
        (record("role", "R", json!({})), "/2/records/settings/permissions", "required"),
        (record("role", "R", json!({ "permissions": null })), "/2/records/settings/permissions", "required"),
        (record("role", "R", json!({ "permissions": "users:view" })), "/2/records/settings/permissions", "wrong_type"),
        (
            record("role", "R", json!({ "permissions": ["users:fly"] })),
            "/2/records/settings/permissions/0",
            "unknown_value",
        ),
        (
            record("role", "R", json!({ "permissions": ["users:view", "users:view"] })),
            "/2/records/settings",
            "malformed",
        ),
        (record("role", "R", json!({ "permissions": [" users:view"] })), "/2/records/settings", "malformed"),
        (
            record("role", "R", json!({ "permissions": [], "principal": group })),
            "/2/records/settings/principal",
            "unknown_field",
        ),
        (record("role", "R", json!({ "permissions": [], "a/b": 1 })), "/2/records/settings/a~1b", "unknown_field"),
        (record("role", "", json!({ "permissions": [] })), "/2/records/name", "required"),
        (record("role", " R", json!({ "permissions": [] })), "/2/records/name", "malformed"),
        (record("role", "app user", json!({ "permissions": [] })), "/2/records/name", "taken"),
        (record("resourceGroup", "R", json!({})), "/2/records/settings/resources", "required"),
        (
            record("resourceGroup", "R", json!({ "resources": [{ "type": "planet", "id": "x" }] })),
            "/2/records/settings/resources/0/type",
            "unknown_value",
        ),
        (
            record("resourceGroup", "R", json!({ "resources": [], "owner": { "type": "user", "id": "u1" } })),
            "/2/records/settings/owner",
            "unknown_field",
        ),
        (binding(json!({ "principal": null })), "/2/records/settings/principal", "required"),
        (binding(json!({ "role": null })), "/2/records/settings/role", "required"),
        (binding(json!({ "resourceGroup": null })), "/2/records/settings/resourceGroup", "required"),
        (binding(json!({ "scope": null })), "/2/records/settings/scope", "required"),
        (binding(json!({ "role": 7 })), "/2/records/settings/role", "wrong_type"),
        (binding(json!({ "role": "_emperor" })), "/2/records/settings/role", "not_found"),
        (binding(json!({ "resourceGroup": "_nothing" })), "/2/records/settings/resourceGroup", "not_found"),
        (
            binding(json!({ "principal": { "type": "user", "id": "u1" } })),
            "/2/records/settings/principal/type",
            "unknown_value",
        ),
        (binding(json!({ "principal": { "type": "group" } })), "/2/records/settings/principal/id", "required"),
        (
            binding(json!({ "scope": { "type": "planet", "id": "x" } })),
            "/2/records/settings/scope/type",
            "unknown_value",
        ),
        (binding(json!({ "scope": { "type": "project" } })), "/2/records/settings/scope/id", "required"),
        (
            binding(json!({ "scope": { "type": "account", "id": "x" } })),
            "/2/records/settings/scope/id",
            "unknown_field",
        ),
        (binding(json!({ "scope": { "type": "account", "x": 1 } })), "/2/records/settings/scope/x", "unknown_field"),
        (binding(json!({ "permissions": [] })), "/2/records/settings/permissions", "unknown_field"),
        (binding(json!({ "name": "B" })), "/2/records/settings/name", "unknown_field"),
        (
            record("organization", "O", json!({ "organization": "o1" })),
            "/2/records/settings/organization",
            "unknown_field",
        ),
        (record("project", "P", json!({})), "/2/records/settings/organization", "required"),
        (record("project", "P", json!({ "organization": {} })), "/2/records/settings/organization", "wrong_type"),
        (record("serviceAccount", "S", json!({ "roles": [] })), "/2/records/settings/roles", "unknown_field"),
        (record("serviceAccount", "S", json!({ "scope": null })), "/2/records/settings/scope", "unknown_field"),
        (record("apiKey", "K", json!({})), "/2/records/settings/owner", "required"),
        (record("apiKey", "K", json!({ "owner": group })), "/2/records/settings/owner/type", "unknown_value"),
        (binding(json!({})).replace(r#""name":"""#, r#""name":"B""#), "/2/records/name", "malformed"),
        (record("planet", "P", json!({})), "/2/records/kind", "unknown_value"),
        (record("role", "R", json!([])), "/2/records/settings", "malformed"),
        (record("role", "R", json!({ "permissions": [] })).replace("r1", "_r1"), "/2/records/id", "malformed"),
        (provider("{"), "/2/providers/settings", "malformed"),
        (provider("{}"), "/2/providers/settings", "malformed"),
        (r#"{"end":{"rows":1}}"#.into(), "/2/end/rows", "not_whole"),
        (r#"{"end":{}}"#.into(), "/2/end/rows", "not_whole"),
        (r#"{"end":{"rows":0,"x":1}}"#.into(), "/2/end/x", "unknown_field"),
        ("{\"end\":{\"rows\":0}}\n{}".into(), "/3", "after_end"),
    ];
    for (line, pointer, code) in cases {
        let site = empty("acme");
        let before = site.database.dump();
        let answer = import(&site, "acme", 1, &[header.to_owned(), line.clone()]).send();
        problem(&answer, 422);
        let got = errors(&answer);
        assert_eq!(got.len(), 1, "{line}: {got:?}");
        assert!(got[0].0.starts_with(pointer) && got[0].1 == code, "{line}: {got:?}");
        assert!(got[0].0.len() < 80, "{line}");
        assert_eq!(site.database.dump(), before, "{line}");
    }
    let headers = [
        (r#"{"users":{}}"#, "/1/postern", "unknown_version"),
        (r#"{"postern":2}"#, "/1/postern", "unknown_version"),
        (r#"{"postern":1,"account":{"name":"A","createdAt":"now","version":1}}"#, "/1/account/createdAt", "malformed"),
        (r#"{"postern":1,"account":{"createdAt":"2026-11-22T06:00:00Z","version":1}}"#, "/1/account/name", "malformed"),
        (
            r#"{"postern":1,"account":{"name":"A","createdAt":"2026-11-22T06:00:00Z","version":0}}"#,
            "/1/account/version",
            "malformed",
        ),
        (
            r#"{"postern":1,"x":1,"account":{"name":"A","createdAt":"2026-11-22T06:00:00Z","version":1}}"#,
            "/1/x",
            "unknown_field",
        ),
    ];
    let site = empty("acme");
    for (line, pointer, code) in headers {
        let answer = import(&site, "acme", 1, &[line.to_owned()]).send();
        problem(&answer, 422);
        assert_eq!(errors(&answer), [(pointer.to_owned(), code.to_owned())], "{line}");
    }
    let many: Vec<String> = (0..100).map(|_| "x".to_owned()).collect();
    assert_eq!(errors(&import(&site, "acme", 7, &many).send()).len(), 20);
    assert_eq!(site.database.count("imports"), 0);
}

#[test]
fn bad_bodies_are_refused() {
    let site = empty("acme");
    let path = "/api/v1/accounts/acme/import";
    problem(&site.post(path).admin().too_large().send(), 413);
    problem(&site.post(path).admin().json(&json!({})).send(), 415);
    problem(&site.post(path).admin().body("application/x-ndjson", vec![0xff]).send(), 400);
    for line in ["0", "-1", "x", "1.5", "99999999999"] {
        problem(&site.post(&format!("{path}?line={line}")).admin().body("application/x-ndjson", "x").send(), 400);
    }
}

#[test]
fn a_provider_is_imported_with_no_more_rules_than_can_be_saved() {
    let lines = export_of(&furnished(), "acme");
    let found = lines.iter().find(|line| line.starts_with("{\"providers\"")).unwrap();
    let condition = json!({ "on": { "attribute": "groups" }, "operator": "contains", "value": "x" });
    let rule = json!({ "conditions": vec![condition; 10], "effect": "admit" });
    for (rules, status) in [(5, 200), (6, 422)] {
        let mut line: Value = serde_json::from_str(found).unwrap();
        let mut settings: Value = serde_json::from_str(line["providers"]["settings"].as_str().unwrap()).unwrap();
        settings["jit"]["rules"] = json!(vec![rule.clone(); rules]);
        line["providers"]["settings"] = settings.to_string().into();
        let answer = import(&empty("acme"), "acme", 1, &[lines[0].clone(), line.to_string()]).send();
        assert_eq!(answer.status, status, "{}", answer.body_text());
    }
}

#[test]
fn rows_that_contradict_each_other_are_refused_with_their_chunk() {
    let lines = export_of(&furnished(), "acme");
    let find = |table: &str| lines.iter().find(|line| line.starts_with(&format!("{{\"{table}\""))).unwrap().clone();
    let twice = [lines[0].clone(), find("users"), find("users")];
    let dangling = [lines[0].clone(), find("group_members")];
    for (chunk, code) in [(&twice[..], "taken"), (&dangling[..], "not_found")] {
        let site = empty("acme");
        let before = site.database.dump();
        let answer = import(&site, "acme", 1, chunk).send();
        problem(&answer, 422);
        assert_eq!(errors(&answer), [("/1".to_owned(), code.to_owned())]);
        assert_eq!(site.database.dump(), before);
    }
}

#[test]
fn a_fault_at_any_call_leaves_nothing_half_done_and_another_try_works() {
    let lines = export_of(&furnished(), "acme");
    let half = lines.len() / 2;
    for call in 1..=4 {
        for fault in [Before, After] {
            for faults in
                [vec![(call, fault)], vec![(2, After), (call, fault)], (call..9).map(|k| (k, fault)).collect()]
            {
                let site = empty("acme");
                for (line, chunk) in [(1, &lines[..half]), (half + 1, &lines[half..])] {
                    let before = site.database.dump();
                    site.database.watch(&faults);
                    let answer = import(&site, "acme", line, chunk).send();
                    site.database.watch(&[]);
                    let taken = site.database.select(&format!("SELECT lines FROM imports WHERE first = {line}"));
                    if taken.is_empty() {
                        assert_eq!(answer.status, 503, "{faults:?}");
                        assert_eq!(site.database.dump(), before, "{faults:?}");
                    } else {
                        assert!(matches!(answer.status, 200 | 503), "{faults:?}: {}", answer.body_text());
                    }
                    imported(&import(&site, "acme", line, chunk).send());
                }
                has_all(&site, "acme", &lines);
            }
        }
    }
    let site = furnished();
    for call in 1..=13 {
        site.database.watch(&[(call, Before)]);
        problem(&site.get("/api/v1/accounts/acme/export").admin().send(), 503);
    }
    site.database.watch(&[]);
    assert_eq!(export_of(&site, "acme").len(), lines.len());
}
