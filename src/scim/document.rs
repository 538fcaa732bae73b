//! A resource as a client gives it, in the body of a POST or a PUT: in the canonical spelling, of the right types, with nothing that
//! is not the client's to say.

use super::error::ScimError;
use super::schema::Mutability;
use super::value::{Seen, Trail, canonical, is_primary, put, type_name};
use super::{ENTERPRISE_URN, ResourceType};
use crate::directory::MAX_NAME;
use crate::strict;
use serde_json::{Map, Value};

/// Largest stored document, in bytes.
pub const MAX_DOCUMENT: usize = 64 * 1024;

/// A user as SCIM has them.
#[derive(Clone, Debug, PartialEq)]
pub struct UserDocument {
    object: Map<String, Value>,
}

impl UserDocument {
    /// Out of a body. What is read-only, and the password, is checked and dropped. A user that does not say is active.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let mut object = read(body, ResourceType::User)?;
        object.entry("active").or_insert(Value::Bool(true));
        Self::of(object)
    }

    /// Out of [`UserDocument::stored`].
    pub fn from_stored(stored: &str, external_id: Option<&str>) -> Result<Self, ScimError> {
        let Ok(Value::Object(object)) = stored.parse() else {
            return Err(ScimError::protocol(500, None, "The stored user cannot be read."));
        };
        Ok(Self { object }.with_external_id(external_id))
    }

    /// Whether a text is what [`UserDocument::stored`] writes, and would be read as it is.
    pub fn is_stored(text: &str) -> bool {
        let Ok(body) = strict::parse(text.as_bytes()) else { return false };
        let document = read(&body, ResourceType::User).and_then(Self::of);
        document.is_ok_and(|document| Some(&document.object) == body.as_object() && document.external_id().is_none())
    }

    /// Of a person who was not made over SCIM: their e-mail address is their name.
    pub fn of_profile(
        email: &str,
        given_name: Option<&str>,
        family_name: Option<&str>,
        display_name: Option<&str>,
        active: bool,
    ) -> Self {
        let text = |text: &str| Value::String(text.to_owned());
        let mut object = Map::new();
        let mut name = Map::new();
        for (part, value) in [("givenName", given_name), ("familyName", family_name)] {
            name.extend(value.map(|value| (part.to_owned(), text(value))));
        }
        if !name.is_empty() {
            object.insert(String::from("name"), Value::Object(name));
        }
        object.extend(display_name.map(|value| (String::from("displayName"), text(value))));
        object.insert(String::from("userName"), text(email));
        let mut entry = Map::new();
        entry.insert(String::from("value"), text(email));
        entry.insert(String::from("type"), text("work"));
        entry.insert(String::from("primary"), Value::Bool(true));
        object.insert(String::from("emails"), Value::Array(vec![Value::Object(entry)]));
        object.insert(String::from("active"), Value::Bool(active));
        Self { object }
    }

    /// With the rules that hold for a whole user.
    pub(crate) fn of(object: Map<String, Value>) -> Result<Self, ScimError> {
        let document = Self { object };
        named("userName", document.text("userName"))?;
        bounded("externalId", document.external_id())?;
        document.stored()?;
        Ok(document)
    }

    /// As it is stored: without `externalId`, which has its own place for each client.
    pub fn stored(&self) -> Result<String, ScimError> {
        let mut object = self.object.clone();
        object.remove("externalId");
        match serde_json::to_string(&object) {
            Ok(text) if text.len() <= MAX_DOCUMENT => Ok(text),
            _ => Err(ScimError::TooLarge { what: "Bytes of one user", most: MAX_DOCUMENT }),
        }
    }

    /// All of it, in canonical spelling.
    pub fn object(&self) -> &Map<String, Value> {
        &self.object
    }

    pub(crate) fn into_object(self) -> Map<String, Value> {
        self.object
    }

    /// With the id that a client has for them, or without any.
    pub fn with_external_id(mut self, external_id: Option<&str>) -> Self {
        match external_id {
            Some(id) => self.object.insert(String::from("externalId"), Value::String(id.to_owned())),
            None => self.object.remove("externalId"),
        };
        self
    }

    /// With another `active`. One that is not said is left so if it means the same.
    pub fn with_active(mut self, active: bool) -> Self {
        if self.active() != active {
            self.object.insert(String::from("active"), Value::Bool(active));
        }
        self
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.object.get(name)?.as_str()
    }

    fn name_part(&self, part: &str) -> Option<&str> {
        self.object.get("name")?.get(part)?.as_str()
    }

    /// The name that is theirs alone. Never empty.
    pub fn user_name(&self) -> &str {
        self.text("userName").unwrap_or_default()
    }

    /// The client's id of them.
    pub fn external_id(&self) -> Option<&str> {
        self.text("externalId")
    }

    /// Whether they may sign in. Yes, unless it says no.
    pub fn active(&self) -> bool {
        self.object.get("active") != Some(&Value::Bool(false))
    }

    /// Given name.
    pub fn given_name(&self) -> Option<&str> {
        self.name_part("givenName")
    }

    /// Family name.
    pub fn family_name(&self) -> Option<&str> {
        self.name_part("familyName")
    }

    /// The name that is shown.
    pub fn display_name(&self) -> Option<&str> {
        self.text("displayName")
    }

    fn emails(&self) -> &[Value] {
        self.object.get("emails").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn primary_index(&self) -> Option<usize> {
        let emails = self.emails();
        let has_value = |email: &Value| email.get("value").is_some();
        let is_work =
            |email: &Value| email.get("type").and_then(Value::as_str).is_some_and(|t| t.eq_ignore_ascii_case("work"));
        let first = |wanted: &dyn Fn(&Value) -> bool| emails.iter().position(|email| has_value(email) && wanted(email));
        first(&is_primary).or_else(|| first(&is_work)).or_else(|| first(&|_| true))
    }

    /// The e-mail address that is theirs: the primary one, else the one at work, else the first.
    pub fn primary_email(&self) -> Option<&str> {
        self.emails().get(self.primary_index()?)?.get("value")?.as_str()
    }

    /// The other e-mail addresses.
    pub fn other_emails(&self) -> Vec<&str> {
        let primary = self.primary_index();
        let others = self.emails().iter().enumerate().filter(|(index, _)| Some(*index) != primary);
        others.filter_map(|(_, email)| email.get("value")?.as_str()).collect()
    }

    /// Id of their manager.
    pub fn manager(&self) -> Option<&str> {
        self.object.get(ENTERPRISE_URN)?.get("manager")?.get("value")?.as_str()
    }
}

