//! What an admin sets up to say who may do what: one table of kinds, each a name and a few fields.

use super::binding::Scope;
use super::permission::Permissions;
use super::{ALL_RESOURCES, ALL_RESOURCES_NAME, BuiltInRole, Permission, Resource, ResourceType};
use crate::fields::{Fields, Patch};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the words of SPEC section 1")]
pub enum Kind {
    Role,
    ResourceGroup,
    RoleBinding,
    Organization,
    Project,
    ServiceAccount,
    ApiKey,
}

/// What the kinds are called.
struct Words {
    name: &'static str,
    noun: &'static str,
    path: &'static str,
    log: [&'static str; 4],
}

const fn words(name: &'static str, noun: &'static str, path: &'static str, log: [&'static str; 4]) -> Words {
    Words { name, noun, path, log }
}

#[rustfmt::skip]
const WORDS: [Words; 7] = [
    words("role", "role", "roles", ["role", "role.created", "role.updated", "role.deleted"]),
    words("resourceGroup", "resource group", "resource-groups",
        ["resource-group", "resource-group.created", "resource-group.updated", "resource-group.deleted"]),
    words("roleBinding", "role binding", "role-bindings",
        ["role-binding", "role-binding.created", "role-binding.updated", "role-binding.deleted"]),
    words("organization", "organization", "organizations",
        ["organization", "organization.created", "organization.updated", "organization.deleted"]),
    words("project", "project", "projects", ["project", "project.created", "project.updated", "project.deleted"]),
    words("serviceAccount", "service account", "service-accounts",
        ["service-account", "service-account.created", "service-account.updated", "service-account.deleted"]),
    words("apiKey", "API key", "api-keys", ["api-key", "api-key.created", "api-key.updated", "api-key.deleted"]),
];

impl Kind {
    fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// Of its name in the database.
    pub(crate) fn named(name: &str) -> Option<Self> {
        use Kind::{ApiKey, Organization, Project, ResourceGroup, Role, RoleBinding, ServiceAccount};
        let all = [Role, ResourceGroup, RoleBinding, Organization, Project, ServiceAccount, ApiKey];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether one has a name of its own.
    pub(crate) fn has_name(self) -> bool {
        self != Self::RoleBinding
    }

    /// What each has of [`Settings`]: all of these.
    pub(crate) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Role => &["permissions"],
            Self::ResourceGroup => &["resources"],
            Self::RoleBinding => &["principal", "role", "resourceGroup", "scope"],
            Self::Organization | Self::ServiceAccount => &[],
            Self::Project => &["organization"],
            Self::ApiKey => &["owner"],
        }
    }

    /// As the database has it.
    pub fn name(self) -> &'static str {
        self.words().name
    }

    /// For people.
    pub fn noun(self) -> &'static str {
        self.words().noun
    }

    /// The part of the path that its list is at.
    pub fn path(self) -> &'static str {
        self.words().path
    }

    /// What the log calls one of them.
    pub fn resource(self, id: &str) -> String {
        format!("{}/{id}", self.words().log[0])
    }

    /// What the log calls its making, changing and deleting.
    pub fn actions(self) -> [&'static str; 3] {
        let [_, created, updated, deleted] = self.words().log;
        [created, updated, deleted]
    }
}

/// Something of a type, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// `group`, `user`, `provider`, or the name of a kind of record.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id, or where the field says so its name.
    pub id: String,
}

/// What a record has besides its name. Each kind has a few of these.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Of a role: what it permits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
    /// Of a resource group: what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Vec<Resource>>,
    /// Of a role binding: whom it binds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal: Option<Reference>,
    /// Of a role binding: id of the role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Of a role binding: id of the resource group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_group: Option<String>,
    /// Of a role binding: where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// Of a project: id of the organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Of an API key: whose permissions it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Reference>,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Fresh id.
    pub id: String,
    /// What it is.
    #[serde(skip)]
    pub kind: Kind,
    /// Of one line. Empty for a role binding, which has none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What else it has.
    #[serde(flatten)]
    pub settings: Settings,
    /// Of a service account: ids of the roles that it is bound to, wherever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

/// A field that refers to something, as it was typed: it may be a name, and may not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referring {
    /// JSON pointer without its first `/`.
    pub pointer: String,
    /// To what.
    pub to: Reference,
}

