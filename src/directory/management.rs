//! Who may change what: the table of SPEC section 8 (seeds 003 and 004), in one place. What SCIM manages is changed where SCIM
//! gets it from; SCIM itself is not asked here.

use super::{Group, GroupManager, ManagedBy, User};

/// What an admin is about to do with a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserAct {
    /// Change e-mail or names.
    Profile,
    /// Deactivate or reactivate.
    Active,
    /// Put into a native group, or take out of it.
    Groups,
    /// Remove.
    Delete,
}

/// What an admin is about to do with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupAct {
    /// Rename.
    Rename,
    /// Link it to a group of a provider, or unlink it.
    Link,
    /// Add or remove members.
    Members,
    /// Remove it.
    Delete,
}

/// A change that is not to be made here: where to make it instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedByScim(pub String);

impl UserAct {
    /// Whether it may be done here. `scim_group` is the name of a SCIM-managed group that the user is in, if there is one.
    pub fn check(self, user: &User, scim_group: Option<&str>) -> Result<(), ManagedByScim> {
        let is_scim = user.managed_by == ManagedBy::Scim;
        if !user.active && (is_scim || self != Self::Active) {
            let way = if is_scim { "Reactivate them in the identity provider" } else { "Reactivate them" };
            return Err(ManagedByScim(format!("This user is deactivated and cannot be changed. {way} first.")));
        }
        match (scim_group, is_scim, self) {
            (Some(group), _, Self::Profile | Self::Groups | Self::Delete) => Err(ManagedByScim(format!(
                "This user is in the group {group}, which your identity provider pushes over SCIM. Change the user, their \
                 groups and their assignment there."
            ))),
            (None, true, Self::Profile) => Err(ManagedByScim(
                "This user is pushed over SCIM. Change e-mail and names in the user's profile at your identity provider.".into(),
            )),
            (None, true, Self::Delete) => Err(ManagedByScim(
                "This user is pushed over SCIM. Unassign them from the application at your identity provider.".into(),
            )),
            (_, true, Self::Active) => Err(ManagedByScim(
                "This user is pushed over SCIM. Deactivate or reactivate them at your identity provider.".into(),
            )),
            _ => Ok(()),
        }
    }
}

impl GroupAct {
    /// Whether it may be done here. `follows` says that the provider which the group is linked to keeps its members.
    pub fn check(self, group: &Group, follows: bool) -> Result<(), ManagedByScim> {
        match (group.managed_by, self) {
            (GroupManager::Scim, act) => Err(ManagedByScim(format!(
                "This group is pushed over SCIM. {} at your identity provider; roles are given to it here.",
                match act {
                    Self::Rename => "Rename it",
                    Self::Members => "Add and remove its members",
                    Self::Delete => "Unassign it, or remove the push,",
                    Self::Link => "It follows its SCIM client and cannot be linked as well: change it",
                }
            ))),
            (GroupManager::Native, Self::Members) if follows => Err(ManagedByScim(
                "This group follows a SAML group while authorization is on: its members are those whom the identity provider \
                 names at sign-in. Change them there, or unlink the group."
                    .into(),
            )),
            _ => Ok(()),
        }
    }
}
