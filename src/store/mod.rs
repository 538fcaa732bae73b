//! The seam to the database, and all SQL: one file a noun.
//!
//! A journey reads with [`Store::batch`], decides, and puts what it decided into a [`Plan`]. [`commit`] makes the plan
//! true in one transaction and is the only maker of [`Committed`], which a cookie or a `201` is made from.

pub mod account;
pub mod account_key;
pub mod api_token;
pub mod change;
mod column;
mod constraint;
pub mod event;
pub mod grant;
pub mod group;
pub mod import;
pub mod invitation;
pub mod log;
pub mod pending_logout;
pub mod pending_request;
mod plan;
pub mod portable;
pub mod provider;
pub mod provisioning_log;
mod reader;
pub mod record;
pub mod recording;
pub mod scim_group;
pub mod scim_list;
pub mod scim_user;
pub mod session;
pub mod sign_in;
pub mod spent;
pub mod tombstone;
pub mod user;

pub(crate) use column::{flag, flag_or_none, json, millis, optional_json, optional_millis};
pub use constraint::Constraint;
pub use plan::{Committed, Plan, commit, commit_reading};

use crate::time::Timestamp;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A database that runs a list of statements as one transaction: the shape of D1's `batch`.
#[allow(async_fn_in_trait, reason = "futures of the edge are never sent between threads")]
pub trait Store {
    /// Runs the statements in order; all of them, or none. Answers with the rows of each.
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, StoreError>;
}

/// SQL with its parameters, `?1` being the first.
///
/// SQLite looks at the value behind `= ?1` and `LIMIT ?1` where more than one plan is possible, and then plans anew whenever another
/// is bound: `= +?1` is the same to it, but for that.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Constant text, or put together of constant texts: no value ever becomes SQL.
    pub sql: Cow<'static, str>,
    /// Values in the order of their numbers.
    pub parameters: Vec<Value>,
}

impl Statement {
    fn new(sql: impl Into<Cow<'static, str>>, parameters: impl Into<Vec<Value>>) -> Self {
        Self { sql: sql.into(), parameters: parameters.into() }
    }
}

/// A value to bind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL
    Null,
    /// An INTEGER. D1 takes it as a float: at most 2^53.
    Integer(i64),
    /// TEXT
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<Timestamp> for Value {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.0)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

/// A list as one parameter: the JSON that `json_each` takes apart.
fn list_of(ids: &[String]) -> Value {
    Value::Text(serde_json::to_string(ids).unwrap_or_default())
}

/// The rows that a statement answered with.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    columns: Vec<String>,
    /// A cell for each column.
    rows: Vec<Vec<serde_json::Value>>,
}

impl Rows {
    /// From the names of columns, and of each row a cell for each.
    pub fn new(columns: Vec<String>, rows: Vec<Vec<serde_json::Value>>) -> Self {
        Self { columns, rows }
    }

    /// Every row.
    pub fn all<T: DeserializeOwned>(&self) -> Result<Vec<T>, StoreError> {
        self.each().collect()
    }

    /// Each row by itself.
    fn each<T: DeserializeOwned>(&self) -> impl Iterator<Item = Result<T, StoreError>> {
        self.rows.iter().map(|cells| self.read(cells))
    }

    /// The first row, if there is one.
    pub fn first<T: DeserializeOwned>(&self) -> Result<Option<T>, StoreError> {
        self.rows.first().map(|cells| self.read(cells)).transpose()
    }

    fn read<T: DeserializeOwned>(&self, cells: &[serde_json::Value]) -> Result<T, StoreError> {
        reader::read_row(&self.columns, cells).map_err(|error| StoreError::Row(error.to_string()))
    }

    /// The cell of the first row in a column.
    fn cell(&self, column: &str) -> Option<&serde_json::Value> {
        let at = self.columns.iter().position(|name| name == column)?;
        self.rows.first()?.get(at)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Takes the rows of each statement of a batch, in order.
pub fn take<const N: usize>(rows: Vec<Rows>) -> Result<[Rows; N], StoreError> {
    let got = rows.len();
    rows.try_into().map_err(|_| StoreError::Row(format!("{got} results for {N} statements")))
}

/// Why a batch was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// A constraint forbids it: nothing was written.
    Constraint(Constraint),
    /// The database did not answer as it should. A write may have happened.
    Unavailable(String),
    /// A row is not of the shape that this version knows.
    Row(String),
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Constraint(constraint) => write!(f, "the database refused: {constraint:?}"),
            Self::Unavailable(detail) => write!(f, "the database is not available: {detail}"),
            Self::Row(detail) => write!(f, "a row of the database cannot be read: {detail}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// From what SQLite says, natively and behind D1.
    pub fn from_message(message: &str) -> Self {
        Constraint::from_message(message).map_or_else(|| Self::Unavailable(message.to_owned()), Self::Constraint)
    }
}

/// So many rows at most does one statement of a purge remove: a transaction stays short.
pub const PURGED_AT_ONCE: usize = 1000;

/// A page of a list in the order of ids: what a list statement is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The last id of the page before; `None` for the first page.
    pub after: Option<String>,
    /// How many rows at most.
    pub limit: u32,
}

impl Page {
    /// One more row than asked for tells whether there is a next page.
    fn rows(&self) -> Value {
        Value::Integer(i64::from(self.limit) + 1)
    }
}