/// What was read of somebody's input: the record as it would be, and what it refers to.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Name.
    pub name: String,
    /// What else it has.
    pub settings: Settings,
    /// What it refers to and has to exist.
    pub references: Vec<Referring>,
    /// Of a new service account: the roles that it gets at the account.
    pub roles: Vec<String>,
}

/// Longest name.
const NAME: usize = 100;
/// Longest id that is looked up.
const ID: usize = 100;
/// Most roles that a service account is made with.
const ROLES: usize = 20;
/// Most resources of a group.
const RESOURCES: usize = 200;

const RESOURCE_TYPES: &[(&str, ResourceType)] =
    &[("application", ResourceType::Application), ("provider", ResourceType::Provider), ("group", ResourceType::Group)];

/// Where fields are read for: a new record, or one that is changed.
struct Reader<'f, 'v, 'b> {
    fields: &'f mut Fields<'v>,
    before: Option<&'b Record>,
    references: Vec<Referring>,
}

impl Draft {
    /// Reads the fields of a kind: of a new record, or of a merge patch of one.
    pub fn read(kind: Kind, fields: &mut Fields<'_>, before: Option<&Record>) -> Self {
        let mut settings = before.map(|record| record.settings.clone()).unwrap_or_default();
        let mut name = String::new();
        if kind.has_name() {
            name = fields.text("name", NAME).over_option(before.map(|record| record.name.clone())).unwrap_or_default();
            if name.is_empty() {
                fields.required("name");
            }
            let is_built_in = match kind {
                Kind::Role => BuiltInRole::find(&name).is_some(),
                Kind::ResourceGroup => name.eq_ignore_ascii_case(ALL_RESOURCES_NAME),
                _ => false,
            };
            if is_built_in {
                fields.error_if_first("name", "taken", "What is built in has this name.");
            }
        }
        let mut roles = Vec::new();
        let mut reader = Reader { fields, before, references: Vec::new() };
        match kind {
            Kind::Role => reader.permissions(&mut settings),
            Kind::ResourceGroup => reader.resources(&mut settings),
            Kind::RoleBinding => reader.binding(&mut settings),
            Kind::Organization => {}
            Kind::Project => {
                settings.organization = reader.fixed("organization", settings.organization.take(), |reader| {
                    let id = reader.fields.text("organization", ID).over_option(None);
                    reader.refer("organization", "organization", id)
                });
            }
            Kind::ServiceAccount => roles = reader.roles(),
            Kind::ApiKey => {
                let owner = settings.owner.take();
                settings.owner =
                    reader.fixed("owner", owner, |reader| reader.typed("owner", &["user", "serviceAccount"], None));
            }
        }
        let references = reader.references;
        Self { name, settings, references, roles }
    }
}

