//! Conditions by the cases of `tests/jit/conditions.json`; the order of rules and the bounds by hand.

use super::*;
use crate::directory::Email;
use crate::jit::Facts;
use crate::saml::{Attribute, NameId};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    why: String,
    condition: Condition,
    #[serde(default)]
    attributes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    friendly_names: BTreeMap<String, String>,
    #[serde(default = "somebody")]
    name_id: String,
    #[serde(default = "somebody")]
    email: String,
    holds: bool,
}

fn somebody() -> String {
    "somebody@somewhere.example".into()
}

fn name_id(value: &str) -> NameId {
    NameId { value: value.into(), format: None }
}

fn attribute(name: &str, values: &[&str]) -> Attribute {
    Attribute { name: name.into(), friendly_name: None, values: values.iter().map(|v| (*v).to_owned()).collect() }
}

#[test]
fn every_condition_of_the_cases_holds_where_it_should() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/jit/conditions.json")).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let attributes: Vec<Attribute> = case
            .attributes
            .iter()
            .map(|(name, values)| Attribute {
                name: name.clone(),
                friendly_name: case.friendly_names.get(name).cloned(),
                values: values.clone(),
            })
            .collect();
        let email = Email::parse(&case.email).unwrap();
        let facts = Facts { name_id: &name_id(&case.name_id), attributes: &attributes, email: &email };
        let rule =
            Rule { name: None, conditions: vec![case.condition.clone()], effect: Effect::Admit, groups: Vec::new() };
        assert_eq!(rule.matches(&mut Asked::about(facts)).0, case.holds, "{}: {rule}", case.why);
        let written = serde_json::to_value(&case.condition).unwrap();
        let read: Condition = serde_json::from_value(written).unwrap();
        assert_eq!(read, case.condition, "{}: it is stored as it was", case.why);
    }
}

fn condition(on: Subject, value: &str, not: bool) -> Condition {
    let values = Vec::new();
    Condition { on, operator: Operator::Equals, value: Some(value.into()), values, ignore_case: false, not }
}

#[test]
fn all_conditions_of_a_rule_must_hold_and_what_came_is_told() {
    let department = || Subject::Attribute("department".into());
    let rule = Rule {
        name: Some("Engineers".into()),
        conditions: vec![
            condition(department(), "engineering", false),
            condition(Subject::EmailDomain, "example.com", false),
        ],
        effect: Effect::Admit,
        groups: Vec::new(),
    };
    assert_eq!(rule.to_string(), "admit if department equals engineering and e-mail domain equals example.com");
    let email = Email::parse("ada@example.com").unwrap();
    let id = name_id("ada");
    let matches =
        |attributes: &[Attribute]| rule.matches(&mut Asked::about(Facts { name_id: &id, attributes, email: &email }));
    assert_eq!(
        matches(&[attribute("department", &["engineering", "x"])]),
        (true, "department = engineering, x; e-mail domain = example.com".into())
    );
    assert_eq!(matches(&[attribute("department", &["research"])]), (false, "department = research".into()));
    assert_eq!(matches(&[]), (false, "no department".into()));
}

#[test]
fn a_rule_without_conditions_matches_anybody() {
    let rule = Rule { name: None, conditions: Vec::new(), effect: Effect::Deny, groups: Vec::new() };
    let email = Email::parse("ada@example.com").unwrap();
    let facts = Facts { name_id: &name_id("ada"), attributes: &[], email: &email };
    assert_eq!(rule.matches(&mut Asked::about(facts)), (true, "anybody".into()));
    assert_eq!(rule.to_string(), "deny anybody");
}

#[test]
fn a_thousand_long_values_are_told_in_a_few_words() {
    let value = "x".repeat(10_000);
    let values = vec![value.as_str(); 1000];
    let attributes = [attribute("groups", &values)];
    let email = Email::parse("ada@example.com").unwrap();
    let facts = Facts { name_id: &name_id("ada"), attributes: &attributes, email: &email };
    let conditions = vec![condition(Subject::Attribute("groups".into()), "y", true)];
    let rule = Rule { name: None, conditions, effect: Effect::Admit, groups: Vec::new() };
    let (matched, got) = rule.matches(&mut Asked::about(facts));
    assert!(matched && got.len() < 3000 && got.ends_with(", …"), "{}", got.len());
}

/// The work of so many conditions, all of which hold, about the most values that a response of 256 KiB has under one name.
fn work_of(operator: Operator, conditions: usize) -> usize {
    let values: Vec<String> = (0..4600).map(|at| format!("Group{at:03}")).collect();
    let attributes = [Attribute { name: "groups".into(), friendly_name: None, values }];
    let email = Email::parse("ada@example.com").unwrap();
    let id = name_id("ada");
    let mut asked = Asked::about(Facts { name_id: &id, attributes: &attributes, email: &email });
    for at in 0..conditions {
        let never = condition(Subject::Attribute("groups".into()), &format!("never {at}"), true);
        let conditions = vec![Condition { operator, ignore_case: true, ..never }];
        let rule = Rule { name: None, conditions, effect: Effect::Admit, groups: Vec::new() };
        assert!(rule.matches(&mut asked).0);
    }
    asked.work
}

#[test]
fn values_are_folded_and_sorted_once_for_all_rules() {
    for operator in [Operator::Equals, Operator::In, Operator::StartsWith] {
        let (one, all) = (work_of(operator, 1), work_of(operator, 1000));
        assert!(one < 250_000 && all - one < 1000 * 1400, "{operator:?}: {one}, {all}");
    }
    for operator in [Operator::EndsWith, Operator::Contains] {
        let all = work_of(operator, MAX_SEARCHES);
        assert!(all < 12_000_000, "{operator:?}: {all}");
    }
}

#[test]
fn values_in_order_meet_what_each_of_them_meets() {
    let texts = ["", "a", "A", "aB", "ab", "abc", "b", "ba", "É", "é", "\u{212a}", "k"];
    let (id, email) = (name_id("ada"), Email::parse("ada@example.com").unwrap());
    let mut asked_about = 0;
    for chosen in 0..1 << texts.len() {
        // The order in which they come is none of the alphabet's.
        let values: Vec<&str> = (0..texts.len()).rev().filter(|at| chosen >> at & 1 == 1).map(|at| texts[at]).collect();
        let attributes = [attribute("x", &values)];
        let mut asked = Asked::about(Facts { name_id: &id, attributes: &attributes, email: &email });
        for (wanted, (_, operator), ignore_case) in
            texts.iter().flat_map(|w| OPERATORS.iter().flat_map(move |o| [(w, o, false), (w, o, true)]))
        {
            let fold = |text: &str| if ignore_case { directory::folded(text) } else { text.to_owned() };
            let each = |value: &&str| match operator {
                Operator::Equals | Operator::In => fold(value) == fold(wanted),
                Operator::StartsWith => fold(value).starts_with(&fold(wanted)),
                Operator::EndsWith => fold(value).ends_with(&fold(wanted)),
                Operator::Contains => fold(value).contains(&fold(wanted)),
                Operator::Present => !value.is_empty(),
            };
            let on = Subject::Attribute("x".into());
            let condition = Condition { operator: *operator, ignore_case, ..condition(on, wanted, false) };
            let (values_of, work) = asked.values(&condition.on);
            assert_eq!(condition.holds(values_of, work), values.iter().any(each), "{condition} of {values:?}");
            asked_about += 1;
        }
    }
    assert_eq!(asked_about, 4096 * 12 * 6 * 2);
}
