use super::*;
use crate::crypto::Certificate;
use crate::saml::SpMetadata;
use std::collections::BTreeSet;

const CERTIFICATE: &str = include_str!("../../tests/saml/keys/sp.pem");

/// Every algorithm that XML Encryption 1.1, section 5, and RFC 9231 name for this, and some that nobody does.
const NAMES: [&str; 27] = [
    "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes192-gcm",
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2001/04/xmlenc#aes128-gcm",
    "http://www.w3.org/2009/xmlenc11#aes256-cbc",
    "http://www.w3.org/2009/xmlenc11#aes512-gcm",
    "http://www.w3.org/2001/04/xmlenc#kw-tripledes",
    "http://www.w3.org/2001/04/xmlenc#kw-aes128",
    "http://www.w3.org/2001/04/xmlenc#kw-aes192",
    "http://www.w3.org/2001/04/xmlenc#kw-aes256",
    "http://www.w3.org/2009/xmlenc11#kw-aes-128-pad",
    "http://www.w3.org/2009/xmlenc11#kw-aes-192-pad",
    "http://www.w3.org/2009/xmlenc11#kw-aes-256-pad",
    "http://www.w3.org/2001/04/xmlenc#dh",
    "http://www.w3.org/2009/xmlenc11#dh-es",
    "http://www.w3.org/2009/xmlenc11#ECDH-ES",
    "http://www.w3.org/2007/05/xmldsig-more#camellia256-cbc",
    "http://www.w3.org/2021/04/xmldsig-more#chacha20poly1305",
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
    "http://www.w3.org/2009/xmlenc11#rsa-oaep",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep",
    "",
];

const DIGESTS: [&str; 7] = [
    "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2001/04/xmldsig-more#sha224",
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "http://www.w3.org/2001/04/xmlenc#ripemd160",
    "http://www.w3.org/2001/04/xmldsig-more#md5",
];

const MASKS: [&str; 5] = [
    "http://www.w3.org/2009/xmlenc11#mgf1sha1",
    "http://www.w3.org/2009/xmlenc11#mgf1sha224",
    "http://www.w3.org/2009/xmlenc11#mgf1sha256",
    "http://www.w3.org/2009/xmlenc11#mgf1sha384",
    "http://www.w3.org/2009/xmlenc11#mgf1sha512",
];

fn metadata() -> String {
    let (_, certificate) = CERTIFICATE.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let (base64, _) = certificate.split_once("-----END").unwrap();
    let certificate = Certificate::from_base64(base64).unwrap();
    let metadata = SpMetadata {
        entity_id: "sp.example",
        signs_requests: false,
        signing: vec![&certificate],
        encryption: vec![&certificate],
        name_id_format: None,
        slo_url: "https://sp.example/slo",
        acs_urls: &[],
        service_name: "Postern",
        requested_attributes: &[],
    };
    metadata.to_xml()
}

/// A method of a message, parsed; what it is taken for as cipher or as key transport.
fn accepted(method: &str) -> bool {
    let xml = method.replace("md:EncryptionMethod", "xenc:EncryptionMethod");
    let xml = xml.replacen("<xenc:EncryptionMethod", &format!("<xenc:EncryptionMethod xmlns:xenc=\"{XENC}\""), 1);
    let document = Document::parse(xml.as_bytes()).unwrap();
    cipher(document.root()).is_ok() || transport(document.root()).is_ok()
}

/// `md:EncryptionMethod` as metadata has it.
fn written(uri: &str, digest: Option<&str>, mask: Option<&str>) -> String {
    let digest = digest.map(|uri| format!("<ds:DigestMethod xmlns:ds=\"{}\" Algorithm=\"{uri}\"/>", Namespace::DSIG));
    let mask = mask.map(|uri| format!("<xenc11:MGF xmlns:xenc11=\"{XENC11}\" Algorithm=\"{uri}\"/>"));
    match [digest, mask].into_iter().flatten().collect::<String>() {
        parameters if parameters.is_empty() => format!("<md:EncryptionMethod Algorithm=\"{uri}\"/>"),
        parameters => format!("<md:EncryptionMethod Algorithm=\"{uri}\">{parameters}</md:EncryptionMethod>"),
    }
}

#[test]
fn metadata_names_what_is_accepted_and_nothing_else() {
    let metadata = metadata();
    assert_eq!(metadata.matches("<md:KeyDescriptor").count(), 2);
    let methods = metadata.split("<md:EncryptionMethod").skip(1);
    let end = |method: &str| match method.find('>') {
        Some(at) if method.as_bytes()[at - 1] == b'/' => at + 1,
        _ => method.find("</md:EncryptionMethod>").unwrap() + "</md:EncryptionMethod>".len(),
    };
    let published: Vec<String> =
        methods.map(|method| format!("<md:EncryptionMethod{}", &method[..end(method)])).collect();
    let mut possible = BTreeSet::new();
    for uri in NAMES {
        possible.insert(written(uri, None, None));
        for digest in DIGESTS {
            possible.insert(written(uri, Some(digest), None));
            possible.extend(MASKS.map(|mask| written(uri, Some(digest), Some(mask))));
        }
    }
    // OAEP says the same without what it has by default; metadata says all of it.
    let by_default = |method: &String| {
        let is_short = method.ends_with("/>") && method.contains("#rsa-oaep");
        is_short || method.contains(&format!("\"{OAEP}\"")) && !method.contains("MGF")
    };
    let accepted: BTreeSet<String> =
        possible.into_iter().filter(|method| accepted(method) && !by_default(method)).collect();
    assert_eq!(published.iter().cloned().collect::<BTreeSet<_>>(), accepted);
    assert_eq!((published.len(), accepted.len()), (9, 9), "each once");
    assert!(published[0].contains("aes256-gcm"), "the best first");
    assert!(published[6].contains("rsa-oaep-mgf1p"), "what needs no parameters before what does");
}
