//! The Worker: what the platform calls, and the platform behind the two seams.

mod d1;
mod outbound;
mod platform;
mod private_keys;
mod task;
mod web;
mod web_crypto;

#[cfg(feature = "bench")]
mod bench;

use crate::crypto::MasterKey;
use crate::deployment::{Deployment, PublicUrl, Retention, SetupToken};
use crate::journey::{self, Configurations, Postern};
use crate::time::Timestamp;
use d1::D1;
use js_sys::Function;
use outbound::Platform;
use std::cell::RefCell;
use std::rc::Rc;
use web_crypto::WebCrypto;
use worker::wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, Response, Result, ScheduleContext, ScheduledEvent, event, web_sys};

thread_local! {
    /// An isolate has one thread; what it remembers of accounts is lost with it.
    static CONFIGURATIONS: Configurations = Configurations::default();
    /// The variables of an isolate never change. Where PUBLIC_URL is not set, the origin of the last request is a part of it.
    static DEPLOYMENT: RefCell<Option<(String, Rc<Deployment>)>> = const { RefCell::new(None) };
}

/// Answers a request, with a Response to `resolve`.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "the platform reaches it")]
pub fn fetch(request: web_sys::Request, env: Env, resolve: Function, reject: Function) {
    let answering = async move {
        let response = match answered(request, env).await {
            Ok(response) => response,
            Err(error) => {
                worker::console_error!("{error}");
                Response::error("INTERNAL SERVER ERROR", 500)?.into()
            }
        };
        Ok(response.into())
    };
    task::begin(answering, resolve, reject);
}

async fn answered(request: web_sys::Request, env: Env) -> Result<web_sys::Response> {
    let sent = web::sent(&request)?;
    let origin = web::origin(&sent.url).to_owned();
    #[cfg(feature = "bench")]
    if sent.url[origin.len()..].starts_with("/__bench/") {
        return bench::fetch(request.into()).await.map(Into::into);
    }
    let deployment = match known_deployment(&env, &origin) {
        Ok(deployment) => deployment,
        Err(message) => return Ok(Response::error(message, 500)?.into()),
    };
    let call = web::call(request, sent, &deployment.public_url).await?;
    let store = D1(&env);
    let configurations = CONFIGURATIONS.with(Configurations::clone);
    let postern = Postern {
        store: &store,
        crypto: &WebCrypto,
        outbound: &Platform(&env),
        deployment: &deployment,
        configurations: &configurations,
        now: now(),
    };
    let if_none_match = call.header("if-none-match").map(str::to_owned);
    let answer = journey::route(&postern, call).await;
    web::response(answer, &env, &origin, if_none_match.as_deref()).await
}

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
    if let Err(error) = upkeep(&env).await {
        worker::console_error!("upkeep: {error}");
    }
}

async fn upkeep(env: &Env) -> std::result::Result<(), String> {
    let store = D1(env);
    // Days that cannot be read are no reason to remove anything, nor to keep what has expired.
    let (retention, unread) = match Retention::read(|name| variable(env, name)) {
        Ok(retention) => (retention, Ok(())),
        Err(message) => (Retention::default(), Err(message)),
    };
    let purged = journey::upkeep(&store, &retention, now()).await.map_err(|error| error.to_string());
    // No request says where we are; what is asked of others was settled when an admin saved it.
    let deployment = deployment(env, "https://localhost")?;
    let configurations = CONFIGURATIONS.with(Configurations::clone);
    let postern = Postern {
        store: &store,
        crypto: &WebCrypto,
        outbound: &Platform(env),
        deployment: &deployment,
        configurations: &configurations,
        now: now(),
    };
    unread.and(purged).and(journey::look_at_due(&postern).await)
}

/// The same, read once for all requests to an origin.
fn known_deployment(env: &Env, origin: &str) -> std::result::Result<Rc<Deployment>, &'static str> {
    let known =
        DEPLOYMENT.with_borrow(|known| known.as_ref().filter(|(of, _)| of == origin).map(|(_, one)| one.clone()));
    if let Some(known) = known {
        return Ok(known);
    }
    let read = Rc::new(deployment(env, origin)?);
    DEPLOYMENT.set(Some((origin.to_owned(), read.clone())));
    Ok(read)
}

fn deployment(env: &Env, origin: &str) -> std::result::Result<Deployment, &'static str> {
    let text = |name| variable(env, name);
    let public_url = text("PUBLIC_URL");
    let public_url = PublicUrl::parse(public_url.as_deref().unwrap_or(origin))
        .ok_or("PUBLIC_URL must be an origin with an optional path, such as https://sso.example.com")?;
    let master_key = text("MASTER_KEY").map(|key| {
        MasterKey::parse(&key).ok_or("MASTER_KEY must be 32 bytes in base64, as `openssl rand -base64 32` prints them")
    });
    Ok(Deployment {
        public_url,
        setup_token: text("SETUP_TOKEN").and_then(|token| SetupToken::new(&token)),
        master_key: master_key.transpose()?,
    })
}

/// A variable or secret of the Worker, unless it is blank.
fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string()).filter(|value| !value.trim().is_empty())
}

fn now() -> Timestamp {
    Timestamp(js_sys::Date::now() as i64)
}
