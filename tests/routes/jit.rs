//! Attribute mapping, JIT rules, allowed e-mail domains: what is saved, who gets in, and what is told of it. The
//! response of the corpus is Ada's.

use crate::scene::{Site, body, problem, provider_input};
use crate::support::keys::metadata;
use serde_json::{Value, json};

const SOUND: &str = "accept/policy/assertion-signed";
const ANOTHER: &str = "accept/policy/id-of-256-characters";

fn site(settings: Value) -> Site {
    let site = Site::new();
    site.create_account("acme");
    site.create_provider(settings);
    site
}

/// How a sign-in of somebody unknown ends under these settings.
fn outcome(settings: &Value) -> String {
    let site = site(settings.clone());
    site.sign_in(SOUND);
    site.last_sign_in()
}

/// A provider with these JIT rules.
fn rules(rules: &Value) -> Value {
    json!({ "jit": { "enabled": true, "rules": rules } })
}

fn trace(site: &Site) -> Vec<Value> {
    let last = site.database.select("SELECT trace FROM sign_ins ORDER BY at DESC LIMIT 1");
    serde_json::from_str(&last[0]).unwrap()
}

fn department(value: &str) -> Value {
    json!({ "on": { "attribute": "department" }, "operator": "equals", "value": value })
}

#[test]
fn the_first_rule_that_matches_decides_and_none_denies() {
    let (ours, theirs) = (department("engineering"), department("sales"));
    for (list, expected) in [
        (json!([]), "signed_in"),
        (json!([{ "conditions": [ours], "effect": "admit" }]), "signed_in"),
        (json!([{ "conditions": [theirs], "effect": "admit" }]), "no_rule_matched"),
        (json!([{ "conditions": [ours], "effect": "deny" }]), "denied_by_rule"),
        (json!([{ "conditions": [theirs], "effect": "deny" }]), "no_rule_matched"),
        (json!([{ "conditions": [theirs], "effect": "deny" }, { "conditions": [], "effect": "admit" }]), "signed_in"),
        (
            json!([{ "conditions": [], "effect": "deny" }, { "conditions": [ours], "effect": "admit" }]),
            "denied_by_rule",
        ),
        (json!([{ "conditions": [ours], "effect": "admit" }, { "conditions": [], "effect": "deny" }]), "signed_in"),
        (json!([{ "conditions": [ours, theirs], "effect": "admit" }]), "no_rule_matched"),
    ] {
        assert_eq!(outcome(&rules(&list)), expected, "{list}");
    }
}

#[test]
fn every_decision_tells_each_rule_that_was_asked() {
    let list = json!([
        { "name": "Sellers", "conditions": [department("sales")], "effect": "deny" },
        { "conditions": [department("engineering")], "effect": "deny" },
        { "conditions": [], "effect": "admit" },
    ]);
    let site = site(rules(&list));
    assert_eq!(site.sign_in(SOUND).status, 403);
    let told: Vec<_> = trace(&site).into_iter().skip(3).collect();
    assert_eq!(
        told,
        [
            json!({ "rule": "rule 1, Sellers", "wanted": "deny if department equals sales", "got": "department = engineering", "matched": false }),
            json!({ "rule": "rule 2", "wanted": "deny if department equals engineering", "got": "department = engineering", "matched": true }),
        ]
    );
    let error: Value = serde_json::from_str(&site.database.select("SELECT error FROM sign_ins")[0]).unwrap();
    assert_eq!(error["message"], "a JIT rule denies: rule 2");
}

#[test]
fn the_pair_is_asked_before_the_rules_and_the_domains_after_them() {
    let settings = |value: &str, effect: &str, domain: &str| {
        json!({
            "jit": {
                "enabled": true, "validationKey": "department", "validationValue": value,
                "rules": [{ "conditions": [], "effect": effect }],
            },
            "allowedEmailDomains": [domain],
        })
    };
    for (value, effect, domain, expected) in [
        ("sales", "deny", "example.org", "jit_validation_failed"),
        ("engineering", "deny", "example.org", "denied_by_rule"),
        ("engineering", "admit", "example.org", "email_domain_not_allowed"),
        ("engineering", "admit", "EXAMPLE.com", "signed_in"),
        ("engineering", "admit", "mail.example.com", "email_domain_not_allowed"),
        ("engineering", "admit", "com", "email_domain_not_allowed"),
    ] {
        assert_eq!(outcome(&settings(value, effect, domain)), expected, "{value} {effect} {domain}");
    }
}

