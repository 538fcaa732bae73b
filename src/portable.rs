//! The file of an account: what its lines are, and reading them.
//!
//! NDJSON. The first line is `{"postern": 1, "account": {…}, "exportedAt": "…"}`, the last `{"end": {"rows": 7}}`; between
//! them a row each, as `{"users": {"id": "…", …}}`: the table and its columns as the database has them, the account's id left
//! out. A file is taken in chunks of whole lines.

use crate::access::record::Kind;
use crate::access::stored;
use crate::directory::{Email, folded};
use crate::fields::FieldError;
use crate::provider;
use crate::store::account::Account;
use crate::store::portable::{Column, MOST_VERSIONS, TABLES, Table, settings_of};
use crate::strict;
use crate::time::Timestamp;
use serde_json::{Map, Value};

/// The version of the form.
pub(crate) const VERSION: u32 = 1;

/// So many errors are told at most.
const MOST_ERRORS: usize = 20;

/// Lines that can be taken.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    /// The account as it was: of the first line.
    pub(crate) account: Option<Account>,
    /// A JSON array of rows for each of [`TABLES`], or nothing.
    pub(crate) rows: Vec<String>,
    /// How many lines there are.
    pub(crate) lines: i64,
    /// How many rows have a secret that the file has not.
    pub(crate) without_secret: usize,
    /// Whether the last line is the end of the file.
    pub(crate) ends: bool,
}

/// Where and when lines are taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    /// The time.
    pub(crate) now: Timestamp,
    /// Whether we run on a machine's own address.
    pub(crate) is_local: bool,
}

/// Reads lines, of which the first is line `first` of the file, counted from 1.
pub(crate) fn read(text: &str, first: i64, here: Here) -> Result<Chunk, Vec<FieldError>> {
    let chunk = Chunk { rows: vec![String::new(); TABLES.len()], ..Chunk::default() };
    let mut reader = Reader { here, chunk, errors: Vec::new() };
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        reader.line(first + reader.chunk.lines, line.strip_suffix('\r').unwrap_or(line));
        reader.chunk.lines += 1;
        if reader.errors.len() >= MOST_ERRORS {
            break;
        }
    }
    let Reader { mut chunk, mut errors, .. } = reader;
    errors.truncate(MOST_ERRORS);
    for rows in chunk.rows.iter_mut().filter(|rows| !rows.is_empty()) {
        rows.push(']');
    }
    if errors.is_empty() { Ok(chunk) } else { Err(errors) }
}

struct Reader {
    here: Here,
    chunk: Chunk,
    errors: Vec<FieldError>,
}

