//! Lists, filters and pages.

use super::{Client, id, refused};
use crate::scene::body;
use crate::support::database::Fault;
use postern::http::Method::{Delete, Get, Post};
use postern::time::Duration;
use serde_json::{Value, json};

#[test]
fn a_filter_finds_by_an_index() {
    let client = Client::new();
    let [one, two] = ["one@x.example", "two@x.example"].map(|name| client.user(name));
    let group = client.group("A team", &[&one]);
    for (path, filter, found) in [
        ("/Users", r#"userName eq "ONE@X.example""#.to_owned(), vec![&one]),
        ("/Users", format!(r#"id eq "{two}""#), vec![&two]),
        ("/Users", r#"emails[type eq "work"].value eq "two@x.example""#.to_owned(), vec![&two]),
        ("/Users", r#"userName sw "o""#.to_owned(), vec![&one]),
        ("/Users", r#"userName co "x.example""#.to_owned(), vec![&one, &two]),
        ("/Users", r#"meta.lastModified ge "2020-01-01T00:00:00Z""#.to_owned(), vec![&one, &two]),
        ("/Users", format!(r#"groups eq "{group}""#), vec![&one]),
        ("/Users", r#"userName eq "nobody""#.to_owned(), vec![]),
        ("/Groups", r#"displayName eq "a TEAM""#.to_owned(), vec![&group]),
        ("/Groups", format!(r#"members eq "{one}""#), vec![&group]),
        ("/Groups", format!(r#"id eq "{group}" and members eq "{two}""#), vec![]),
    ] {
        client.site.database.watch(&[]);
        assert_eq!(client.found(path, &filter).iter().collect::<Vec<_>>(), found, "{filter}");
        assert!(client.site.database.batches() <= 2, "{filter}");
    }
}

/// So many users, in the order of their making.
fn users(client: &Client, count: usize) -> Vec<String> {
    (0..count).map(|n| client.user(&format!("u{n}@example.com"))).collect()
}

fn ids(list: &Value) -> Vec<String> {
    list["Resources"].as_array().unwrap().iter().map(id).collect()
}

#[test]
fn a_walk_by_numbers_reads_each_row_once() {
    let client = Client::new();
    let users = users(&client, 7);
    let page = |start: usize| client.get(&format!("/Users?startIndex={start}&count=3"));
    for (start, expected, next) in [(1, &users[..3], true), (4, &users[3..6], true), (7, &users[6..], false)] {
        client.site.database.watch(&[]);
        let list = page(start);
        assert_eq!(ids(&list), expected);
        assert_eq!(
            (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
            (&json!(7), &json!(start), &json!(expected.len()))
        );
        assert_eq!(client.site.database.batches(), if next { 2 } else { 1 });
    }
    // Who asks again is answered the same; who jumps is, too.
    for start in [4, 4, 1, 4, 6, 2, 5, 1] {
        let end = (start + 2).min(7);
        assert_eq!(ids(&page(start)), users[start - 1..end], "{start}");
    }
    assert_eq!(ids(&page(8)), [] as [String; 0]);
    assert_eq!(page(100)["totalResults"], 7);
    // That the place cannot be remembered changes nothing.
    client.site.database.watch(&[(2, Fault::Before)]);
    assert_eq!(ids(&page(1)), users[..3]);
    // Another client's walk is another one, and an old one is forgotten.
    client.site.database.execute("UPDATE import_walks SET after_id = 'zzz', position = 4");
    client.site.wait(Duration::hours(1));
    assert_eq!(ids(&page(4)), users[3..6]);
}

#[test]
fn the_total_is_right_whoever_makes_and_removes() {
    let client = Client::new();
    let made = users(&client, 3);
    client.site.signed_in();
    client.site.post("/api/v1/accounts/acme/users").admin().json(&json!({ "email": "bob@example.com" })).send();
    let total = || client.get("/Users?count=0")["totalResults"].clone();
    assert_eq!(total(), 5);
    client.call(Delete, &format!("/Users/{}", made[0])).send();
    client.site.database.execute("DELETE FROM users WHERE managed_by = 'admin'");
    assert_eq!(total(), 3);
    let group = client.group("Team", &[]);
    crate::permitted::group(&client.site, "acme", "g1", &[]);
    assert_eq!(client.get("/Groups?count=0")["totalResults"], 1);
    client.call(Delete, &format!("/Groups/{group}")).send();
    assert_eq!(client.get("/Groups?count=0")["totalResults"], 0);
}

#[test]
fn a_walk_by_cursor_sees_each_once_in_every_order() {
    let client = Client::new();
    let users = users(&client, 7);
    let backwards: Vec<String> = users.iter().rev().cloned().collect();
    for (query, expected) in [
        ("", &users),
        ("&filter=userName+co+%22example%22", &users),
        ("&sortBy=userName&sortOrder=descending", &backwards),
        ("&filter=userName+sw+%22u%22", &users),
    ] {
        let (mut cursor, mut seen, mut pages) = (String::new(), Vec::new(), 0);
        loop {
            let list = client.get(&format!("/Users?cursor={cursor}&count=3{query}"));
            seen.extend(ids(&list));
            pages += 1;
            match list["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!((&seen, pages), (expected, 3), "{query}");
    }
    for bad in ["x", "n0", "u%20", "n3", &"u".repeat(2000)] {
        refused(&client.call(Get, &format!("/Users?cursor={bad}")).send(), 400, "invalidCursor");
    }
    let of_users = client.get("/Users?cursor&count=3")["nextCursor"].as_str().unwrap().to_owned();
    refused(&client.call(Get, &format!("/Groups?cursor={of_users}")).send(), 400, "invalidCursor");
}

/// Lists in orders of their own, of seven users of whom some have a title.
const ORDERS: [&str; 7] = [
    "",
    "&filter=title+pr",
    "&filter=userName+sw+%22u%22",
    "&sortBy=title",
    "&sortBy=title&sortOrder=descending",
    "&sortBy=userName",
    "&filter=userName+sw+%22u%22&sortBy=title",
];

fn with_titles(client: &Client) -> Vec<String> {
    let users = users(client, 7);
    for (user, title) in [(1, "b"), (2, "B"), (4, "a"), (5, "\u{e9}")] {
        let change = json!([{ "op": "add", "path": "title", "value": title }]);
        client.patch(&format!("/Users/{}", users[user]), change);
    }
    users
}

#[test]
fn who_removes_while_they_walk_by_cursor_misses_nobody() {
    for query in ORDERS {
        let client = Client::new();
        with_titles(&client);
        let all = ids(&client.get(&format!("/Users?count=7{query}")));
        let (mut cursor, mut seen) = (Some(String::new()), Vec::new());
        while let Some(at) = cursor {
            let list = client.get(&format!("/Users?cursor={at}&count=2{query}"));
            for id in ids(&list) {
                client.call(Delete, &format!("/Users/{id}")).send();
                seen.push(id);
            }
            cursor = list["nextCursor"].as_str().map(str::to_owned);
        }
        assert_eq!(seen, all, "{query}");
    }
}

#[test]
fn a_cursor_is_for_its_own_list() {
    let client = Client::new();
    with_titles(&client);
    for query in ORDERS {
        let next = client.get(&format!("/Users?cursor&count=2{query}"))["nextCursor"].as_str().unwrap().to_owned();
        for other in ORDERS {
            let answer = client.call(Get, &format!("/Users?cursor={next}&count=2{other}")).send();
            if query == other {
                assert_eq!(answer.status, 200, "{query}");
            } else {
                refused(&answer, 400, "invalidCursor");
            }
        }
    }
}

#[test]
fn a_filter_that_no_index_answers_is_held_against_all() {
    let client = Client::new();
    let users = users(&client, 5);
    for (filter, expected) in [
        ("userName ew \"@example.com\" and userName ne \"u0@example.com\"", &users[1..]),
        ("not (userName sw \"u\")", &[]),
        ("displayName eq \"ada LOVELACE\"", &users[..]),
        ("title pr", &[]),
    ] {
        assert_eq!(client.found("/Users", filter), expected, "{filter}");
    }
    let page =
        client.get("/Users?filter=userName+co+%22u%22&startIndex=2&count=2&sortBy=userName&sortOrder=descending");
    assert_eq!(ids(&page), [users[3].clone(), users[2].clone()]);
    assert_eq!(page["totalResults"], 5);
    client.site.database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20001) \
         INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         SELECT 'acme', 'x' || i, i || '@many.example', i || '@many.example', 1, 'jit', 1, 1, 1 FROM n",
    );
    for query in ["filter=title+pr", "sortBy=userName"] {
        let error = refused(&client.call(Get, &format!("/Users?{query}")).send(), 400, "tooMany");
        assert!(error["detail"].as_str().unwrap().contains("userName"), "{error}");
    }
    // By cursor it goes on.
    let first = client.get("/Users?filter=userName+eq+%22nobody%22+or+userName+eq+%229999%40many.example%22&cursor");
    assert_eq!(ids(&first).len(), 0);
    let next = first["nextCursor"].as_str().unwrap();
    let second = client
        .get(&format!("/Users?filter=userName+eq+%22nobody%22+or+userName+eq+%229999%40many.example%22&cursor={next}"));
    assert_eq!((ids(&second).len(), second.get("nextCursor")), (1, None));
}

#[test]
fn groups_are_listed_with_their_members_or_without() {
    let client = Client::new();
    let users = users(&client, 3);
    let [one, two] = [client.group("One", &[&users[0], &users[1]]), client.group("Two", &[])];
    client.site.database.execute(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) \
         INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         SELECT 'acme', 'x' || i, i || '@many.example', i || '@many.example', 1, 'jit', 1, 1, 1 FROM n; \
         INSERT INTO group_members SELECT 'acme', '{two}', id, 1 FROM users WHERE id LIKE 'x%'"
    ));
    let sizes = |list: &Value| -> Vec<usize> {
        let groups = list["Resources"].as_array().unwrap();
        groups.iter().map(|group| group["members"].as_array().map_or(0, Vec::len)).collect()
    };
    for path in ["/Groups", "/Groups?filter=displayName+pr", "/Groups?cursor", "/Groups?sortBy=displayName"] {
        let list = client.get(path);
        assert_eq!((ids(&list), sizes(&list)), (vec![one.clone(), two.clone()], vec![2, 1500]), "{path}");
        let join = if path.contains('?') { '&' } else { '?' };
        assert_eq!(sizes(&client.get(&format!("{path}{join}excludedAttributes=members"))), [0, 0], "{path}");
    }
    assert_eq!(client.found("/Groups", "members pr"), [one.clone(), two.clone()]);
    assert_eq!(client.found("/Groups", &format!("members[value eq \"{}\"]", users[1])), [one]);
    assert_eq!(client.found("/Groups", "members eq \"x1400\""), [two]);
}

#[test]
fn a_search_is_a_list() {
    let client = Client::new();
    let users = users(&client, 3);
    let group = client.group("Team", &[&users[0]]);
    let search = |path: &str, input: Value| {
        let answer = client.send(Post, path, &input);
        assert_eq!(answer.status, 200, "{}", answer.body_text());
        body(&answer)
    };
    let found =
        search("/Users/.search", json!({ "filter": "userName eq \"u1@example.com\"", "attributes": ["userName"] }));
    assert_eq!(ids(&found), [users[1].clone()]);
    assert_eq!(found["Resources"][0].get("name"), None);
    let found = search("/.search", json!({ "startIndex": 3, "count": 2 }));
    assert_eq!((ids(&found), found["totalResults"].clone()), (vec![users[2].clone(), group.clone()], json!(4)));
    assert_eq!(ids(&search("/.search", json!({ "startIndex": 4 }))), std::slice::from_ref(&group));
    assert_eq!(ids(&search("/.search", json!({ "filter": "userName pr", "count": 1 }))), users[..1]);
    assert_eq!(ids(&search("/.search", json!({ "filter": "members pr" }))), [group]);
    refused(&client.send(Post, "/.search", &json!({ "filter": "shoeSize pr" })), 400, "invalidFilter");
}
