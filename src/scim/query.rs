//! What a list is asked for: by the query of a GET, or by the body of a `/.search` (RFC 7644, 3.4.2 and 3.4.3; RFC 9865).

use super::filter::Filter;
use super::render::Projection;
use super::schema::{Attribute, Type};
use super::value::is_primary;
use super::{Mark, ResourceType, ScimError};
use crate::directory::folded;
use serde_json::Value;
use std::borrow::Cow;
use std::cmp::Ordering;

/// Resources of a page for one who does not say how many.
pub const DEFAULT_COUNT: u32 = 100;
/// Most resources of a page.
pub const MAX_COUNT: u32 = 200;
/// So many characters of a value are sorted by: they are in cursors.
pub const SORT_KEY: usize = 256;

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// Which resources.
    pub filter: Option<Filter>,
    /// Which of those, for one answer.
    pub page: Page,
    /// In which order. `None`: by id.
    pub sort: Option<Sort>,
    /// What of each.
    pub projection: Projection,
}

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// By place in it.
    Index {
        /// Place of the first, from 1 on.
        start: u64,
        /// At most so many, 0 to [`MAX_COUNT`]. With 0 only the total is asked for.
        count: u32,
    },
    /// By where the page before ended.
    Cursor {
        /// As it came. `None`: from the beginning.
        cursor: Option<String>,
        /// Which list it is of.
        mark: Mark,
        /// At most so many, 0 to [`MAX_COUNT`].
        count: u32,
    },
}

/// An order of resources.
#[derive(Clone, Debug)]
pub struct Sort {
    place: Vec<&'static Attribute>,
    is_descending: bool,
}

impl Sort {
    fn by(text: &str, resource: ResourceType, is_descending: bool) -> Result<Self, ScimError> {
        let bad = |expected| ScimError::BadValue { attribute: String::from("sortBy"), expected };
        let mut place = resource.place(text).ok_or_else(|| bad("the name of an attribute"))?;
        if let Some(attribute) = place.last().filter(|attribute| attribute.kind == Type::Complex) {
            let value = attribute.sub_attribute("value");
            place.push(value.ok_or_else(|| bad("one of the sub-attributes of a complex attribute"))?);
        }
        Ok(Self { place, is_descending })
    }

    /// Compares the keys of two resources. Those without a value are last in ascending order (RFC 7644, 3.4.2.3).
    pub fn order(&self, a: Option<&str>, b: Option<&str>) -> Ordering {
        let order = match (a, b) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        };
        if self.is_descending { order.reverse() } else { order }
    }

    /// What a rendered resource is sorted by: of several values the primary one, else the first; [`SORT_KEY`] characters of it.
    pub fn key(&self, resource: &Value) -> Option<String> {
        let mut value = resource;
        for attribute in &self.place {
            value = match value.get(attribute.name)? {
                Value::Array(values) => values.iter().find(|value| is_primary(value)).or(values.first())?,
                value => value,
            };
        }
        let leaf = self.place.last()?;
        let bounded = |text: &str| text.chars().take(SORT_KEY).collect();
        match value {
            // Times are all written in one form, of one length.
            Value::String(text) if leaf.exact || leaf.kind == Type::DateTime => Some(bounded(text)),
            Value::String(text) => Some(bounded(&folded(text))),
            Value::Bool(value) => Some(String::from(if *value { "true" } else { "false" })),
            _ => None,
        }
    }
}

/// What was asked for, as it came.
#[derive(Default)]
struct Asked {
    filter: Option<String>,
    start: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
    attributes: Option<String>,
    excluded: Option<String>,
}

