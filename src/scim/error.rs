//! What is wrong with a request, as RFC 7644 section 3.12 (and RFC 9865 section 2.1 for cursors) words it.

use super::ERROR_URN;
use serde::Serialize;

/// A value that came from outside is quoted up to this many characters.
const MAX_QUOTED: usize = 100;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScimError {
    /// More characters than a filter may have.
    FilterTooLong {
        /// How many there are.
        got: usize,
    },
    /// Parentheses, brackets and `not` inside each other deeper than a filter may have them.
    FilterTooDeep,
    /// Not the grammar of RFC 7644, figure 1.
    FilterSyntax {
        /// At which character, from 1 on.
        at: usize,
        /// What could be there.
        expected: &'static str,
        /// What is there.
        got: String,
    },
    /// A filter names an attribute that there is not.
    FilterAttribute {
        /// Its name.
        name: String,
    },
    /// An operator or a value does not go with the attribute's type.
    FilterMismatch {
        /// The attribute.
        attribute: String,
        /// What goes with it.
        expected: &'static str,
        /// What was asked for.
        got: String,
    },
    /// The path of a patch cannot be read.
    PathSyntax {
        /// The path.
        path: String,
        /// What is wrong.
        fault: String,
    },
    /// The path of a patch names an attribute that there is not.
    PathAttribute {
        /// The path.
        path: String,
    },
    /// The path of a patch finds nothing, and does not say what to make.
    NoTarget {
        /// The path; empty if there was none where one is needed.
        path: String,
    },
    /// The body is not what is expected here.
    Syntax {
        /// Where in the body: a name such as `Operations[2].op`.
        at: String,
        /// What is expected.
        expected: &'static str,
    },
    /// An attribute that the schema does not have.
    UnknownAttribute {
        /// Its name.
        name: String,
    },
    /// One attribute, in two spellings.
    GivenTwice {
        /// Its name.
        attribute: String,
    },
    /// A value of the wrong type.
    WrongType {
        /// The attribute.
        attribute: String,
        /// What it takes.
        expected: &'static str,
        /// What came.
        got: &'static str,
    },
    /// A value of the right type that cannot be taken.
    BadValue {
        /// The attribute or parameter.
        attribute: String,
        /// What it takes.
        expected: &'static str,
    },
    /// An attribute without which there is no such resource.
    Required {
        /// The attribute.
        attribute: String,
    },
    /// More than one value is the primary one.
    TwoPrimaries {
        /// The attribute.
        attribute: String,
    },
    /// A change of what is not the client's to change.
    Mutability {
        /// The attribute.
        attribute: String,
        /// Its mutability, or `required`.
        is: &'static str,
    },
    /// The value is another resource's.
    Uniqueness {
        /// The attribute.
        attribute: &'static str,
        /// Who has it and what to do about it.
        detail: String,
    },
    /// More than a request may hold.
    TooLarge {
        /// What.
        what: &'static str,
        /// How much there may be.
        most: usize,
    },
    /// A list would have to look at too many resources.
    TooMany {
        /// What to do.
        detail: String,
    },
    /// `count` is not a number (RFC 9865).
    InvalidCount,
    /// Not a cursor of ours (RFC 9865).
    InvalidCursor,
    /// Operations of a Bulk request that need each other's ids.
    CircularReference {
        /// The `bulkId` that needs itself.
        bulk_id: String,
    },
    /// What the protocol around it says: a status, and a `scimType` for 400 and 409.
    Protocol {
        /// Status code.
        status: u16,
        /// One of RFC 7644 table 9.
        scim_type: Option<&'static str>,
        /// What is wrong and what to do about it.
        detail: String,
    },
}

impl ScimError {
    /// An error of the protocol around a resource.
    pub fn protocol(status: u16, scim_type: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self::Protocol { status, scim_type, detail: detail.into() }
    }

    /// Status code.
    pub fn status(&self) -> u16 {
        match self {
            Self::Uniqueness { .. } | Self::CircularReference { .. } => 409,
            Self::TooLarge { .. } => 413,
            Self::Protocol { status, .. } => *status,
            _ => 400,
        }
    }