/// A group as a client gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDocument {
    /// Name.
    pub display_name: String,
    /// The client's id of it.
    pub external_id: Option<String>,
    /// Ids of the users in it, each once. `None` if it does not say.
    pub members: Option<Vec<String>>,
}

impl GroupDocument {
    /// Out of a body.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let object = read(body, ResourceType::Group)?;
        let given = body.as_object().into_iter().flatten();
        let mut given = given.filter(|(name, value)| name.eq_ignore_ascii_case("members") && !value.is_null());
        let members = given.next().map(|(_, members)| member_ids(members)).transpose()?;
        if given.next().is_some() {
            return Err(ScimError::GivenTwice { attribute: String::from("members") });
        }
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        named("displayName", text("displayName"))?;
        bounded("externalId", text("externalId"))?;
        Ok(Self {
            display_name: text("displayName").unwrap_or_default().to_owned(),
            external_id: text("externalId").map(str::to_owned),
            members,
        })
    }
}

/// The ids of members, in order, each once. A body can hold tens of thousands of them, so they are read where they are.
pub(crate) fn member_ids(members: &Value) -> Result<Vec<String>, ScimError> {
    let members = match members {
        Value::Null => return Ok(Vec::new()),
        Value::Array(members) => members.as_slice(),
        member => std::slice::from_ref(member),
    };
    let mut ids = Seen::new();
    for member in members {
        if let Some(id) = member_id(member)? {
            ids.insert(id.to_owned(), Value::Null);
        }
    }
    Ok(ids.into_iter().map(|(id, _)| id).collect())
}

