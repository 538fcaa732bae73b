//! The store seam on D1. Four methods of the platform are bound here: what it answers crosses into WebAssembly as one text, which
//! costs less than value by value.

use crate::store::{Rows, Statement, Store, StoreError, Value};
use serde::Deserialize;
use wasm_bindgen_futures::JsFuture;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    type Database;
    type PreparedStatement;

    #[wasm_bindgen(method, catch)]
    fn prepare(this: &Database, sql: &str) -> Result<PreparedStatement, JsValue>;

    #[wasm_bindgen(method, catch, variadic)]
    fn bind(this: &PreparedStatement, values: Box<[JsValue]>) -> Result<PreparedStatement, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn all(this: &PreparedStatement) -> Result<js_sys::Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn batch(this: &Database, statements: js_sys::Array) -> Result<js_sys::Promise, JsValue>;
}

pub(super) struct D1(Database);

/// What D1 says of one statement of a batch, but for what it says of itself.
#[derive(Deserialize)]
struct Answered {
    results: Option<Vec<serde_json::Value>>,
}

impl D1 {
    /// The database that is bound by this name.
    pub(super) fn new(env: &JsValue, name: &str) -> worker::Result<Self> {
        let database = js_sys::Reflect::get(env, &name.into())?;
        if database.is_undefined() {
            return Err(worker::Error::BindingError(name.to_owned()));
        }
        Ok(Self(database.unchecked_into()))
    }

    fn prepare(&self, statement: &Statement) -> Result<PreparedStatement, JsValue> {
        self.0.prepare(&statement.sql)?.bind(statement.parameters.iter().map(js_value).collect())
    }

    /// What each statement answered. One alone needs no batch, which D1 takes longer for.
    async fn answered(&self, statements: &[Statement]) -> Result<JsValue, JsValue> {
        if let [statement] = statements {
            let answered = JsFuture::from(self.prepare(statement)?.all()?).await?;
            return Ok(js_sys::Array::of1(&answered).into());
        }
        let prepared: js_sys::Array =
            statements.iter().map(|statement| self.prepare(statement)).collect::<Result<_, _>>()?;
        JsFuture::from(self.0.batch(prepared)?).await
    }
}

impl Store for D1 {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, StoreError> {
        let answered = self.answered(&statements).await.map_err(|error| store_error(&error))?;
        let text = js_sys::JSON::stringify(&answered).map_err(|error| store_error(&error))?;
        let answered: Vec<Answered> =
            serde_json::from_str(&String::from(text)).map_err(|error| StoreError::Row(error.to_string()))?;
        Ok(answered.into_iter().map(|one| Rows::new(one.results.unwrap_or_default())).collect())
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

fn store_error(error: &JsValue) -> StoreError {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => StoreError::from_message(&String::from(error.message())),
        None => StoreError::from_message(&format!("{error:?}")),
    }
}
