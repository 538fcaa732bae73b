//! Linked groups follow the identity provider (SPEC section 4, "Authorization"; seed 000).

use crate::store::flag;
use serde::Deserialize;
use std::collections::BTreeSet;

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
    let named: BTreeSet<&str> = asserted.names.iter().map(String::as_str).collect();
    for LinkedGroup { name, saml_group, is_member } in linked {
        match (named.contains(saml_group.as_str()), is_member) {
            (true, false) => membership.join.push((saml_group, name)),
            (false, true) if !asserted.only_link => membership.leave.push((saml_group, name)),
            _ => {}
        }
    }
    membership
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Searched one by one, as many would be compared thousands of millions of times.
    #[test]
    fn very_many_linked_groups_are_each_looked_up_once() {
        const MANY: usize = 100_000;
        let linked =
            |at| LinkedGroup { name: format!("Group {at}"), saml_group: format!("g{at}"), is_member: at % 2 == 0 };
        let names = (0..MANY).map(|at| format!("g{}", at + MANY / 2)).collect();
        let membership = follow((0..MANY).map(linked).collect(), &AssertedGroups { names, only_link: false });
        assert_eq!((membership.join.len(), membership.leave.len()), (MANY / 4, MANY / 4));
        assert_eq!(membership.join[0], ("g50001".into(), "Group 50001".into()));
        assert_eq!(membership.leave[1], ("g2".into(), "Group 2".into()));
    }
}
