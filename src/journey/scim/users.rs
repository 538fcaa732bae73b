//! `/Users` and `/Users/{id}` (RFC 7644, 3.3 to 3.6).

use super::{Failure, MAX_ROUNDS, Reply, Request, moved, not_found};
use crate::crypto::Crypto;
use crate::directory::{Email, ManagedBy, User, folded};
use crate::http::Method;
use crate::scim::render::{self, location};
use crate::scim::{GroupReference, Meta, Patch, Projection, ResourceType, ScimError, UserDocument, dialect};
use crate::store::change::Change;
use crate::store::scim_group;
use crate::store::scim_user::{self, Known, ScimUser, Written};
use crate::store::{self, Constraint, Plan, Store, StoreError, commit, session, tombstone};
use serde_json::Value;

impl ScimUser {
    /// What a client sees of the user.
    pub(super) fn document(&self, owner: &str) -> Result<UserDocument, ScimError> {
        let external_id =
            self.known.external_id.as_deref().filter(|_| self.known.external_owner.as_deref() == Some(owner));
        match &self.known.scim {
            Some(stored) => Ok(UserDocument::from_stored(stored, external_id)?.with_active(self.user.active)),
            None => {
                let names = (
                    self.user.given_name.as_deref(),
                    self.user.family_name.as_deref(),
                    self.user.display_name.as_deref(),
                );
                let document = UserDocument::of_profile(&self.user.email, names.0, names.1, names.2, self.user.active);
                Ok(document.with_external_id(external_id))
            }
        }
    }

    /// The user as JSON, whole.
    pub(super) fn rendered(&self, owner: &str, base: &str) -> Result<Value, ScimError> {
        let groups: Vec<GroupReference> = self.known.groups.iter().map(reference).collect();
        let meta = Meta {
            id: &self.user.id,
            base,
            created: self.user.created_at,
            modified: self.user.updated_at,
            version: self.user.version,
        };
        Ok(render::user(self.document(owner)?, &groups, &meta))
    }

    /// Whom SCIM did not make is changed where they come from.
    fn check_managed(&self) -> Result<(), ScimError> {
        if self.user.managed_by == ManagedBy::Scim || self.known.adoptable {
            return Ok(());
        }
        Err(ScimError::protocol(409, Some("mutability"), self.elsewhere()))
    }

    /// What to do about a user whom SCIM did not make.
    fn elsewhere(&self) -> &'static str {
        match self.user.managed_by {
            ManagedBy::Jit => {
                "This user was made just in time, at a sign-in. Choose one method: remove the user and provision them again \
                 over SCIM, or have an admin hand them over to SCIM, or set adoptJitUsers for the account."
            }
            _ => {
                "This user was not made over SCIM but by an admin or an invitation. Choose one method: remove the user and \
                 provision them again over SCIM, or have an admin hand them over to SCIM."
            }
        }
    }
}

fn reference(group: &store::user::GroupName) -> GroupReference {
    GroupReference { id: group.id.clone(), name: group.name.clone() }
}

/// How a document says who somebody is.
struct Identity {
    /// E-mail as it was given; userName, where there is none.
    email: String,
    email_folded: String,
    user_name_folded: String,
    /// The e-mail, if there is one.
    address: Option<Email>,
}

impl Identity {
    fn of(document: &UserDocument) -> Result<Self, ScimError> {
        let user_name_folded = folded(document.user_name());
        let address = match document.primary_email() {
            Some(email) => Some(Email::parse(email).map_err(|_| ScimError::BadValue {
                attribute: String::from("emails.value"),
                expected: "as the primary one an e-mail address such as ada@example.com",
            })?),
            None => Email::parse(document.user_name()).ok(),
        };
        // Who has no address is not found by one: no address is of this form.
        let (email, email_folded) = match &address {
            Some(email) => (email.as_given().to_owned(), email.folded().to_owned()),
            None => (document.user_name().to_owned(), user_name_folded.clone()),
        };
        Ok(Self { email, email_folded, user_name_folded, address })
    }
}

