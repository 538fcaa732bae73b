//! What real clients send instead of what the RFCs say. All of it ends here: a body is corrected before it is read, and each
//! correction is reported by name. What cannot be understood is left as it is, for the reader to refuse.

mod patch;

pub use patch::patch;

use super::schema::{Attribute, Type};
use super::{ENTERPRISE_URN, ResourceType};
use serde_json::{Map, Value};

/// A correction, for the provisioning log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quirk {
    /// `"True"` for `true`.
    BooleanAsText,
    /// A number or a boolean where text is expected.
    TextNotQuoted,
    /// One value where an array of them is expected.
    ValueNotInArray,
    /// An array of one where one value is expected.
    ValueInArray,
    /// `"x"` for `{"value": "x"}`.
    ValueNotInObject,
    /// `{"value": "x"}` for `"x"`.
    ValueInObject,
    /// An empty manager, which means none.
    EmptyManager,
    /// An attribute of an extension without the URN.
    ExtensionWithoutUrn,
    /// A path as the name of an attribute: `name.givenName`, `URN:department` or `emails[type eq "work"].value`.
    PathAsName,
    /// A URN of the drafts before RFC 7643.
    PreRfcUrn,
    /// A schema that there is not among `schemas`.
    UnknownSchema,
    /// `Add` for `add`.
    OperationInCapitals,
    /// What is to be removed beside the path, not in it.
    RemoveByValue,
    /// What is to be removed as names of a value, without a path.
    RemoveWithoutPath,
    /// A patch that does not say that it is one.
    NoPatchSchema,
    /// `schemas` inside of what an extension has.
    SchemasInExtension,
}

impl Quirk {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::BooleanAsText => "boolean_as_text",
            Self::TextNotQuoted => "text_not_quoted",
            Self::ValueNotInArray => "value_not_in_array",
            Self::ValueInArray => "value_in_array",
            Self::ValueNotInObject => "value_not_in_object",
            Self::ValueInObject => "value_in_object",
            Self::EmptyManager => "empty_manager",
            Self::ExtensionWithoutUrn => "extension_without_urn",
            Self::PathAsName => "path_as_name",
            Self::PreRfcUrn => "pre_rfc_urn",
            Self::UnknownSchema => "unknown_schema",
            Self::OperationInCapitals => "operation_in_capitals",
            Self::RemoveByValue => "remove_by_value",
            Self::RemoveWithoutPath => "remove_without_path",
            Self::NoPatchSchema => "no_patch_schema",
            Self::SchemasInExtension => "schemas_in_extension",
        }
    }
}

/// Those found so far, each once.
#[derive(Default)]
struct Quirks(Vec<Quirk>);

impl Quirks {
    fn insert(&mut self, quirk: Quirk) {
        if !self.0.contains(&quirk) {
            self.0.push(quirk);
        }
    }
}

/// How the drafts before RFC 7643 named the extension, longest first.
const PRE_RFC_ENTERPRISE: [&str; 4] = [
    "urn:scim:schemas:extension:enterprise:2.0:User",
    "urn:scim:schemas:extension:enterprise:1.0:User",
    "urn:scim:schemas:extension:enterprise:2.0",
    "urn:scim:schemas:extension:enterprise:1.0",
];

/// A name or a path with the URN of today. `None` if it has no other.
fn with_todays_urn(text: &str) -> Option<String> {
    let rest = PRE_RFC_ENTERPRISE.iter().find_map(|urn| text.strip_prefix(urn))?;
    (rest.is_empty() || rest.starts_with(':')).then(|| [ENTERPRISE_URN, rest].concat())
}

/// Corrects the body of a POST or a PUT.
pub fn document(body: &mut Value, resource: ResourceType) -> Vec<Quirk> {
    let mut quirks = Quirks::default();
    if let Value::Object(object) = body {
        rename(object, resource, &mut quirks);
        for (name, value) in object {
            if name.eq_ignore_ascii_case("schemas") {
                schemas(value, resource, &mut quirks);
            } else if let Some(attribute) = resource.attribute(name) {
                correct(attribute, value, false, &mut quirks);
            }
        }
    }
    quirks.0
}

fn schemas(value: &Value, resource: ResourceType, quirks: &mut Quirks) {
    for urn in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
        if urn.starts_with("urn:scim:schemas:") {
            quirks.insert(Quirk::PreRfcUrn);
        } else if !urn.eq_ignore_ascii_case(resource.urn()) && resource.attribute(urn).is_none() {
            quirks.insert(Quirk::UnknownSchema);
        }
    }
}

/// Puts what is named by a path where it belongs.
fn rename(object: &mut Map<String, Value>, resource: ResourceType, quirks: &mut Quirks) {
    let odd: Vec<String> = object.keys().filter(|name| resource.attribute(name).is_none()).cloned().collect();
    for name in odd {
        let todays = with_todays_urn(&name);
        if todays.is_some() {
            quirks.insert(Quirk::PreRfcUrn);
        }
        let path = todays.as_ref().unwrap_or(&name);
        let Some(place) = resource.place(path) else { continue };
        // A part of an entry of a list cannot be told from that of another.
        if place.len() > 1 && place.iter().any(|attribute| attribute.many) {
            continue;
        }
        let Some(value) = object.remove(&name) else { continue };
        if place.len() > 1 {
            quirks.insert(odd_name(path, &place));
        }
        put(object, &place, value);
    }
}

