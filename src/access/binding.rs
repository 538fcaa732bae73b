//! Who may do what, and why: bindings to an answer. No store, no clock.

use super::permission::{Permission, Permissions};
use serde::{Deserialize, Serialize};

/// What a binding binds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Principal {
    /// The members of a user group.
    Group {
        /// Its id.
        id: String,
        /// Its name, for people.
        name: String,
    },
    /// A service account.
    ServiceAccount {
        /// Its id.
        id: String,
        /// Its name, for people.
        name: String,
    },
}

/// Where a binding holds: at the account in all of it, at an organization in its projects too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", try_from = "StoredScope")]
pub enum Scope {
    /// Everywhere.
    Account,
    /// An organization and its projects.
    Organization {
        /// Its id.
        id: String,
    },
    /// A project.
    Project {
        /// Its id.
        id: String,
    },
}

#[derive(Deserialize)]
struct StoredScope {
    r#type: String,
    #[serde(default)]
    id: Option<String>,
}

impl TryFrom<StoredScope> for Scope {
    type Error = &'static str;

    fn try_from(StoredScope { r#type, id }: StoredScope) -> Result<Self, Self::Error> {
        match (r#type.as_str(), id) {
            ("account", _) => Ok(Self::Account),
            ("organization", Some(id)) => Ok(Self::Organization { id }),
            ("project", Some(id)) => Ok(Self::Project { id }),
            _ => Err("expected a scope: account, or organization or project with an id"),
        }
    }
}

/// What a resource group can list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ResourceType {
    /// Something behind the gate.
    Application,
    /// An identity provider.
    Provider,
    /// A user group.
    Group,
}

/// One thing that a resource group can list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ResourceType,
    /// Its id.
    pub id: String,
}

/// Where something is that somebody wants to do something with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    /// The organization that it is in.
    pub organization: Option<&'a str>,
    /// The project of that organization that it is in.
    pub project: Option<&'a str>,
}

impl Place<'_> {
    /// In no organization.
    pub const ACCOUNT: Self = Self { organization: None, project: None };
}

/// A binding that reaches somebody, with all that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Id of the binding.
    pub binding: String,
    /// Through whom it reaches them.
    pub principal: Principal,
    /// Id of the role.
    pub role: String,
    /// Name of the role.
    pub role_name: String,
    /// What the role permits.
    pub permissions: Permissions,
    /// Id of the resource group.
    pub resource_group: String,
    /// What is in it. `None`: everything of the scope.
    pub resources: Option<Vec<Resource>>,
    /// Where the binding holds.
    pub scope: Scope,
}

impl Grant {
    /// Whether it permits this. A resource of `None` is everything at once, or what no resource group can list.
    fn permits(&self, permission: Permission, resource: Option<&Resource>, place: Place<'_>) -> bool {
        let in_scope = match &self.scope {
            Scope::Account => true,
            Scope::Organization { id } => place.organization == Some(id),
            Scope::Project { id } => place.project == Some(id),
        };
        let listed = match (&self.resources, resource) {
            (None, _) => true,
            (Some(listed), Some(resource)) => listed.contains(resource),
            (Some(_), None) => false,
        };
        in_scope && listed && self.permissions.has(permission)
    }

    /// Whether this permits all that the other does, permissions aside.
    fn covers(&self, other: &Self) -> bool {
        let scope = self.scope == Scope::Account || self.scope == other.scope;
        scope && (self.resources.is_none() || self.resource_group == other.resource_group)
    }
}

/// Why somebody may do something: every binding that permits it. Empty: they may not.
///
/// This is the one place where access is decided: looks at each binding once.
pub fn reasons<'g>(
    grants: &'g [Grant],
    permission: Permission,
    resource: Option<&'g Resource>,
    place: Place<'g>,
) -> impl Iterator<Item = &'g Grant> {
    grants.iter().filter(move |grant| grant.permits(permission, resource, place))
}

/// What somebody may do with everything in a place.
pub fn permissions(grants: &[Grant], place: Place<'_>) -> Permissions {
    let of = |grant: &Grant| grant.permissions.iter().filter(|p| grant.permits(*p, None, place)).collect::<Vec<_>>();
    grants.iter().fold(Permissions::NONE, |all, grant| all.with(Permissions::of(&of(grant))))
}

/// What somebody may do somewhere, with something.
pub fn permissions_anywhere(grants: &[Grant]) -> Permissions {
    grants.iter().fold(Permissions::NONE, |all, grant| all.with(grant.permissions))
}

/// Permissions that somebody loses on something, somewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Loss {
    /// Which.
    pub permissions: Permissions,
    /// On what: id of the resource group.
    pub resource_group: String,
    /// Where.
    pub scope: Scope,
}

/// What somebody loses with the bindings that `goes` names: what they permit, and no other that stays does.
pub fn losses(grants: &[Grant], goes: impl Fn(&Grant) -> bool) -> Vec<Loss> {
    let (gone, left): (Vec<&Grant>, Vec<&Grant>) = grants.iter().partition(|grant| goes(grant));
    let mut losses: Vec<Loss> = Vec::new();
    for grant in gone {
        let kept = left.iter().filter(|other| other.covers(grant));
        let lost = kept.fold(grant.permissions, |lost, other| lost.without(other.permissions));
        if lost.is_empty() {
            continue;
        }
        let same = |loss: &&mut Loss| loss.resource_group == grant.resource_group && loss.scope == grant.scope;
        match losses.iter_mut().find(same) {
            Some(loss) => loss.permissions = loss.permissions.with(lost),
            None => losses.push(Loss {
                permissions: lost,
                resource_group: grant.resource_group.clone(),
                scope: grant.scope.clone(),
            }),
        }
    }
    losses
}

#[cfg(test)]
#[path = "binding_tests.rs"]
mod tests;
