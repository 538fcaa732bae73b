//! Bare signatures that other libraries made, of the algorithms that Project Wycheproof has no vectors of, through the native
//! verifier. `tests/e2e/wycheproof.test.mjs` does the same in the built module.

use crate::support::wycheproof::Verdict;
use crate::wycheproof::verdict;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::crypto::SignatureAlgorithm;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    spki: String,
    algorithm: String,
    message: String,
    signature: String,
    valid: bool,
}

#[test]
fn every_signature_of_another_library_has_its_verdict() {
    let cases: BTreeMap<String, Case> = serde_json::from_str(include_str!("signatures.json")).unwrap();
    let bytes = |text: &str| STANDARD.decode(text).unwrap();
    let mut counts: BTreeMap<(&str, bool), usize> = BTreeMap::new();
    for (name, case) in &cases {
        let algorithm = SignatureAlgorithm::from_uri(&case.algorithm).unwrap();
        let got = verdict(&bytes(&case.spki), algorithm, &bytes(&case.message), &bytes(&case.signature));
        assert_eq!(got, if case.valid { Verdict::Valid } else { Verdict::Invalid }, "{name}");
        *counts.entry((name.split(' ').next().unwrap(), case.valid)).or_default() += 1;
    }
    let expected = [(("ec-p256", false), 28), (("ec-p256", true), 6), (("ec-p384", false), 27), (("ec-p384", true), 6)];
    let expected = expected.into_iter().chain([(("idp", false), 25), (("idp", true), 5)]);
    assert_eq!(counts, expected.collect());
}