#[test]
fn a_user_who_exists_is_asked_neither_rules_nor_domains() {
    let site = site(json!({}));
    assert_eq!(site.sign_in(SOUND).status, 303);
    site.change_provider(&json!({
        "jit": { "rules": [{ "conditions": [], "effect": "deny" }] },
        "allowedEmailDomains": ["example.org"],
    }));
    site.wait(postern::time::Duration(1));
    assert_eq!(site.sign_in(ANOTHER).status, 303);
    assert_eq!(site.database.count("users"), 1);
}

#[test]
fn a_user_of_another_provider_is_linked_where_that_is_accepted() {
    for (accepts, expected) in [(false, "linked_to_other_provider"), (true, "signed_in")] {
        let site = site(json!({ "acceptUsersOfOtherProviders": accepts }));
        site.database.execute(
            "INSERT INTO providers SELECT 'acme', 'other', 'urn:other', settings, 1, 1, 1, NULL, NULL, NULL FROM providers; \
             INSERT INTO users (account_id, id, email, email_folded, given_name, family_name, display_name, active, managed_by, created_at, updated_at, last_sign_in_at, version) VALUES ('acme', 'u1', 'ada@example.com', 'ada@example.com', NULL, NULL, NULL, 1, 'jit', 1, 1, NULL, 1); \
             INSERT INTO user_links VALUES ('acme', 'other', 'x', 'u1', 1)",
        );
        site.sign_in(SOUND);
        assert_eq!(site.last_sign_in(), expected);
        assert_eq!(site.database.count("user_links"), if accepts { 2 } else { 1 });
        assert_eq!(site.database.count("users"), 1);
    }
}

#[test]
fn attributes_come_from_where_they_are_mapped_to() {
    let columns = "SELECT email, given_name, family_name, display_name FROM users";
    for (mapping, expected) in [
        (json!({ "givenName": { "attribute": "department" } }), "ada@example.com|engineering|null|null"),
        (json!({ "givenName": { "nameId": true } }), "ada@example.com|ada@example.com|null|null"),
        (json!({ "displayName": { "constant": "A user" } }), "ada@example.com|null|null|A user"),
        (json!({ "displayName": { "constant": "A user", "enabled": false } }), "ada@example.com|null|null|null"),
        (json!({ "email": { "constant": "all@example.com" } }), "all@example.com|null|null|null"),
        (json!({ "email": { "nameId": true, "required": true } }), "ada@example.com|null|null|null"),
        (json!(null), "ada@example.com|null|null|null"),
    ] {
        let site = site(json!({ "attributeMapping": mapping }));
        assert_eq!(site.sign_in(SOUND).status, 303, "{mapping}: {}", site.last_sign_in());
        assert_eq!(site.database.select(columns), [expected], "{mapping}");
    }
}

#[test]
fn a_required_attribute_that_is_missing_refuses_every_sign_in_and_is_named() {
    for (mapping, expected) in [
        (
            json!({ "displayName": { "attribute": "nickname", "required": true } }),
            "displayName in the attribute nickname",
        ),
        (
            json!({ "custom": [{ "name": "employeeId", "attribute": "profileID", "required": true }] }),
            "employeeId in the attribute profileID",
        ),
        (json!({ "email": { "attribute": "department", "required": true } }), "email in the attribute department"),
    ] {
        let site = site(json!({}));
        assert_eq!(site.sign_in(SOUND).status, 303);
        site.change_provider(&json!({ "attributeMapping": mapping }));
        site.wait(postern::time::Duration(1));
        assert_eq!(site.sign_in(ANOTHER).status, 403, "an existing user too");
        assert_eq!(site.last_sign_in(), "missing_attribute");
        let error = &site.database.select("SELECT error FROM sign_ins ORDER BY at DESC LIMIT 1")[0];
        let error: Value = serde_json::from_str(error).unwrap();
        assert_eq!(error["expected"], expected);
        assert!(error["remedy"].as_str().unwrap().contains("Okta"), "{error}");
    }
}

