//! Members of groups: ids, many of them.

use super::{Failure, Request, next};
use crate::crypto::Crypto;
use crate::scim::render;
use crate::scim::{MemberChange, ScimError};
use crate::store::scim_group::{self, MEMBERS_IN_A_ROW, ScimGroup};
use crate::store::{Statement, Store};
use serde_json::Value;
use std::collections::BTreeSet;

/// So many members at most are in one answer: a Worker has 128 MB.
const MAX_MEMBERS: usize = 250_000;

/// Reads on, until groups that were read with their first members have all of them.
pub(super) async fn complete<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    groups: &mut [ScimGroup],
    first: i64,
) -> Result<(), Failure> {
    let is_full = |group: &ScimGroup| first > 0 && group.members.len() as i64 >= first;
    let mut open: Vec<usize> =
        groups.iter().enumerate().filter(|(_, group)| is_full(group)).map(|(at, _)| at).collect();
    while !open.is_empty() {
        if groups.iter().map(|group| group.members.len()).sum::<usize>() > MAX_MEMBERS {
            let detail = format!(
                "More than {MAX_MEMBERS} members are too many for one answer. Ask for fewer groups, or send \
                 excludedAttributes=members."
            );
            return Err(ScimError::TooMany { detail }.into());
        }
        let more = open.iter().filter_map(|at| {
            let group = groups.get(*at)?;
            let after = group.members.last()?;
            Some(scim_group::members_after(request.account, &group.id, after))
        });
        let mut rows = request.load(more.collect()).await?;
        let mut still_open = Vec::new();
        for at in open {
            let members = scim_group::read_members(&next(&mut rows)?)?;
            if members.len() as i64 >= MEMBERS_IN_A_ROW {
                still_open.push(at);
            }
            if let Some(group) = groups.get_mut(at) {
                group.members.extend(members);
            }
        }
        open = still_open;
    }
    Ok(())
}

/// The ids that become members.
pub(super) fn added(changes: &[MemberChange]) -> Vec<String> {
    let mut ids = Vec::new();
    for change in changes {
        if let MemberChange::Add(added) | MemberChange::Set(added) = change {
            ids.extend(added.iter().cloned());
        }
    }
    ids
}

/// Leaves out the ids that are no user's, and has the log say so.
pub(super) fn skip<S: Store, C: Crypto>(request: &Request<'_, S, C>, ids: &mut Vec<String>, unknown: Vec<String>) {
    if unknown.is_empty() {
        return;
    }
    let known = Known::of(request, unknown);
    *ids = known.of_these(ids);
}

/// Which ids are users'.
pub(super) struct Known {
    unknown: BTreeSet<String>,
}

impl Known {
    pub(super) fn of<S: Store, C: Crypto>(request: &Request<'_, S, C>, unknown: Vec<String>) -> Self {
        let mut known = Self { unknown: BTreeSet::new() };
        known.unknown.extend(unknown);
        request.log.borrow_mut().skipped = known.unknown.iter().cloned().collect();
        known
    }

    fn of_these(&self, ids: &[String]) -> Vec<String> {
        ids.iter().filter(|id| !self.unknown.contains(*id)).cloned().collect()
    }

    /// The statements that make a change so.
    pub(super) fn statements<S: Store, C: Crypto>(
        &self,
        request: &Request<'_, S, C>,
        before: &ScimGroup,
        wanted: &[String],
        change: &MemberChange,
    ) -> Vec<Statement> {
        let (account, now, id) = (request.account, request.postern.now, before.id.as_str());
        match change {
            MemberChange::Add(ids) => match self.of_these(ids) {
                ids if ids.is_empty() => Vec::new(),
                ids => vec![scim_group::add_members(account, id, &ids, now)],
            },
            MemberChange::Remove(ids) if ids.is_empty() => Vec::new(),
            MemberChange::Remove(ids) => vec![scim_group::remove_members(account, id, ids)],
            MemberChange::Set(ids) => {
                let ids = self.of_these(ids);
                let keep = scim_group::keep_members(account, id, &ids);
                if ids.is_empty() { vec![keep] } else { vec![keep, scim_group::add_members(account, id, &ids, now)] }
            }
            MemberChange::RemoveWhere(filter) => {
                // Those who become members by the same request can be meant as well.
                let ids = [before.members.as_slice(), wanted].concat();
                let rendered = render::members(&ids, request.base);
                let members = rendered.as_array().map_or(&[][..], Vec::as_slice);
                let meant = members.iter().filter(|member| filter.matches(member));
                let ids: Vec<String> =
                    meant.filter_map(|member| Some(member.get("value").and_then(Value::as_str)?.to_owned())).collect();
                if ids.is_empty() { Vec::new() } else { vec![scim_group::remove_members(account, id, &ids)] }
            }
        }
    }
}
