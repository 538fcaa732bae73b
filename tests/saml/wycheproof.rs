//! Project Wycheproof through the native verifier. `tests/e2e/wycheproof.test.mjs` does the same in the built module.

use crate::support::wycheproof::{Verdict, vectors};
use postern::crypto::native::NativeCrypto;
use postern::crypto::{Crypto, PublicKey, SignatureAlgorithm};

/// How many of each verdict the vectors of this version have: none must get lost on the way.
const COUNTS: [usize; 3] = [1436, 3988, 815];

#[test]
fn every_vector_has_its_verdict() {
    let (mut counts, mut failures) = ([0; 3], Vec::new());
    for vector in vectors() {
        counts[vector.verdict as usize] += 1;
        let verdict = verdict(&vector.spki, vector.algorithm, &vector.message, &vector.signature);
        if verdict != vector.verdict {
            failures.push(format!("{}: {verdict:?}, not {:?}", vector.name, vector.verdict));
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
    assert_eq!(counts, COUNTS, "valid, invalid, untrusted");
}

pub(crate) fn verdict(spki: &[u8], algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Verdict {
    match PublicKey::from_spki(spki) {
        Ok(key) if key.is_strong() => {
            let asked = NativeCrypto.verify(&key, algorithm, message, signature);
            let valid = key.fits(algorithm, signature) && pollster::block_on(asked).unwrap();
            if valid { Verdict::Valid } else { Verdict::Invalid }
        }
        _ => Verdict::Untrusted,
    }
}
