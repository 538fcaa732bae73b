//! `POST …/providers/{id}/dry-run`, and what it is tried on: the recorded sign-ins.

use crate::scene::{Request, Site, body, problem};
use crate::support::corpus;
use postern::saml::{Attribute, NameId};
use postern::store::Value as Sql;
use postern::store::recording::Recording;
use postern::time::{Duration, Timestamp};
use serde_json::{Value, json};

const SOUND: &str = "accept/policy/assertion-signed";
const ANOTHER: &str = "accept/policy/id-of-256-characters";

fn path(site: &Site) -> String {
    let list = body(&site.get("/api/v1/accounts/acme/providers").admin().send());
    format!("/api/v1/accounts/acme/providers/{}/dry-run", list["items"][0]["id"].as_str().unwrap())
}

fn ask<'s>(site: &'s Site, query: &str, input: &Value) -> Request<'s> {
    site.post(&format!("{}{query}", path(site))).admin().json(input)
}

fn department(value: &str) -> Value {
    json!({ "on": { "attribute": "department" }, "operator": "equals", "value": value })
}

fn sales_only() -> Value {
    json!({ "jit": { "rules": [{ "conditions": [department("sales")], "effect": "admit" }] } })
}

#[test]
fn a_sign_in_is_recorded_without_signature_or_xml_however_it_was_decided() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    site.wait(Duration(1));
    site.change_provider(
        &json!({ "attributeMapping": { "custom": [{ "name": "x", "attribute": "y", "required": true }] } }),
    );
    assert_eq!(site.sign_in(ANOTHER).status, 403);
    let rows = site.database.select("SELECT outcome, email, name_id, attributes, whole FROM recordings ORDER BY at");
    let said = r#"ada@example.com|ada@example.com|[{"name":"department","values":["engineering"]}]|1"#;
    assert_eq!(rows, [format!("created_just_in_time|{said}"), format!("missing_attribute|{said}")]);
    let ids = |table: &str| site.database.select(&format!("SELECT id FROM {table} ORDER BY id"));
    assert_eq!(ids("recordings"), ids("sign_ins"));
    site.wait(Duration(1));
    assert_eq!(site.sign_in(SOUND).status, 403);
    assert_eq!((site.last_sign_in().as_str(), site.database.count("recordings")), ("replayed", 2), "not decided upon");
}

#[test]
fn a_recording_is_of_16_kib_however_little_its_values_say() {
    let name_id = NameId { value: "ada".into(), format: None };
    let attribute = |name: &str, values: Vec<String>| Attribute { name: name.into(), friendly_name: None, values };
    let cases = [
        ("150 groups of Entra ID", vec![attribute("groups", vec!["x".repeat(36); 150])], true),
        ("values", vec![attribute("groups", vec![String::new(); 6000])], false),
        ("attributes", vec![attribute("", Vec::new()); 6000], false),
        ("short values", vec![attribute("groups", vec!["x".into(); 6000])], false),
    ];
    for (what, attributes, whole) in cases {
        let insert = Recording::new(&name_id, None, &attributes).insert("a", "p", "i", Timestamp(0), "").unwrap();
        let (Sql::Text(kept), Sql::Integer(is_whole)) = (&insert.parameters[9], &insert.parameters[10]) else {
            panic!("{:?}", insert.parameters)
        };
        assert_eq!(*is_whole, i64::from(whole), "{what}");
        assert!(kept.len() <= 16 * 1024 + 2, "{what}: {}", kept.len());
    }
}

#[test]
fn a_recording_is_kept_for_thirty_days_and_goes_with_its_provider() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    let end = site.now().plus(Duration::days(30));
    for (now, left) in [(end.minus(Duration(1)), 1), (end, 0)] {
        pollster::block_on(postern::journey::upkeep(&site.database, &Default::default(), now)).unwrap();
        assert_eq!(site.database.count("recordings"), left);
    }
    assert_eq!(site.sign_in(ANOTHER).status, 303);
    let provider = path(&site);
    let provider = provider.strip_suffix("/dry-run").unwrap();
    let deleted = site.call(postern::http::Method::Delete, provider).admin().header("if-match", "\"1\"").send();
    assert_eq!((deleted.status, site.database.count("recordings")), (204, 0));
}