/// The user that a document makes of somebody, or anew.
fn written_user(document: &UserDocument, identity: &Identity, base: User) -> User {
    let text = |text: Option<&str>| text.map(str::to_owned);
    User {
        email: identity.email.clone(),
        given_name: text(document.given_name()),
        family_name: text(document.family_name()),
        display_name: text(document.display_name()),
        active: document.active(),
        managed_by: ManagedBy::Scim,
        ..base
    }
}

fn other_emails(document: &UserDocument) -> Vec<String> {
    document.other_emails().into_iter().map(folded).collect()
}

/// `GET …/{id}`
pub(super) async fn read<S: Store, C: Crypto>(request: &Request<'_, S, C>, id: &str) -> Result<Reply, Failure> {
    let projection = Projection::of_query(request.query, ResourceType::User)?;
    let rows = request.look_up(scim_user::find(request.account, id)).await?;
    let found = rows.first::<ScimUser>()?.ok_or_else(|| not_found("user"))?;
    let rendered = found.rendered(request.actor(), request.base)?;
    Ok(request.read(found.user.version, || projection.of(rendered).to_string()))
}

/// The answer to a write.
fn answer<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    status: u16,
    after: &ScimUser,
    projection: &Projection,
) -> Result<Reply, Failure> {
    let body = projection.of(after.rendered(request.actor(), request.base)?).to_string();
    Ok(Reply {
        version: Some(after.user.version),
        location: (status == 201).then(|| location(request.base, ResourceType::User, &after.user.id)),
        ..Reply::text(status, body)
    })
}

/// `POST`
pub(super) async fn create<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    body: &mut Value,
) -> Result<Reply, Failure> {
    request.correct(dialect::document(body, ResourceType::User));
    let document = UserDocument::parse(body)?;
    let projection = Projection::of_query(request.query, ResourceType::User)?;
    let identity = Identity::of(&document)?;
    for _ in 0..MAX_ROUNDS {
        if let Some(reply) = try_create(request, &document, &identity, &projection).await? {
            return Ok(reply);
        }
    }
    Err(contended())
}

/// `None`: somebody else changed the one who is to be adopted at the same instant.
async fn try_create<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    document: &UserDocument,
    identity: &Identity,
    projection: &Projection,
) -> Result<Option<Reply>, Failure> {
    let account = request.account;
    // The owner is known once the token is; the externalId is guarded by its constraint.
    let alike = scim_user::alike(account, &identity.user_name_folded, &identity.email_folded);
    let rows = request.look_up(alike).await?;
    let alike: Vec<ScimUser> = rows.all()?;
    if let Some(known) = alike.first() {
        if alike.len() > 1 || known.user.managed_by == ManagedBy::Scim || !known.known.adoptable {
            return Err(taken(&alike, identity).into());
        }
        let mut document = document.clone();
        if request.is_anothers(known.known.external_owner.as_deref(), document.external_id()).await? {
            document = document.with_external_id(None);
        }
        let after = save(request, Some(known), &document, identity, 201).await?;
        return after.map(|after| answer(request, 201, &after, projection)).transpose();
    }
    let after = save(request, None, document, identity, 201).await?.ok_or_else(contended)?;
    answer(request, 201, &after, projection).map(Some)
}

/// Somebody of whom nothing is known yet.
fn nobody<S: Store, C: Crypto>(request: &Request<'_, S, C>) -> ScimUser {
    let user = User {
        id: request.postern.fresh_id(),
        email: String::new(),
        given_name: None,
        family_name: None,
        display_name: None,
        active: true,
        managed_by: ManagedBy::Scim,
        created_at: request.postern.now,
        updated_at: request.postern.now,
        last_sign_in_at: None,
        version: 0,
    };
    ScimUser { user, known: Known::default() }
}

