//! Every combination of filters of every log: by which index it goes, and how many rows it looks at.

use crate::scene::{NOW, run, scene};
use crate::support::database::Database;
use postern::store::log::{self, LOOKED_AT, Log, Wanted};
use postern::store::{Page, change, event, provisioning_log, sign_in};

/// Each log with its filters: a value of each, and its index, `None` if it has none. In the order in which they decide.
type Filters = &'static [(&'static str, &'static str, Option<&'static str>)];
const LOGS: [(&Log, &str, Filters); 4] = [
    (
        &sign_in::LOG,
        "sign_ins",
        &[
            ("userId", "u1", Some("sign_ins_user")),
            ("email", "Ada@Example.com", Some("sign_ins_email")),
            ("code", "expired", Some("sign_ins_code")),
            ("outcome", "refused", Some("sign_ins_outcome")),
            ("providerId", "p1", None),
        ],
    ),
    (
        &provisioning_log::LOG,
        "provisioning_log",
        &[
            ("resource", "user/u1", Some("provisioning_log_resource")),
            ("actor", "service-account/s1", Some("provisioning_log_actor")),
            ("outcome", "refused", Some("provisioning_log_outcome")),
            ("client", "okta", None),
            ("method", "PATCH", None),
        ],
    ),
    (
        &change::LOG,
        "changes",
        &[
            ("resource", "user/u1", Some("changes_resource")),
            ("actor", "setup-token", Some("changes_actor")),
            ("action", "user.updated", Some("changes_action")),
        ],
    ),
    (
        &event::LOG,
        "events",
        &[("subject", "logout/1", Some("events_subject")), ("kind", "logout.idp", Some("events_kind"))],
    ),
];

/// The filters of each combination, with `since` and `until` in every second one.
fn combinations(filters: Filters) -> impl Iterator<Item = Given> {
    (0..1_u32 << (filters.len() + 1)).map(|bits| {
        let mut given: Given =
            filters.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, filter)| *filter).collect();
        if bits >> filters.len() & 1 == 1 {
            given.push(("since", "2026-11-22T06:00:00Z", None));
            given.push(("until", "2026-11-23T06:00:00Z", None));
        }
        given
    })
}

