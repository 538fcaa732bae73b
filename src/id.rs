//! Identifiers and secrets. Both are text that needs no escaping in a URL, a header or XML.

use crate::crypto::Crypto;
use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A fresh id: ten characters of time in milliseconds, sixteen of randomness, in Crockford's base 32. Ids sort by the
/// time of their making; 80 random bits a millisecond keep them apart and unguessable.
pub fn fresh<C: Crypto>(crypto: &C, now: Timestamp) -> String {
    let mut random = [0_u8; 16];
    crypto.random(&mut random);
    let mut id = before_all_of(now);
    id.extend(random.iter().map(|byte| digit(u64::from(*byte))));
    id
}

/// What all ids that are made at a time begin with: it sorts before each of them, and after all that are made before.
pub fn before_all_of(time: Timestamp) -> String {
    let time = time.0.max(0).unsigned_abs();
    let mut id = String::with_capacity(26);
    id.extend((0..10).rev().map(|place| digit(time >> (place * 5))));
    id
}

/// The last five bits, as a character.
fn digit(value: u64) -> char {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    char::from(ALPHABET[(value % 32) as usize])
}

/// Whether the text can be an account id (SPEC section 1): `[A-Za-z0-9_-]{1,64}`.
pub fn is_account_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// What only its holder knows: 256 random bits. It is shown once, to its holder; the database has its [`Secret::digest`].
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn fresh<C: Crypto>(crypto: &C) -> Self {
        let mut random = [0_u8; 32];
        crypto.random(&mut random);
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// One that somebody presents. `None` if it cannot be one of ours.
    pub fn presented(text: &str) -> Option<Self> {
        let fits = text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok();
        fits.then(|| Self(text.to_owned()))
    }

    /// SHA-256, in hexadecimal: what the database has, and what a lookup compares.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }

    /// The secret itself, for the one who is to hold it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::native::NativeCrypto;

    #[test]
    fn ids_sort_by_time() {
        let crypto = NativeCrypto;
        let earlier = fresh(&crypto, Timestamp(1_795_327_200_000));
        let later = fresh(&crypto, Timestamp(1_795_327_200_001));
        assert_eq!(earlier.len(), 26);
        assert!(earlier < later, "{earlier} {later}");
        let between = before_all_of(Timestamp(1_795_327_200_001));
        assert!(earlier < between && between < later, "{earlier} {between} {later}");
    }

    #[test]
    fn a_secret_is_recognised_by_its_digest_alone() {
        let secret = Secret::fresh(&NativeCrypto);
        let presented = Secret::presented(secret.expose()).unwrap();
        assert_eq!(presented.digest(), secret.digest());
        assert!(Secret::presented("short").is_none());
        assert!(Secret::presented(&"!".repeat(43)).is_none());
    }

    #[test]
    fn account_ids() {
        assert!(is_account_id("acme-1_A"));
        for bad in ["", "a b", "a/b", "ä", &"x".repeat(65)] {
            assert!(!is_account_id(bad), "{bad}");
        }
    }
}