/// The id of a member. `None` if it says nothing.
fn member_id(member: &Value) -> Result<Option<&str>, ScimError> {
    let wrong = |name: &str, expected, got| {
        let attribute = if name.is_empty() { String::from("members") } else { format!("members.{name}") };
        ScimError::WrongType { attribute, expected, got: type_name(got) }
    };
    let parts = match member {
        Value::Null => return Ok(None),
        Value::Object(parts) => parts,
        other => return Err(wrong("", "an object", other)),
    };
    let (mut id, mut says_more) = (None, false);
    for (name, value) in parts {
        let sub = ResourceType::Group.attribute("members").and_then(|members| members.sub_attribute(name));
        let Some(sub) = sub else {
            return Err(ScimError::UnknownAttribute { name: format!("members.{name}") });
        };
        match value {
            _ if sub.mutability == Mutability::ReadOnly => {}
            Value::Null => {}
            Value::String(text) if text.is_empty() => {}
            Value::String(text) if sub.name == "value" => {
                if id.replace(text.as_str()).is_some() {
                    return Err(ScimError::GivenTwice { attribute: String::from("members.value") });
                }
            }
            Value::String(_) => says_more |= sub.name == "$ref",
            other => return Err(wrong(sub.name, "text", other)),
        }
    }
    match id {
        None if says_more => Err(ScimError::Required { attribute: String::from("members.value") }),
        id => Ok(id),
    }
}

/// The canonical object of a body.
fn read(body: &Value, resource: ResourceType) -> Result<Map<String, Value>, ScimError> {
    let Value::Object(body) = body else {
        return Err(ScimError::Syntax { at: String::from("body"), expected: "a JSON object" });
    };
    let mut object = Map::new();
    let mut trail = Trail::new();
    for (name, value) in body {
        let attribute = match resource.attribute(name) {
            Some(attribute) => attribute,
            None if value.is_null() => continue,
            None => return Err(ScimError::UnknownAttribute { name: name.clone() }),
        };
        trail.clear();
        trail.push(attribute);
        if attribute.name == "schemas" {
            schemas(value)?;
        }
        if attribute.mutability == Mutability::ReadOnly || attribute.name == "members" {
            continue;
        }
        if let Some(value) = canonical(&mut trail, value)?
            && attribute.mutability != Mutability::WriteOnly
        {
            put(&mut object, &trail, value)?;
        }
    }
    Ok(object)
}

/// Which schemas are meant is clear from where the body went, so unknown ones among them do no harm.
fn schemas(value: &Value) -> Result<(), ScimError> {
    match value {
        Value::Null => Ok(()),
        Value::Array(urns) if urns.iter().all(Value::is_string) => Ok(()),
        other => Err(ScimError::WrongType {
            attribute: String::from("schemas"),
            expected: "an array of URNs",
            got: type_name(other),
        }),
    }
}

/// A name that cannot be missing: of visible characters, and not too long.
pub(crate) fn named(attribute: &str, name: Option<&str>) -> Result<(), ScimError> {
    match name {
        Some(name) if !name.trim().is_empty() => bounded(attribute, Some(name)),
        _ => Err(ScimError::Required { attribute: attribute.to_owned() }),
    }
}

/// A name of visible characters that is not too long.
pub(crate) fn bounded(attribute: &str, name: Option<&str>) -> Result<(), ScimError> {
    match name {
        Some(name) if name.chars().count() > MAX_NAME || name.contains(char::is_control) => {
            let expected = "at most 256 characters, without control characters";
            Err(ScimError::BadValue { attribute: attribute.to_owned(), expected })
        }
        _ => Ok(()),
    }
}
