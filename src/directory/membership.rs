//! Linked groups follow the identity provider (SPEC section 4, "Authorization"; seed 000).

use crate::store::flag;
use serde::Deserialize;

/// The attribute that Entra ID sends in place of more than 150 groups: where to ask for them.
pub const ENTRA_GROUPS_LINK: &str = "http://schemas.microsoft.com/claims/groups.link";

/// A group that is linked to the provider of a sign-in.
#[derive(Clone, Debug, Deserialize)]
pub struct LinkedGroup {
    /// Name here.
    pub name: String,
    /// Name there.
    pub saml_group: String,
    /// Whether the one who signs in is a member.
    #[serde(deserialize_with = "flag")]
    pub is_member: bool,
}

/// What a sign-in says of groups.
#[derive(Clone, Debug, Default)]
pub struct AssertedGroups {
    /// Their names.
    pub names: Vec<String>,
    /// Entra ID sent a link instead of them.
    pub only_link: bool,
}

/// Which linked groups the user joins and leaves: by what they are linked to, so that one which is linked to something else
/// meanwhile is none of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// The SAML group and the name of each group to join.
    pub join: Vec<(String, String)>,
    /// The SAML group and the name of each group to leave.
    pub leave: Vec<(String, String)>,
}

/// Joins every linked group that is named, and leaves every one that is not. Where the names were left out, nobody leaves.
pub fn follow(linked: Vec<LinkedGroup>, asserted: &AssertedGroups) -> Membership {
    let mut membership = Membership::default();
    for LinkedGroup { name, saml_group, is_member } in linked {
        match (asserted.names.contains(&saml_group), is_member) {
            (true, false) => membership.join.push((saml_group, name)),
            (false, true) if !asserted.only_link => membership.leave.push((saml_group, name)),
            _ => {}
        }
    }
    membership
}