impl Asked {
    /// The place of a parameter. Names are compared without case.
    fn parameter(&mut self, name: &str) -> Option<&mut Option<String>> {
        let places = [
            ("filter", &mut self.filter),
            ("startIndex", &mut self.start),
            ("count", &mut self.count),
            ("cursor", &mut self.cursor),
            ("sortBy", &mut self.sort_by),
            ("sortOrder", &mut self.sort_order),
            ("attributes", &mut self.attributes),
            ("excludedAttributes", &mut self.excluded),
        ];
        places.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, place)| place)
    }

    fn of_query(query: &str) -> Self {
        let mut asked = Self::default();
        // Who writes blanks as %20, as in a URL, means a plus by +; in a form it is a blank.
        let query = if query.contains("%20") { query.replace('+', "%2B").into() } else { Cow::Borrowed(query) };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            // Two empty values say something: a cursor, to page by cursor from the beginning, and a filter, which is malformed: whoever
            // lost what they look for is not to be given everyone.
            if value.trim().is_empty() && !["cursor", "filter"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
                continue;
            }
            if let Some(place) = asked.parameter(&name) {
                place.get_or_insert(value.into_owned());
            }
        }
        asked
    }

    fn of_search(body: &Value) -> Result<Self, ScimError> {
        let Value::Object(body) = body else {
            return Err(ScimError::Syntax { at: String::from("body"), expected: "a SearchRequest" });
        };
        let mut asked = Self::default();
        for (name, value) in body {
            let Some(place) = asked.parameter(name) else { continue };
            *place = match value {
                Value::Null => None,
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(number.to_string()),
                Value::Array(items) if items.iter().all(Value::is_string) => {
                    let names: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
                    Some(names.join(","))
                }
                _ => {
                    return Err(ScimError::Syntax { at: name.clone(), expected: "text, a number or an array of text" });
                }
            };
        }
        Ok(asked)
    }

    fn page(&self) -> Result<Page, ScimError> {
        let bad = |name: &str| ScimError::BadValue { attribute: name.to_owned(), expected: "a whole number" };
        let count = match self.count.as_deref().map(whole) {
            None => DEFAULT_COUNT,
            Some(Some(count)) => u32::try_from(count.clamp(0, i64::from(MAX_COUNT))).unwrap_or(MAX_COUNT),
            Some(None) if self.cursor.is_some() => return Err(ScimError::InvalidCount),
            Some(None) => return Err(bad("count")),
        };
        if let Some(cursor) = &self.cursor {
            let mark = Mark::of([&self.filter, &self.sort_by, &self.sort_order].map(Option::as_deref));
            return Ok(Page::Cursor { cursor: Some(cursor.clone()).filter(|text| !text.is_empty()), mark, count });
        }
        let start = match self.start.as_deref().map(whole) {
            None => 1,
            Some(Some(start)) => start.max(1).unsigned_abs(),
            Some(None) => return Err(bad("startIndex")),
        };
        Ok(Page::Index { start, count })
    }

    fn read(self, resource: ResourceType) -> Result<ListQuery, ScimError> {
        let page = self.page()?;
        let is_descending = match self.sort_order.as_deref() {
            None => false,
            Some(order) if order.eq_ignore_ascii_case("ascending") => false,
            Some(order) if order.eq_ignore_ascii_case("descending") => true,
            Some(_) => {
                let expected = "ascending or descending";
                return Err(ScimError::BadValue { attribute: String::from("sortOrder"), expected });
            }
        };
        let present = |text: &&str| !text.trim().is_empty();
        let filter = self.filter.as_deref().map(|text| Filter::parse(text, resource)).transpose()?;
        let sort_by = self.sort_by.as_deref().filter(present);
        let sort = sort_by.map(|text| Sort::by(text.trim(), resource, is_descending)).transpose()?;
        let projection = Projection::of_lists(self.attributes.as_deref(), self.excluded.as_deref(), resource)?;
        Ok(ListQuery { filter, page, sort, projection })
    }
}

/// A whole number, however large.
fn whole(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(sign * digits.parse().unwrap_or(i64::MAX))
}

impl ListQuery {
    /// Out of the query of a GET, as it came. Parameters that are not known, or empty and no filter, are ignored.
    pub fn of_query(query: &str, resource: ResourceType) -> Result<Self, ScimError> {
        Asked::of_query(query).read(resource)
    }

    /// Out of the body of a `/.search`.
    pub fn of_search(body: &Value, resource: ResourceType) -> Result<Self, ScimError> {
        Asked::of_search(body)?.read(resource)
    }
}

/// Whether the query of a request has a filter.
pub fn has_filter(query: &str) -> bool {
    Asked::of_query(query).filter.is_some_and(|filter| !filter.trim().is_empty())
}

