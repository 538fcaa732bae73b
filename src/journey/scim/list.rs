//! Lists (RFC 7644, 3.4.2; RFC 9865). An index finds the candidates of a filter where one can; the filter is held against each.
//! What no index finds is read from end to end, up to a bound. What a page costs does not grow with the account.

use super::{Failure, Reply, Request, members, next};
use crate::crypto::Crypto;
use crate::scim::filter::Lookup;
use crate::scim::render;
use crate::scim::{Cursor, Filter, ListPage, ListQuery, Mark, Needed, Page, ResourceType, ScimError};
use crate::store::scim_group::{self, Members, ScimGroup};
use crate::store::scim_list::{self, Keyset, Kind, Walk};
use crate::store::scim_user::{self, ScimUser};
use crate::store::{Rows, Statement, Store};
use crate::time::{Duration, Timestamp};
use postern_xml::sort_by;
use serde_json::Value;
use std::cmp::Ordering;

/// So many resources are read at once where all are.
const AT_ONCE: usize = 1000;
/// So many resources at most are read for one answer.
const MAX_READ: usize = 20_000;
/// So many members are read with each group of a page; a group that has more is read on.
const MEMBERS_OF_EACH: i64 = 1000;
/// How long a walk through a list is remembered.
const WALK: Duration = Duration::seconds(600);

/// A part of a list.
pub(super) struct Listed {
    pub(super) total: Option<u64>,
    pub(super) resources: Vec<String>,
    next_cursor: Option<String>,
}

/// `GET`
pub(super) async fn list<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    resource: ResourceType,
) -> Result<Reply, Failure> {
    let query = ListQuery::of_query(request.query, resource)?;
    Ok(answer(&query.page, listed(request, resource, &query).await?))
}

/// As it is answered.
pub(super) fn answer(page: &Page, listed: Listed) -> Reply {
    let start = match page {
        Page::Index { start, .. } => Some(*start),
        Page::Cursor { .. } => None,
    };
    let Listed { total, resources, next_cursor } = listed;
    let page = ListPage { total, start, resources, next_cursor, previous_cursor: None };
    Reply::text(200, page.text())
}

/// Reads a part of a list.
pub(super) async fn listed<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    resource: ResourceType,
    query: &ListQuery,
) -> Result<Listed, Failure> {
    let scan = Scan::of(request, resource, query);
    match (&query.page, &query.filter, &query.sort) {
        (Page::Index { start, count }, None, None) => scan.by_number(*start, *count).await,
        (Page::Index { start, count }, ..) => {
            let skipped = usize::try_from(start - 1).unwrap_or(usize::MAX);
            let (mut found, total) = scan.window(None, skipped, *count as usize).await?;
            Ok(Listed { total: Some(total), resources: scan.texts(&mut found).await?, next_cursor: None })
        }
        (Page::Cursor { cursor, mark, count }, ..) => {
            let read = |text| Cursor::read(text, resource, mark).ok_or(ScimError::InvalidCursor);
            let after = cursor.as_deref().map(read).transpose()?;
            match scan.is_by_id() {
                true => scan.by_id(after, mark, *count as usize).await,
                false => scan.by_order(after, mark, *count as usize).await,
            }
        }
    }
}

/// A resource of a list.
enum Row {
    User(ScimUser),
    Group(ScimGroup),
}

/// A resource that is meant.
struct Found {
    at: Cursor,
    value: Value,
    /// A group, whose members are written one by one.
    group: Option<ScimGroup>,
}

impl Row {
    fn id(&self) -> &str {
        match self {
            Self::User(user) => &user.user.id,
            Self::Group(group) => &group.id,
        }
    }

    fn updated_at(&self) -> Timestamp {
        match self {
            Self::User(user) => user.user.updated_at,
            Self::Group(group) => group.updated_at,
        }
    }
}

