//! Roles and resource groups that are there from the start (SPEC section 10).

use super::permission::Permission::*;
use super::permission::Permissions;

/// A role that no admin made. Its id begins with `_`, as no other does.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInRole {
    /// Stable.
    pub id: &'static str,
    /// For people.
    pub name: &'static str,
    /// What it permits.
    pub permissions: Permissions,
}

/// Whose resources are everything of the scope of a binding.
pub const ALL_RESOURCES: &str = "_all_resources";

/// Its name.
pub const ALL_RESOURCES_NAME: &str = "All Resources";

/// Every role that is there from the start.
pub const BUILT_IN_ROLES: [BuiltInRole; 4] = [
    BuiltInRole { id: "_account_admin", name: "Account Admin", permissions: Permissions::ALL },
    BuiltInRole {
        id: "_account_viewer",
        name: "Account Viewer",
        permissions: Permissions::of(&[
            AccountView,
            ProvidersView,
            UsersView,
            GroupsView,
            AuditView,
            AppsView,
            RolesView,
            ServiceAccountsView,
        ]),
    },
    BuiltInRole { id: "_app_user", name: "App User", permissions: Permissions::of(&[AppAccess]) },
    BuiltInRole {
        id: "_provisioner",
        name: "Provisioner",
        permissions: Permissions::of(&[UsersView, UsersManage, GroupsView, GroupsManage]),
    },
];

impl BuiltInRole {
    /// By its id, or its name in any case.
    pub fn find(id_or_name: &str) -> Option<&'static Self> {
        BUILT_IN_ROLES.iter().find(|role| role.id == id_or_name || role.name.eq_ignore_ascii_case(id_or_name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_roles_are_found_by_id_and_name() {
        for role in &BUILT_IN_ROLES {
            assert_eq!(BuiltInRole::find(role.id).map(|found| found.id), Some(role.id));
            assert_eq!(BuiltInRole::find(&role.name.to_uppercase()).map(|found| found.id), Some(role.id));
            assert!(role.id.starts_with('_'));
        }
        assert!(BuiltInRole::find("account_admin").is_none());
    }

    #[test]
    fn a_viewer_changes_nothing_and_a_provisioner_has_all_that_scim_needs() {
        let permissions = |id| BuiltInRole::find(id).unwrap().permissions;
        assert!(permissions("_account_viewer").iter().all(|permission| permission.name().ends_with(":view")));
        assert_eq!(permissions("_provisioner").names(), "users:view, users:manage, groups:view, groups:manage");
        assert_eq!(permissions("_account_admin"), Permissions::ALL);
    }
}
