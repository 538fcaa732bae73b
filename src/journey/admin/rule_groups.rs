//! The groups that JIT rules name, as they are saved: each must be one that somebody can join by a rule, as by an invitation,
//! and whoever saves the rules must have what the groups would give.

use super::Caller;
use crate::access::Permissions;
use crate::fields::FieldError;
use crate::http::Answer;
use crate::problem::Problem;
use crate::provider::Provider;
use crate::store::group::Joinable;
use crate::store::{Rows, Statement, StoreError, grant, group};
use postern_xml::sort_by;
use serde_json::{Map, Value};

/// So many rules, and so many groups in each, are looked at: more are refused.
const MOST: [usize; 2] = [100, 20];

/// A group that is named: by which rule, where in it, and its id.
type Place = (usize, usize, String);

/// The groups that the rules in a body name. A body without rules names none.
pub(super) struct Named(Vec<Place>);

/// What there is of them.
pub(super) struct Found {
    named: Vec<Place>,
    groups: Vec<Joinable>,
    given: Permissions,
}

impl Named {
    /// Out of what an admin sent, as it is: whether it can be read at all is for others to tell.
    pub(super) fn of(input: &Map<String, Value>) -> Self {
        let rules = input.get("jit").and_then(|jit| jit.get("rules")).and_then(Value::as_array);
        let mut named = Vec::new();
        for (rule, value) in rules.into_iter().flatten().take(MOST[0]).enumerate() {
            let groups = value.get("groups").and_then(Value::as_array);
            for (at, id) in groups.into_iter().flatten().take(MOST[1]).enumerate() {
                named.extend(id.as_str().map(|id| (rule, at, id.trim().to_owned())));
            }
        }
        Self(named)
    }

    /// To be part of one batch; none where no group is named.
    pub(super) fn statements(&self, account: &str) -> Vec<Statement> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let mut ids: Vec<String> = self.0.iter().map(|(_, _, id)| id.clone()).collect();
        sort_by(&mut ids, String::cmp);
        ids.dedup();
        vec![group::joinable(account, &ids), grant::roles_of_groups(account, &ids)]
    }

    /// Reads what [`Named::statements`] found, which come next.
    pub(super) fn read(self, rows: &mut impl Iterator<Item = Rows>) -> Result<Found, StoreError> {
        let (groups, given) = match (rows.next(), rows.next()) {
            (Some(groups), Some(roles)) => (groups.all()?, grant::read_permissions(&roles)?),
            _ => (Vec::new(), Permissions::NONE),
        };
        Ok(Found { named: self.0, groups, given })
    }
}

impl Found {
    /// The provider, if its rules can be saved by this caller: otherwise every field's error, those of its other fields too.
    pub(super) fn check(
        self,
        caller: &Caller,
        provider: Result<Provider, Vec<FieldError>>,
    ) -> Result<Provider, Answer> {
        let (provider, mut errors) = match provider {
            Ok(provider) => (Some(provider), Vec::new()),
            Err(errors) => (None, errors),
        };
        let own = provider.as_ref().map(|provider| (provider.id(), provider.settings().authorization.enabled));
        let mut told = Vec::new();
        for (rule, at, id) in &self.named {
            let place = format!("/jit/rules/{rule}/groups");
            let Some((code, message)) = unfit(&self.groups, id, own) else { continue };
            // What cannot be read is told once.
            if !errors.iter().any(|error| error.pointer.starts_with(&place)) {
                told.push(FieldError { pointer: format!("{place}/{at}"), code, message });
            }
        }
        errors.extend(told);
        match provider {
            Some(provider) if errors.is_empty() => {
                caller.may_grant(self.given, "/jit/rules")?;
                Ok(provider)
            }
            _ => Err(Problem::fields(errors).answer()),
        }
    }
}

/// Why nobody can join a group by a rule or an invitation: what [`group::joinable`] found. `own`: the provider that is saved,
/// and whether its linked groups follow it then.
pub(super) fn unfit(groups: &[Joinable], id: &str, own: Option<(&str, bool)>) -> Option<(&'static str, String)> {
    let Some(group) = groups.iter().find(|group| group.id == id) else {
        return Some(("unknown", format!("There is no native group of the id {id}.")));
    };
    let link = group.provider_id.as_deref()?;
    let follows = own.filter(|(own, _)| *own == link).map_or(group.follows, |(_, follows)| follows);
    let message = "This group is linked, and follows what its provider says at each sign-in. Name another one.";
    follows.then(|| ("not_allowed", message.to_owned()))
}
