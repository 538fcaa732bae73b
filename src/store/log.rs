//! What all logs have in common: their pages, the newest first, by any of their filters, and that what is old goes.
//!
//! A page never reads more than it should: the first given filter that has an index, or else the account alone, says
//! which rows are looked at. Other filters are tried on [`LOOKED_AT`] of those at most; the page ends there, and the next
//! begins there.

use super::{Page, Statement, Value};
use crate::directory::Email;
use crate::id;
use crate::time::Timestamp;
use std::borrow::Cow;

/// On so many rows at most does a page try filters that no index serves.
pub const LOOKED_AT: usize = 2000;

/// So many characters at most does a filter take: no value of a log that is filtered by is longer.
const MAX_TEXT: usize = 2000;

/// A log: a table with the columns `account_id`, `id`, `at` and its own, the first two its primary key.
#[derive(Debug)]
pub struct Log {
    /// Its table.
    pub(super) table: &'static str,
    /// What is read of a row.
    pub(super) columns: &'static str,
    /// What it can be filtered by. Of two that have an index the first decides: it is the one that leaves less.
    pub(super) filters: &'static [Filter],
    /// The variable of the Worker that says for how many days a row is kept.
    pub days_variable: &'static str,
}

/// Every log.
pub static ALL: [&Log; 4] =
    [&super::sign_in::LOG, &super::provisioning_log::LOG, &super::event::LOG, &super::change::LOG];

impl Log {
    /// Forgets what was before a time. At most [`super::PURGED_AT_ONCE`] rows. Needs an index on `at`.
    pub fn purge(&self, before: Timestamp) -> Statement {
        let table = self.table;
        let sql = format!(
            "DELETE FROM {table} WHERE (account_id, id) IN \
             (SELECT account_id, id FROM {table} WHERE at < ?1 LIMIT 1000) RETURNING 1 AS removed"
        );
        Statement { sql: Cow::Owned(sql), parameters: vec![before.into()] }
    }
}

/// What a log can be filtered by.
#[derive(Debug)]
pub struct Filter {
    /// Its name in the API.
    pub parameter: &'static str,
    column: &'static str,
    takes: Takes,
    /// On the account, the column and the id.
    index: Option<&'static str>,
}

/// What a filter takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// Any text, compared whole.
    Text,
    /// An e-mail address, compared as such.
    Email,
    /// One of these.
    OneOf(&'static [&'static str]),
}

impl Filter {
    /// A filter that goes by an index: on the account, the column and the id.
    pub(super) const fn indexed(
        parameter: &'static str,
        column: &'static str,
        takes: Takes,
        index: &'static str,
    ) -> Self {
        Self { parameter, column, takes, index: Some(index) }
    }

    /// A filter without one.
    pub(super) const fn scanned(parameter: &'static str, column: &'static str, takes: Takes) -> Self {
        Self { parameter, column, takes, index: None }
    }

    /// The value to compare with, or what the filter takes instead.
    fn value(&self, text: &str) -> Result<String, String> {
        let wanted = match self.takes {
            Takes::Text if text.chars().count() <= MAX_TEXT => return Ok(text.to_owned()),
            Takes::Text => format!("text of at most {MAX_TEXT} characters"),
            Takes::Email => match Email::parse(text) {
                Ok(email) => return Ok(email.folded().to_owned()),
                Err(_) => "an e-mail address".to_owned(),
            },
            Takes::OneOf(names) if names.contains(&text) => return Ok(text.to_owned()),
            Takes::OneOf(names) => names.join(" or "),
        };
        Err(format!("{} must be {wanted}.", self.parameter))
    }
}

/// That a list takes these parameters, and not this one.
pub(crate) fn unknown_parameter(parameter: &str, known: &[&str]) -> String {
    let parameter: String = parameter.chars().filter(|c| !c.is_control()).take(40).collect();
    format!("{parameter} is no parameter of this list; these are: {}.", known.join(", "))
}

/// Which rows of a log are wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    log: &'static Log,
    filters: Vec<(&'static Filter, String)>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Which page of them.
    pub page: Page,
}

impl Wanted {
    /// All rows of a log.
    pub fn all(log: &'static Log, page: Page) -> Self {
        Self { log, filters: Vec::new(), since: None, until: None, page }
    }

