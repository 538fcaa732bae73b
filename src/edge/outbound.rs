//! The seam to other people's servers on the platform's `fetch`, and to its mail.

use super::task::settled;
use crate::outbound::{MAX_BODY, Mail, Mailed, Outbound, OutboundError, Received};
use futures_util::StreamExt;
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{self, AbortSignal, Headers, RequestInit, RequestRedirect, WorkerGlobalScope};
use worker::{Env, Response, SendEmailBuilder};

/// Milliseconds for an answer, its body included.
const TIMEOUT: u32 = 10_000;

/// What the Worker may reach.
#[derive(Debug)]
pub(super) struct Platform<'e>(pub(super) &'e Env);

impl Outbound for Platform<'_> {
    fn get<'a>(&'a self, url: &'a str) -> Pin<Box<dyn Future<Output = Result<Received, OutboundError>> + 'a>> {
        Box::pin(async move {
            let signal = AbortSignal::timeout_with_u32(TIMEOUT);
            let received = get(url, &signal).await;
            if signal.aborted() { Err(OutboundError::Slow) } else { received }
        })
    }

    fn mail<'a>(&'a self, mail: Mail<'a>) -> Pin<Box<dyn Future<Output = Mailed> + 'a>> {
        Box::pin(async move {
            let Ok(binding) = self.0.send_email("EMAIL") else { return Mailed::NotConfigured };
            let from = self.0.var("EMAIL_FROM").map(|from| from.to_string()).unwrap_or_default();
            if from.trim().is_empty() {
                return Mailed::Failed("EMAIL_FROM, the address that mail comes from, is not set".to_owned());
            }
            let message = SendEmailBuilder::new(from.trim(), mail.to, mail.subject);
            message.set_text(mail.text);
            match binding.send_with_builder(&message).await {
                Ok(_) => Mailed::Sent,
                Err(error) => Mailed::Failed(String::from(error.message())),
            }
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
    let response = settled(&platform.fetch_with_str_and_init(url, &init)).await?;
    Ok(response.unchecked_into())
}

/// What the platform says.
fn unreachable(error: &JsValue) -> OutboundError {
    let message = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let message = message.unwrap_or_default();
    OutboundError::Unreachable(message.trim_end_matches('.').to_owned())
}
