//! Project Wycheproof through the native verifier. `tests/e2e/wycheproof.test.mjs` does the same in the built module.

use crate::support::wycheproof::vectors;
use postern::crypto::Crypto;
use postern::crypto::native::NativeCrypto;

#[test]
fn every_vector_has_its_verdict() {
    let (mut valid, mut invalid, mut untrusted, mut failures) = (0, 0, 0, Vec::new());
    for vector in vectors() {
        let Some(key) = vector.key() else {
            untrusted += 1;
            continue;
        };
        let asked = NativeCrypto.verify(&key, vector.algorithm, &vector.message, &vector.signature);
        let verdict = key.fits(vector.algorithm, &vector.signature) && pollster::block_on(asked).unwrap();
        *(if vector.valid { &mut valid } else { &mut invalid }) += 1;
        if verdict != vector.valid {
            failures.push(vector.name);
        }
    }
    assert!(failures.is_empty(), "{failures:?}");
    println!("{valid} valid, {invalid} invalid, {untrusted} of untrusted keys");
    assert!(valid > 800 && invalid > 3000 && untrusted > 100, "{valid} {invalid} {untrusted}");
}
