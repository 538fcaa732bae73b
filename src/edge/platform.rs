//! What the module asks of the platform in one piece: `platform.js`.

use js_sys::{Array, Promise};
use worker::wasm_bindgen::JsValue;
use worker::wasm_bindgen::closure::Closure;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::web_sys;

#[wasm_bindgen(module = "/src/edge/platform.js")]
extern "C" {
    /// A request as JSON: `[method, url, [value or null of each header field]]`.
    pub(super) fn sent(request: &web_sys::Request, names: &Array) -> String;

    /// `fields`: `[[name, value], …]` as JSON. Fails for what is no status or header field.
    #[wasm_bindgen(catch)]
    pub(super) fn response(status: u16, fields: &str, body: Option<&[u8]>) -> Result<web_sys::Response, JsValue>;

    /// `statements`: SQL with a NUL between each two; `parameters`: a list for each, as JSON. The promise of `[{columns, rows}, …]` as
    /// JSON.
    pub(super) fn ask(env: &JsValue, statements: &str, parameters: &str) -> Promise;

    /// Calls `settled(number, kept, value or error)` when the promise is.
    pub(super) fn tell(promise: &Promise, number: u32, settled: &Closure<dyn Fn(u32, bool, JsValue)>);
}