impl Reader<'_, '_, '_> {
    /// A field that is given once and never changed.
    fn fixed<T>(
        &mut self,
        field: &'static str,
        before: Option<T>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        if self.before.is_none() {
            return read(self);
        }
        if self.fields.is_given(field) {
            self.fields.error(field, "fixed", "This cannot be changed. Make another one.");
        }
        before
    }

    /// Notes that a field refers to something; that it must be given.
    fn refer(&mut self, field: &'static str, kind: &str, id: Option<String>) -> Option<String> {
        match &id {
            None => self.fields.required(field),
            Some(id) => {
                let to = Reference { kind: kind.to_owned(), id: id.clone() };
                self.references.push(Referring { pointer: field.to_owned(), to });
            }
        }
        id
    }

    fn permissions(&mut self, settings: &mut Settings) {
        let names = match self.fields.texts("permissions", Permissions::ALL.iter().count(), 64) {
            Patch::Keep if settings.permissions.is_some() => return,
            Patch::Set(names) => names,
            Patch::Keep | Patch::Reset => return self.fields.required("permissions"),
        };
        for (at, name) in names.iter().enumerate() {
            if Permission::from_name(name).is_none() {
                let message = format!("One of: {}.", Permissions::ALL.names());
                self.fields.error(&format!("permissions/{at}"), "unknown_value", message);
            }
        }
        settings.permissions = Some(Permissions::from_names(names.iter().map(String::as_str)));
    }

    fn resources(&mut self, settings: &mut Settings) {
        let read = |fields: &mut Fields<'_>| {
            let kind = fields.choice("type", RESOURCE_TYPES).over_option(None);
            let id = fields.text("id", ID).over_option(None);
            for (field, is_there) in [("type", kind.is_some()), ("id", id.is_some())] {
                if !is_there {
                    fields.required(field);
                }
            }
            Some(Resource { kind: kind?, id: id? })
        };
        let resources = match self.fields.objects("resources", RESOURCES, read) {
            Patch::Keep if settings.resources.is_some() => return,
            Patch::Set(resources) => resources,
            Patch::Keep | Patch::Reset => return self.fields.required("resources"),
        };
        for (at, resource) in resources.iter().enumerate() {
            if let Some(Resource { kind, id }) = resource {
                let name = RESOURCE_TYPES.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name);
                let to = Reference { kind: name.to_owned(), id: id.clone() };
                self.references.push(Referring { pointer: format!("resources/{at}/id"), to });
            }
        }
        settings.resources = Some(resources.into_iter().flatten().collect());
    }

    fn binding(&mut self, settings: &mut Settings) {
        settings.principal = self.typed("principal", &["group", "serviceAccount"], settings.principal.take());
        let role = self.fields.text("role", ID).over_option(settings.role.take());
        settings.role = self.refer("role", "role", role);
        let all = Some(ALL_RESOURCES.to_owned());
        let group = self.fields.text("resourceGroup", ID);
        let group = if group == Patch::Reset { all } else { group.over_option(settings.resource_group.take().or(all)) };
        settings.resource_group = self.refer("resourceGroup", "resourceGroup", group);
        let before = settings.scope.take();
        settings.scope = Some(self.scope(before.unwrap_or(Scope::Account)));
    }

    fn scope(&mut self, before: Scope) -> Scope {
        const TYPES: &[(&str, &str)] =
            &[("account", "account"), ("organization", "organization"), ("project", "project")];
        let read = |fields: &mut Fields<'_>| {
            let kind = fields.choice("type", TYPES).over_option(None);
            let id = fields.text("id", ID).over_option(None);
            match (kind, id) {
                (None, _) => fields.required("type"),
                (Some("account"), None) => return Some(Scope::Account),
                (Some("account"), Some(_)) => {
                    fields.error_if_first("id", "unknown_field", "The account has no id here.")
                }
                (Some(_), None) => fields.required("id"),
                (Some("organization"), Some(id)) => return Some(Scope::Organization { id }),
                (Some(_), Some(id)) => return Some(Scope::Project { id }),
            }
            None
        };
        let scope = match self.fields.object("scope", read) {
            Patch::Keep => before,
            Patch::Reset | Patch::Set(None) => Scope::Account,
            Patch::Set(Some(scope)) => scope,
        };
        let to = match &scope {
            Scope::Account => return scope,
            Scope::Organization { id } => ("organization", id),
            Scope::Project { id } => ("project", id),
        };
        let to = Reference { kind: to.0.to_owned(), id: to.1.clone() };
        self.references.push(Referring { pointer: "scope/id".to_owned(), to });
        scope
    }

    /// `{type, id}`
    fn typed(&mut self, field: &'static str, types: &[&'static str], before: Option<Reference>) -> Option<Reference> {
        let choices: Vec<(&str, &str)> = types.iter().map(|name| (*name, *name)).collect();
        let read = |fields: &mut Fields<'_>| {
            let kind = fields.choice("type", &choices).over_option(None);
            let id = fields.text("id", ID).over_option(None);
            for (field, is_there) in [("type", kind.is_some()), ("id", id.is_some())] {
                if !is_there {
                    fields.required(field);
                }
            }
            Some(Reference { kind: kind?.to_owned(), id: id? })
        };
        let reference = match self.fields.object(field, read) {
            Patch::Keep => before,
            Patch::Reset => None,
            Patch::Set(None) => return None,
            Patch::Set(reference) => reference,
        };
        match &reference {
            None => self.fields.required(field),
            Some(to) => self.references.push(Referring { pointer: format!("{field}/id"), to: to.clone() }),
        }
        reference
    }

    fn roles(&mut self) -> Vec<String> {
        if self.before.is_some() {
            let roles: Option<Vec<String>> = None;
            self.fixed("roles", roles, |_| None);
            return Vec::new();
        }
        let roles = self.fields.texts("roles", ROLES, ID).over(Vec::new(), Vec::new());
        for (at, role) in roles.iter().enumerate() {
            let to = Reference { kind: "role".to_owned(), id: role.clone() };
            self.references.push(Referring { pointer: format!("roles/{at}"), to });
        }
        roles
    }
}
