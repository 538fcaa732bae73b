//! The attributes there are, as tables: everything that reads, compares, changes or shows a resource is driven by them
//! (RFC 7643, sections 2, 3.1, 4 and 8.7).
//!
//! A schema extension is a complex attribute whose name is its URN, which is what it is in JSON too.

use super::{ENTERPRISE_URN, ResourceType};

/// What an attribute's values are (RFC 7643, 2.3), those of the types that are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "names of the RFC")]
pub enum Type {
    String,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex,
}

impl Type {
    /// The name of the RFC.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Binary => "binary",
            Self::Complex => "complex",
        }
    }
}

/// Who may change an attribute (RFC 7643, 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "names of the RFC")]
pub enum Mutability {
    ReadWrite,
    ReadOnly,
    Immutable,
    WriteOnly,
}

impl Mutability {
    /// The name of the RFC.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadWrite => "readWrite",
            Self::ReadOnly => "readOnly",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// When an attribute is in an answer (RFC 7643, 7). None here is shown on request alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "names of the RFC")]
pub enum Returned {
    Always,
    Default,
    Never,
}

impl Returned {
    /// The name of the RFC.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Default => "default",
            Self::Never => "never",
        }
    }
}

/// An attribute (RFC 7643, 7).
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// Name, in its canonical spelling.
    pub name: &'static str,
    /// What it is, for people. May be empty.
    pub description: &'static str,
    /// What its values are.
    pub kind: Type,
    /// Whether it has any number of values.
    pub many: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether its text is compared with case.
    pub exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is in an answer.
    pub returned: Returned,
    /// Whether a value is one resource's alone.
    pub unique: bool,
    /// Values that are usual.
    pub canonical: &'static [&'static str],
    /// What it refers to.
    pub references: &'static [&'static str],
    /// Its sub-attributes.
    pub sub: &'static [Attribute],
}

impl Attribute {
    const fn of(name: &'static str, kind: Type, description: &'static str) -> Self {
        Self {
            name,
            description,
            kind,
            many: false,
            required: false,
            exact: matches!(kind, Type::Reference | Type::Binary),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            unique: false,
            canonical: &[],
            references: &[],
            sub: &[],
        }
    }

    const fn text(name: &'static str, description: &'static str) -> Self {
        Self::of(name, Type::String, description)
    }

    const fn complex(name: &'static str, description: &'static str, sub: &'static [Attribute]) -> Self {
        Self { sub, ..Self::of(name, Type::Complex, description) }
    }

    const fn list(name: &'static str, description: &'static str, sub: &'static [Attribute]) -> Self {
        Self { many: true, ..Self::complex(name, description, sub) }
    }

    const fn reference(name: &'static str, references: &'static [&'static str]) -> Self {
        Self { references, ..Self::of(name, Type::Reference, "") }
    }

    const fn exact(self) -> Self {
        Self { exact: true, ..self }
    }

    const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    const fn mutability(self, mutability: Mutability) -> Self {
        Self { mutability, ..self }
    }

    const fn returned(self, returned: Returned) -> Self {
        Self { returned, ..self }
    }

    const fn canonical(self, canonical: &'static [&'static str]) -> Self {
        Self { canonical, ..self }
    }

    /// Whether it is a schema extension.
    pub fn is_extension(&self) -> bool {
        self.name.starts_with("urn:")
    }

    /// The sub-attribute of a name, in any case.
    pub fn sub_attribute(&self, name: &str) -> Option<&'static Attribute> {
        find(self.sub, name)
    }
}

/// The attribute of a name among others. Names are compared without case (RFC 7643, 2.1).
pub fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

impl ResourceType {
    /// The attributes of its own schema, and its schema extensions.
    pub fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
        }
    }

    /// The attribute at the top of a resource of a name, in any case: its own, a common one, or an extension by its URN.
    pub fn attribute(self, name: &str) -> Option<&'static Attribute> {
        find(self.attributes(), name).or_else(|| find(COMMON, name))
    }

    /// From the resource down to what `attr`, `attr.sub`, `URN:attr`, `URN:attr.sub` or an extension's `URN` names, in any case.
    /// An attribute of an extension is found without its URN too: Entra's mappings leave it out.
    pub fn place(self, text: &str) -> Option<Vec<&'static Attribute>> {
        if let Some(rest) = below(text, self.urn()) {
            return names(rest, |name| self.attribute(name).filter(|found| !found.is_extension()), Vec::new());
        }
        for extension in self.attributes().iter().filter(|attribute| attribute.is_extension()) {
            if text.eq_ignore_ascii_case(extension.name) {
                return Some(vec![extension]);
            }
            if let Some(rest) = below(text, extension.name) {
                return names(rest, |name| extension.sub_attribute(name), vec![extension]);
            }
        }
        let core = names(text, |name| self.attribute(name).filter(|found| !found.is_extension()), Vec::new());
        core.or_else(|| {
            let extension = self.attributes().iter().find(|attribute| attribute.is_extension())?;
            names(text, |name| extension.sub_attribute(name), vec![extension])
        })
    }
}

