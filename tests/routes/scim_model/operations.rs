//! Operations of SCIM on small sets of names and values, so that they often meet, and the requests that carry them out.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What is done. Users and groups are meant by their place among those that there are; one place more is of none.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    CreateUser(User),
    ReplaceUser(usize, User),
    PatchUser(usize, Vec<UserChange>),
    DeleteUser(usize),
    CreateGroup(Group),
    ReplaceGroup(usize, Group),
    PatchGroup(usize, Vec<GroupChange>),
    DeleteGroup(usize),
}

#[derive(Clone, Debug)]
pub(super) struct User {
    name: u8,
    is_upper: bool,
    external_id: Option<u8>,
    attributes: Vec<(Attribute, u8)>,
    work: Option<u8>,
    home: Option<u8>,
    active: Option<bool>,
}

#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) name: u8,
    pub(super) is_upper: bool,
    pub(super) external_id: Option<u8>,
    pub(super) members: Vec<usize>,
}

/// Attributes that hold one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    DisplayName,
    NickName,
    Title,
    GivenName,
    FamilyName,
    Department,
}

impl Attribute {
    pub(super) const ALL: [Self; 6] =
        [Self::DisplayName, Self::NickName, Self::Title, Self::GivenName, Self::FamilyName, Self::Department];

    /// The attribute that it is in, if it is in one, and its name.
    pub(super) fn place(self) -> (Option<&'static str>, &'static str) {
        match self {
            Self::DisplayName => (None, "displayName"),
            Self::NickName => (None, "nickName"),
            Self::Title => (None, "title"),
            Self::GivenName => (Some("name"), "givenName"),
            Self::FamilyName => (Some("name"), "familyName"),
            Self::Department => (Some(ENTERPRISE), "department"),
        }
    }

