//! The seam to other people's servers on the platform's `fetch`.

use crate::outbound::{MAX_BODY, Outbound, OutboundError, Received};
use futures_util::StreamExt;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Response;
use worker::web_sys::{self, AbortSignal, Headers, RequestInit, RequestRedirect, WorkerGlobalScope};

/// Milliseconds for an answer, its body included.
const TIMEOUT: u32 = 10_000;

#[derive(Debug)]
pub(super) struct Fetch;

impl Outbound for Fetch {
    fn get<'a>(&'a self, url: &'a str) -> Pin<Box<dyn Future<Output = Result<Received, OutboundError>> + 'a>> {
        Box::pin(async move {
            let signal = AbortSignal::timeout_with_u32(TIMEOUT);
            let received = get(url, &signal).await;
            if signal.aborted() { Err(OutboundError::Slow) } else { received }
        })
    }
}

async fn get(url: &str, signal: &AbortSignal) -> Result<Received, OutboundError> {
    let response = send(url, signal).await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let location = response.headers().get("location").ok().flatten();
    let mut body = Vec::new();
    // An answer without a body has no stream.
    if status == 200
        && let Ok(mut stream) = Response::from(response).stream()
    {
        while let Some(chunk) = stream.next().await {
            body.extend(chunk.map_err(|error| OutboundError::Unreachable(error.to_string()))?);
            if body.len() > MAX_BODY {
                return Err(OutboundError::TooLarge);
            }
        }
    }
    Ok(Received { status, location, body })
}

async fn send(url: &str, signal: &AbortSignal) -> Result<web_sys::Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/samlmetadata+xml, application/xml, text/xml")?;
    headers.set("user-agent", "Postern")?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    let platform: WorkerGlobalScope = js_sys::global().unchecked_into();
    let response = JsFuture::from(platform.fetch_with_str_and_init(url, &init)).await?;
    Ok(response.unchecked_into())
}

/// What the platform says.
fn unreachable(error: &JsValue) -> OutboundError {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let message = message.unwrap_or_default();
    OutboundError::Unreachable(message.trim_end_matches('.').to_owned())
}
