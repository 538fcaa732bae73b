//! The path of a patch operation (RFC 7644, 3.5.2, figure 7).

use super::filter::{Node, PathText, ValuePath};
use super::schema::Attribute;
use super::{ResourceType, ScimError};

/// Where an operation does something.
#[derive(Clone, Debug)]
pub struct Path {
    text: String,
    /// From the resource down to the attribute, or the sub-attribute of an attribute without brackets.
    pub(crate) place: Vec<&'static Attribute>,
    /// Which entries of it.
    pub(crate) filter: Option<Node>,
    /// What of those.
    pub(crate) sub: Option<&'static Attribute>,
}

impl Path {
    /// Reads `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, with or without URNs, or an extension's URN.
    pub fn parse(text: &str, resource: ResourceType) -> Result<Self, ScimError> {
        match (PathText { text, resource }).read() {
            Ok(ValuePath { place, filter, sub }) => Ok(Self { text: text.to_owned(), place, filter, sub }),
            Err(ScimError::FilterAttribute { .. }) => Err(ScimError::PathAttribute { path: text.to_owned() }),
            Err(error) => Err(ScimError::PathSyntax { path: text.to_owned(), fault: error.detail() }),
        }
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (text, steps, filtered, sub) in [
            ("userName", 1, false, None),
            (" userName ", 1, false, None),
            ("name.givenName", 2, false, None),
            ("emails", 1, false, None),
            ("emails[type eq \"work\"]", 1, true, None),
            ("emails[type eq \"work\"].value", 1, true, Some("value")),
            ("emails[ type eq \"a]b\" and not (primary eq true) ].VALUE", 1, true, Some("value")),
            ("urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value", 1, true, Some("value")),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", 1, false, None),
            ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value", 3, false, None),
            ("manager", 2, false, None),
            ("password", 1, false, None),
        ] {
            let path = Path::parse(text, ResourceType::User).unwrap();
            assert_eq!(path.place.len(), steps, "{text}");
            assert_eq!(path.filter.is_some(), filtered, "{text}");
            assert_eq!(path.sub.map(|sub| sub.name), sub, "{text}");
        }
    }

    #[test]
    fn every_broken_one_is_an_invalid_path() {
        for text in [
            "",
            " ",
            ".",
            "shoeSize",
            "emails.",
            ".value",
            "emails.value.x",
            "emails[",
            "emails[]",
            "emails]",
            "emails[type]",
            "emails[type eq]",
            "emails[type eq \"work\"",
            "emails[type eq \"work].value",
            "emails[type eq \"work\"]value",
            "emails[type eq \"work\"].",
            "emails[type eq \"work\"].shoeSize",
            "emails[type eq \"work\"].value.x",
            "emails[type eq \"work\"].value[primary eq true]",
            "emails[type eq \"work\"][primary eq true]",
            "emails[emails.type eq \"work\"]",
            "emails[shoeSize eq 1]",
            "emails[primary gt true]",
            "emails[type zz \"work\"]",
            "emails [type eq \"work\"]",
            "userName[type eq \"work\"]",
            "name[givenName eq \"x\"]",
            "userName eq \"x\"",
            "urn:example:User:userName",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "/userName",
            "$.userName",
            "emails[0].value",
            "emails[type eq \"a\" or ]",
            "members[value eq \"1\"]",
        ] {
            let error = Path::parse(text, ResourceType::User).unwrap_err();
            assert_eq!(error.scim_type(), Some("invalidPath"), "{text}: {error}");
        }
        let deep = format!("emails[{}type eq \"x\"{}]", "(".repeat(11), ")".repeat(11));
        let long = format!("emails[type eq \"{}\"]", "x".repeat(3000));
        for text in [&deep, &long] {
            let error = Path::parse(text, ResourceType::User).unwrap_err();
            assert_eq!(error.scim_type(), Some("invalidPath"), "{error}");
        }
    }
}
