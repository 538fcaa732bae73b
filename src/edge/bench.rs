//! Repeats one verification many times within a request, so that its CPU time can be measured from outside: inside, the
//! platform's clock stands still. This module exists in the bench build only.

use super::web_crypto::WebCrypto;
use crate::crypto::TrustedKeys;
use crate::saml::{Expectations, IdpMetadata, ReceivedResponse, decode_base64};
use crate::time::{Duration, Timestamp};
use serde::Deserialize;
use worker::{Request, Response, Result};

/// What to verify, how often.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    metadata_xml: String,
    saml_response: String,
    audience: String,
    acs_url: String,
    now: i64,
    times: u32,
}

/// `POST /__bench/verify`: `{metadataXml, samlResponse, audience, acsUrl, now, times}` → `{accepted}`, how many were.
pub(super) async fn fetch(mut request: Request) -> Result<Response> {
    let task: Task = request.json().await?;
    let metadata = IdpMetadata::parse(task.metadata_xml.as_bytes()).map_err(|error| error.to_string())?;
    let keys = TrustedKeys::new(&metadata.certificates, false).ok_or("no strong key")?;
    let mut accepted = 0;
    for _ in 0..task.times {
        let xml = decode_base64(&task.saml_response).map_err(|error| error.to_string())?;
        let received = ReceivedResponse::parse(&xml).map_err(|error| error.to_string())?;
        let authentic = received.authenticate(&keys, &WebCrypto).await.map_err(|error| error.to_string())?;
        let (_, checked) = authentic.check(&Expectations {
            issuer: &metadata.entity_id,
            audience: &task.audience,
            acs_url: &task.acs_url,
            authn_context: &[],
            clock_skew: Duration::seconds(120),
            now: Timestamp(task.now),
        });
        let checked = checked.map_err(|error| error.to_string())?;
        accepted += u32::from(!checked.name_id().value.is_empty());
    }
    Response::from_json(&serde_json::json!({ "accepted": accepted }))
}
