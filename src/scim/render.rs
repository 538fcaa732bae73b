//! Resources and lists as they are answered.

use super::document::UserDocument;
use super::schema::{Attribute, Returned};
use super::value::{object, text};
use super::{ENTERPRISE_URN, GROUP_URN, LIST_URN, ResourceType, ScimError, USER_URN};
use crate::time::Timestamp;
use serde_json::{Map, Value};

/// What is answered of a resource (RFC 7644, 3.9): all of it, some attributes alone, or all but some. What is always returned is,
/// and what never is, is not there to begin with.
#[derive(Clone, Debug, Default)]
pub struct Projection {
    places: Vec<Vec<&'static Attribute>>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Whole,
    Only,
    Without,
}

impl Projection {
    /// Out of two lists of names, separated by commas. A name that is another resource type's is ignored: one search can be for both.
    pub(crate) fn of_lists(
        attributes: Option<&str>,
        excluded: Option<&str>,
        resource: ResourceType,
    ) -> Result<Self, ScimError> {
        let (names, kind, parameter) = match (attributes, excluded) {
            (None, None) => return Ok(Self::default()),
            (Some(names), None) => (names, Kind::Only, "attributes"),
            (None, Some(names)) => (names, Kind::Without, "excludedAttributes"),
            (Some(_), Some(_)) => {
                let expected = "names, unless there is excludedAttributes";
                return Err(ScimError::BadValue { attribute: String::from("attributes"), expected });
            }
        };
        let mut places = Vec::new();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match resource.place(name) {
                Some(place) => places.push(place),
                None if ResourceType::ALL.iter().any(|other| other.place(name).is_some()) => {}
                None => {
                    let expected = "names of attributes, as /Schemas lists them";
                    return Err(ScimError::BadValue { attribute: format!("{parameter}={name}"), expected });
                }
            }
        }
        Ok(Self { places, kind })
    }

    /// Whether it is some attributes that are asked for, by name. A PATCH that does so is answered with them (RFC 7644, 3.5.2).
    pub fn is_only_some(&self) -> bool {
        self.kind == Kind::Only
    }

    /// Whether anything of an attribute at the top of a resource is answered, e.g. `members` or `groups`: what is not need not be
    /// read.
    pub fn shows(&self, attribute: &str) -> bool {
        let mut places = self.places.iter();
        let is_it = |place: &[&Attribute]| place.first().is_some_and(|first| first.name == attribute);
        match self.kind {
            Kind::Whole => true,
            Kind::Only => places.any(|place| is_it(place)),
            Kind::Without => !places.any(|place| is_it(place) && place.len() == 1),
        }
    }

    /// Whether a sub-attribute of an attribute at the top is answered.
    fn shows_sub(&self, attribute: &str, sub: &str) -> bool {
        let is_it = |place: &Vec<&Attribute>| match place.as_slice() {
            [first] => first.name == attribute,
            [first, second, ..] => first.name == attribute && second.name == sub,
            [] => false,
        };
        match self.kind {
            Kind::Whole => true,
            Kind::Only => self.places.iter().any(is_it),
            Kind::Without => !self.places.iter().any(is_it),
        }
    }

    /// What is answered of a whole resource.
    pub fn of(&self, resource: Value) -> Value {
        if self.kind == Kind::Whole {
            return resource;
        }
        let places: Vec<&[&Attribute]> = self.places.iter().map(Vec::as_slice).collect();
        projected(resource, &places, self.kind, true)
    }
}