    pub(super) fn path(self) -> String {
        match self.place() {
            (None, name) => name.into(),
            (Some(ENTERPRISE), name) => format!("{ENTERPRISE}:{name}"),
            (Some(parent), name) => format!("{parent}.{name}"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Add,
    Replace,
}

impl Op {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) enum UserChange {
    Set(Op, Attribute, u8),
    Pathless(Op, Vec<(Attribute, u8)>, Option<bool>),
    Clear(Attribute),
    Active(bool),
    Rename(u8, bool),
    ExternalId(u8),
    NoExternalId,
    AddEmail(u8),
    SetEmails(Option<u8>, Option<u8>),
    SetWork(u8),
    NoEmails,
}

#[derive(Clone, Debug)]
pub(super) enum GroupChange {
    Add(Vec<usize>),
    /// By a list of values, or by a value path each.
    Remove(Vec<usize>, bool),
    Set(Vec<usize>),
    Clear,
    Rename(u8, bool),
    ExternalId(u8),
}

/// Text of a small set.
pub(super) fn text(number: u8) -> String {
    format!("value {number}")
}

pub(super) fn external_id(number: u8) -> String {
    format!("x-{number}")
}

pub(super) fn user_name(number: u8, is_upper: bool) -> String {
    if is_upper { format!("USER-{number}@EXAMPLE.COM") } else { format!("user-{number}@example.com") }
}

pub(super) fn group_name(number: u8, is_upper: bool) -> String {
    if is_upper { format!("GROUP {number}") } else { format!("Group {number}") }
}

pub(super) fn email(number: u8, kind: &str) -> Value {
    json!({ "value": format!("{kind}-{number}@mail.example"), "type": kind })
}

pub(super) fn emails(work: Option<u8>, home: Option<u8>) -> Vec<Value> {
    work.map(|number| email(number, "work")).into_iter().chain(home.map(|number| email(number, "home"))).collect()
}

/// Sets an attribute in an object.
pub(super) fn put(object: &mut Map<String, Value>, attribute: Attribute, value: u8) {
    let (parent, name) = attribute.place();
    let inner = match parent {
        Some(parent) => object.entry(parent).or_insert_with(|| json!({})).as_object_mut().unwrap(),
        None => object,
    };
    inner.insert(name.into(), text(value).into());
}

impl User {
    /// What it is once it is there: the attributes that a client gave.
    pub(super) fn object(&self) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("userName".into(), user_name(self.name, self.is_upper).into());
        object.insert("active".into(), self.active.unwrap_or(true).into());
        if let Some(number) = self.external_id {
            object.insert("externalId".into(), external_id(number).into());
        }
        for (attribute, value) in &self.attributes {
            put(&mut object, *attribute, *value);
        }
        let emails = emails(self.work, self.home);
        if !emails.is_empty() {
            object.insert("emails".into(), emails.into());
        }
        object
    }

    pub(super) fn body(&self) -> Value {
        let mut object = self.object();
        if self.active.is_none() {
            object.remove("active");
        }
        object.insert("schemas".into(), json!([USER, ENTERPRISE]));
        object.into()
    }
}

impl Group {
    pub(super) fn body(&self, members: &[String]) -> Value {
        let mut body = json!({
            "schemas": [GROUP],
            "displayName": group_name(self.name, self.is_upper),
            "members": values(members),
        });
        if let Some(number) = self.external_id {
            body["externalId"] = external_id(number).into();
        }
        body
    }
}

/// As a group names its members.
pub(super) fn values(ids: &[String]) -> Value {
    ids.iter().map(|id| json!({ "value": id })).collect()
}

impl UserChange {
    pub(super) fn operation(&self) -> Value {
        match self {
            Self::Set(op, attribute, value) => {
                json!({ "op": op.name(), "path": attribute.path(), "value": text(*value) })
            }
            Self::Pathless(op, attributes, active) => {
                let mut value = Map::new();
                attributes.iter().for_each(|(attribute, number)| put(&mut value, *attribute, *number));
                value.extend(active.map(|active| ("active".into(), active.into())));
                json!({ "op": op.name(), "value": value })
            }
            Self::Clear(attribute) => json!({ "op": "remove", "path": attribute.path() }),
            Self::Active(active) => json!({ "op": "replace", "path": "active", "value": active }),
            Self::Rename(number, is_upper) => {
                json!({ "op": "replace", "path": "userName", "value": user_name(*number, *is_upper) })
            }
            Self::ExternalId(number) => json!({ "op": "add", "path": "externalId", "value": external_id(*number) }),
            Self::NoExternalId => json!({ "op": "remove", "path": "externalId" }),
            Self::AddEmail(number) => json!({ "op": "add", "path": "emails", "value": [email(*number, "other")] }),
            Self::SetEmails(work, home) => json!({ "op": "replace", "path": "emails", "value": emails(*work, *home) }),
            Self::SetWork(number) => {
                let value = email(*number, "work")["value"].clone();
                json!({ "op": "replace", "path": "emails[type eq \"work\"].value", "value": value })
            }
            Self::NoEmails => json!({ "op": "remove", "path": "emails" }),
        }
    }
}

impl GroupChange {
    /// The operations of it; `id` is that of the user of a place.
    pub(super) fn operations(&self, id: &impl Fn(&usize) -> String) -> Vec<Value> {
        let ids = |places: &[usize]| places.iter().map(id).collect::<Vec<_>>();
        match self {
            Self::Add(places) => vec![json!({ "op": "add", "path": "members", "value": values(&ids(places)) })],
            Self::Remove(places, true) => {
                vec![json!({ "op": "remove", "path": "members", "value": values(&ids(places)) })]
            }
            Self::Remove(places, false) => {
                let path = |id| format!("members[value eq \"{id}\"]");
                ids(places).into_iter().map(|id| json!({ "op": "remove", "path": path(id) })).collect()
            }
            Self::Set(places) => vec![json!({ "op": "replace", "path": "members", "value": values(&ids(places)) })],
            Self::Clear => vec![json!({ "op": "remove", "path": "members" })],
            Self::Rename(number, is_upper) => {
                vec![json!({ "op": "replace", "value": { "displayName": group_name(*number, *is_upper) } })]
            }
            Self::ExternalId(number) => {
                vec![json!({ "op": "add", "path": "externalId", "value": external_id(*number) })]
            }
        }
    }
}

pub(super) fn patch(operations: Vec<Value>) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn attribute() -> impl Strategy<Value = Attribute> {
    prop::sample::select(&Attribute::ALL[..])
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![Just(Op::Add), Just(Op::Replace)]
}

/// Names, ids and values.
const FEW: std::ops::Range<u8> = 0..5;
/// Places of users and groups.
const PLACES: std::ops::Range<usize> = 0..8;

pub(super) fn user() -> impl Strategy<Value = User> {
    let attributes = vec((attribute(), FEW), 0..4);
    (FEW, any::<bool>(), of(FEW), attributes, of(FEW), of(FEW), of(any::<bool>())).prop_map(
        |(name, is_upper, external_id, attributes, work, home, active)| User {
            name,
            is_upper,
            external_id,
            attributes,
            work,
            home,
            active,
        },
    )
}

fn group() -> impl Strategy<Value = Group> {
    (FEW, any::<bool>(), of(FEW), vec(PLACES, 0..5)).prop_map(|(name, is_upper, external_id, members)| Group {
        name,
        is_upper,
        external_id,
        members,
    })
}

pub(super) fn user_change() -> impl Strategy<Value = UserChange> {
    prop_oneof![
        3 => (op(), attribute(), FEW).prop_map(|(op, attribute, value)| UserChange::Set(op, attribute, value)),
        2 => (op(), vec((attribute(), FEW), 1..4), of(any::<bool>()))
            .prop_map(|(op, attributes, active)| UserChange::Pathless(op, attributes, active)),
        2 => attribute().prop_map(UserChange::Clear),
        1 => any::<bool>().prop_map(UserChange::Active),
        1 => (FEW, any::<bool>()).prop_map(|(number, is_upper)| UserChange::Rename(number, is_upper)),
        1 => FEW.prop_map(UserChange::ExternalId),
        1 => Just(UserChange::NoExternalId),
        1 => FEW.prop_map(UserChange::AddEmail),
        1 => (of(FEW), of(FEW)).prop_map(|(work, home)| UserChange::SetEmails(work, home)),
        1 => FEW.prop_map(UserChange::SetWork),
        1 => Just(UserChange::NoEmails),
    ]
}

fn group_change() -> impl Strategy<Value = GroupChange> {
    let places = || vec(PLACES, 1..4);
    prop_oneof![
        3 => places().prop_map(GroupChange::Add),
        3 => (places(), any::<bool>()).prop_map(|(places, is_list)| GroupChange::Remove(places, is_list)),
        1 => vec(PLACES, 0..4).prop_map(GroupChange::Set),
        1 => Just(GroupChange::Clear),
        1 => (FEW, any::<bool>()).prop_map(|(number, is_upper)| GroupChange::Rename(number, is_upper)),
        1 => FEW.prop_map(GroupChange::ExternalId),
    ]
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => user().prop_map(Operation::CreateUser),
        2 => (PLACES, user()).prop_map(|(place, user)| Operation::ReplaceUser(place, user)),
        5 => (PLACES, vec(user_change(), 1..4)).prop_map(|(place, changes)| Operation::PatchUser(place, changes)),
        1 => PLACES.prop_map(Operation::DeleteUser),
        3 => group().prop_map(Operation::CreateGroup),
        2 => (PLACES, group()).prop_map(|(place, group)| Operation::ReplaceGroup(place, group)),
        5 => (PLACES, vec(group_change(), 1..4)).prop_map(|(place, changes)| Operation::PatchGroup(place, changes)),
        1 => PLACES.prop_map(Operation::DeleteGroup),
    ]
}
