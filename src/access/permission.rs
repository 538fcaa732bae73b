//! What somebody may do (SPEC section 10): `resource:action`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A permission. Its name is stable: roles are stored by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names below say it")]
pub enum Permission {
    AccountView,
    AccountManage,
    ProvidersView,
    ProvidersManage,
    UsersView,
    UsersManage,
    GroupsView,
    GroupsManage,
    AuditView,
    AppsView,
    AppsManage,
    RolesView,
    RolesManage,
    ServiceAccountsView,
    ServiceAccountsManage,
    AppAccess,
}

/// Every permission with its name.
const NAMES: [(Permission, &str); 16] = [
    (Permission::AccountView, "account:view"),
    (Permission::AccountManage, "account:manage"),
    (Permission::ProvidersView, "providers:view"),
    (Permission::ProvidersManage, "providers:manage"),
    (Permission::UsersView, "users:view"),
    (Permission::UsersManage, "users:manage"),
    (Permission::GroupsView, "groups:view"),
    (Permission::GroupsManage, "groups:manage"),
    (Permission::AuditView, "audit:view"),
    (Permission::AppsView, "apps:view"),
    (Permission::AppsManage, "apps:manage"),
    (Permission::RolesView, "roles:view"),
    (Permission::RolesManage, "roles:manage"),
    (Permission::ServiceAccountsView, "service-accounts:view"),
    (Permission::ServiceAccountsManage, "service-accounts:manage"),
    (Permission::AppAccess, "app:access"),
];

impl Permission {
    /// `resource:action`
    pub fn name(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// From its name.
    pub fn from_name(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(permission, _)| *permission)
    }
}

/// A set of permissions. As JSON, the list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// Every one.
    pub const ALL: Self = Self((1 << NAMES.len()) - 1);

    /// These.
    pub const fn of(permissions: &[Permission]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < permissions.len() {
            set |= 1 << permissions[at] as u32;
            at += 1;
        }
        Self(set)
    }

    /// From their names. One that this version does not know gives nothing.
    pub fn from_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        names.into_iter().filter_map(Permission::from_name).fold(Self::NONE, |set, one| set.with(Self::of(&[one])))
    }

    /// Whether it is one of these.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u32) != 0
    }

    /// These and those.
    pub fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These but for those.
    pub fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of their definition.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        NAMES.iter().map(|(permission, _)| *permission).filter(move |permission| self.has(*permission))
    }

    /// Their names, with commas between.
    pub fn names(self) -> String {
        self.iter().map(Permission::name).collect::<Vec<_>>().join(", ")
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Permission::name))
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(Self::from_names(names.iter().map(String::as_str)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_is_found_by_its_name() {
        for (at, (permission, name)) in NAMES.iter().enumerate() {
            assert_eq!(*permission as usize, at, "{name} is at its place");
            assert_eq!((permission.name(), Permission::from_name(name)), (*name, Some(*permission)));
            assert_eq!(Permissions::of(&[*permission]).iter().collect::<Vec<_>>(), [*permission]);
        }
        assert_eq!(Permission::from_name("users:View"), None);
        assert_eq!(Permissions::ALL.iter().count(), NAMES.len());
    }

    #[test]
    fn a_set_is_a_list_of_names_in_json() {
        let set = Permissions::of(&[Permission::UsersView, Permission::AppAccess]);
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["users:view","app:access"]"#);
        let read: Permissions = serde_json::from_str(r#"["app:access","of:later","users:view"]"#).unwrap();
        assert_eq!(read, set);
    }

    #[test]
    fn sets_are_added_and_taken_away() {
        let (one, two) = (Permissions::of(&[Permission::UsersView]), Permissions::of(&[Permission::UsersManage]));
        assert_eq!(one.with(two).without(one), two);
        assert!(one.without(one).is_empty() && !one.is_empty());
        assert_eq!(one.with(two).names(), "users:view, users:manage");
    }
}