/// Goes down as far as places do: three steps.
fn projected(value: Value, places: &[&[&'static Attribute]], kind: Kind, is_top: bool) -> Value {
    match value {
        Value::Array(items) => {
            let items = items.into_iter().map(|item| projected(item, places, kind, false));
            Value::Array(items.filter(|item| item.as_object().is_none_or(|object| !object.is_empty())).collect())
        }
        Value::Object(object) => {
            let mut shown = Map::new();
            for (name, value) in object {
                let below = || places.iter().filter(|place| place.first().is_some_and(|first| first.name == name));
                let is_always = is_top
                    && super::schema::find(super::schema::COMMON, &name)
                        .is_some_and(|attribute| attribute.returned == Returned::Always);
                let is_named = below().any(|place| place.len() == 1);
                let value = match kind {
                    _ if is_always => value,
                    Kind::Only if is_named => value,
                    Kind::Without if is_named => continue,
                    Kind::Only if below().next().is_none() => continue,
                    Kind::Without if below().next().is_none() => value,
                    _ => {
                        let rest: Vec<&[&Attribute]> = below().map(|place| &place[1..]).collect();
                        match projected(value, &rest, kind, false) {
                            Value::Object(object) if object.is_empty() => continue,
                            Value::Array(items) if items.is_empty() => continue,
                            value => value,
                        }
                    }
                };
                shown.insert(name, value);
            }
            Value::Object(shown)
        }
        value => value,
    }
}

/// What the server says of a resource.
#[derive(Clone, Copy, Debug)]
pub struct Meta<'a> {
    /// Id.
    pub id: &'a str,
    /// The base that was called, without a slash at its end, e.g. `https://sso.example/scim/v2/acme`.
    pub base: &'a str,
    /// When it was made.
    pub created: Timestamp,
    /// When it was changed last.
    pub modified: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

/// A group that a user is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupReference {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The entity tag of a version (RFC 7644, 3.14).
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// Where a resource is.
pub fn location(base: &str, resource: ResourceType, id: &str) -> String {
    [base, resource.endpoint(), "/", id].concat()
}

impl Meta<'_> {
    fn put(&self, object_of: &mut Map<String, Value>, resource: ResourceType, schemas: Vec<Value>) {
        let meta = object(vec![
            ("resourceType", text(resource.name())),
            ("created", text(self.created.to_rfc3339())),
            ("lastModified", text(self.modified.to_rfc3339())),
            ("location", text(location(self.base, resource, self.id))),
            ("version", text(etag(self.version))),
        ]);
        object_of.insert(String::from("schemas"), Value::Array(schemas));
        object_of.insert(String::from("id"), text(self.id));
        object_of.insert(String::from("meta"), meta);
    }
}

/// A user, whole.
pub fn user(document: UserDocument, groups: &[GroupReference], meta: &Meta<'_>) -> Value {
    let mut whole = document.into_object();
    let mut schemas = vec![text(USER_URN)];
    if whole.contains_key(ENTERPRISE_URN) {
        schemas.push(text(ENTERPRISE_URN));
    }
    meta.put(&mut whole, ResourceType::User, schemas);
    if !groups.is_empty() {
        let shown = groups.iter().map(|group| {
            object(vec![
                ("value", text(&group.id)),
                ("$ref", text(location(meta.base, ResourceType::Group, &group.id))),
                ("display", text(&group.name)),
                ("type", text("direct")),
            ])
        });
        whole.insert(String::from("groups"), Value::Array(shown.collect()));
    }
    Value::Object(whole)
}

/// A group, whole but for its members.
pub fn group(display_name: &str, external_id: Option<&str>, meta: &Meta<'_>) -> Value {
    let mut whole = Map::new();
    meta.put(&mut whole, ResourceType::Group, vec![text(GROUP_URN)]);
    whole.insert(String::from("displayName"), text(display_name));
    whole.extend(external_id.map(|id| (String::from("externalId"), text(id))));
    Value::Object(whole)
}

/// Members as they are rendered, for a filter that [needs](super::Filter::needs) them.
pub fn members(ids: &[String], base: &str) -> Value {
    let shown = ids.iter().map(|id| {
        object(vec![
            ("value", text(id)),
            ("$ref", text(location(base, ResourceType::User, id))),
            ("type", text(ResourceType::User.name())),
        ])
    });
    Value::Array(shown.collect())
}

/// The text of a group's answer: a [`group`] without members, not projected yet, and the ids of its members, so many that they are
/// written one by one: about 150 bytes each. No ids, no `members`.
pub fn group_text(group: Value, projection: &Projection, ids: &mut dyn Iterator<Item = &str>, base: &str) -> String {
    let mut written = projection.of(group).to_string();
    if !projection.shows("members") {
        return written;
    }
    let shows = |sub| projection.shows_sub("members", sub);
    let (value, reference, kind) = (shows("value"), shows("$ref"), shows("type"));
    if !(value || reference || kind) {
        return written;
    }
    let users = location(base, ResourceType::User, "");
    let users = json_inside(&users);
    let mut is_first = true;
    for id in ids {
        if is_first {
            written.pop();
            written.push_str(if written.len() > 1 { ",\"members\":[" } else { "\"members\":[" });
        } else {
            written.push(',');
        }
        is_first = false;
        let id = json_inside(id);
        let mut separator = "{\"";
        for (is_shown, name, before) in
            [(value, "value\":\"", ""), (reference, "$ref\":\"", users.as_ref()), (kind, "type\":\"", "User")]
        {
            if is_shown {
                written.push_str(separator);
                written.push_str(name);
                written.push_str(before);
                written.push_str(if before == "User" { "" } else { &id });
                separator = "\",\"";
            }
        }
        written.push_str("\"}");
    }
    if !is_first {
        written.push_str("]}");
    }
    written
}

/// Text as it is between the quotation marks of JSON.
fn json_inside(text: &str) -> std::borrow::Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') {
        return text.into();
    }
    let written = Value::String(text.to_owned()).to_string();
    written[1..written.len() - 1].to_owned().into()
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
pub struct ListPage {
    /// How many there are in all, if that is known.
    pub total: Option<u64>,
    /// Place of the first, from 1 on, of a page by index.
    pub start: Option<u64>,
    /// The text of each resource.
    pub resources: Vec<String>,
    /// Where the next page begins.
    pub next_cursor: Option<String>,
    /// Where the page before begins.
    pub previous_cursor: Option<String>,
}