#[test]
fn recorded_sign_ins_are_decided_upon_as_of_somebody_unknown() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    site.wait(Duration(1));
    assert_eq!(site.sign_in(ANOTHER).status, 303);
    site.database.execute("DELETE FROM user_links; DELETE FROM sessions");
    let before = site.database.dump();
    let answer = ask(&site, "", &sales_only()).send();
    assert_eq!(answer.status, 200);
    let told = body(&answer);
    let counts = json!({ "tried": 2, "wouldBeDenied": 2, "wouldBeAdmitted": 0, "forAnotherReason": 0 });
    assert_eq!((&told["counts"], &told["nextCursor"]), (&counts, &json!(null)));
    let newest = &told["items"][0];
    assert_eq!(newest["recorded"], "existing_user");
    assert_eq!(
        (&newest["email"], &newest["isUser"], &newest["changes"]),
        (&json!("ada@example.com"), &json!(true), &json!(true))
    );
    assert_eq!(newest["before"], json!({ "admitted": true, "code": null, "decidedBy": "jit_validation" }));
    assert_eq!(newest["after"], json!({ "admitted": false, "code": "no_rule_matched", "decidedBy": "rules" }));
    assert_eq!(site.database.dump(), before, "it changes nothing");

    let first = body(&ask(&site, "?limit=1", &sales_only()).send());
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = body(&ask(&site, &format!("?limit=1&cursor={cursor}"), &sales_only()).send());
    assert_eq!(
        (&second["items"][0]["recorded"], &second["nextCursor"]),
        (&json!("created_just_in_time"), &json!(null))
    );
    let domain = body(&ask(&site, "", &json!({ "allowedEmailDomains": ["example.org"] })).send());
    assert_eq!(domain["items"][0]["after"]["code"], "email_domain_not_allowed");
    assert_eq!(body(&ask(&site, "", &json!({})).send())["counts"]["wouldBeDenied"], 0);
}

#[test]
fn a_page_of_recorded_sign_ins_ends_where_deciding_has_taken_long_and_the_next_goes_on() {
    let site = Site::with_provider();
    assert_eq!(site.sign_in(SOUND).status, 303);
    let groups: Vec<String> = (0..1400).map(|at| format!("Group{at:03}")).collect();
    let attributes = json!([{ "name": "groups", "values": groups }]);
    site.database.execute(&format!(
        "UPDATE recordings SET attributes = '{attributes}'; \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 29) \
         INSERT INTO recordings (account_id, provider_id, id, at, name_id, email, email_folded, attributes, whole, outcome, \
         expires_at) SELECT account_id, provider_id, id || i, at, name_id, email, email_folded, attributes, whole, outcome, \
         expires_at FROM recordings, n"
    ));
    let condition = |at: usize| json!({ "on": { "attribute": "groups" }, "operator": "contains", "value": format!("{at}, not"), "not": true });
    let rules = |searches: usize| {
        let rules =
            (0..searches).map(|at| json!({ "conditions": [condition(at), department("sales")], "effect": "admit" }));
        json!({ "jit": { "rules": rules.collect::<Vec<_>>() } })
    };
    let pages = |settings: &Value, limit: usize| {
        let (mut sizes, mut seen, mut query) = (Vec::new(), Vec::new(), format!("?limit={limit}"));
        loop {
            let told = body(&ask(&site, &query, settings).send());
            let items = told["items"].as_array().unwrap();
            assert_eq!(told["counts"]["tried"], items.len());
            sizes.push(items.len());
            seen.extend(items.iter().map(|item| item["signInId"].as_str().unwrap().to_owned()));
            let Some(cursor) = told["nextCursor"].as_str() else { break };
            query = format!("?limit={limit}&cursor={cursor}");
        }
        let all = site.database.select("SELECT id FROM recordings ORDER BY id DESC");
        assert_eq!(seen, all, "each once");
        sizes
    };
    assert_eq!(pages(&rules(1), 200), [30]);
    assert_eq!(pages(&rules(50), 200), [5; 6], "some two million bytes each");
    assert_eq!(pages(&rules(50), 4), [4, 4, 4, 4, 4, 4, 4, 2]);
    // What is saved is decided upon as well.
    site.change_provider(&rules(50));
    assert_eq!(pages(&rules(50), 200), [3; 10]);
}

#[test]
fn a_pasted_response_is_decided_upon_by_what_its_signature_vouches_for() {
    let site = Site::with_provider();
    let mut input = sales_only();
    input["samlResponse"] = json!(corpus::case(SOUND).form_field());
    let told = body(&ask(&site, "", &input).send());
    assert_eq!((&told["error"], &told["isUser"], &told["changes"]), (&json!(null), &json!(false), &json!(true)));
    assert_eq!(told["before"]["admitted"], true);
    assert_eq!(told["after"]["trace"][3]["wanted"], "admit if department equals sales");
    site.wait(Duration::hours(1));
    let old = body(&ask(&site, "", &input).send());
    assert_eq!((&old["error"]["code"], &old["after"]["code"]), (&json!("expired"), &json!("no_rule_matched")));
    input["samlResponse"] = json!("PHg+");
    let broken = body(&ask(&site, "", &input).send());
    assert_eq!((&broken["error"]["code"], &broken["after"]), (&json!("not_xml"), &json!(null)));
    assert_eq!(site.database.count("sign_ins"), 0);
}

#[test]
fn every_mistake_of_a_question_is_told_at_once() {
    let site = Site::with_provider();
    let input = json!({ "jit": { "rules": 1 }, "allowedEmailDomains": ["@"], "name": "x", "at": "soon" });
    let told = problem(&ask(&site, "", &input).send(), 422);
    let pointers: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/jit/rules", "/allowedEmailDomains/0", "/at", "/name"]);
    problem(&ask(&site, "?limit=201", &json!({})).send(), 400);
    problem(&site.post("/api/v1/accounts/acme/providers/none/dry-run").admin().json(&json!({})).send(), 404);
}
