//! `POST …/providers/{id}/dry-run`, and what it is tried on: the recorded sign-ins.

use crate::scene::{Request, Site, body, problem};
use crate::support::corpus;
use postern::time::Duration;
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

fn sales_only() -> Value {
    let condition = json!({ "on": { "attribute": "department" }, "operator": "equals", "value": "sales" });
    json!({ "jit": { "rules": [{ "conditions": [condition], "effect": "admit" }] } })
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