#[test]
fn an_email_that_is_switched_off_creates_nobody() {
    assert_eq!(outcome(&json!({ "attributeMapping": { "email": { "enabled": false } } })), "missing_email");
}

#[test]
fn the_metadata_asks_for_what_is_mapped() {
    let site = site(json!({ "attributeMapping": {
        "email": { "attribute": "urn:oid:0.9.2342.19200300.100.1.3" },
        "givenName": { "enabled": false },
        "familyName": { "required": true },
        "displayName": { "nameId": true },
        "custom": [{ "name": "employee<Id>", "attribute": "profileID", "required": true }, { "name": "tier", "constant": "gold" }],
    } }));
    let list = body(&site.get("/api/v1/accounts/acme/providers").admin().send());
    let id = list["items"][0]["id"].as_str().unwrap();
    let answer = site.get(&format!("/saml/acme/metadata?provider={id}")).send();
    let asked: Vec<&str> = answer
        .body_text()
        .split("<md:RequestedAttribute ")
        .skip(1)
        .map(|rest| rest.split("/>").next().unwrap())
        .collect();
    let basic = r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic""#;
    assert_eq!(
        asked,
        [
            format!(r#"Name="urn:oid:0.9.2342.19200300.100.1.3" FriendlyName="email" {basic} isRequired="true""#),
            format!(r#"Name="familyName" FriendlyName="familyName" {basic} isRequired="true""#),
            format!(r#"Name="groups" FriendlyName="groups" {basic} isRequired="false""#),
            format!(r#"Name="profileID" FriendlyName="employee&lt;Id&gt;" {basic} isRequired="true""#),
        ]
    );
}

#[test]
fn a_merge_patch_changes_the_mapping_that_it_names() {
    let site = site(json!({ "attributeMapping": { "email": { "attribute": "mail", "required": true } } }));
    let mapping =
        || body(&site.get("/api/v1/accounts/acme/providers").admin().send())["items"][0]["attributeMapping"].clone();
    let email = |attribute: Value, name_id: bool, constant: Value, required: bool| json!({ "attribute": attribute, "nameId": name_id, "constant": constant, "required": required, "enabled": true });
    assert_eq!(mapping()["email"], email(json!("mail"), false, json!(null), true));
    for (patch, expected) in [
        (json!({ "givenName": { "required": true } }), email(json!("mail"), false, json!(null), true)),
        (json!({ "email": { "nameId": true } }), email(json!(null), true, json!(null), true)),
        (json!({ "email": { "constant": null } }), email(json!(null), true, json!(null), true)),
        (json!({ "email": { "nameId": false, "required": false } }), email(json!(null), false, json!(null), false)),
        (
            json!({ "email": { "attribute": null, "constant": "a@b.example" } }),
            email(json!(null), false, json!("a@b.example"), false),
        ),
        (json!({ "email": null }), email(json!(null), false, json!(null), false)),
    ] {
        site.change_provider(&json!({ "attributeMapping": patch }));
        assert_eq!(mapping()["email"], expected, "{patch}");
    }
    assert_eq!(mapping()["givenName"]["required"], true);
    site.change_provider(&json!({ "attributeMapping": null }));
    assert_eq!(mapping()["givenName"]["required"], false);
}

#[test]
fn what_is_shown_can_be_sent_back() {
    let site = site(json!({}));
    crate::permitted::group(&site, "acme", "g1", &[]);
    let list = json!([{ "name": "Engineers", "conditions": [
        { "on": { "attribute": "department" }, "operator": "in", "values": ["a", "b"], "ignoreCase": true },
        { "on": "emailDomain", "operator": "equals", "value": "example.com", "not": true },
        { "on": "nameId", "operator": "present" },
    ], "effect": "admit", "groups": ["g1"] }]);
    site.change_provider(&json!({
        "jit": { "rules": list }, "allowedEmailDomains": ["Example.com"],
        "attributeMapping": { "custom": [{ "name": "x", "attribute": "y" }], "groups": { "attribute": "roles" } },
    }));
    let shown = || body(&site.get("/api/v1/accounts/acme/providers").admin().send())["items"][0].clone();
    let before = shown();
    assert_eq!(before["jit"]["rules"], list);
    assert_eq!(before["allowedEmailDomains"], json!(["example.com"]));
    let fields = ["jit", "attributeMapping", "allowedEmailDomains", "acceptUsersOfOtherProviders"];
    let again: serde_json::Map<_, _> =
        fields.iter().map(|field| ((*field).to_owned(), before[*field].clone())).collect();
    site.change_provider(&again.into());
    let after = shown();
    for field in fields {
        assert_eq!(after[field], before[field], "{field}");
    }
}

#[test]
fn an_email_of_all_is_warned_of() {
    let site = site(json!({ "attributeMapping": { "email": { "constant": "all@example.com" } } }));
    let list = body(&site.get("/api/v1/accounts/acme/providers").admin().send());
    let warning = list["items"][0]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("all@example.com"), "{warning}");
}

/// Every `(pointer, code)` that these settings are refused for.
fn errors(settings: Value) -> Vec<(String, String)> {
    let site = Site::new();
    site.create_account("acme");
    let mut input = provider_input(settings);
    input["metadataXml"] = json!(metadata("https://idp.example/entity", &["idp"]));
    let answer = site.post("/api/v1/accounts/acme/providers").admin().json(&input).send();
    let problem = problem(&answer, 422);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    problem["errors"].as_array().unwrap().iter().map(|error| (text(&error["pointer"]), text(&error["code"]))).collect()
}

#[test]
fn every_mistake_in_a_rule_is_told_at_its_place() {
    let long = "x".repeat(1000);
    let condition = |condition: Value| json!([{ "conditions": [condition], "effect": "admit" }]);
    let many = |count: usize, item: Value| Value::Array(vec![item; count]);
    let at = "/jit/rules/0/conditions/0";
    for (name, list, expected) in [
        ("not a list", json!("all"), vec![("/jit/rules".to_owned(), "wrong_type")]),
        ("not an object", json!(["x"]), vec![("/jit/rules/0".into(), "wrong_type")]),
        (
            "an empty rule",
            json!([{}]),
            vec![("/jit/rules/0/conditions".into(), "required"), ("/jit/rules/0/effect".into(), "required")],
        ),
        (
            "an unknown effect",
            json!([{ "conditions": [], "effect": "allow" }]),
            vec![("/jit/rules/0/effect".into(), "unknown_value")],
        ),
        (
            "an unknown field",
            json!([{ "conditions": [], "effect": "admit", "order": 1 }]),
            vec![("/jit/rules/0/order".into(), "unknown_field")],
        ),
        (
            "a name of 1,000 characters",
            json!([{ "name": long, "conditions": [], "effect": "admit" }]),
            vec![("/jit/rules/0/name".into(), "too_long")],
        ),
        (
            "a name with a control character",
            json!([{ "name": "a\u{7}b", "conditions": [], "effect": "admit" }]),
            vec![("/jit/rules/0/name".into(), "control_character")],
        ),
        (
            "groups of who is denied",
            json!([{ "conditions": [], "effect": "deny", "groups": ["g"] }]),
            vec![("/jit/rules/0/groups".into(), "not_allowed")],
        ),
        (
            "a group twice",
            json!([{ "conditions": [], "effect": "admit", "groups": ["g", "g"] }]),
            vec![("/jit/rules/0/groups/1".into(), "duplicate")],
        ),
        (
            "101 rules",
            many(101, json!({ "conditions": [], "effect": "admit" })),
            vec![("/jit/rules".into(), "too_many")],
        ),
        (
            "21 conditions",
            json!([{ "conditions": many(21, json!({ "on": "nameId", "operator": "present" })), "effect": "admit" }]),
            vec![("/jit/rules/0/conditions".into(), "too_many")],
        ),
        (
            "101 values",
            condition(json!({ "on": "nameId", "operator": "in", "values": many(101, json!("a")) })),
            vec![(format!("{at}/values"), "too_many")],
        ),
        (
            "more than 1,000 values in all",
            json!([{ "conditions": many(10, json!({ "on": "nameId", "operator": "in", "values": many(100, json!("a")) })), "effect": "admit" }]),
            vec![("/jit/rules".into(), "too_many")],
        ),
        (
            "more than 50 searches in all",
            many(
                51,
                json!({ "conditions": [{ "on": { "attribute": "a" }, "operator": "contains", "value": "b" }], "effect": "admit" }),
            ),
            vec![("/jit/rules".into(), "too_many")],
        ),
        (
            "an empty condition",
            condition(json!({})),
            vec![(format!("{at}/on"), "required"), (format!("{at}/operator"), "required")],
        ),
        (
            "an unknown operator",
            condition(json!({ "on": "nameId", "operator": "matches", "value": "a", "not": true })),
            vec![(format!("{at}/operator"), "unknown_value")],
        ),
        (
            "an unknown subject",
            condition(json!({ "on": "email", "operator": "present" })),
            vec![(format!("{at}/on"), "unknown_value")],
        ),
        (
            "a subject of the wrong type",
            condition(json!({ "on": 7, "operator": "present" })),
            vec![(format!("{at}/on"), "wrong_type")],
        ),
        (
            "a subject without a name",
            condition(json!({ "on": { "attribute": " " }, "operator": "present" })),
            vec![(format!("{at}/on/attribute"), "required")],
        ),
        (
            "a subject of two kinds",
            condition(json!({ "on": { "attribute": "a", "nameId": true }, "operator": "present" })),
            vec![(format!("{at}/on/nameId"), "unknown_field")],
        ),
        (
            "no value",
            condition(json!({ "on": "nameId", "operator": "equals" })),
            vec![(format!("{at}/value"), "required")],
        ),
        (
            "values for one",
            condition(json!({ "on": "nameId", "operator": "equals", "value": "a", "values": ["b"] })),
            vec![(format!("{at}/values"), "not_allowed")],
        ),
        (
            "no values",
            condition(json!({ "on": "nameId", "operator": "in", "values": [] })),
            vec![(format!("{at}/values"), "required")],
        ),
        (
            "a value for in",
            condition(json!({ "on": "nameId", "operator": "in", "value": "a" })),
            vec![(format!("{at}/values"), "required"), (format!("{at}/value"), "not_allowed")],
        ),
        (
            "a value for present",
            condition(json!({ "on": "nameId", "operator": "present", "value": "a" })),
            vec![(format!("{at}/value"), "not_allowed")],
        ),
        (
            "a value of 1,000 characters",
            condition(json!({ "on": "nameId", "operator": "equals", "value": long })),
            vec![(format!("{at}/value"), "too_long")],
        ),
        (
            "a value of two lines",
            condition(json!({ "on": "nameId", "operator": "equals", "value": "a\nb" })),
            vec![(format!("{at}/value"), "control_character")],
        ),
        (
            "a blank value in a list",
            condition(json!({ "on": "nameId", "operator": "in", "values": ["a", " "] })),
            vec![(format!("{at}/values/1"), "too_long")],
        ),
        (
            "a pattern in ignoreCase",
            condition(json!({ "on": "nameId", "operator": "present", "ignoreCase": "yes" })),
            vec![(format!("{at}/ignoreCase"), "wrong_type")],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(pointer, code)| (pointer, code.to_owned())).collect();
        assert_eq!(errors(rules(&list)), expected, "{name}");
    }
    assert_eq!(
        outcome(&rules(&many(100, json!({ "conditions": [], "effect": "admit" })))),
        "signed_in",
        "100 are not too many"
    );
}

#[test]
fn every_mistake_in_a_mapping_is_told_at_its_place() {
    let long = "x".repeat(1000);
    let at = |field: &str| format!("/attributeMapping/{field}");
    for (name, mapping, expected) in [
        ("not an object", json!([]), vec![("/attributeMapping".to_owned(), "wrong_type")]),
        ("an unknown attribute", json!({ "phone": {} }), vec![(at("phone"), "unknown_field")]),
        ("an unknown field", json!({ "email": { "name": "x" } }), vec![(at("email/name"), "unknown_field")]),
        ("a word for an object", json!({ "email": "mail" }), vec![(at("email"), "wrong_type")]),
        ("two sources", json!({ "email": { "attribute": "a", "nameId": true } }), vec![(at("email/nameId"), "one_of")]),
        (
            "two other sources",
            json!({ "groups": { "attribute": "a", "constant": "b" } }),
            vec![(at("groups/constant"), "one_of")],
        ),
        (
            "required and off",
            json!({ "groups": { "required": true, "enabled": false } }),
            vec![(at("groups/required"), "switched_off")],
        ),
        (
            "a constant that is no e-mail",
            json!({ "email": { "constant": "x" } }),
            vec![(at("email/constant"), "malformed")],
        ),
        (
            "a name of 1,000 characters",
            json!({ "email": { "attribute": long } }),
            vec![(at("email/attribute"), "too_long")],
        ),
        (
            "a name with a control character",
            json!({ "email": { "attribute": "a\u{0}" } }),
            vec![(at("email/attribute"), "control_character")],
        ),
        (
            "a custom one without a name and a source",
            json!({ "custom": [{}] }),
            vec![(at("custom/0/name"), "required"), (at("custom/0/attribute"), "required")],
        ),
        (
            "a custom one twice",
            json!({ "custom": [{ "name": "a", "attribute": "b" }, { "name": "a", "attribute": "c" }] }),
            vec![(at("custom/1/name"), "duplicate")],
        ),
        (
            "a custom one that is not",
            json!({ "custom": [{ "name": "email", "attribute": "b" }] }),
            vec![(at("custom/0/name"), "taken")],
        ),
        (
            "21 custom ones",
            json!({ "custom": vec![json!({ "name": "a", "attribute": "b" }); 21] }),
            vec![(at("custom"), "too_many")],
        ),
        (
            "several at once",
            json!({ "email": { "required": 1 }, "groups": { "nameId": "yes" } }),
            vec![(at("email/required"), "wrong_type"), (at("groups/nameId"), "wrong_type")],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(pointer, code)| (pointer, code.to_owned())).collect();
        assert_eq!(errors(json!({ "attributeMapping": mapping })), expected, "{name}");
    }
}

#[test]
fn every_mistake_in_a_domain_is_told_at_its_place() {
    for (domains, expected) in [
        (json!("example.com"), vec![("/allowedEmailDomains", "wrong_type")]),
        (json!(["ada@example.com"]), vec![("/allowedEmailDomains/0", "malformed")]),
        (json!(["example.com", "*.example.com"]), vec![("/allowedEmailDomains/1", "malformed")]),
        (json!([".example.com"]), vec![("/allowedEmailDomains/0", "malformed")]),
        (json!(["example com"]), vec![("/allowedEmailDomains/0", "malformed")]),
        (json!(["example.com", "EXAMPLE.COM"]), vec![("/allowedEmailDomains/1", "duplicate")]),
        (json!([""]), vec![("/allowedEmailDomains/0", "too_long")]),
        (json!(["x".repeat(1000)]), vec![("/allowedEmailDomains/0", "too_long")]),
        (json!([7]), vec![("/allowedEmailDomains/0", "wrong_type")]),
        (json!(vec!["a"; 101]), vec![("/allowedEmailDomains", "too_many")]),
    ] {
        let expected: Vec<_> =
            expected.into_iter().map(|(pointer, code)| (pointer.to_owned(), code.to_owned())).collect();
        assert_eq!(errors(json!({ "allowedEmailDomains": domains })), expected, "{domains}");
    }
}