/// What is odd about a name that is a path.
fn odd_name(name: &str, place: &[&'static Attribute]) -> Quirk {
    let is_extensions = place.first().is_some_and(|first| first.is_extension());
    if is_extensions && !name.contains(':') { Quirk::ExtensionWithoutUrn } else { Quirk::PathAsName }
}

/// Puts a value at a place where there is none.
fn put(object: &mut Map<String, Value>, place: &[&'static Attribute], value: Value) {
    match place {
        [] => {}
        [attribute] => {
            object.entry(attribute.name).or_insert(value);
        }
        [attribute, rest @ ..] => {
            let inner = object.entry(attribute.name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// Corrects a value of an attribute. One entry of a list can stand alone in a patch.
fn correct(attribute: &'static Attribute, value: &mut Value, is_patch: bool, quirks: &mut Quirks) {
    if !attribute.many {
        if let Value::Array(items) = value
            && items.len() <= 1
        {
            quirks.insert(Quirk::ValueInArray);
            *value = items.pop().unwrap_or_default();
        }
        return correct_one(attribute, value, quirks);
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| correct_one(attribute, item, quirks)),
        Value::Null => {}
        Value::String(text) if text.is_empty() => *value = Value::Null,
        single => {
            correct_one(attribute, single, quirks);
            if !is_patch {
                quirks.insert(Quirk::ValueNotInArray);
                *single = Value::Array(vec![single.take()]);
            }
        }
    }
}

/// Corrects one value, as far down as the schema goes.
fn correct_one(attribute: &'static Attribute, value: &mut Value, quirks: &mut Quirks) {
    if let Value::Object(object) = value
        && attribute.kind != Type::Complex
        && object.keys().all(|name| name == "value" || name == "$ref")
        && let Some(inner) = object.get_mut("value").filter(|inner| !inner.is_object())
    {
        quirks.insert(Quirk::ValueInObject);
        *value = inner.take();
    }
    match (attribute.kind, &mut *value) {
        (Type::Complex, Value::Object(object)) => {
            let given = object.len();
            object.retain(|name, _| !(attribute.is_extension() && name.eq_ignore_ascii_case("schemas")));
            if object.len() < given {
                quirks.insert(Quirk::SchemasInExtension);
            }
            for (name, value) in object {
                if let Some(sub) = attribute.sub_attribute(name) {
                    correct(sub, value, false, quirks);
                }
            }
        }
        (Type::Complex, Value::String(text)) if attribute.sub_attribute("value").is_some() => {
            quirks.insert(Quirk::ValueNotInObject);
            let mut object = Map::new();
            object.insert(String::from("value"), Value::String(std::mem::take(text)));
            *value = Value::Object(object);
        }
        (Type::Boolean, Value::String(text)) => {
            let truth = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("", Value::Null)];
            if let Some((_, truth)) = truth.into_iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim())) {
                quirks.insert(Quirk::BooleanAsText);
                *value = truth;
            }
        }
        (Type::String | Type::Reference, Value::Number(_) | Value::Bool(_)) => {
            quirks.insert(Quirk::TextNotQuoted);
            *value = Value::String(value.to_string());
        }
        _ => {}
    }
    if attribute.name == "manager" && is_nobody(value) {
        if !value.is_null() {
            quirks.insert(Quirk::EmptyManager);
        }
        *value = Value::Null;
    }
}

/// Whether a manager is none: `null`, `{}` or `{"value": ""}`.
fn is_nobody(manager: &Value) -> bool {
    let is_empty = |value: &Value| value.is_null() || value.as_str() == Some("");
    match manager {
        Value::Object(object) => {
            let value = object.iter().find(|(name, _)| name.eq_ignore_ascii_case("value"));
            object.is_empty() || value.is_some_and(|(_, value)| is_empty(value))
        }
        other => is_empty(other),
    }
}

/// Who a request comes from, as far as it says: for the log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// OneLogin.
    OneLogin,
    /// JumpCloud.
    JumpCloud,
    /// Rauthy.
    Rauthy,
    /// A plug-in of Keycloak.
    Keycloak,
    /// Another one, or one that does not say.
    Other,
}

impl Client {
    /// By the `User-Agent`.
    pub fn of(user_agent: Option<&str>) -> Self {
        let known = [
            ("okta", Self::Okta),
            ("azure", Self::Entra),
            ("entra", Self::Entra),
            ("microsoft", Self::Entra),
            ("onelogin", Self::OneLogin),
            ("jumpcloud", Self::JumpCloud),
            ("rauthy", Self::Rauthy),
            ("keycloak", Self::Keycloak),
        ];
        let user_agent = user_agent.unwrap_or_default().to_ascii_lowercase();
        known.into_iter().find(|(word, _)| user_agent.contains(word)).map_or(Self::Other, |(_, client)| client)
    }

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::OneLogin => "onelogin",
            Self::JumpCloud => "jumpcloud",
            Self::Rauthy => "rauthy",
            Self::Keycloak => "keycloak",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Client;

    #[test]
    fn a_client_is_known_by_what_it_says() {
        for (user_agent, name) in [
            (Some("Okta SCIM Client 1.0.0"), "okta"),
            (Some("Microsoft.Azure.ActiveDirectory.SyncFabric"), "entra"),
            (Some("OneLogin"), "onelogin"),
            (Some("JumpCloud/1.0"), "jumpcloud"),
            (Some("rauthy"), "rauthy"),
            (Some("scim-for-keycloak"), "keycloak"),
            (Some("curl/8"), "other"),
            (Some(""), "other"),
            (None, "other"),
        ] {
            assert_eq!(Client::of(user_agent).name(), name, "{user_agent:?}");
        }
    }
}
