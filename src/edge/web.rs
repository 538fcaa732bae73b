//! Requests and responses of the platform, to and from those of the core.

use super::platform;
use super::task::settled;
use crate::deployment::PublicUrl;
use crate::http::{Answer, AnswerBody, Call, CallBody, LOOKED_AT, Method};
use crate::journey::body_limit;
use serde::Deserialize;
use worker::wasm_bindgen::JsValue;
use worker::{Env, Request, Response, Result, web_sys};

/// Scheme, host and port of a URL. The platform has parsed it: it is absolute and normalized.
pub(super) fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    url[authority..].find('/').map_or(url, |at| &url[..authority + at])
}

/// A request but for its body.
#[derive(Deserialize)]
pub(super) struct Sent {
    method: String,
    pub(super) url: String,
    /// Values of the header fields that are looked at, and of the length.
    values: Vec<Option<String>>,
}

thread_local! {
    static NAMES: js_sys::Array =
        LOOKED_AT.iter().copied().chain(["content-length"]).map(JsValue::from_str).collect();
}

/// What a request says before its body. The platform's own type: the wrapper around it asks for all that Cloudflare knows of the
/// connection, which takes longer than a lookup in the database.
pub(super) fn sent(request: &web_sys::Request) -> Result<Sent> {
    Ok(serde_json::from_str(&NAMES.with(|names| platform::sent(request, names)))?)
}

/// Reads a request, its body up to the bound of its route.
pub(super) async fn call(request: web_sys::Request, sent: Sent, public_url: &PublicUrl) -> Result<Call> {
    let Sent { method, url, mut values } = sent;
    let rest = url[origin(&url).len()..].split('#').next().unwrap_or_default();
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let method = Method::from_name(&method);
    let length = values.pop().flatten();
    let headers = LOOKED_AT.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?))).collect();
    let body = match method {
        Method::Get => CallBody::Whole(Vec::new()),
        _ => body(request, body_limit(public_url, path), length.and_then(|length| length.parse().ok())).await?,
    };
    let (path, query) = (path.to_owned(), query.to_owned());
    Ok(Call { method, path, query, headers, body })
}

/// So much of a body beyond its bound is read and thrown away: a client that is still sending when the connection closes
/// may lose the answer that says why.
const THROWN_AWAY: usize = 1024 * 1024;

async fn body(request: web_sys::Request, limit: usize, length: Option<usize>) -> Result<CallBody> {
    match length {
        Some(length) if length > limit + THROWN_AWAY => return Ok(CallBody::TooLarge),
        // The platform holds the body to its length.
        Some(length) if length <= limit => {
            let buffer = settled(&request.array_buffer()?).await?;
            return Ok(CallBody::Whole(js_sys::Uint8Array::new(&buffer).to_vec()));
        }
        _ if request.body().is_none() => return Ok(CallBody::Whole(Vec::new())),
        _ => {}
    }
    let (mut whole, mut size) = (Vec::new(), 0);
    let mut stream = Request::from(request).stream()?;
    while let Some(chunk) = futures_util::StreamExt::next(&mut stream).await {
        let chunk = chunk?;
        size += chunk.len();
        if size <= limit {
            whole.extend_from_slice(&chunk);
        } else if size > limit + THROWN_AWAY {
            break;
        }
    }
    Ok(if size <= limit { CallBody::Whole(whole) } else { CallBody::TooLarge })
}

/// Writes an answer.
pub(super) async fn response(
    answer: Answer,
    env: &Env,
    origin: &str,
    if_none_match: Option<&str>,
) -> Result<web_sys::Response> {
    if let Some(fault) = &answer.fault {
        worker::console_error!("{} {fault}", answer.status);
    }
    match answer.body {
        AnswerBody::Text(text) => {
            let body = (!text.is_empty()).then_some(text.as_bytes());
            Ok(platform::response(answer.status, &serde_json::to_string(&answer.headers)?, body)?)
        }
        AnswerBody::Asset(path) => {
            let found = asset(env, &format!("{origin}{path}"), if_none_match).await?;
            let found = web_sys::Response::from(found);
            let headers = web_sys::Headers::new_with_headers(&found.headers())?;
            for (name, value) in &answer.headers {
                headers.append(name, value)?;
            }
            let init = web_sys::ResponseInit::new();
            init.set_status(found.status());
            init.set_headers(&headers);
            Ok(web_sys::Response::new_with_opt_readable_stream_and_init(found.body().as_ref(), &init)?)
        }
    }
}

async fn asset(env: &Env, url: &str, if_none_match: Option<&str>) -> Result<Response> {
    let request = Request::new(url, worker::Method::Get)?;
    let mut request = request;
    if let Some(etag) = if_none_match {
        request.headers_mut()?.set("if-none-match", etag)?;
    }
    env.assets("ASSETS")?.fetch_request(request).await
}