    /// Those of them that a parameter of the API wants: a filter of the log, `since` (with that time) or `until`
    /// (without it). One without a value is not given. Says what is wrong with it.
    pub fn narrow(&mut self, parameter: &str, text: &str) -> Result<(), String> {
        let filter = self.log.filters.iter().find(|filter| filter.parameter == parameter);
        let bound = match parameter {
            "since" => Some(&mut self.since),
            "until" => Some(&mut self.until),
            _ => None,
        };
        match (filter, bound) {
            (None, None) => return Err(self.unknown(parameter)),
            _ if text.is_empty() => {}
            (Some(filter), _) => self.filters.push((filter, filter.value(text)?)),
            (None, Some(bound)) => {
                let time = Timestamp::parse(text);
                *bound = Some(time.ok_or_else(|| format!("{parameter} must be a time such as 2026-11-22T06:00:00Z."))?);
            }
        }
        Ok(())
    }

    fn unknown(&self, parameter: &str) -> String {
        let known = self.log.filters.iter().map(|filter| filter.parameter);
        let known: Vec<_> = known.chain(["since", "until", "limit", "cursor", "format"]).collect();
        unknown_parameter(parameter, &known)
    }

    /// The filter that decides which rows are looked at.
    fn decisive(&self) -> Option<&(&'static Filter, String)> {
        let given = |filter: &Filter| self.filters.iter().find(|(other, _)| other.parameter == filter.parameter);
        self.log.filters.iter().filter(|filter| filter.index.is_some()).find_map(given)
    }

    /// The filters that are tried on each of them.
    fn others(&self) -> impl Iterator<Item = &(&'static Filter, String)> {
        let decisive = self.decisive().map(|(filter, _)| filter.parameter);
        self.filters.iter().filter(move |(filter, _)| Some(filter.parameter) != decisive)
    }

    /// The page, and one row more if there is a next one before [`Wanted::edge`].
    pub fn rows(&self, account: &str) -> Statement {
        let (looked_at, mut parameters) = self.looked_at(account);
        let mut sql = format!("SELECT {} {looked_at} AND id >= ", self.log.columns);
        match self.others().next() {
            Some(_) => sql.extend(["COALESCE((", &edge(&looked_at), "), ?3)"]),
            None => sql.push_str("?3"),
        }
        for (filter, value) in self.others() {
            parameters.push(value.as_str().into());
            sql.push_str(&format!(" AND {} = ?{}", filter.column, parameters.len()));
        }
        parameters.push(self.page.rows());
        sql.push_str(&format!(" ORDER BY id DESC LIMIT ?{}", parameters.len()));
        Statement { sql: Cow::Owned(sql), parameters }
    }

    /// The last row that is looked at for the page, if there can be more after it that the page does not tell of.
    pub fn edge(&self, account: &str) -> Option<Statement> {
        self.others().next()?;
        let (looked_at, parameters) = self.looked_at(account);
        Some(Statement { sql: Cow::Owned(edge(&looked_at)), parameters })
    }

    /// The table and the condition for rows that are looked at, but for the oldest: that is `?3`.
    fn looked_at(&self, account: &str) -> (String, Vec<Value>) {
        // After every id that can be made: it is the highest character of their alphabet and then some.
        let until = self.until.map_or_else(|| "~".to_owned(), id::before_all_of);
        let before = self.page.after.as_deref().map_or(until.as_str(), |after| after.min(&until));
        let since = self.since.map(id::before_all_of).unwrap_or_default();
        let mut parameters: Vec<Value> = vec![account.into(), before.into(), since.as_str().into()];
        let (table, condition) = (self.log.table, "WHERE account_id = ?1 AND id < ?2");
        let decisive = self.decisive().and_then(|(filter, value)| Some((filter, filter.index?, value)));
        let Some((filter, index, value)) = decisive else {
            return (format!("FROM {table} {condition}"), parameters);
        };
        parameters.push(value.as_str().into());
        // Said, because SQLite knows nothing of how many rows have a value, and may take the primary key for as good.
        (format!("FROM {table} INDEXED BY {index} {condition} AND {} = ?4", filter.column), parameters)
    }
}

fn edge(looked_at: &str) -> String {
    let skipped = LOOKED_AT - 1;
    format!("SELECT id {looked_at} AND id >= ?3 ORDER BY id DESC LIMIT 1 OFFSET {skipped}")
}