impl Reader {
    fn error(&mut self, pointer: String, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError { pointer, code, message: message.into() });
    }

    fn line(&mut self, number: i64, line: &str) {
        let at = format!("/{number}");
        if self.chunk.ends {
            return self.error(at, "after_end", "Nothing comes after the line with `end`.");
        }
        let object = match strict::parse(line.as_bytes()) {
            Ok(Value::Object(object)) => object,
            Ok(_) => return self.error(at, "wrong_type", "Expected an object."),
            Err(error) if error.is_data() => return self.error(at, "duplicate", format!("On this line, {error}.")),
            Err(error) => return self.error(at, "malformed", format!("This line is not JSON: {error}.")),
        };
        if number == 1 {
            return self.header(&at, object);
        }
        let mut members = object.into_iter();
        match (members.next(), members.next()) {
            (Some((name, Value::Object(row))), None) if name == "end" => self.end(&at, number, &row),
            (Some((name, Value::Object(row))), None) => match Table::named(&name) {
                Some((place, table)) => self.row(&format!("{at}/{name}"), place, table, row),
                None => self.error(at, "unknown_table", format!("There is no table {}.", shown(&name))),
            },
            _ => self.error(at, "wrong_type", "Expected one table with one row: {\"users\": {…}}."),
        }
    }

    fn header(&mut self, at: &str, header: Map<String, Value>) {
        if header.get("postern") != Some(&Value::from(VERSION)) {
            let message = format!("The first line of a file is {{\"postern\": {VERSION}, \"account\": {{…}}}}.");
            return self.error(format!("{at}/postern"), "unknown_version", message);
        }
        self.known(at, &header, &["postern", "account", "exportedAt"]);
        let none = Map::new();
        let account = header.get("account").and_then(Value::as_object).unwrap_or(&none);
        self.known(&format!("{at}/account"), account, &["id", "name", "createdAt", "adoptJitUsers", "version"]);
        let text = |member| account.get(member).and_then(Value::as_str);
        let (name, created_at) = (text("name").unwrap_or_default(), text("createdAt"));
        if name.is_empty() || name.chars().count() > 100 || name.contains(char::is_control) {
            self.error(format!("{at}/account/name"), "malformed", "Text of one line, of 1 to 100 characters.");
        }
        let created_at = created_at.and_then(Timestamp::parse);
        let version =
            account.get("version").and_then(Value::as_i64).filter(|version| (1..=MOST_VERSIONS).contains(version));
        let adopt_jit_users = match account.get("adoptJitUsers") {
            None => false,
            Some(Value::Bool(adopt)) => *adopt,
            Some(_) => {
                return self.error(format!("{at}/account/adoptJitUsers"), "wrong_type", "Expected true or false.");
            }
        };
        match (created_at, version) {
            (Some(created_at), Some(version)) => {
                let name = name.to_owned();
                self.chunk.account = Some(Account { id: String::new(), name, created_at, adopt_jit_users, version });
            }
            (None, _) => self.error(format!("{at}/account/createdAt"), "malformed", "Expected a time."),
            (_, None) => self.error(format!("{at}/account/version"), "malformed", "Expected a whole number from 1."),
        }
    }

    fn known(&mut self, at: &str, object: &Map<String, Value>, names: &[&str]) {
        for name in object.keys().filter(|name| !names.contains(&name.as_str())) {
            self.error(format!("{at}/{}", shown(name)), "unknown_field", "No such field.");
        }
    }

    fn end(&mut self, at: &str, number: i64, end: &Map<String, Value>) {
        self.chunk.ends = true;
        self.known(&format!("{at}/end"), end, &["rows"]);
        let (rows, expected) = (end.get("rows").and_then(Value::as_i64), number - 2);
        if rows != Some(expected) {
            let message = format!("{expected} rows came before this line. The file is not whole.");
            self.error(format!("{at}/end/rows"), "not_whole", message);
        }
    }

    fn row(&mut self, at: &str, place: usize, table: &Table, row: Map<String, Value>) {
        let before = self.errors.len();
        for (name, column, nullable) in table.columns {
            let wrong = match row.get(*name) {
                None | Some(Value::Null) if *nullable => None,
                None | Some(Value::Null) => Some(("required", "This column is required.".to_owned())),
                Some(value) => wrong(*column, value, self.here.now),
            };
            if let Some((code, message)) = wrong {
                self.error(format!("{at}/{name}"), code, message);
            }
        }
        let text = |name| row.get(name).and_then(Value::as_str);
        if let (Some(email), Some(folded)) = (text("email"), text("email_folded"))
            && !Email::parse(email).map_or_else(|_| is_without_email(&row), |email| email.folded() == folded)
        {
            self.error(format!("{at}/email_folded"), "malformed", "The e-mail as it is compared.");
        }
        for (given, as_compared) in [("user_name", "user_name_folded"), ("name", "name_folded")] {
            if text(as_compared).is_some_and(|found| text(given).map(folded).as_deref() != Some(found)) {
                self.error(format!("{at}/{as_compared}"), "malformed", "The name as it is compared.");
            }
        }
        for name in row.keys().filter(|name| table.columns.iter().all(|(known, ..)| known != name)) {
            self.error(format!("{at}/{}", shown(name)), "unknown_column", "No such column.");
        }
        if self.errors.len() == before {
            let errors = match table.name {
                "records" => record(&row),
                "providers" => self.provider(&row),
                _ => Vec::new(),
            };
            self.errors.extend(errors.into_iter().map(|error| error.below(at)));
        }
        if self.errors.len() > before {
            return;
        }
        self.chunk.without_secret += usize::from(table.loses_secret);
        if let Some(rows) = self.chunk.rows.get_mut(place) {
            rows.push(if rows.is_empty() { '[' } else { ',' });
            rows.push_str(&Value::Object(row).to_string());
        }
    }

    /// What no column tells: that a provider has what its form takes.
    fn provider(&self, row: &Map<String, Value>) -> Vec<FieldError> {
        let settings = settings_of(text_of(row, "settings"));
        settings.map_or_else(Vec::new, |settings| {
            provider::stored::errors(text_of(row, "entity_id"), &settings, self.here.is_local)
        })
    }
}

