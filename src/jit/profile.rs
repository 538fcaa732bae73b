//! What an assertion says of a person, under the attribute names that identity providers use.

use crate::directory::{Email, Profile};
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

/// What our metadata asks for: the first name of each. Nobody new comes in without an e-mail address.
pub const REQUESTED_ATTRIBUTES: &[RequestedAttribute] = &[
    RequestedAttribute { name: EMAIL[0], friendly_name: "email", required: true },
    RequestedAttribute { name: GIVEN_NAME[0], friendly_name: "givenName", required: false },
    RequestedAttribute { name: FAMILY_NAME[0], friendly_name: "familyName", required: false },
    RequestedAttribute { name: DISPLAY_NAME[0], friendly_name: "displayName", required: false },
];

/// The profile in an assertion. `None` without a usable e-mail: neither an attribute nor the NameID is one.
pub fn profile(name_id: &NameId, attributes: &[Attribute]) -> Option<Profile> {
    let named = Some(name_id.value.as_str()).filter(|_| name_id.may_be_email());
    let email = first_value(attributes, EMAIL).or(named)?;
    let text = |names| first_value(attributes, names).filter(|value| fits(value)).map(str::to_owned);
    Some(Profile {
        email: Email::parse(email).ok()?,
        given_name: text(GIVEN_NAME),
        family_name: text(FAMILY_NAME),
        display_name: text(DISPLAY_NAME),
    })
}

/// A name is for people: one line of at most 256 characters.
fn fits(value: &str) -> bool {
    value.chars().count() <= 256 && !value.contains(char::is_control)
}

fn first_value<'a>(attributes: &'a [Attribute], names: &[&str]) -> Option<&'a str> {
    let value = |name: &&str| {
        let named = |a: &&Attribute| a.name == **name || a.friendly_name.as_deref() == Some(*name);
        attributes.iter().filter(named).flat_map(|a| &a.values).find(|value| !value.is_empty())
    };
    names.iter().find_map(value).map(String::as_str)
}
