//! Certificates for our own keys: identity providers take a key in no other form. Nothing but the key in it is meant.

use super::{Certificate, Crypto, CryptoError, MasterKey, PrivateKey, WrappedKey};
use crate::time::{Duration, Timestamp};

/// Version 3 (RFC 5280, section 4.1.2.1), as `[0] INTEGER 2`.
const VERSION_3: &[u8] = &[0xA0, 3, 2, 1, 2];
/// `sha256WithRSAEncryption` with its NULL (RFC 4055, section 5).
const SHA256_WITH_RSA: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00];
/// `id-at-commonName`
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
/// Identity providers look at the end, and whoever rotates keys does not wait for it.
const VALIDITY: Duration = Duration::days(3650);

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTF8_STRING: u8 = 0x0C;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// A certificate of this name for a fresh key, signed with the key itself.
pub async fn self_signed<C: Crypto>(
    crypto: &C,
    master: &MasterKey,
    owner: &str,
    common_name: &str,
    now: Timestamp,
) -> Result<(Certificate, WrappedKey), CryptoError> {
    let pair = crypto.generate(master, owner).await?;
    let content = to_be_signed(crypto, &pair.spki, common_name, now);
    let key = PrivateKey { wrapped: &pair.wrapped, master, owner };
    let signature = crypto.sign(key, &content).await?;
    let der = sequence(&[&content, SHA256_WITH_RSA, &element(BIT_STRING, &[&[0], &signature])]);
    let certificate = Certificate::from_der(der).map_err(|error| CryptoError(error.to_string()))?;
    Ok((certificate, pair.wrapped))
}

/// `TBSCertificate` (RFC 5280, section 4.1).
fn to_be_signed<C: Crypto>(crypto: &C, spki: &[u8], common_name: &str, now: Timestamp) -> Vec<u8> {
    let mut serial = [0_u8; 16];
    crypto.random(&mut serial);
    // Positive, and without a leading zero that would not be DER.
    serial[0] = serial[0] & 0x3F | 0x40;
    let attribute = sequence(&[COMMON_NAME, &element(UTF8_STRING, &[common_name.as_bytes()])]);
    let name = sequence(&[&element(SET, &[&attribute])]);
    let validity = sequence(&[&time(now), &time(now.plus(VALIDITY))]);
    sequence(&[VERSION_3, &element(INTEGER, &[&serial]), SHA256_WITH_RSA, &name, &validity, &name, spki])
}

/// `UTCTime` up to 2049, `GeneralizedTime` from then on (RFC 5280, section 4.1.2.5).
fn time(at: Timestamp) -> Vec<u8> {
    let digits: String = at.to_rfc3339().chars().take(19).filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("20") {
        Some(short) if short < "50" => element(UTC_TIME, &[short.as_bytes(), b"Z"]),
        _ => element(GENERALIZED_TIME, &[digits.as_bytes(), b"Z"]),
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

/// Tag, length, content (X.690, section 8.1). Nothing here is longer than 64 KiB.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [.., high, low] = content.len().to_be_bytes();
    let mut der = match content.len() {
        0..0x80 => vec![tag, low],
        0x80..0x100 => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    der.extend(content);
    der
}
