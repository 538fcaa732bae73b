//! What a list is asked for: by the query of a GET, or by the body of a `/.search` (RFC 7644, 3.4.2 and 3.4.3; RFC 9865).

use super::filter::Filter;
use super::render::Projection;
use super::schema::Attribute;
use super::{ResourceType, ScimError};
use serde_json::Value;
use std::cmp::Ordering;

/// Resources of a page for one who does not say how many.
pub const DEFAULT_COUNT: u32 = 100;
/// Most resources of a page.
pub const MAX_COUNT: u32 = 200;

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
        /// `None`: from the beginning.
        cursor: Option<String>,
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
    /// Compares two rendered resources. Those without a value are last in ascending order (RFC 7644, 3.4.2.3).
    pub fn order(&self, a: &Value, b: &Value) -> Ordering {
        let _ = (&self.place, self.is_descending, a, b);
        Ordering::Equal
    }
}

impl ListQuery {
    /// Out of the query of a GET, as it came. Parameters that are not known or empty are ignored.
    pub fn of_query(query: &str, resource: ResourceType) -> Result<Self, ScimError> {
        let _ = (query, resource);
        Err(ScimError::protocol(501, None, "not yet"))
    }

    /// Out of the body of a `/.search`.
    pub fn of_search(body: &Value, resource: ResourceType) -> Result<Self, ScimError> {
        let _ = (body, resource);
        Err(ScimError::protocol(501, None, "not yet"))
    }
}