/// What finds the candidates.
enum Source<'q> {
    All,
    Id(&'q str),
    UserName(&'q str),
    ExternalId(&'q str),
    DisplayName(&'q str),
    Email(&'q str),
    Member(&'q str),
    MemberOf(&'q str),
    Prefix(&'q str, String),
    Changed(Timestamp, Timestamp),
}

/// How a list is read.
struct Scan<'s, 'r, S, C> {
    request: &'s Request<'r, S, C>,
    resource: ResourceType,
    query: &'s ListQuery,
    lookup: Option<Lookup>,
    /// The users that a filter asks for among the members of a group.
    asked: Vec<String>,
    /// Whether a filter must see all members.
    needs_members: bool,
}

impl<'s, 'r, S: Store, C: Crypto> Scan<'s, 'r, S, C> {
    fn of(request: &'s Request<'r, S, C>, resource: ResourceType, query: &'s ListQuery) -> Self {
        let (needs_members, asked) = match query.filter.as_ref().map(|filter| filter.needs("members")) {
            Some(Needed::Everything) => (true, Vec::new()),
            Some(Needed::Only(ids)) => (false, ids),
            _ => (false, Vec::new()),
        };
        let lookup = query.filter.as_ref().and_then(Filter::lookup);
        Self { request, resource, query, lookup, asked, needs_members }
    }

    fn source(&self) -> Source<'_> {
        // The clock of a deployment is not past the year 9999.
        let (first, last) = (Timestamp(0), Timestamp::LATEST);
        match &self.lookup {
            None => Source::All,
            Some(Lookup::Id(id)) => Source::Id(id),
            Some(Lookup::UserName(name)) => Source::UserName(name),
            Some(Lookup::ExternalId(id)) => Source::ExternalId(id),
            Some(Lookup::DisplayName(name)) => Source::DisplayName(name),
            Some(Lookup::Email(email)) => Source::Email(email),
            Some(Lookup::Member(user)) => Source::Member(user),
            Some(Lookup::MemberOf(group)) => Source::MemberOf(group),
            Some(Lookup::UserNameFrom { prefix }) => Source::Prefix(prefix, after_prefix(prefix)),
            Some(Lookup::ChangedSince(time)) => Source::Changed(*time, last),
            Some(Lookup::ChangedUntil(time)) => Source::Changed(first, *time),
        }
    }

    /// Whether what is found is in the order of the answer already.
    fn is_by_id(&self) -> bool {
        self.query.sort.is_none() && !matches!(self.source(), Source::Prefix(..) | Source::Changed(..))
    }

    fn kind(&self) -> Kind {
        match self.resource {
            ResourceType::User => Kind::User,
            ResourceType::Group => Kind::Group,
        }
    }

    /// Whether each group is answered with its members.
    fn shows_members(&self) -> bool {
        self.resource == ResourceType::Group && self.query.projection.shows("members")
    }

    fn members(&self, first: i64) -> Members<'_> {
        Members { first, asked: &self.asked }
    }

    /// The statement that reads candidates.
    fn statement(&self, page: &Keyset<'_>, first: i64) -> Statement {
        let account = self.request.account;
        let token = self.request.token.id();
        let members = self.members(first);
        match (self.resource, self.source()) {
            (ResourceType::User, Source::Id(id)) => scim_user::find(account, id),
            (ResourceType::User, Source::UserName(name)) => scim_user::by_user_name(account, name),
            (ResourceType::User, Source::ExternalId(id)) => scim_user::by_external_id(account, token, id),
            (ResourceType::User, Source::Email(email)) => scim_user::by_email(account, email, page),
            (ResourceType::User, Source::MemberOf(group)) => scim_user::of_group(account, group, page),
            (ResourceType::User, Source::Prefix(from, to)) => scim_user::by_prefix(account, from, &to, page),
            (ResourceType::User, Source::Changed(since, until)) => scim_user::changed(account, since, until, page),
            (ResourceType::User, _) => scim_user::page(account, page),
            (ResourceType::Group, Source::Id(id)) => scim_group::find(account, id, members),
            (ResourceType::Group, Source::DisplayName(name)) => scim_group::by_name(account, name, members),
            (ResourceType::Group, Source::ExternalId(id)) => scim_group::by_external_id(account, token, id, members),
            (ResourceType::Group, Source::Member(user)) => scim_group::of_member(account, user, members, page),
            (ResourceType::Group, Source::Changed(since, until)) => {
                scim_group::changed(account, since, until, members, page)
            }
            (ResourceType::Group, _) => scim_group::page(account, members, page),
        }
    }

    /// Whether there is one candidate at most.
    fn is_unique(&self) -> bool {
        matches!(self.source(), Source::Id(_) | Source::UserName(_) | Source::ExternalId(_) | Source::DisplayName(_))
    }

    /// Whether there are few candidates as a rule.
    fn finds_few(&self) -> bool {
        self.is_unique() || matches!(self.source(), Source::Email(_))
    }

    fn rows(&self, rows: &Rows) -> Result<Vec<Row>, Failure> {
        Ok(match self.resource {
            ResourceType::User => rows.all::<ScimUser>()?.into_iter().map(Row::User).collect(),
            ResourceType::Group => rows.all::<ScimGroup>()?.into_iter().map(Row::Group).collect(),
        })
    }

    /// A row as it is rendered, if the filter means it.
    fn meant(&self, row: Row) -> Result<Option<Found>, Failure> {
        let (owner, base) = (self.request.actor(), self.request.base);
        let (id, mut value, group) = match row {
            Row::User(user) => {
                let value = user.rendered(owner, base)?;
                (user.user.id, value, None)
            }
            Row::Group(group) => (group.id.clone(), group.rendered(owner, base), Some(group)),
        };
        let at = Cursor { key: self.query.sort.as_ref().and_then(|sort| sort.key(&value)), id };
        let Some(filter) = &self.query.filter else { return Ok(Some(Found { at, value, group })) };
        if let Some(group) = &group
            && let Value::Object(object) = &mut value
            && (self.needs_members || !self.asked.is_empty())
        {
            let ids = if self.needs_members { &group.members } else { &group.asked };
            if !ids.is_empty() {
                object.insert(String::from("members"), render::members(ids, base));
            }
        }
        if !filter.matches(&value) {
            return Ok(None);
        }
        if let Value::Object(object) = &mut value {
            object.remove("members");
        }
        Ok(Some(Found { at, value, group }))
    }

    /// Reads candidates, page by page, from the beginning or on after an id, and gives those that are meant to `take`, in order,
    /// until it has enough. How many resources there are in all is told by the way, to whom wants to know.
    async fn each(
        &self,
        mut count: Option<&mut i64>,
        from: &str,
        at_once: usize,
        first: i64,
        mut take: impl FnMut(Found) -> bool,
    ) -> Result<Each, Failure> {
        let (mut after, mut after_time) = (from.to_owned(), None);
        let by_name = matches!(self.source(), Source::Prefix(..));
        let mut read = 0;
        loop {
            let page = Keyset { after: &after, after_time, limit: at_once as i64 };
            let statement = self.statement(&page, first);
            let found = match count.take() {
                Some(count) => {
                    let statements = vec![statement, scim_list::count(self.request.account, self.kind())];
                    let mut answers = self.request.load(statements).await?;
                    let found = next(&mut answers)?;
                    *count = scim_list::read_count(&next(&mut answers)?)?;
                    found
                }
                None if self.finds_few() => self.request.look_up(statement).await?,
                None => next(&mut self.request.load(vec![statement]).await?)?,
            };
            let mut rows = self.rows(&found)?;
            let got = rows.len();
            if self.needs_members {
                self.complete(&mut rows, first).await?;
            }
            for row in rows {
                (after, after_time) = match &row {
                    Row::User(user) if by_name => (crate::directory::folded(&user.known.user_name), None),
                    row => (row.id().to_owned(), Some(row.updated_at())),
                };
                if let Some(found) = self.meant(row)?
                    && !take(found)
                {
                    return Ok(Each::Enough);
                }
            }
            read += got;
            if got < at_once || self.is_unique() {
                return Ok(Each::End);
            }
            if read >= MAX_READ {
                return Ok(Each::TooMany(after));
            }
        }
    }

    /// A filter on all members sees all of them.
    async fn complete(&self, rows: &mut [Row], first: i64) -> Result<(), Failure> {
        for row in rows {
            if let Row::Group(group) = row {
                members::complete(self.request, std::slice::from_mut(group), first).await?;
            }
        }
        Ok(())
    }

    /// How many rows are read at once, and how many members with each.
    fn portion(&self) -> (usize, i64) {
        match (self.needs_members, self.is_unique()) {
            (true, true) => (AT_ONCE, scim_group::MEMBERS_IN_A_ROW),
            (true, false) => (100, MEMBERS_OF_EACH),
            (false, true) if self.shows_members() => (AT_ONCE, scim_group::MEMBERS_IN_A_ROW),
            (false, _) => (AT_ONCE, 0),
        }
    }

    /// A part of what a filter means, or of what is sorted, behind a place and so many more; and how many there are in all.
    async fn window(&self, after: Option<&Cursor>, skipped: usize, count: usize) -> Result<(Vec<Found>, u64), Failure> {
        let (at_once, first) = self.portion();
        let end = skipped.saturating_add(count);
        let (mut total, mut kept): (u64, Vec<Found>) = (0, Vec::new());
        let by_id = self.is_by_id();
        let each = self.each(None, "", at_once, first, |found| {
            total += 1;
            match by_id {
                true if total as usize > skipped && total as usize <= end => kept.push(found),
                true => {}
                // No more than what can be in the answer is kept.
                false if after.is_none_or(|after| self.order(&found.at, after).is_gt()) => {
                    kept.push(found);
                    if kept.len() > (2 * end).max(AT_ONCE) {
                        self.sort(&mut kept);
                        kept.truncate(end);
                    }
                }
                false => {}
            }
            true
        });
        match each.await? {
            Each::End | Each::Enough => {}
            Each::TooMany(_) => return Err(self.too_many()),
        }
        if !by_id {
            self.sort(&mut kept);
            kept.truncate(end);
            kept.drain(..skipped.min(kept.len()));
        }
        Ok((kept, total))
    }

    fn sort(&self, found: &mut [Found]) {
        sort_by(found, |a, b| self.order(&a.at, &b.at));
    }

    fn order(&self, a: &Cursor, b: &Cursor) -> Ordering {
        let sort = self.query.sort.as_ref();
        let order = sort.map_or(Ordering::Equal, |sort| sort.order(a.key.as_deref(), b.key.as_deref()));
        order.then_with(|| a.id.cmp(&b.id))
    }

    fn too_many(&self) -> Failure {
        let indexed = match self.resource {
            ResourceType::User => "id, userName (also sw), externalId, emails, groups and meta.lastModified",
            ResourceType::Group => "id, displayName, externalId, members and meta.lastModified",
        };
        let detail = format!(
            "More than {MAX_READ} resources would have to be read. Filter by what is indexed ({indexed}), or page by cursor \
             without sorting."
        );
        ScimError::TooMany { detail }.into()
    }

    /// The text of each resource of an answer.
    async fn texts(&self, found: &mut Vec<Found>) -> Result<Vec<String>, Failure> {
        let projection = &self.query.projection;
        if self.resource == ResourceType::User {
            return Ok(found.drain(..).map(|found| projection.of(found.value).to_string()).collect());
        }
        let mut groups: Vec<ScimGroup> = found.drain(..).filter_map(|found| found.group).collect();
        if self.shows_members() {
            let (_, first) = self.portion();
            if first == 0 && !groups.is_empty() {
                // They were left out while it was not known which groups are answered.
                let ids: Vec<String> = groups.iter().map(|group| group.id.clone()).collect();
                let of_ids = scim_group::of_ids(self.request.account, &ids, self.members(MEMBERS_OF_EACH));
                let mut rows = self.request.load(vec![of_ids]).await?;
                groups = next(&mut rows)?.all()?;
            }
            let first = if first == 0 { MEMBERS_OF_EACH } else { first };
            if !self.needs_members {
                members::complete(self.request, &mut groups, first).await?;
            }
        } else {
            for group in &mut groups {
                group.members.clear();
            }
        }
        Ok(groups.iter().map(|group| super::groups::text(self.request, group, projection)).collect())
    }

    /// A page of all, by number: what clients walk through.
    async fn by_number(&self, start: u64, count: u32) -> Result<Listed, Failure> {
        let request = self.request;
        let (account, token) = (request.account, request.token.id());
        let (start, limit) = (i64::try_from(start).unwrap_or(i64::MAX), i64::from(count));
        let since = request.postern.now.minus(WALK);
        let first = if self.shows_members() { MEMBERS_OF_EACH } else { 0 };
        let page = match self.resource {
            ResourceType::User => scim_user::page_at(account, token, start, limit, since),
            ResourceType::Group => scim_group::page_at(account, token, start, limit, since, self.members(first)),
        };
        let mut rows = request.load(vec![scim_list::count(account, self.kind()), page]).await?;
        let total = scim_list::read_count(&next(&mut rows)?)?;
        let rows = self.rows(&next(&mut rows)?)?;
        let after = start.saturating_add(rows.len() as i64);
        if let Some(last) = rows.last().filter(|_| rows.len() as i64 == limit && after <= total) {
            let walk = Walk { token, kind: self.kind(), start, next: after, after: last.id() };
            // Whoever loses their place is found it again by counting.
            let _ = request.postern.store.batch(vec![scim_list::walk(account, &walk, request.postern.now)]).await;
        }
        let resources = match self.resource {
            ResourceType::User => {
                let mut texts = Vec::with_capacity(rows.len());
                for row in rows {
                    if let Some(found) = self.meant(row)? {
                        texts.push(self.query.projection.of(found.value).to_string());
                    }
                }
                texts
            }
            ResourceType::Group => {
                let groups = rows.into_iter().filter_map(|row| match row {
                    Row::Group(group) => Some(group),
                    Row::User(_) => None,
                });
                let mut groups: Vec<ScimGroup> = groups.collect();
                members::complete(request, &mut groups, first).await?;
                groups.iter().map(|group| super::groups::text(request, group, &self.query.projection)).collect()
            }
        };
        Ok(Listed { total: u64::try_from(total).ok(), resources, next_cursor: None })
    }

    /// A page by cursor, in the order of ids. One that had to read too much ends early.
    async fn by_id(&self, after: Option<Cursor>, mark: &Mark, count: usize) -> Result<Listed, Failure> {
        let after = after.map(|after| after.id).unwrap_or_default();
        let (at_once, first) = self.portion();
        let at_once = if self.query.filter.is_none() { count + 1 } else { at_once };
        let mut total = 0;
        let mut found: Vec<Found> = Vec::new();
        let each = self.each(Some(&mut total), &after, at_once, first, |one| {
            found.push(one);
            // One more tells that there is a next page.
            found.len() <= count
        });
        let each = each.await?;
        let total = u64::try_from(total).ok().filter(|_| self.query.filter.is_none());
        let next_cursor = match each {
            Each::End => None,
            Each::Enough => self.cut(&mut found, mark, count),
            Each::TooMany(id) => Some(Cursor { key: None, id }.text(self.resource, mark)),
        };
        Ok(Listed { total, resources: self.texts(&mut found).await?, next_cursor })
    }

    /// A page by cursor in another order.
    async fn by_order(&self, after: Option<Cursor>, mark: &Mark, count: usize) -> Result<Listed, Failure> {
        let (mut found, total) = self.window(after.as_ref(), 0, count + 1).await?;
        let next_cursor = self.cut(&mut found, mark, count);
        Ok(Listed { total: Some(total), resources: self.texts(&mut found).await?, next_cursor })
    }

    /// Leaves so many. Behind which of them the next page begins, if there were more.
    fn cut(&self, found: &mut Vec<Found>, mark: &Mark, count: usize) -> Option<String> {
        let is_more = found.len() > count;
        found.truncate(count);
        found.last().filter(|_| is_more).map(|last| last.at.text(self.resource, mark))
    }
}

/// How a list was read.
enum Each {
    /// To its end.
    End,
    /// Until there was enough.
    Enough,
    /// Until it was too much, up to this key.
    TooMany(String),
}

/// The first text after all that begin with a prefix.
fn after_prefix(prefix: &str) -> String {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            end.push(next);
            return end;
        }
    }
    // Nothing is after U+10FFFF: no name begins with more than a few of them.
    "\u{10FFFF}".repeat(300)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_a_prefix_is_before_its_end() {
        for (prefix, end) in [("ab", "ac"), ("a\u{7f}", "a\u{80}"), ("a\u{d7ff}", "a\u{e000}"), ("a\u{10ffff}", "b")] {
            assert_eq!(after_prefix(prefix), end);
        }
        assert!(after_prefix("\u{10ffff}").as_str() > "\u{10ffff}\u{10ffff}");
    }
}