    /// The kind of error, of RFC 7644 table 9 and RFC 9865.
    pub fn scim_type(&self) -> Option<&'static str> {
        Some(match self {
            Self::FilterTooLong { .. }
            | Self::FilterTooDeep
            | Self::FilterSyntax { .. }
            | Self::FilterAttribute { .. }
            | Self::FilterMismatch { .. } => "invalidFilter",
            Self::PathSyntax { .. } | Self::PathAttribute { .. } => "invalidPath",
            Self::NoTarget { .. } => "noTarget",
            Self::Syntax { .. } | Self::UnknownAttribute { .. } | Self::GivenTwice { .. } => "invalidSyntax",
            Self::WrongType { .. }
            | Self::BadValue { .. }
            | Self::Required { .. }
            | Self::TwoPrimaries { .. }
            | Self::CircularReference { .. } => "invalidValue",
            Self::Mutability { .. } => "mutability",
            Self::Uniqueness { .. } => "uniqueness",
            Self::TooLarge { .. } => return None,
            Self::TooMany { .. } => "tooMany",
            Self::InvalidCount => "invalidCount",
            Self::InvalidCursor => "invalidCursor",
            Self::Protocol { scim_type, .. } => return *scim_type,
        })
    }

    /// The stable name of the rule, for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::FilterTooLong { .. } => "filter_too_long",
            Self::FilterTooDeep => "filter_too_deep",
            Self::FilterSyntax { .. } => "filter_syntax",
            Self::FilterAttribute { .. } => "filter_attribute",
            Self::FilterMismatch { .. } => "filter_mismatch",
            Self::PathSyntax { .. } => "path_syntax",
            Self::PathAttribute { .. } => "path_attribute",
            Self::NoTarget { .. } => "no_target",
            Self::Syntax { .. } => "syntax",
            Self::UnknownAttribute { .. } => "unknown_attribute",
            Self::GivenTwice { .. } => "given_twice",
            Self::WrongType { .. } => "wrong_type",
            Self::BadValue { .. } => "bad_value",
            Self::Required { .. } => "required",
            Self::TwoPrimaries { .. } => "two_primaries",
            Self::Mutability { .. } => "mutability",
            Self::Uniqueness { .. } => "uniqueness",
            Self::TooLarge { .. } => "too_large",
            Self::TooMany { .. } => "too_many",
            Self::InvalidCount => "invalid_count",
            Self::InvalidCursor => "invalid_cursor",
            Self::CircularReference { .. } => "circular_reference",
            Self::Protocol { .. } => "protocol",
        }
    }

    /// What is wrong, with what is expected and what to do, for people.
    pub fn detail(&self) -> String {
        match self {
            Self::FilterTooLong { got } => {
                format!("The filter has {got} characters; at most 2048 are read. Ask for less at once.")
            }
            Self::FilterTooDeep => String::from("The filter is nested deeper than 10 levels. Take parentheses out."),
            Self::FilterSyntax { at, expected, got } => {
                let got = if got.is_empty() { String::from("its end") } else { quoted(got) };
                format!("The filter cannot be read at character {at}: expected {expected}, got {got}.")
            }
            Self::FilterAttribute { name } => {
                format!("There is no attribute {} to filter by. /Schemas lists those there are.", quoted(name))
            }
            Self::FilterMismatch { attribute, expected, got } => {
                format!("{attribute} is compared with {expected}, not with {}.", quoted(got))
            }
            Self::PathSyntax { path, fault } => format!("The path {} cannot be read: {fault}", quoted(path)),
            Self::PathAttribute { path } => {
                format!("The path {} names no attribute. /Schemas lists those there are.", quoted(path))
            }
            Self::NoTarget { path } if path.is_empty() => String::from("A remove operation needs a path."),
            Self::NoTarget { path } => {
                format!(
                    "The path {} finds nothing, and does not say what to make. Add the value instead.",
                    quoted(path)
                )
            }
            Self::Syntax { at, expected } => format!("{}: expected {expected}.", quoted(at)),
            Self::UnknownAttribute { name } => {
                let name = quoted(name);
                format!("There is no attribute {name}. Leave it out of the mapping; /Schemas lists those there are.")
            }
            Self::GivenTwice { attribute } => format!("{attribute} is given twice. Names are compared without case."),
            Self::WrongType { attribute, expected, got } => format!("{attribute} takes {expected}, not {got}."),
            Self::BadValue { attribute, expected } => format!("{} takes {expected}.", quoted(attribute)),
            Self::Required { attribute } => format!("{attribute} is required. Map it to something that everyone has."),
            Self::TwoPrimaries { attribute } => format!("Only one of {attribute} can be primary."),
            Self::Mutability { attribute, is } => format!("{attribute} is {is}: it cannot be changed like this."),
            Self::Uniqueness { detail, .. } | Self::TooMany { detail } | Self::Protocol { detail, .. } => {
                detail.clone()
            }
            Self::TooLarge { what, most } => format!("{what}: at most {most}. Send less at once."),
            Self::InvalidCount => String::from("count takes a whole number."),
            Self::InvalidCursor => String::from("Not a cursor of this list. Begin again without one."),
            Self::CircularReference { bulk_id } => {
                format!(
                    "The operation {} needs its own id first. Send it again without the reference.",
                    quoted(bulk_id)
                )
            }
        }
    }

    /// The body of the answer.
    pub fn body(&self) -> ErrorBody {
        ErrorBody {
            schemas: [ERROR_URN],
            status: self.status().to_string(),
            scim_type: self.scim_type(),
            detail: self.detail(),
        }
    }
}

/// The body of an answer that says what is wrong.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    schemas: [&'static str; 1],
    /// As text, as the RFC has it.
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scim_type: Option<&'static str>,
    detail: String,
}

fn quoted(text: &str) -> String {
    let short: String = text.chars().take(MAX_QUOTED).collect();
    format!("{short:?}")
}

impl std::fmt::Display for ScimError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail())
    }
}

impl std::error::Error for ScimError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_answered_as_the_rfc_has_it() {
        let error = ScimError::FilterAttribute { name: String::from("shoeSize") };
        let body = serde_json::to_value(error.body()).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
                "status": "400",
                "scimType": "invalidFilter",
                "detail": "There is no attribute \"shoeSize\" to filter by. /Schemas lists those there are.",
            })
        );
    }

    #[test]
    fn what_came_from_outside_is_quoted_short() {
        let error = ScimError::UnknownAttribute { name: "x".repeat(5000) };
        assert!(error.detail().len() < 300);
    }
}
