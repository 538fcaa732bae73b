//! From what of an assertion each attribute of a user comes (SPEC section 3; seed 002).

use crate::directory::Email;
use crate::fields::{Fields, Patch};
use serde::{Deserialize, Serialize};

/// So many custom attributes can be mapped.
const MAX_CUSTOM: usize = 20;
/// Longest name of an attribute and longest constant.
const MAX_TEXT: usize = 256;

/// The attributes that are not custom.
const STANDARD: [&str; 5] = ["email", "givenName", "familyName", "displayName", "groups"];

/// Where each attribute comes from. The default knows the names that the usual identity providers send.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributeMapping {
    /// Whom it is about: nobody new comes in without one, whatever `required` says.
    pub email: Mapped,
    /// Given name.
    pub given_name: Mapped,
    /// Family name.
    pub family_name: Mapped,
    /// Display name.
    pub display_name: Mapped,
    /// The groups that the identity provider has the user in.
    pub groups: Mapped,
    /// Any others: seen in the trace of a decision and in recorded sign-ins.
    pub custom: Vec<Custom>,
}

/// Where one attribute comes from, and what it is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapped {
    /// Where it comes from.
    pub source: Source,
    /// Whether a sign-in without it is refused.
    pub required: bool,
    /// Whether it is read at all.
    pub enabled: bool,
}

/// Where an attribute comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// The first of the names under which it usually comes.
    #[default]
    Usual,
    /// The SAML attribute of exactly this `Name` or `FriendlyName`.
    Attribute(String),
    /// The NameID.
    NameId,
    /// Always this value.
    Constant(String),
}

/// An attribute that an admin named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCustom")]
pub struct Custom {
    /// Its name here.
    pub name: String,
    /// Where it comes from.
    #[serde(flatten)]
    pub mapped: Mapped,
}

#[derive(Deserialize)]
struct StoredCustom {
    name: String,
    source: Source,
    required: bool,
    enabled: bool,
}

impl From<StoredCustom> for Custom {
    fn from(StoredCustom { name, source, required, enabled }: StoredCustom) -> Self {
        Self { name, mapped: Mapped { source, required, enabled } }
    }
}

impl Default for Mapped {
    fn default() -> Self {
        Self { source: Source::default(), required: false, enabled: true }
    }
}

/// A mapping of one attribute as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MappedView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    attribute: Option<&'a str>,
    name_id: bool,
    constant: Option<&'a str>,
    required: bool,
    enabled: bool,
}

/// A mapping as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MappingView<'a> {
    email: MappedView<'a>,
    given_name: MappedView<'a>,
    family_name: MappedView<'a>,
    display_name: MappedView<'a>,
    groups: MappedView<'a>,
    custom: Vec<MappedView<'a>>,
}

impl Mapped {
    fn view<'a>(&'a self, name: Option<&'a str>) -> MappedView<'a> {
        let (attribute, constant) = match &self.source {
            Source::Attribute(attribute) => (Some(attribute.as_str()), None),
            Source::Constant(constant) => (None, Some(constant.as_str())),
            Source::Usual | Source::NameId => (None, None),
        };
        let name_id = self.source == Source::NameId;
        MappedView { name, attribute, name_id, constant, required: self.required, enabled: self.enabled }
    }

    fn read(fields: &mut Fields<'_>, before: &Self) -> Self {
        let required = fields.boolean("required").over(before.required, false);
        let enabled = fields.boolean("enabled").over(before.enabled, true);
        if required && !enabled {
            let message = "What is switched off cannot be required: switch it on, or do not require it.";
            fields.error_if_first("required", "switched_off", message);
        }
        Self { source: Source::read(fields, &before.source), required, enabled }
    }
}

impl Source {
    /// The source that is set takes the place of the one before; two that are set at once are an error.
    fn read(fields: &mut Fields<'_>, before: &Self) -> Self {
        let attribute = fields.text("attribute", MAX_TEXT);
        let constant = fields.text("constant", MAX_TEXT);
        let name_id = match fields.boolean("nameId") {
            Patch::Set(false) => Patch::Reset,
            other => other,
        };
        let reset = match before {
            Self::Usual => false,
            Self::Attribute(_) => attribute == Patch::Reset,
            Self::NameId => name_id == Patch::Reset,
            Self::Constant(_) => constant == Patch::Reset,
        };
        let attribute = attribute.over_option(None).map(Self::Attribute);
        let constant = constant.over_option(None).map(Self::Constant);
        let mut set = attribute.into_iter().chain(constant).chain(name_id.over_option(None).map(|_| Self::NameId));
        match (set.next(), set.next()) {
            (Some(source), None) => source,
            (Some(source), Some(other)) => {
                let field = if other == Self::NameId { "nameId" } else { "constant" };
                fields.error(field, "one_of", "Give one of attribute, nameId and constant.");
                source
            }
            (None, _) if reset => Self::Usual,
            (None, _) => before.clone(),
        }
    }
}

impl AttributeMapping {
    /// As the API shows it.
    pub fn view(&self) -> impl Serialize {
        MappingView {
            email: self.email.view(None),
            given_name: self.given_name.view(None),
            family_name: self.family_name.view(None),
            display_name: self.display_name.view(None),
            groups: self.groups.view(None),
            custom: self.custom.iter().map(|custom| custom.mapped.view(Some(&custom.name))).collect(),
        }
    }

    /// Reads a merge patch over the mapping before.
    pub(super) fn read(fields: &mut Fields<'_>, before: &Self) -> Self {
        let mut one = |name, before: &Mapped| {
            fields.object(name, |fields| Mapped::read(fields, before)).over(before.clone(), Mapped::default())
        };
        let mut read = Self {
            email: one("email", &before.email),
            given_name: one("givenName", &before.given_name),
            family_name: one("familyName", &before.family_name),
            display_name: one("displayName", &before.display_name),
            groups: one("groups", &before.groups),
            custom: Vec::new(),
        };
        if let Source::Constant(constant) = &read.email.source
            && Email::parse(constant).is_err()
        {
            fields.error("email/constant", "malformed", "An e-mail address such as ada@example.com.");
        }
        read.custom =
            fields.objects("custom", MAX_CUSTOM, Custom::read).flatten().over(before.custom.clone(), Vec::new());
        fields.each_once("custom", "name", read.custom.iter().map(|custom| custom.name.as_str()));
        read
    }
}

impl Custom {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let name = fields.text("name", MAX_TEXT).over_option(None);
        if name.is_none() {
            fields.required("name");
        }
        if name.as_deref().is_some_and(|name| STANDARD.contains(&name)) {
            fields.error("name", "taken", "This one is not custom: it has a field of its own.");
        }
        let mapped = Mapped::read(fields, &Mapped::default());
        if mapped.source == Source::Usual {
            let message = "Give one of attribute, nameId and constant: there is no usual name of it.";
            fields.error_if_first("attribute", "required", message);
        }
        name.map(|name| Self { name, mapped })
    }
}