/// What no column tells: that a record has what its kind has.
fn record(row: &Map<String, Value>) -> Vec<FieldError> {
    let (kind, settings) = (Kind::named(text_of(row, "kind")), strict::parse(text_of(row, "settings").as_bytes()));
    match (kind, settings) {
        (Some(kind), Ok(Value::Object(settings))) => {
            stored::errors(kind, text_of(row, "id"), text_of(row, "name"), &settings)
        }
        _ => Vec::new(),
    }
}

/// Whether a user is one of SCIM who has no e-mail: it is their userName.
fn is_without_email(row: &Map<String, Value>) -> bool {
    let is_same = |one, other| row.get(one).is_some_and(|value| row.get(other) == Some(value));
    row.get("scim").is_some_and(Value::is_string)
        && is_same("email", "user_name")
        && is_same("email_folded", "user_name_folded")
}

fn text_of<'r>(row: &'r Map<String, Value>, name: &str) -> &'r str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A name that came from outside, as part of a pointer.
fn shown(name: &str) -> String {
    name.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1")
}

/// What is wrong with a value.
fn wrong(column: Column, value: &Value, now: Timestamp) -> Option<(&'static str, String)> {
    let whole = |least: i64, most: i64| match value.as_i64() {
        Some(number) if (least..=most).contains(&number) => None,
        Some(_) => Some(("out_of_range", format!("A whole number from {least} to {most}."))),
        None => Some(("wrong_type", "Expected a whole number.".to_owned())),
    };
    match column {
        Column::Made if value.as_i64().is_some_and(|at| at > now.0) => {
            let message = format!("This time is to come: it is {now}, and nothing was made later.");
            return Some(("out_of_range", message));
        }
        Column::Time | Column::Made => return whole(0, Timestamp::LATEST.0),
        Column::Version => return whole(1, MOST_VERSIONS),
        Column::Status => return whole(100, 599),
        Column::Flag => return whole(0, 1),
        _ => {}
    }
    let Some(text) = value.as_str() else { return Some(("wrong_type", "Expected text.".to_owned())) };
    if text.contains('\0') {
        return Some(("control_character", "Text without U+0000.".to_owned()));
    }
    match column {
        Column::Id if !(1..=64).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            Some(("malformed", "An id has 1 to 64 printable characters of ASCII.".to_owned()))
        }
        Column::Word(words) if !words.contains(&text) => {
            Some(("unknown_value", format!("One of: {}.", words.join(", "))))
        }
        Column::After(beginnings)
            if beginnings.iter().all(|begin| text.len() == begin.len() || !text.starts_with(begin)) =>
        {
            let expected = if beginnings == [""] {
                "Text that is not empty.".to_owned()
            } else {
                format!("Text that goes on after one of: {}.", beginnings.join(", "))
            };
            Some(("malformed", expected))
        }
        Column::Json(is) if !is(text) => {
            Some(("malformed", "Expected JSON, as text, of the form that this version writes.".to_owned()))
        }
        _ => None,
    }
}
