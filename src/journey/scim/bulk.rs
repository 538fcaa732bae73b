//! `/Bulk` (RFC 7644, 3.7): many requests in one, each in a transaction of its own.

use super::log::Log;
use super::{Failure, Reply, Request, Target, one};
use crate::crypto::Crypto;
use crate::scim::bulk::{BulkAnswer, BulkResult};
use crate::scim::render::{etag, location};
use crate::scim::{Bulk, BulkOperation, ScimError};
use crate::store::Store;
use serde_json::Value;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

/// `POST`
pub(super) async fn bulk<S: Store, C: Crypto>(request: &Request<'_, S, C>, body: Value) -> Result<Reply, Failure> {
    let Bulk { fail_on_errors, operations, order, circular } = Bulk::parse(&body)?;
    request.load(Vec::new()).await?;
    let mut results: Vec<Option<BulkResult>> = operations.iter().map(|_| None).collect();
    let mut made = BTreeMap::new();
    let mut errors = 0;
    for (at, is_circular) in order.iter().map(|at| (*at, false)).chain(circular.iter().map(|at| (*at, true))) {
        if fail_on_errors.is_some_and(|most| errors >= most.max(1)) {
            break;
        }
        let Some(operation) = operations.get(at) else { continue };
        let resolved = match is_circular {
            true => Err(circular_reference(operation)),
            false => operation.resolved(&made),
        };
        let log = request.log.borrow().inner(operation.method, &operation.path);
        let outcome = match resolved {
            Ok(resolved) => carry_out(request, operation, resolved, log, &mut made).await,
            Err(error) => {
                let failure = Failure::from(error);
                log.keep(request.postern, request.account, &failure).await;
                Err(failure)
            }
        };
        errors += u32::from(outcome.is_err());
        if let Some(result) = results.get_mut(at) {
            *result = Some(told(request, operation, outcome));
        }
    }
    let answer = BulkAnswer::of(results.into_iter().flatten().collect());
    let text = serde_json::to_string(&answer).map_err(|error| crate::store::StoreError::Row(error.to_string()))?;
    Ok(Reply::text(200, text))
}

fn circular_reference(operation: &BulkOperation) -> ScimError {
    ScimError::CircularReference { bulk_id: operation.bulk_id.clone().unwrap_or_default() }
}

/// What an operation was about, when it is done.
struct Done {
    reply: Reply,
    location: String,
}

async fn carry_out<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    operation: &BulkOperation,
    (path, data): (String, Option<Value>),
    log: Log,
    made: &mut BTreeMap<String, String>,
) -> Result<Done, Failure> {
    let path = path.trim_start_matches('/');
    let inner = Request {
        postern: request.postern,
        account: request.account,
        base: request.base,
        method: operation.method,
        path,
        query: "",
        if_match: operation.version.as_deref(),
        if_none_match: None,
        token: request.token,
        actor: OnceCell::new(),
        log: RefCell::new(log),
    };
    if let Some(actor) = request.actor.get() {
        let _ = inner.actor.set(actor.clone());
    }
    let outcome = one(&inner, Target::of(path), Ok(data.unwrap_or(Value::Null))).await;
    let reply = match outcome {
        Ok(reply) => reply,
        Err(failure) => {
            inner.log.take().keep(request.postern, request.account, &failure).await;
            return Err(failure);
        }
    };
    let location = match (&reply.location, Target::of(path)) {
        (Some(location), _) => location.clone(),
        (None, Target::Resource(resource, id)) => location(request.base, resource, id),
        (None, _) => request.base.to_owned(),
    };
    if let (Some(_), Some(bulk_id), Some((_, id))) = (&reply.location, &operation.bulk_id, location.rsplit_once('/')) {
        made.insert(bulk_id.clone(), id.to_owned());
    }
    Ok(Done { reply, location })
}

fn told<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    operation: &BulkOperation,
    outcome: Result<Done, Failure>,
) -> BulkResult {
    let result = BulkResult {
        method: operation.method.name(),
        bulk_id: operation.bulk_id.clone(),
        version: None,
        location: None,
        status: String::new(),
        response: None,
    };
    match outcome {
        Ok(Done { reply, location }) => BulkResult {
            version: reply.version.map(etag),
            location: Some(location),
            status: reply.status.to_string(),
            ..result
        },
        Err(failure) => {
            let error = failure.error();
            let known = match Target::of(operation.path.trim_start_matches('/')) {
                Target::Resource(resource, id) => Some(location(request.base, resource, id)),
                _ => None,
            };
            let status = error.status().to_string();
            BulkResult { location: known, status, response: Some(error.body()), ..result }
        }
    }
}