impl ListPage {
    /// The text of the answer. `itemsPerPage` is how many there are in it.
    pub fn text(&self) -> String {
        let mut written = format!("{{\"schemas\":[\"{LIST_URN}\"],\"itemsPerPage\":{}", self.resources.len());
        for (name, number) in [("totalResults", self.total), ("startIndex", self.start)] {
            if let Some(number) = number {
                written.push_str(&format!(",\"{name}\":{number}"));
            }
        }
        for (name, cursor) in [("nextCursor", &self.next_cursor), ("previousCursor", &self.previous_cursor)] {
            if let Some(cursor) = cursor {
                written.push_str(&format!(",\"{name}\":\"{}\"", json_inside(cursor)));
            }
        }
        written.push_str(",\"Resources\":[");
        for (index, resource) in self.resources.iter().enumerate() {
            if index > 0 {
                written.push(',');
            }
            written.push_str(resource);
        }
        written.push_str("]}");
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const META: Meta<'static> = Meta {
        id: "g1",
        base: "https://sso.example/scim/v2/acme",
        created: Timestamp(0),
        modified: Timestamp(1000),
        version: 3,
    };

    fn ada() -> Value {
        let body = json!({
            "userName": "ada", "externalId": "x1", "password": "secret",
            "emails": [{"value": "ada@x", "type": "work", "primary": true}, {"value": "ada@y"}],
            "name": {"givenName": "Ada", "familyName": "L"},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D", "division": "D"},
        });
        let groups = [GroupReference { id: String::from("g9"), name: String::from("Eng") }];
        user(UserDocument::parse(&body).unwrap(), &groups, &Meta { id: "u1", ..META })
    }

    fn projected_by(query: &str) -> Value {
        Projection::of_query(query, ResourceType::User).unwrap().of(ada())
    }

    #[test]
    fn a_user_is_shown_whole() {
        assert_eq!(
            projected_by(""),
            json!({
                "schemas": [USER_URN, ENTERPRISE_URN],
                "id": "u1", "externalId": "x1", "userName": "ada", "active": true,
                "emails": [{"value": "ada@x", "type": "work", "primary": true}, {"value": "ada@y"}],
                "name": {"givenName": "Ada", "familyName": "L"},
                ENTERPRISE_URN: {"department": "R&D", "division": "D"},
                "groups": [{
                    "value": "g9", "$ref": "https://sso.example/scim/v2/acme/Groups/g9", "display": "Eng", "type": "direct",
                }],
                "meta": {
                    "resourceType": "User", "created": "1970-01-01T00:00:00.000Z", "lastModified": "1970-01-01T00:00:01.000Z",
                    "location": "https://sso.example/scim/v2/acme/Users/u1", "version": "W/\"3\"",
                },
            })
        );
    }

