//! What this server can do (RFC 7644, 4). For this too a token is needed: "Test Connection" passes or fails by it.

use super::{Failure, Reply, Request};
use crate::crypto::Crypto;
use crate::scim::ListPage;
use crate::scim::discovery::{by_id, resource_types, schemas, service_provider_config};
use crate::store::Store;
use serde_json::Value;

/// What is asked for.
pub(super) enum What<'p> {
    Config,
    ResourceTypes(Option<&'p str>),
    Schemas(Option<&'p str>),
}

/// `GET`
pub(super) async fn read<S: Store, C: Crypto>(request: &Request<'_, S, C>, what: What<'_>) -> Result<Reply, Failure> {
    request.load(Vec::new()).await?;
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
