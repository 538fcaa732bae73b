//! What an assertion says of a person, by the attribute mapping of its provider.

use crate::directory::{Email, Profile};
use crate::provider::{AttributeMapping, Mapped, Source};
use crate::saml::{Attribute, NameId, RequestedAttribute};

/// Names under which the e-mail comes: Okta's and OneLogin's usual ones, the claims of Entra ID and AD FS, the OID and
/// friendly names of LDAP schemas (Keycloak, Shibboleth). The first that is there counts.
const EMAIL: &[&str] = &[
    "email",
    "mail",
    "emailAddress",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "urn:oid:1.2.840.113549.1.9.1",
    "user.email",
    "User.email",
    "Email",
];

const GIVEN_NAME: &[&str] = &[
    "givenName",
    "firstName",
    "first_name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    "urn:oid:2.5.4.42",
    "user.firstName",
    "User.FirstName",
    "firstname",
];

const FAMILY_NAME: &[&str] = &[
    "familyName",
    "lastName",
    "last_name",
    "surname",
    "sn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
    "urn:oid:2.5.4.4",
    "user.lastName",
    "User.LastName",
    "lastname",
];

const DISPLAY_NAME: &[&str] = &[
    "displayName",
    "display_name",
    "http://schemas.microsoft.com/identity/claims/displayname",
    "urn:oid:2.16.840.1.113730.3.1.241",
    "name",
];

/// Okta's, OneLogin's, Keycloak's and JumpCloud's usual ones, and the claims of Entra ID and AD FS.
const GROUPS: &[&str] = &[
    "groups",
    "memberOf",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "http://schemas.xmlsoap.org/claims/Group",
];

/// What an assertion says of a person.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who they are. `None` without a usable e-mail.
    pub profile: Option<Profile>,
    /// The groups that the identity provider has them in, in its words.
    pub groups: Vec<String>,
    /// A required attribute that did not come.
    pub missing: Option<Missing>,
}

/// A required attribute that did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its name here.
    pub attribute: String,
    /// Where it was looked for.
    pub wanted: String,
}

/// One attribute that is asked about: its name here, the names under which it usually comes, and its mapping.
type Asked<'m> = (&'m str, &'static [&'static str], &'m Mapped);

/// Every attribute that is mapped, in the order in which they are told.
fn asked(mapping: &AttributeMapping) -> impl Iterator<Item = Asked<'_>> {
    let standard: [Asked<'_>; 5] = [
        ("email", EMAIL, &mapping.email),
        ("givenName", GIVEN_NAME, &mapping.given_name),
        ("familyName", FAMILY_NAME, &mapping.family_name),
        ("displayName", DISPLAY_NAME, &mapping.display_name),
        ("groups", GROUPS, &mapping.groups),
    ];
    let custom = mapping.custom.iter().map(|custom| (custom.name.as_str(), &[] as &[&str], &custom.mapped));
    standard.into_iter().chain(custom)
}

/// What our metadata asks for: what is mapped to an attribute, under the first name by which that comes. Nobody new
/// comes in without an e-mail address.
pub fn requested_attributes(mapping: &AttributeMapping) -> Vec<RequestedAttribute<'_>> {
    asked(mapping).filter_map(requested).collect()
}

fn requested<'m>((friendly_name, usual, mapped): Asked<'m>) -> Option<RequestedAttribute<'m>> {
    let name: &'m str = match &mapped.source {
        Source::Usual => usual.first()?,
        Source::Attribute(attribute) => attribute,
        Source::NameId | Source::Constant(_) => return None,
    };
    let required = mapped.required || friendly_name == "email";
    mapped.enabled.then_some(RequestedAttribute { name, friendly_name, required })
}

/// What an assertion says of a person.
pub fn person(mapping: &AttributeMapping, name_id: &NameId, attributes: &[Attribute]) -> Person {
    let said = Said { name_id, attributes };
    let email = said.email(&mapping.email);
    let text =
        |usual, mapped| said.values(usual, mapped).into_iter().next().filter(|value| fits(value)).map(str::to_owned);
    let profile = email.map(|email| Profile {
        email,
        given_name: text(GIVEN_NAME, &mapping.given_name),
        family_name: text(FAMILY_NAME, &mapping.family_name),
        display_name: text(DISPLAY_NAME, &mapping.display_name),
    });
    let groups = said.values(GROUPS, &mapping.groups).into_iter().map(str::to_owned).collect();
    let came = |(name, usual, mapped): &Asked<'_>| match *name {
        "email" => profile.is_some(),
        _ => said.values(usual, mapped).into_iter().any(fits),
    };
    let missing = asked(mapping).filter(|(_, _, mapped)| mapped.required).find(|asked| !came(asked));
    let missing = missing
        .map(|(name, usual, mapped)| Missing { attribute: name.to_owned(), wanted: wanted(name, usual, mapped) });
    Person { profile, groups, missing }
}

/// Where an attribute is looked for, for people.
fn wanted(name: &str, usual: &[&str], mapped: &Mapped) -> String {
    match &mapped.source {
        Source::Usual => format!("{name} in an attribute named {}", usual.join(", ")),
        Source::Attribute(attribute) => format!("{name} in the attribute {attribute}"),
        Source::NameId => format!("{name} in the NameID"),
        Source::Constant(constant) => format!("{name} = {constant}"),
    }
}

/// What came.
#[derive(Clone, Copy)]
struct Said<'a> {
    name_id: &'a NameId,
    attributes: &'a [Attribute],
}

impl<'a> Said<'a> {
    /// Values of an attribute that are not empty, in order.
    fn values<'m: 'v, 'v>(self, usual: &[&str], mapped: &'m Mapped) -> Vec<&'v str>
    where
        'a: 'v,
    {
        if !mapped.enabled {
            return Vec::new();
        }
        match &mapped.source {
            Source::Usual => {
                let found = usual.iter().map(|name| self.named(name)).find(|values| !values.is_empty());
                found.unwrap_or_default()
            }
            Source::Attribute(name) => self.named(name),
            Source::NameId => Some(self.name_id.value.as_str()).filter(|value| !value.is_empty()).into_iter().collect(),
            Source::Constant(constant) => vec![constant],
        }
    }

    fn named(self, name: &str) -> Vec<&'a str> {
        let named = self.attributes.iter().filter(|attribute| attribute.is_named(name));
        named.flat_map(|attribute| &attribute.values).map(String::as_str).filter(|value| !value.is_empty()).collect()
    }

    /// Where nothing else was said, the NameID stands in for the attribute, if its format is for that.
    fn email(self, mapped: &Mapped) -> Option<Email> {
        let first = self.values(EMAIL, mapped).into_iter().next();
        let named = Some(self.name_id.value.as_str())
            .filter(|_| mapped.enabled && mapped.source == Source::Usual && self.name_id.may_be_email());
        Email::parse(first.or(named)?).ok()
    }
}

/// A name is for people: one line of at most 256 characters.
fn fits(value: &str) -> bool {
    value.chars().count() <= 256 && !value.contains(char::is_control)
}