    #[test]
    fn some_of_it_can_be_asked_for() {
        let schemas = json!([USER_URN, ENTERPRISE_URN]);
        for (query, shown) in [
            ("attributes=id", json!({})),
            ("attributes=USERNAME,members", json!({"userName": "ada"})),
            (
                "attributes=emails.value,%20name",
                json!({
                    "emails": [{"value": "ada@x"}, {"value": "ada@y"}], "name": {"givenName": "Ada", "familyName": "L"},
                }),
            ),
            ("attributes=emails.type", json!({"emails": [{"type": "work"}]})),
            ("attributes=emails.display", json!({})),
            (
                "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
                json!({ENTERPRISE_URN: {"department": "R&D"}}),
            ),
            (
                "attributes=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                json!({ENTERPRISE_URN: {"department": "R&D", "division": "D"}}),
            ),
            ("attributes=password", json!({})),
        ] {
            let mut expected = shown;
            expected["schemas"] = schemas.clone();
            expected["id"] = json!("u1");
            assert_eq!(projected_by(query), expected, "{query}");
        }
    }

    #[test]
    fn some_of_it_can_be_left_out() {
        let shown = projected_by(
            "excludedAttributes=id,schemas,groups,emails.type,name.givenName,urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,meta",
        );
        assert_eq!(
            shown,
            json!({
                "schemas": [USER_URN, ENTERPRISE_URN], "id": "u1", "externalId": "x1", "userName": "ada", "active": true,
                "emails": [{"value": "ada@x", "primary": true}, {"value": "ada@y"}], "name": {"familyName": "L"},
            })
        );
    }

    #[test]
    fn members_are_written_one_by_one() {
        let whole = |query: &str, ids: &[&str]| {
            let projection = Projection::of_query(query, ResourceType::Group).unwrap();
            let mut ids = ids.iter().copied();
            let written = group_text(group("A \"b\"", Some("x"), &META), &projection, &mut ids, META.base);
            serde_json::from_str::<Value>(&written).unwrap()
        };
        let ids = ["u1", "u\"2"].map(String::from);
        assert_eq!(whole("", &["u1", "u\"2"])["members"], members(&ids, META.base));
        assert_eq!(whole("", &["u1"])["displayName"], json!("A \"b\""));
        assert_eq!(whole("", &[]).get("members"), None);
        assert_eq!(whole("excludedAttributes=members", &["u1"]).get("members"), None);
        assert_eq!(whole("attributes=displayName", &["u1"]).get("members"), None);
        assert_eq!(
            whole("attributes=members.value", &["u1", "u2"])["members"],
            json!([{"value": "u1"}, {"value": "u2"}])
        );
        assert_eq!(
            whole("excludedAttributes=members.$ref", &["u1"])["members"],
            json!([{"value": "u1", "type": "User"}])
        );
        assert_eq!(whole("attributes=members.display", &["u1"]).get("members"), None);
    }

    #[test]
    fn a_list_says_how_many_there_are_in_it() {
        let page = ListPage {
            total: Some(7),
            start: Some(3),
            resources: vec![String::from("{\"id\":\"1\"}"), String::from("{\"id\":\"2\"}")],
            next_cursor: Some(String::from("abc")),
            previous_cursor: None,
        };
        assert_eq!(
            serde_json::from_str::<Value>(&page.text()).unwrap(),
            json!({
                "schemas": [LIST_URN], "totalResults": 7, "startIndex": 3, "itemsPerPage": 2, "nextCursor": "abc",
                "Resources": [{"id": "1"}, {"id": "2"}],
            })
        );
        let empty = serde_json::from_str::<Value>(&ListPage { total: Some(0), ..ListPage::default() }.text()).unwrap();
        assert_eq!(empty["Resources"], json!([]));
    }
}
