//! JIT rules as an admin sends them: every field's error, at its place in the list.

use crate::fields::{Fields, Patch};
use crate::jit::{Condition, EFFECTS, Effect, MAX_SEARCHES, OPERATORS, Operator, Rule, Subject};

/// So many rules can be in a list.
const MAX_RULES: usize = 100;
/// So many conditions can be in a rule.
const MAX_CONDITIONS: usize = 20;
/// So many values can be in a condition.
const MAX_VALUES: usize = 100;
/// So many values can be in all rules: each sign-in of somebody unknown can ask for all of them.
const MAX_VALUES_IN_ALL: usize = 1000;
/// Longest value and longest name of an attribute.
const MAX_TEXT: usize = 256;
/// So many groups can be joined by a rule.
const MAX_GROUPS: usize = 20;

/// Reads `rules`.
pub(super) fn read(fields: &mut Fields<'_>, before: &[Rule]) -> Vec<Rule> {
    let rules = fields.objects("rules", MAX_RULES, rule).flatten().over(before.to_vec(), Vec::new());
    if let Some(message) = too_dear(&rules) {
        fields.error("rules", "too_many", message);
    }
    rules
}

/// What rules have too much of, if each sign-in asked for all of them.
fn too_dear(rules: &[Rule]) -> Option<String> {
    let conditions = || rules.iter().flat_map(|rule| &rule.conditions);
    if conditions().map(|condition| 1 + condition.values.len()).sum::<usize>() > MAX_VALUES_IN_ALL {
        return Some(format!("At most {MAX_VALUES_IN_ALL} values in all rules together."));
    }
    (conditions().filter(|condition| condition.is_search()).count() > MAX_SEARCHES).then(|| {
        format!(
            "At most {MAX_SEARCHES} conditions `contains` or `ends_with` about attributes in all rules together: \
             `equals`, `in` and `starts_with` are not limited so."
        )
    })
}

fn rule(fields: &mut Fields<'_>) -> Option<Rule> {
    let name = fields.text("name", 100).over_option(None);
    let conditions = fields.objects("conditions", MAX_CONDITIONS, condition).flatten();
    if matches!(conditions, Patch::Keep | Patch::Reset) {
        let message = "A list of conditions; an empty one matches everybody.";
        fields.error_if_first("conditions", "required", message);
    }
    let effect = fields.choice("effect", EFFECTS).over_option(None);
    if effect.is_none() {
        fields.required("effect");
    }
    let groups = fields.texts("groups", MAX_GROUPS, 64).over(Vec::new(), Vec::new());
    fields.each_once("groups", "", groups.iter().map(String::as_str));
    if effect == Some(Effect::Deny) && !groups.is_empty() {
        fields.error_if_first("groups", "not_allowed", "Who is denied joins no group.");
    }
    Some(Rule { name, conditions: conditions.over(Vec::new(), Vec::new()), effect: effect?, groups })
}

fn condition(fields: &mut Fields<'_>) -> Option<Condition> {
    let on = subject(fields);
    let operator = fields.choice("operator", OPERATORS).over_option(None);
    if operator.is_none() {
        fields.required("operator");
    }
    let value = fields.text("value", MAX_TEXT).over_option(None);
    let values = fields.texts("values", MAX_VALUES, MAX_TEXT).over(Vec::new(), Vec::new());
    let ignore_case = fields.boolean("ignoreCase").over(false, false);
    let not = fields.boolean("not").over(false, false);
    let operator = operator?;
    let (one, several) = match operator {
        Operator::In => (false, true),
        Operator::Present => (false, false),
        _ => (true, false),
    };
    if one && value.is_none() {
        fields.required("value");
    }
    if several && values.is_empty() {
        fields.error_if_first("values", "required", "A list of one value at least.");
    }
    if !one && value.is_some() {
        fields.error("value", "not_allowed", "This operator does not take one value.");
    }
    if !several && !values.is_empty() {
        fields.error("values", "not_allowed", "Only the operator `in` takes several values.");
    }
    Some(Condition { on: on?, operator, value, values, ignore_case, not })
}

/// `"nameId"`, `"emailDomain"` or `{"attribute": NAME}`.
fn subject(fields: &mut Fields<'_>) -> Option<Subject> {
    const WORDS: &[(&str, bool)] = &[("nameId", true), ("emailDomain", false)];
    if fields.is_object("on") {
        let name = fields.object("on", |fields| {
            let name = fields.text("attribute", MAX_TEXT).over_option(None);
            if name.is_none() {
                fields.required("attribute");
            }
            name
        });
        return name.over_option(None).flatten().map(Subject::Attribute);
    }
    let word = fields.choice("on", WORDS).over_option(None);
    if word.is_none() {
        fields.error_if_first("on", "required", "One of: {\"attribute\": name}, nameId, emailDomain.");
    }
    word.map(|name_id| if name_id { Subject::NameId } else { Subject::EmailDomain })
}
