//! An export has every column of the schema but for those that are named here.

use crate::scene::scene;
use postern::store::portable::TABLES;
use std::collections::BTreeSet;

/// Tables whose rows are secrets, end by themselves, or are made anew out of the others.
const LEFT_OUT: [&str; 13] = [
    "account_keys",
    "accounts",
    "api_tokens",
    "counts",
    "guards",
    "import_walks",
    "imports",
    "pending_logouts",
    "pending_requests",
    "sessions",
    "spent",
    "sqlite_stat1",
    "sqlite_stat4",
];

/// Columns that are made up on import.
const MADE_UP: [&str; 1] = ["invitations.digest"];

#[test]
fn an_export_has_every_column_or_it_is_said_why_not() {
    let database = scene();
    let columns = database.select(
        "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND c.name <> 'account_id'",
    );
    let exported: BTreeSet<String> = TABLES
        .iter()
        .flat_map(|table| table.columns.iter().map(|(column, ..)| format!("{}.{column}", table.name)))
        .collect();
    let missing: Vec<&String> = columns
        .iter()
        .filter(|column| !exported.contains(*column) && !MADE_UP.contains(&column.as_str()))
        .filter(|column| column.split_once('.').is_none_or(|(table, _)| !LEFT_OUT.contains(&table)))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
    for column in exported {
        assert!(columns.contains(&column), "{column} is not in the schema");
    }
}