/// What follows a schema's URN and a colon.
fn below<'t>(text: &'t str, urn: &str) -> Option<&'t str> {
    let start = text.get(..urn.len())?;
    if start.eq_ignore_ascii_case(urn) { text[urn.len()..].strip_prefix(':') } else { None }
}

fn names(
    text: &str,
    attribute: impl Fn(&str) -> Option<&'static Attribute>,
    mut place: Vec<&'static Attribute>,
) -> Option<Vec<&'static Attribute>> {
    match text.split_once('.') {
        None => place.push(attribute(text)?),
        Some((name, sub)) => {
            let attribute = attribute(name)?;
            place.extend([attribute, attribute.sub_attribute(sub)?]);
        }
    }
    Some(place)
}

/// A place in words, as a path has it.
pub fn spelled(place: &[&'static Attribute]) -> String {
    let mut text = String::new();
    let mut separator = "";
    for attribute in place {
        text.push_str(separator);
        text.push_str(attribute.name);
        separator = if attribute.is_extension() { ":" } else { "." };
    }
    text
}

use Mutability::{Immutable, ReadOnly, WriteOnly};
use Returned::{Always, Never};
use Type::{Binary, Boolean, DateTime};

/// What every resource has (RFC 7643, 3.1).
pub static COMMON: &[Attribute] = &[
    Attribute { many: true, ..Attribute::text("schemas", "") }.exact().mutability(ReadOnly).returned(Always),
    Attribute::text("id", "").exact().unique().mutability(ReadOnly).returned(Always),
    Attribute::text("externalId", "").exact(),
    Attribute::complex("meta", "", META).mutability(ReadOnly),
];

static META: &[Attribute] = &[
    Attribute::text("resourceType", "").exact().mutability(ReadOnly),
    Attribute::of("created", DateTime, "").mutability(ReadOnly),
    Attribute::of("lastModified", DateTime, "").mutability(ReadOnly),
    Attribute::reference("location", &["uri"]).mutability(ReadOnly),
    Attribute::text("version", "").exact().mutability(ReadOnly),
];

const DISPLAY: Attribute = Attribute::text("display", "");
const TYPE: Attribute = Attribute::text("type", "");
const PRIMARY: Attribute = Attribute::of("primary", Boolean, "");
const VALUE: Attribute = Attribute::text("value", "");

static USER: &[Attribute] = &[
    Attribute::text("userName", "The name that is the user's alone, usually their e-mail address.").required().unique(),
    Attribute::complex("name", "The components of the user's name.", NAME),
    Attribute::text("displayName", "The name that is shown."),
    Attribute::text("nickName", "A casual name."),
    Attribute { description: "Where the user's profile is.", ..Attribute::reference("profileUrl", &["external"]) },
    Attribute::text("title", "Such as Vice President."),
    Attribute::text("userType", "Such as Contractor or Employee."),
    Attribute::text("preferredLanguage", "The language the user prefers."),
    Attribute::text("locale", "How currency, dates and numbers are written."),
    Attribute::text("timezone", "Such as Europe/Paris."),
    Attribute::of("active", Boolean, "Whether the user may sign in. Absent means true."),
    Attribute::text("password", "Accepted and dropped: nobody signs in with a password.")
        .exact()
        .mutability(WriteOnly)
        .returned(Never),
    Attribute::list("emails", "E-mail addresses. The primary one is the user's.", LABELLED),
    Attribute::list("phoneNumbers", "Phone numbers.", PHONE),
    Attribute::list("ims", "Addresses for instant messages.", PLAIN),
    Attribute::list("photos", "URLs of photos.", PHOTO),
    Attribute::list("addresses", "Postal addresses.", ADDRESS),
    Attribute::list("groups", "The groups that the user is in.", GROUPS).mutability(ReadOnly),
    Attribute::list("entitlements", "What the user is entitled to, as data.", PLAIN),
    Attribute::list("roles", "What the user is, as data: roles here are bound to groups.", PLAIN),
    Attribute::list("x509Certificates", "Certificates of the user.", CERTIFICATE),
    Attribute::complex(ENTERPRISE_URN, "What a user is in an enterprise.", ENTERPRISE),
];

static NAME: &[Attribute] = &[
    Attribute::text("formatted", ""),
    Attribute::text("familyName", ""),
    Attribute::text("givenName", ""),
    Attribute::text("middleName", ""),
    Attribute::text("honorificPrefix", ""),
    Attribute::text("honorificSuffix", ""),
];

static LABELLED: &[Attribute] = &[VALUE, DISPLAY, TYPE.canonical(&["work", "home", "other"]), PRIMARY];

static PHONE: &[Attribute] =
    &[VALUE, DISPLAY, TYPE.canonical(&["work", "home", "mobile", "fax", "pager", "other"]), PRIMARY];

static PLAIN: &[Attribute] = &[VALUE, DISPLAY, TYPE, PRIMARY];

static PHOTO: &[Attribute] =
    &[Attribute::reference("value", &["external"]), DISPLAY, TYPE.canonical(&["photo", "thumbnail"]), PRIMARY];

static ADDRESS: &[Attribute] = &[
    Attribute::text("formatted", ""),
    Attribute::text("streetAddress", ""),
    Attribute::text("locality", ""),
    Attribute::text("region", ""),
    Attribute::text("postalCode", ""),
    Attribute::text("country", ""),
    TYPE.canonical(&["work", "home", "other"]),
    PRIMARY,
];

static GROUPS: &[Attribute] = &[
    VALUE.exact().mutability(ReadOnly),
    Attribute::reference("$ref", &["Group"]).mutability(ReadOnly),
    DISPLAY.mutability(ReadOnly),
    TYPE.canonical(&["direct"]).mutability(ReadOnly),
];

static CERTIFICATE: &[Attribute] = &[Attribute::of("value", Binary, ""), DISPLAY, TYPE, PRIMARY];

static ENTERPRISE: &[Attribute] = &[
    Attribute::text("employeeNumber", "What the organization numbers the user by."),
    Attribute::text("costCenter", "Name of a cost center."),
    Attribute::text("organization", "Name of an organization."),
    Attribute::text("division", "Name of a division."),
    Attribute::text("department", "Name of a department."),
    Attribute::complex("manager", "The user's manager.", MANAGER),
];

static MANAGER: &[Attribute] =
    &[VALUE.exact(), Attribute::reference("$ref", &["User"]), Attribute::text("displayName", "").mutability(ReadOnly)];

static GROUP: &[Attribute] = &[
    Attribute::text("displayName", "The name of the group, its alone among those provisioned over SCIM.")
        .required()
        .unique(),
    Attribute::list("members", "The users in the group.", MEMBERS),
];

static MEMBERS: &[Attribute] = &[
    VALUE.exact().mutability(Immutable),
    Attribute::reference("$ref", &["User"]).mutability(Immutable),
    TYPE.canonical(&["User"]).mutability(Immutable),
    DISPLAY.mutability(ReadOnly),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled_place(resource: ResourceType, text: &str) -> Option<String> {
        resource.place(text).map(|place| spelled(&place))
    }

    #[test]
    fn names_are_found_in_any_spelling() {
        for (text, place) in [
            ("USERNAME", "userName"),
            ("Name.FamilyName", "name.familyName"),
            ("urn:ietf:params:scim:schemas:core:2.0:User:userName", "userName"),
            ("URN:IETF:params:scim:schemas:core:2.0:user:emails.VALUE", "emails.value"),
            ("meta.lastmodified", "meta.lastModified"),
            ("externalID", "externalId"),
            ("manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"),
            ("manager.$ref", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.$ref"),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
            ),
            (
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
            ),
        ] {
            assert_eq!(spelled_place(ResourceType::User, text).as_deref(), Some(place), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_attribute_is_not_found() {
        for text in [
            "",
            ".",
            "userName.",
            ".value",
            "emails.value.x",
            "shoeSize",
            "emails.shoeSize",
            "members",
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:core:2.0:User:",
            "urn:ietf:params:scim:schemas:core:2.0:User:department",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:userName",
            "urn:example:User:userName",
            "usërName",
        ] {
            assert_eq!(spelled_place(ResourceType::User, text), None, "{text}");
        }
    }
}
