//! Metadata alone, in lists and signed: cases made by `dev/corpus/metadata.mjs`.

use crate::support::corpus::NOW;
use crate::support::keys::certificate;
use postern::crypto::TrustedKeys;
use postern::crypto::native::NativeCrypto;
use postern::saml::{IdpMetadata, Reading};
use postern::time::{Duration, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    document: String,
    wanted: Option<String>,
    preferred: Option<String>,
    pinned: Option<String>,
    entity_id: Option<String>,
    #[serde(default)]
    keys: Vec<String>,
    cache_seconds: Option<i64>,
    refused: Option<String>,
}

#[test]
fn every_case_comes_to_what_it_says() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("metadata.json")).unwrap();
    assert!(cases.len() > 50, "{}", cases.len());
    for (name, case) in cases {
        let pinned = case.pinned.as_deref().map(|key| TrustedKeys::new([&certificate(key)], false).unwrap());
        let reading = Reading {
            wanted: case.wanted.as_deref(),
            preferred: case.preferred.as_deref(),
            pinned: pinned.as_ref(),
            now: Timestamp::parse(NOW).unwrap(),
        };
        let read = pollster::block_on(IdpMetadata::read(case.document.as_bytes(), &reading, &NativeCrypto));
        match (read, case.refused) {
            (Ok(read), None) => {
                assert_eq!(Some(read.entity_id), case.entity_id, "{name}");
                let keys: Vec<_> = case.keys.iter().map(|key| certificate(key)).collect();
                assert_eq!(read.certificates, keys, "{name}");
                assert_eq!(read.cache_duration, case.cache_seconds.map(Duration::seconds), "{name}");
                assert_eq!(read.sso_url, "https://idp.example/sso", "{name}");
            }
            (Err(error), Some(says)) => {
                let error = error.to_string();
                assert!(error.contains(&says) && error.ends_with('.'), "{name}: {error}");
            }
            (Ok(read), Some(says)) => panic!("{name} is taken as {read:?}, not refused: {says}"),
            (Err(error), None) => panic!("{name}: {error}"),
        }
    }
}
