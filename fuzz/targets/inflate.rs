//! Any bytes as the deflated message of a query: we take what another implementation takes, as the same bytes, up to the bound.
#![no_main]

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use libfuzzer_sys::fuzz_target;
use postern::saml::{LogoutError, inflate};
use postern_xml::{Limit, XmlError};

/// What a peer makes of a stream, reading one byte more than the bound.
enum Peer {
    /// It ends with the input.
    Whole(Vec<u8>),
    /// It goes on after the bound.
    TooMuch,
    /// It is no deflate, breaks off or is followed by more. With how much it says before that.
    Not(usize),
}

fuzz_target!(|data: &[u8]| {
    let maximum = Limit::Bytes.maximum();
    let too_much = LogoutError::from(XmlError::TooMuch(Limit::Bytes));
    let ours = inflate(data);
    match peer(data, maximum) {
        Peer::Whole(inflated) => {
            assert!(ours.as_ref() == Ok(&inflated), "{}, not {} bytes", told(&ours), inflated.len())
        }
        Peer::TooMuch => assert!(ours.as_ref() == Err(&too_much), "{}, not too much", told(&ours)),
        // What breaks off at the bound is either.
        Peer::Not(before) if before == maximum => assert!(ours.is_err(), "taken by us alone"),
        Peer::Not(_) => assert!(ours == Err(LogoutError::NotDeflated), "{}, not a refusal", told(&ours)),
    }
    let level = data.first().map_or(0, |byte| byte % 10);
    let back = if data.len() <= maximum { Ok(data) } else { Err(&too_much) };
    for deflated in [miniz_oxide::deflate::compress_to_vec(data, level), deflated_by_peer(data, level)] {
        let inflated = inflate(&deflated);
        assert!(inflated.as_deref() == back, "{} after deflating at level {level}", told(&inflated));
    }
});

/// In short: it can be 256 KiB.
fn told(inflated: &Result<Vec<u8>, LogoutError>) -> String {
    match inflated {
        Ok(bytes) => format!("{} bytes", bytes.len()),
        Err(error) => error.to_string(),
    }
}

fn peer(data: &[u8], maximum: usize) -> Peer {
    let mut decompress = Decompress::new(false);
    let mut inflated = vec![0; maximum + 1];
    let status = decompress.decompress(data, &mut inflated, FlushDecompress::Finish);
    let written = decompress.total_out() as usize;
    if written > maximum {
        return Peer::TooMuch;
    }
    let whole = matches!(status, Ok(Status::StreamEnd)) && decompress.total_in() as usize == data.len();
    if !whole {
        return Peer::Not(written);
    }
    inflated.truncate(written);
    Peer::Whole(inflated)
}

fn deflated_by_peer(data: &[u8], level: u8) -> Vec<u8> {
    let mut deflated = Vec::with_capacity(data.len() + data.len() / 8 + 64);
    let status =
        Compress::new(Compression::new(level.into()), false).compress_vec(data, &mut deflated, FlushCompress::Finish);
    assert!(matches!(status, Ok(Status::StreamEnd)), "{status:?}");
    deflated
}
