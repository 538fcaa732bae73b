//! The store seam on D1.

use super::platform;
use super::task::settled;
use crate::store::{Rows, Statement, Store, StoreError, Value};
use worker::Env;
use worker::wasm_bindgen::{JsCast, JsValue};

/// The database that the Worker's environment has.
pub(super) struct D1<'e>(pub(super) &'e Env);

impl Store for D1<'_> {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, StoreError> {
        let sql: Vec<&str> = statements.iter().map(|statement| statement.sql.as_ref()).collect();
        let sql = sql.join("\0");
        let parameters: serde_json::Value =
            statements.into_iter().map(|statement| json(statement.parameters)).collect();
        let answered = settled(&platform::ask(self.0.as_ref(), &sql, &parameters.to_string())).await;
        let answered = answered.map_err(|error| store_error(&error))?.as_string().unwrap_or_default();
        rows(&answered).ok_or_else(|| StoreError::Row(String::from("an answer of D1 has another shape")))
    }
}

/// A number of JSON is a float, as D1 takes it; an INTEGER column stores a whole one as an integer.
fn json(parameters: Vec<Value>) -> serde_json::Value {
    let json = |parameter| match parameter {
        Value::Null => serde_json::Value::Null,
        Value::Integer(number) => number.into(),
        Value::Text(text) => text.into(),
    };
    parameters.into_iter().map(json).collect()
}

/// All of JSON is read and written as `serde_json::Value`, which is built for speed, and not as a type of ours, which is built for size.
fn rows(answered: &str) -> Option<Vec<Rows>> {
    let rows = |mut answer: serde_json::Value| {
        let columns = list(answer["columns"].take())?.into_iter().map(text).collect::<Option<_>>()?;
        let rows = list(answer["rows"].take())?.into_iter().map(list).collect::<Option<_>>()?;
        Some(Rows::new(columns, rows))
    };
    list(answered.parse().ok()?)?.into_iter().map(rows).collect()
}

fn list(value: serde_json::Value) -> Option<Vec<serde_json::Value>> {
    if let serde_json::Value::Array(items) = value { Some(items) } else { None }
}

fn text(value: serde_json::Value) -> Option<String> {
    if let serde_json::Value::String(text) = value { Some(text) } else { None }
}

fn store_error(error: &JsValue) -> StoreError {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => StoreError::from_message(&String::from(error.message())),
        None => StoreError::from_message(&format!("{error:?}")),
    }
}
