//! `/api/v1/accounts/{account}/users/{id}/access` and `/access/preview`: what somebody may do and why, and what they would
//! lose.

use super::{json_object, list_answer, not_found, page_of};
use crate::access::record::{Kind, Record};
use crate::access::{Grant, Loss, Permissions, Principal, losses};
use crate::crypto::Crypto;
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::grant::{Member, Whose};
use crate::store::{self, Page, Store};
use serde::Serialize;

/// Most people whose losses one answer tells: each has a look at all of their bindings.
const PREVIEWED: u32 = 50;

/// A binding that reaches a user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reason {
    id: String,
    group: Named,
    role: Named,
    permissions: Permissions,
    resource_group: String,
    scope: crate::access::Scope,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

/// `GET …/users/{id}/access`: each binding that reaches a user, with what it permits.
pub(crate) async fn of_user<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::user::find(account, id), store::grant::of(account, Whose::Users(&[id]))];
    let [found, grants] = store::take(postern.store.batch(statements).await?)?;
    if found.is_empty() {
        return Ok(not_found("user"));
    }
    let after = page.after.clone().unwrap_or_default();
    let grants = store::grant::read_one(&grants)?.into_iter().filter(|grant| grant.binding > after);
    let reasons: Vec<Reason> = grants.take(page.limit as usize + 1).map(reason).collect();
    Ok(list_answer(reasons, &page, |reason| &reason.id, |reason| serde_json::to_value(reason).unwrap_or_default()))
}

fn reason(grant: Grant) -> Reason {
    let (Principal::Group { id, name } | Principal::ServiceAccount { id, name }) = grant.principal;
    Reason {
        id: grant.binding,
        group: Named { id, name },
        role: Named { id: grant.role, name: grant.role_name },
        permissions: grant.permissions,
        resource_group: grant.resource_group,
        scope: grant.scope,
    }
}

/// What is thought away.
enum Removal {
    Group(String),
    Binding(String),
    Member { group: String, user: String },
}

impl Removal {
    /// Exactly one of three.
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let group = fields.text("removeGroup", 100).over_option(None).map(Self::Group);
        let binding = fields.text("removeBinding", 100).over_option(None).map(Self::Binding);
        let member = fields.object("removeMember", |fields| {
            let (group, user) =
                (fields.text("group", 100).over_option(None), fields.text("user", 100).over_option(None));
            for (field, is_there) in [("group", group.is_some()), ("user", user.is_some())] {
                if !is_there {
                    fields.required(field);
                }
            }
            Some(Self::Member { group: group?, user: user? })
        });
        let is_member = matches!(member, Patch::Set(_));
        let given = usize::from(group.is_some()) + usize::from(binding.is_some()) + usize::from(is_member);
        if given != 1 {
            fields.error_if_first("removeGroup", "one_of", "Give one of removeGroup, removeBinding and removeMember.");
        }
        group.or(binding).or(match member {
            Patch::Set(member) => member,
            Patch::Keep | Patch::Reset => None,
        })
    }
}

/// Somebody who would lose something.
#[derive(Serialize)]
struct Loser {
    user: Member,
    loses: Vec<Loss>,
}

/// `POST …/access/preview {removeGroup | removeBinding | removeMember: {group, user}}`: which users would lose which
/// permissions. A page looks at so many members; those who lose nothing are left out.
pub(crate) async fn preview<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let asked = page_of(call)?;
    let page = Page { limit: asked.limit.min(PREVIEWED), ..asked };
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let removal = Removal::read(&mut fields);
    let errors = fields.into_errors();
    let (Some(removal), true) = (removal, errors.is_empty()) else { return Ok(Problem::fields(errors).answer()) };
    let members = match &removal {
        Removal::Group(group) => store::grant::members(account, group, &page),
        Removal::Binding(binding) => match group_of(postern, account, binding).await? {
            Ok(group) => store::grant::members(account, &group, &page),
            Err(answer) => return Ok(answer),
        },
        Removal::Member { group, user } => store::grant::member(account, group, user),
    };
    let [members] = store::take(postern.store.batch(vec![members]).await?)?;
    let mut members: Vec<Member> = members.all()?;
    let more = members.len() > page.limit as usize;
    members.truncate(page.limit as usize);
    let ids: Vec<&str> = members.iter().map(|member| member.id.as_str()).collect();
    let [grants] = store::take(postern.store.batch(vec![store::grant::of(account, Whose::Users(&ids))]).await?)?;
    let grants = store::grant::read(&grants)?;
    let goes = |grant: &Grant| match &removal {
        Removal::Binding(binding) => grant.binding == *binding,
        Removal::Group(gone) | Removal::Member { group: gone, .. } => {
            matches!(&grant.principal, Principal::Group { id, .. } if id == gone)
        }
    };
    let next = members.last().filter(|_| more).map(|member| member.id.clone());
    let loser = |user: Member| {
        let own: Vec<Grant> =
            grants.iter().filter(|(who, _)| *who == user.id).map(|(_, grant)| grant.clone()).collect();
        let loses = losses(&own, goes);
        (!loses.is_empty()).then_some(Loser { user, loses })
    };
    let items: Vec<Loser> = members.into_iter().filter_map(loser).collect();
    Ok(Answer::json(200, &serde_json::json!({ "items": items, "nextCursor": next })))
}

/// The group that a binding binds; a service account is not a user and loses what its binding says.
async fn group_of<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    binding: &str,
) -> Result<Result<String, Answer>, Ending> {
    let find = store::record::find(account, Kind::RoleBinding, binding);
    let [rows] = store::take(postern.store.batch(vec![find]).await?)?;
    let record: Option<Record> = store::record::read(&rows)?.into_iter().next();
    Ok(match record.and_then(|record| record.settings.principal) {
        Some(principal) if principal.kind == "group" => Ok(principal.id),
        Some(_) => Err(Answer::json(200, &serde_json::json!({ "items": [], "nextCursor": null }))),
        None => Err(not_found("role binding")),
    })
}