/// Who a new user would be taken for.
fn taken(alike: &[ScimUser], identity: &Identity) -> ScimError {
    let is_name = |user: &&ScimUser| folded(&user.known.user_name) == identity.user_name_folded;
    let attribute = if alike.iter().any(|user| is_name(&user)) { "userName" } else { "emails" };
    match alike.iter().find(|user| user.user.managed_by != ManagedBy::Scim) {
        Some(user) => ScimError::Uniqueness { attribute, detail: user.elsewhere().to_owned() },
        None => uniqueness(attribute),
    }
}

fn uniqueness(attribute: &'static str) -> ScimError {
    let detail = match attribute {
        "userName" => "Another user of this account has this userName. Names are compared without case.",
        "emails" => {
            "Another user of this account has this primary e-mail address. Addresses are compared without case."
        }
        _ => "You have this externalId for another user already.",
    };
    ScimError::Uniqueness { attribute, detail: detail.to_owned() }
}

/// `PUT …/{id}` and `PATCH …/{id}`
pub(super) async fn update<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    id: &str,
    body: &mut Value,
) -> Result<Reply, Failure> {
    let projection = Projection::of_query(request.query, ResourceType::User)?;
    let (document, patch) = if request.method == Method::Put {
        request.correct(dialect::document(body, ResourceType::User));
        (Some(UserDocument::parse(body)?), None)
    } else {
        request.correct(dialect::patch(body, ResourceType::User));
        (None, Some(Patch::parse(body, ResourceType::User)?))
    };
    for _ in 0..MAX_ROUNDS {
        let rows = request.look_up(scim_user::find(request.account, id)).await?;
        let before = rows.first::<ScimUser>()?.ok_or_else(|| not_found("user"))?;
        request.check_version(before.user.version)?;
        before.check_managed()?;
        let known = before.document(request.actor())?;
        let mut document = match (&document, &patch) {
            (Some(document), _) => document.clone(),
            (None, Some(patch)) => patch.apply_user(known.clone())?,
            (None, None) => known.clone(),
        };
        // What another client calls them is that client's.
        if request.is_anothers(before.known.external_owner.as_deref(), document.external_id()).await? {
            document = document.with_external_id(None);
        }
        let identity = Identity::of(&document)?;
        if document == known && before.known.scim.is_some() && before.user.managed_by == ManagedBy::Scim {
            nothing_to_do(request, 200, format!("user/{id}")).await?;
            return answer(request, 200, &before, &projection);
        }
        if let Some(after) = save(request, Some(&before), &document, &identity, 200).await? {
            return answer(request, 200, &after, &projection);
        }
        if request.if_match.is_some() {
            return Err(moved());
        }
    }
    Err(contended())
}

/// What is so already is logged, and not done again.
pub(super) async fn nothing_to_do<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    status: u16,
    resource: String,
) -> Result<(), StoreError> {
    let plan = log_plan(request, status, resource, ());
    commit(request.postern.store, plan).await.map(|_| ())
}

pub(super) fn log_plan<S: Store, C: Crypto, T>(
    request: &Request<'_, S, C>,
    status: u16,
    resource: String,
    outcome: T,
) -> Plan<T> {
    let id = (request.postern.fresh_id(), request.postern.now);
    request.log.borrow().plan(request.account, id, status, resource, outcome)
}

pub(super) fn contended() -> Failure {
    StoreError::Unavailable(String::from("others changed the same again and again")).into()
}

