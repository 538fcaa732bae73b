use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

const SMALL: &[u8] = b"<a/>";

fn escaped_message() -> String {
    form_urlencoded::byte_serialize(STANDARD.encode(deflated(b"<a>???>>>~~~</a>")).as_bytes()).collect()
}

/// `%2B` as `%2b`.
fn lower_case_escapes(text: &str) -> String {
    text.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, 9)
}

#[test]
fn inflates_what_was_deflated_as_a_whole() {
    assert_eq!(inflate(&deflated(SMALL)).as_deref(), Ok(SMALL));
    let most = vec![b'a'; 256 * 1024];
    assert_eq!(inflate(&deflated(&most)), Ok(most));
    assert_eq!(inflate(&deflated(b"")), Ok(Vec::new()));
}

#[test]
fn a_bomb_ends_at_the_bound() {
    let bomb = deflated(&vec![b'a'; 256 * 1024 + 1]);
    assert_eq!(inflate(&bomb), Err(XmlError::TooMuch(Limit::Bytes).into()));
    let larger = deflated(&vec![0; 64 * 1024 * 1024]);
    assert_eq!(inflate(&larger), Err(XmlError::TooMuch(Limit::Bytes).into()));
}

#[test]
fn what_is_cut_short_followed_by_more_or_no_deflate_at_all_is_not_inflated() {
    let whole = deflated(SMALL);
    for end in 0..whole.len() {
        assert_eq!(inflate(&whole[..end]), Err(LogoutError::NotDeflated), "{end} bytes");
    }
    for more in [&b"\0"[..], b"more", &whole] {
        assert_eq!(inflate(&[&whole, more].concat()), Err(LogoutError::NotDeflated));
    }
    assert_eq!(inflate(SMALL), Err(LogoutError::NotDeflated));
    // Wrapped by zlib (RFC 1950).
    assert_eq!(inflate(&miniz_oxide::deflate::compress_to_vec_zlib(SMALL, 9)), Err(LogoutError::NotDeflated));
}

#[test]
fn the_octets_are_the_parameters_as_they_came_in_the_order_of_the_binding() {
    let parse = |query: &str| Redirected::parse(query).map(|read| read.signature.map(|signature| signature.octets));
    let message = lower_case_escapes(&escaped_message());
    let query = format!("x=1&Signature=AAAA&SigAlg=a%2fb&RelayState=&SAMLResponse={message}&y");
    let octets = format!("SAMLResponse={message}&RelayState=&SigAlg=a%2fb");
    assert_eq!(parse(&query), Ok(Some(octets)));
}

#[test]
fn without_both_halves_there_is_no_signature() {
    let message = escaped_message();
    for rest in ["", "&SigAlg=a", "&Signature=AAAA", "&sigalg=a&signature=AAAA"] {
        let read = Redirected::parse(&format!("SAMLRequest={message}{rest}")).unwrap();
        assert!(read.signature.is_none(), "{rest}");
    }
}