type Given = Vec<(&'static str, &'static str, Option<&'static str>)>;

fn wanted(log: &'static Log, given: &[(&str, &str, Option<&str>)]) -> Wanted {
    let mut wanted = Wanted::all(log, Page { after: Some("m".into()), limit: 50 });
    for (parameter, value, _) in given {
        wanted.narrow(parameter, value).unwrap();
    }
    wanted
}

#[test]
fn each_combination_goes_by_the_index_that_leaves_least() {
    let database = scene();
    let mut tried = 0;
    for (log, table, filters) in LOGS {
        for given in combinations(filters) {
            let wanted = wanted(log, &given);
            let index = given.iter().find_map(|(_, _, index)| *index).unwrap_or("PRIMARY KEY");
            let others = given.iter().filter(|(name, ..)| !matches!(*name, "since" | "until")).count();
            let edge = wanted.edge("acme");
            assert_eq!(edge.is_some(), others > usize::from(index != "PRIMARY KEY"), "{given:?}");
            for statement in edge.into_iter().chain([wanted.rows("acme")]) {
                let steps = database.plan(&statement);
                assert!(steps.iter().all(|step| step.starts_with("SEARCH") || step.starts_with("SCALAR")), "{steps:?}");
                for step in steps.iter().filter(|step| step.starts_with("SEARCH")) {
                    assert!(step.starts_with(&format!("SEARCH {table} USING ")), "{given:?}: {step}");
                    assert!(step.contains(index), "{given:?}: {step}");
                    assert!(step.contains("id>? AND id<?"), "{given:?}: {step}");
                }
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn what_is_old_is_found_by_an_index() {
    let database = scene();
    assert_eq!(LOGS.map(|(log, ..)| log.days_variable).len(), log::ALL.len(), "all are tried here");
    for log in log::ALL {
        for step in database.plan(&log.purge(NOW)) {
            assert!(step.starts_with("SEARCH") || step.starts_with("LIST"), "{step}");
        }
    }
}

/// `rows` attempts of one user, each refused but the oldest.
fn attempts(rows: usize) -> Database {
    let database = scene();
    database.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {rows}) \
         INSERT INTO sign_ins (account_id, id, at, outcome, user_id, provider_id, trace) \
         SELECT 'acme', format('%06d', i), 1, CASE i WHEN 0 THEN 'signed_in' ELSE 'refused' END, 'u1', 'p1', '[]' FROM n"
    ));
    database
}

/// Follows the cursors as the API does. Answers with the ids, and how many rows each page had.
fn follow(database: &Database, filters: &[(&str, &str, Option<&str>)]) -> (Vec<String>, Vec<usize>) {
    let (mut ids, mut sizes) = (Vec::new(), Vec::new());
    let mut wanted = wanted(&sign_in::LOG, filters);
    wanted.page.after = None;
    loop {
        let rows = run(database, wanted.rows("acme")).unwrap().all::<serde_json::Value>().unwrap();
        let edge = wanted.edge("acme").map(|edge| run(database, edge).unwrap().first::<serde_json::Value>().unwrap());
        let page: Vec<String> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).take(50).collect();
        let edge = edge.flatten().map(|row| row["id"].as_str().unwrap().to_owned());
        wanted.page.after = if rows.len() > 50 { page.last().cloned() } else { edge };
        sizes.push(page.len());
        ids.extend(page);
        if wanted.page.after.is_none() {
            return (ids, sizes);
        }
    }
}

#[test]
fn a_filter_without_an_index_ends_a_page_before_it_has_looked_at_everything() {
    let (user, outcome, provider) =
        (("userId", "u1", None), ("outcome", "signed_in", None), ("providerId", "other", None));
    let database = attempts(2 * LOOKED_AT + 1);
    assert_eq!(follow(&database, &[user, outcome]), (vec!["000000".to_owned()], vec![0, 0, 1]));
    assert_eq!(follow(&database, &[outcome, provider]), (vec![], vec![0]));
    assert_eq!(follow(&database, &[provider]), (vec![], vec![0, 0, 0]));
    let (all, sizes) = follow(&database, &[user, ("providerId", "p1", None)]);
    assert_eq!((all.len(), sizes.len()), (2 * LOOKED_AT + 1, 81), "no row twice, none left out");
    let (exactly, sizes) = follow(&attempts(LOOKED_AT), &[user, outcome]);
    assert_eq!((exactly, sizes), (vec!["000000".to_owned()], vec![1, 0]));
}

#[test]
fn a_page_takes_as_many_steps_of_ten_thousand_rows_as_of_a_hundred_thousand() {
    let steps = |rows: usize| {
        let database = attempts(rows);
        LOGS[0]
            .2
            .iter()
            .flat_map(|one| LOGS[0].2.iter().map(move |two| [*one, *two]))
            .filter(|[one, two]| one.0 != two.0)
            .map(|[one, two]| {
                // One that none of the rows has, and one that all have.
                let mut wanted = Wanted::all(&sign_in::LOG, Page { after: None, limit: 50 });
                wanted.narrow(one.0, if one.0 == "outcome" { "refused" } else { one.1 }).unwrap();
                wanted.narrow(two.0, if two.0 == "outcome" { "signed_in" } else { two.1 }).unwrap();
                database.steps(&wanted.rows("acme"))
            })
            .collect::<Vec<_>>()
    };
    let (few, many) = (steps(10_000), steps(100_000));
    for (few, many) in few.into_iter().zip(many) {
        assert!(few.abs_diff(many) < 200 && many < 100_000, "{few} {many}");
    }
}
