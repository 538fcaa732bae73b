//! The store seam on D1.

use crate::store::{Rows, Statement, Store, StoreError, Value};
use worker::wasm_bindgen::JsValue;
use worker::{D1Database, D1PreparedStatement, Error};

pub(super) struct D1(D1Database);

impl D1 {
    pub(super) fn new(database: D1Database) -> Self {
        Self(database)
    }

    fn prepare(&self, statement: &Statement) -> Result<D1PreparedStatement, Error> {
        let parameters: Vec<JsValue> = statement.parameters.iter().map(js_value).collect();
        self.0.prepare(statement.sql.as_ref()).bind(&parameters)
    }
}

impl Store for D1 {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, StoreError> {
        let prepared: Result<Vec<_>, _> = statements.iter().map(|statement| self.prepare(statement)).collect();
        let results = match prepared {
            Ok(prepared) => self.0.batch(prepared).await,
            Err(error) => Err(error),
        };
        let results = results.map_err(|error| store_error(&error))?;
        let rows = |result: worker::D1Result| result.results::<serde_json::Value>().map(Rows::new);
        results.into_iter().map(rows).collect::<Result<_, _>>().map_err(|error| StoreError::Row(error.to_string()))
    }
}

/// D1 takes integers of 32 bits only, and floats for the rest; an INTEGER column stores a whole float as an integer.
fn js_value(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Integer(number) => JsValue::from_f64(*number as f64),
        Value::Text(text) => JsValue::from_str(text),
    }
}

fn store_error(error: &Error) -> StoreError {
    let message = match error {
        Error::D1(error) => AsRef::<js_sys::Error>::as_ref(error).message().into(),
        other => other.to_string(),
    };
    StoreError::from_message(&message)
}
