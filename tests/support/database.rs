//! The store seam on SQLite in memory: the real migrations, foreign keys on, each batch one transaction, as in D1.

use postern::store::{Rows, Statement, Store, StoreError, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use std::cell::{Cell, RefCell};
use std::fs;
use std::path::Path;

/// When a batch fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing has been done.
    Before,
    /// Everything has been done.
    After,
}

pub(crate) struct Database {
    connection: RefCell<Connection>,
    batches: Cell<usize>,
    faults: RefCell<Vec<(usize, Fault)>>,
    interruptions: RefCell<Vec<(usize, String)>>,
    statements: RefCell<Vec<Statement>>,
}

impl Database {
    /// An empty database of the current schema.
    pub(crate) fn new() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
        for (name, sql) in migrations() {
            connection.execute_batch(&sql).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        Self {
            connection: RefCell::new(connection),
            batches: Cell::new(0),
            faults: RefCell::default(),
            interruptions: RefCell::default(),
            statements: RefCell::default(),
        }
    }

    /// How many batches were asked for since [`Database::watch`].
    pub(crate) fn batches(&self) -> usize {
        self.batches.get()
    }

    /// Every statement that was asked for since [`Database::watch`].
    pub(crate) fn statements(&self) -> Vec<Statement> {
        self.statements.borrow().clone()
    }

    /// Counts from one again. Of the batches to come, those of the given numbers fail.
    pub(crate) fn watch(&self, faults: &[(usize, Fault)]) {
        self.batches.set(0);
        self.statements.borrow_mut().clear();
        *self.faults.borrow_mut() = faults.to_vec();
        self.interruptions.borrow_mut().clear();
    }

    /// Counts from one again. Before the batch of the given number, somebody else does this.
    pub(crate) fn interrupt(&self, number: usize, sql: &str) {
        self.watch(&[]);
        self.interruptions.borrow_mut().push((number, sql.to_owned()));
    }

    /// The rows of a query that a test wants to look at, each as one text.
    pub(crate) fn select(&self, sql: &str) -> Vec<String> {
        let connection = self.connection.borrow();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|at| row.get_ref(at).map(text)).collect::<rusqlite::Result<Vec<_>>>()
        });
        rows.unwrap().map(|row| row.unwrap().join("|")).collect()
    }

    /// How many rows a table has; but not that a test looked with the set-up token.
    pub(crate) fn count(&self, table: &str) -> usize {
        let but = if table == "changes" { " WHERE action <> 'setup-token.used'" } else { "" };
        self.select(&format!("SELECT COUNT(*) FROM {table}{but}"))[0].parse().unwrap()
    }

    /// Every row of every table, to compare two states; but not that a test looked with the set-up token.
    pub(crate) fn dump(&self) -> Vec<String> {
        let tables = self.select("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        tables
            .iter()
            .flat_map(|table| self.select(&format!("SELECT '{table}', * FROM {table} ORDER BY 2, 3, 4")))
            .filter(|row| !row.contains("|setup-token.used|"))
            .collect()
    }

    /// SQL that only a test needs.
    pub(crate) fn execute(&self, sql: &str) {
        self.connection.borrow().execute_batch(sql).unwrap();
    }

    /// The steps by which SQLite carries a statement out.
    pub(crate) fn plan(&self, statement: &Statement) -> Vec<String> {
        let connection = self.connection.borrow();
        let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", statement.sql)).unwrap();
        let parameters = params_from_iter(statement.parameters.iter().map(Bound));
        let steps = explained.query_map(parameters, |row| row.get::<_, String>("detail"));
        steps.unwrap().map(Result::unwrap).collect()
    }

    /// How many instructions of its machine SQLite takes for a statement, until it is done or fails: a row that is looked at takes
    /// several.
    pub(crate) fn steps(&self, statement: &Statement) -> usize {
        let connection = self.connection.borrow();
        let mut prepared = connection.prepare(&statement.sql).unwrap();
        let mut rows = prepared.query(params_from_iter(statement.parameters.iter().map(Bound))).unwrap();
        while let Ok(Some(_)) = rows.next() {}
        drop(rows);
        prepared.get_status(rusqlite::StatementStatus::VmStep).unsigned_abs() as usize
    }

    /// How often SQLite plans a statement once more, because it is run a second time.
    pub(crate) fn planned_anew(&self, statement: &Statement) -> usize {
        let mut connection = self.connection.borrow_mut();
        let undone = connection.transaction().unwrap();
        let mut prepared = undone.prepare(&statement.sql).unwrap();
        for _ in 0..2 {
            // As workerd does between two runs of a statement that it keeps.
            prepared.clear_bindings();
            let mut rows = prepared.query(params_from_iter(statement.parameters.iter().map(Bound))).unwrap();
            while let Ok(Some(_)) = rows.next() {}
        }
        prepared.get_status(rusqlite::StatementStatus::RePrepare).unsigned_abs() as usize
    }

    fn run(&self, statements: &[Statement]) -> Result<Vec<Rows>, StoreError> {
        let mut connection = self.connection.borrow_mut();
        let transaction = connection.transaction().unwrap();
        let results: rusqlite::Result<Vec<Rows>> =
            statements.iter().map(|statement| rows(&transaction, statement)).collect();
        let results = results.map_err(|error| StoreError::from_message(&error.to_string()))?;
        transaction.commit().map_err(|error| StoreError::from_message(&error.to_string()))?;
        Ok(results)
    }
}

impl Store for Database {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, StoreError> {
        let number = self.batches.get() + 1;
        self.batches.set(number);
        self.statements.borrow_mut().extend(statements.iter().cloned());
        if let Some((_, sql)) = self.interruptions.borrow().iter().find(|(at, _)| *at == number) {
            self.execute(sql);
        }
        let fault = self.faults.borrow().iter().find(|(at, _)| *at == number).map(|(_, fault)| *fault);
        let lost = || Err(StoreError::from_message(&format!("Network connection lost. (batch {number})")));
        if fault == Some(Fault::Before) {
            return lost();
        }
        let results = self.run(&statements);
        if fault == Some(Fault::After) {
            return lost();
        }
        results
    }
}

/// The SQL of every migration, in the order in which they are applied.
fn migrations() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    assert!(!files.is_empty(), "no migrations");
    files.iter().map(|file| (file.display().to_string(), fs::read_to_string(file).unwrap())).collect()
}

fn rows(connection: &Connection, statement: &Statement) -> rusqlite::Result<Rows> {
    let mut prepared = connection.prepare_cached(&statement.sql)?;
    let names: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    // Refuses a statement of which a parameter is missing or left over.
    let mut found = prepared.query(params_from_iter(statement.parameters.iter().map(Bound)))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cells: rusqlite::Result<Vec<_>> = (0..names.len()).map(|at| Ok(json(row.get_ref(at)?))).collect();
        rows.push(cells?);
    }
    Ok(Rows::new(names, rows))
}

fn json(value: ValueRef<'_>) -> serde_json::Value {
    match value {
        ValueRef::Null => serde_json::Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap().into(),
        ValueRef::Blob(bytes) => bytes.to_vec().into(),
    }
}

fn text(value: ValueRef<'_>) -> String {
    match json(value) {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }
}

/// A value of ours, as rusqlite binds it.
struct Bound<'v>(&'v Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self.0 {
            Value::Null => Ok(rusqlite::types::Null.into()),
            Value::Integer(number) => number.to_sql(),
            Value::Text(text) => text.to_sql(),
        }
    }
}
