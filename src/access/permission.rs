//! What somebody may do (SPEC section 10): `resource:action`.

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
}

impl Permission {
    /// `resource:action`
    pub fn name(self) -> &'static str {
        match self {
            Self::AccountView => "account:view",
            Self::AccountManage => "account:manage",
            Self::ProvidersView => "providers:view",
            Self::ProvidersManage => "providers:manage",
            Self::UsersView => "users:view",
            Self::UsersManage => "users:manage",
            Self::GroupsView => "groups:view",
            Self::GroupsManage => "groups:manage",
            Self::AuditView => "audit:view",
        }
    }
}
