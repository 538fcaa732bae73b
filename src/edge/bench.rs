//! Entries for measurements and tests. They exist in the bench build only.
//!
//! `/__bench/verify` repeats one verification many times within a request, so that its CPU time can be measured from outside:
//! inside, the platform's clock stands still. `/__bench/signatures` verifies bare signatures as the verifier does. `/__bench/panic` and
//! `/__bench/trap` end the instance of the module, which nothing that is deployed should be able to.

use super::web_crypto::WebCrypto;
use crate::crypto::{Crypto, PublicKey, SignatureAlgorithm, TrustedKeys};
use crate::provider::Encryption;
use crate::saml::{Decryption, Expectations, IdpMetadata, ReceivedResponse, SamlError, decode_base64};
use crate::time::{Duration, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::BTreeMap;
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

/// `POST /__bench/verify`: `{metadataXml, samlResponse, audience, acsUrl, now, times}` → `{accepted, refused}`: how many
/// were accepted, and how many refused for each code.
pub(super) async fn fetch(request: Request) -> Result<Response> {
    match request.path().as_str() {
        "/__bench/verify" => verifications(request).await,
        "/__bench/signatures" => signatures(request).await,
        #[allow(clippy::panic, reason = "it is what is tested")]
        "/__bench/panic" => panic!("as it was asked"),
        "/__bench/trap" => std::process::abort(),
        _ => Response::error("There is no such entry.", 404),
    }
}

/// A signature to verify; all of it in base64 but the algorithm, which is an identifier of XML Signature.
#[derive(Deserialize)]
struct Signature {
    spki: String,
    algorithm: String,
    message: String,
    signature: String,
}

/// `[Signature]` → `["valid" | "invalid" | "untrusted"]`.
async fn signatures(mut request: Request) -> Result<Response> {
    let decode = |text: &str| STANDARD.decode(text).map_err(|error| error.to_string());
    let mut verdicts = Vec::new();
    for one in request.json::<Vec<Signature>>().await? {
        let (message, signature) = (decode(&one.message)?, decode(&one.signature)?);
        let algorithm = SignatureAlgorithm::from_uri(&one.algorithm).ok_or("no such algorithm")?;
        verdicts.push(match PublicKey::from_spki(&decode(&one.spki)?) {
            Ok(key) if key.is_strong() => {
                let verdict = key.fits(algorithm, &signature)
                    && WebCrypto
                        .verify(&key, algorithm, &message, &signature)
                        .await
                        .map_err(|error| error.to_string())?;
                if verdict { "valid" } else { "invalid" }
            }
            _ => "untrusted",
        });
    }
    Response::from_json(&verdicts)
}

async fn verifications(mut request: Request) -> Result<Response> {
    let task: Task = request.json().await?;
    let metadata = IdpMetadata::parse(task.metadata_xml.as_bytes()).map_err(|error| error.to_string())?;
    let keys = TrustedKeys::new(&metadata.certificates, false).ok_or("no strong key")?;
    let mut accepted = 0;
    let mut refused: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..task.times {
        match verify(&task, &metadata, &keys).await {
            Ok(name_id) => accepted += u32::from(!name_id.is_empty()),
            Err(error) => *refused.entry(error.code()).or_default() += 1,
        }
    }
    Response::from_json(&serde_json::json!({ "accepted": accepted, "refused": refused }))
}

/// What a sign-in does with the form field, until a store is needed.
async fn verify(task: &Task, metadata: &IdpMetadata, keys: &TrustedKeys) -> std::result::Result<String, SamlError> {
    let xml = decode_base64(&task.saml_response)?;
    let received = ReceivedResponse::parse(&xml)?;
    let now = Timestamp(task.now);
    let decryption = Decryption { policy: Encryption::Off, account: "", keys: &[], master: None, now };
    let authentic = received.decrypt(&decryption, keys, &WebCrypto).await?.authenticate(keys, &WebCrypto).await?;
    let checked = authentic.check(&Expectations {
        issuer: &metadata.entity_id,
        audience: &task.audience,
        acs_url: &task.acs_url,
        authn_context: &[],
        clock_skew: Duration::seconds(120),
        now,
    });
    Ok(checked?.name_id().value.clone())
}