/// Writes a user, anew if there is one before. An externalId that it has is the client's; without one, another client's stays.
/// `None`: somebody else was faster.
async fn save<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    before: Option<&ScimUser>,
    document: &UserDocument,
    identity: &Identity,
    status: u16,
) -> Result<Option<ScimUser>, Failure> {
    let base = before.cloned().unwrap_or_else(|| nobody(request));
    let (account, now, owner) = (request.account, request.postern.now, request.actor());
    let user =
        User { updated_at: now, version: base.user.version + 1, ..written_user(document, identity, base.user.clone()) };
    let known = base.known.external_owner.as_deref().zip(base.known.external_id.as_deref());
    let external = match document.external_id() {
        Some(id) => Some((owner, id)),
        None => known.filter(|(known, _)| *known != owner),
    };
    let stored = document.stored()?;
    let written = Written {
        user: &user,
        email_folded: &identity.email_folded,
        user_name: document.user_name(),
        user_name_folded: &identity.user_name_folded,
        external,
        scim: &stored,
    };
    let earlier = before.map(|before| &before.user);
    let change = Change {
        id: request.postern.fresh_id(),
        at: now,
        actor: owner,
        action: if before.is_some() { "user.updated" } else { "user.created" },
        resource: format!("user/{}", user.id),
        version: user.version,
        before: earlier,
        after: Some(&user),
    };
    let mut plan = log_plan(request, status, change.resource.clone(), ());
    plan.push(change.insert(account)?);
    match before {
        Some(_) => plan.push(written.update(account)),
        None => {
            if let Some(address) = &identity.address {
                plan.push(tombstone::clear(account, address));
            }
            plan.push(written.insert(account));
        }
    }
    let emails = other_emails(document);
    let had_emails =
        before.is_some_and(|before| before.known.scim.as_deref().is_some_and(|scim| scim.contains("\"emails\"")));
    if had_emails {
        plan.push(scim_user::keep_emails(account, &user.id, &emails));
    }
    if !emails.is_empty() {
        plan.push(scim_user::add_emails(account, &user.id, &emails));
    }
    if !user.active && before.is_some() {
        plan.push(session::delete_of_user(account, &user.id));
    }
    match commit(request.postern.store, plan).await {
        Ok(_) => {}
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => return Ok(None),
        Err(StoreError::Constraint(constraint)) => return Err(refused(constraint)),
        Err(error) => return Err(error.into()),
    }
    let (external_owner, external_id) = external.map(|(owner, id)| (owner.to_owned(), id.to_owned())).unzip();
    let known = Known {
        user_name: document.user_name().to_owned(),
        external_id,
        external_owner,
        scim: Some(stored),
        ..base.known
    };
    Ok(Some(ScimUser { user, known }))
}

/// Why a user was not written.
fn refused(constraint: Constraint) -> Failure {
    match constraint {
        Constraint::UserName => uniqueness("userName").into(),
        Constraint::UserEmail => uniqueness("emails").into(),
        Constraint::ExternalId => uniqueness("externalId").into(),
        Constraint::Reference => not_found("user"),
        other => StoreError::Constraint(other).into(),
    }
}

/// `DELETE …/{id}`: JIT makes nobody of their e-mail and NameID anew.
pub(super) async fn delete<S: Store, C: Crypto>(request: &Request<'_, S, C>, id: &str) -> Result<Reply, Failure> {
    let (account, now) = (request.account, request.postern.now);
    for _ in 0..MAX_ROUNDS {
        let rows = request.look_up(scim_user::find(account, id)).await?;
        let before = rows.first::<ScimUser>()?.ok_or_else(|| not_found("user"))?;
        request.check_version(before.user.version)?;
        before.check_managed()?;
        let user = before.user.clone();
        let change = Change {
            id: request.postern.fresh_id(),
            at: now,
            actor: request.actor(),
            action: "user.deleted",
            resource: format!("user/{id}"),
            version: before.user.version + 1,
            before: Some(&user),
            after: None,
        };
        let mut plan = log_plan(request, 204, change.resource.clone(), ());
        plan.push(change.insert(account)?);
        plan.extend(tombstone::of_user(account, id, request.actor(), now));
        plan.push(scim_group::touch_groups_of(account, id, now));
        plan.push(store::user::delete(account, id));
        match commit(request.postern.store, plan).await {
            Ok(_) => return Ok(Reply::empty(204)),
            Err(StoreError::Constraint(Constraint::ChangeVersion)) if request.if_match.is_some() => return Err(moved()),
            Err(StoreError::Constraint(Constraint::ChangeVersion)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(contended())
}
