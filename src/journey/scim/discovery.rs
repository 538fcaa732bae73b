//! What this server can do (RFC 7644, 4). For this too a token is needed: "Test Connection" passes or fails by it.

use super::{Failure, Reply, Request};
use crate::crypto::Crypto;
use crate::scim::discovery::{by_id, resource_types, schemas, service_provider_config};
use crate::scim::query::has_filter;
use crate::scim::{ListPage, ScimError};
use crate::store::Store;
use serde_json::Value;

/// What is asked for.
pub(super) enum What<'p> {
    Config,
    ResourceTypes(Option<&'p str>),
    Schemas(Option<&'p str>),
}

/// `GET`. A filter is refused, so that nobody takes all there is for what it finds (RFC 7644, 4).
pub(super) async fn read<S: Store, C: Crypto>(request: &Request<'_, S, C>, what: What<'_>) -> Result<Reply, Failure> {
    request.load(Vec::new()).await?;
    if has_filter(request.query) {
        let detail = "What this server can do is not filtered. Ask for the whole list.";
        return Err(ScimError::protocol(403, None, detail).into());
    }
    let (entries, id): (Vec<Value>, _) = match what {
        What::Config => return Ok(Reply::text(200, service_provider_config(request.base).to_string())),
        What::ResourceTypes(id) => (resource_types(request.base), id),
        What::Schemas(id) => (schemas(request.base), id),
    };
    if let Some(id) = id {
        return Ok(Reply::text(200, by_id(entries, id)?.to_string()));
    }
    let page = ListPage {
        total: Some(entries.len() as u64),
        start: Some(1),
        resources: entries.iter().map(Value::to_string).collect(),
        ..ListPage::default()
    };
    Ok(Reply::text(200, page.text()))
}
