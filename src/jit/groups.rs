//! The groups that an assertion names.

use crate::directory::{AssertedGroups, ENTRA_GROUPS_LINK};
use crate::saml::Attribute;

/// Names under which groups come: Okta's and JumpCloud's usual one, Entra ID's and AD FS's claims, Keycloak's and LDAP's.
const GROUPS: &[&str] = &[
    "groups",
    "memberOf",
    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    "http://schemas.xmlsoap.org/claims/Group",
    "urn:oid:1.3.6.1.4.1.5923.1.5.1.1",
    "Groups",
    "group",
];

/// What the attribute `named` says of groups, or, without, the first of the usual attributes that is there.
pub fn asserted_groups(attributes: &[Attribute], named: Option<&str>) -> AssertedGroups {
    let comes = |name: &str| attributes.iter().any(|attribute| attribute.name == *name);
    let name = named.or_else(|| GROUPS.iter().copied().find(|name| comes(name)));
    let called = attributes.iter().filter(|attribute| Some(attribute.name.as_str()) == name);
    let names: Vec<String> = called.flat_map(|attribute| attribute.values.iter().cloned()).collect();
    let only_link = names.is_empty() && comes(ENTRA_GROUPS_LINK);
    AssertedGroups { names, only_link }
}