impl Projection {
    /// Out of the query of a request that answers one resource, as it came.
    pub fn of_query(query: &str, resource: ResourceType) -> Result<Self, ScimError> {
        let asked = Asked::of_query(query);
        Self::of_lists(asked.attributes.as_deref(), asked.excluded.as_deref(), resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn page(query: &str) -> Page {
        ListQuery::of_query(query, ResourceType::User).unwrap().page
    }

    #[test]
    fn pages_are_bounded() {
        for (query, start, count) in [
            ("", 1, 100),
            ("&", 1, 100),
            ("aadOptscim062020", 1, 100),
            ("startIndex=&count=", 1, 100),
            ("startIndex=1&count=2", 1, 2),
            ("STARTINDEX=7&Count=3&startIndex=9", 7, 3),
            ("startIndex=0&count=0", 1, 0),
            ("startIndex=-4&count=-1", 1, 0),
            ("startIndex=100001&count=100000", 100_001, 200),
            ("startIndex=99999999999999999999&count=99999999999999999999", i64::MAX.unsigned_abs(), 200),
        ] {
            assert_eq!(page(query), Page::Index { start, count }, "{query}");
        }
        let mark = Mark::of([None, None, None]);
        for (query, cursor, count) in
            [("cursor", None, 100), ("cursor=&count=5", None, 5), ("cursor=a-b.c", Some("a-b.c"), 100)]
        {
            let cursor = cursor.map(str::to_owned);
            assert_eq!(page(query), Page::Cursor { cursor, mark: mark.clone(), count }, "{query}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (query, scim_type) in [
            ("count=ten", "invalidValue"),
            ("count=1.5", "invalidValue"),
            ("count=-", "invalidValue"),
            ("count=ten&cursor=", "invalidCount"),
            ("startIndex=0x1", "invalidValue"),
            ("sortBy=shoeSize", "invalidValue"),
            ("sortBy=name", "invalidValue"),
            ("sortBy=userName&sortOrder=up", "invalidValue"),
            ("attributes=shoeSize", "invalidValue"),
            ("attributes=userName&excludedAttributes=emails", "invalidValue"),
            ("filter=shoeSize%20eq%201", "invalidFilter"),
            ("filter=", "invalidFilter"),
            ("filter=%20&startIndex=1", "invalidFilter"),
        ] {
            let error = ListQuery::of_query(query, ResourceType::User).unwrap_err();
            assert_eq!(error.scim_type(), Some(scim_type), "{query}: {error}");
        }
    }

    #[test]
    fn a_plus_is_a_blank_where_blanks_are_written_so() {
        for (query, name) in [
            ("filter=userName+eq+%22a%2Bb%40x%22", "a+b@x"),
            ("filter=userName%20eq%20%22a%2Bb%40x%22", "a+b@x"),
            ("filter=userName%20eq%20%22a+b@x%22", "a+b@x"),
            ("filter=userName+eq+%22a+b%22", "a b"),
        ] {
            let filter = ListQuery::of_query(query, ResourceType::User).unwrap().filter.unwrap();
            assert!(filter.matches(&json!({ "userName": name })), "{query}");
        }
    }

    #[test]
    fn a_search_says_the_same_in_its_body() {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["displayName", "userName"],
            "filter": "displayName sw \"smith\"",
            "sortBy": "userName",
            "sortOrder": "descending",
            "startIndex": 1,
            "count": 10,
            "later": {"ignored": true},
        });
        let query = ListQuery::of_search(&body, ResourceType::User).unwrap();
        assert_eq!(query.page, Page::Index { start: 1, count: 10 });
        assert!(query.filter.is_some() && query.sort.is_some() && query.projection.shows("userName"));
        assert!(!query.projection.shows("emails"));
        for body in [json!([]), json!({"count": {}}), json!({"attributes": [1]}), json!({"filter": true})] {
            let error = ListQuery::of_search(&body, ResourceType::User).unwrap_err();
            assert_eq!(error.scim_type(), Some("invalidSyntax"), "{body}");
        }
        let error = ListQuery::of_search(&json!({ "filter": " " }), ResourceType::User).unwrap_err();
        assert_eq!(error.scim_type(), Some("invalidFilter"));
    }

    #[test]
    fn sorts_by_the_primary_value_and_puts_those_without_last() {
        let mut users = [
            json!({"id": "1", "emails": [{"value": "z@x"}, {"value": "B@x", "primary": true}]}),
            json!({"id": "2"}),
            json!({"id": "3", "emails": [{"value": "a@x"}]}),
        ];
        let ids =
            |users: &[Value]| users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect::<String>();
        for (query, order) in [("sortBy=emails", "312"), ("sortBy=emails.value&sortOrder=descending", "213")] {
            let sort = ListQuery::of_query(query, ResourceType::User).unwrap().sort.unwrap();
            users.sort_by(|a, b| sort.order(sort.key(a).as_deref(), sort.key(b).as_deref()));
            assert_eq!(ids(&users), order, "{query}");
        }
    }
}
