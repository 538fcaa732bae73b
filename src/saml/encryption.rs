//! `saml:EncryptedAssertion` (SAML core 2.3.4, XML Encryption 1.1): what the ciphertext has to look like, and its plaintext.
//!
//! The plaintext is a new document that nobody vouches for yet. All that can go wrong from the keys to its parsing is one
//! error with the same facts, and the same is done whatever it is: an answer must not help to decrypt.

use super::error::SamlError;
use super::{Namespace, base64_text};
use crate::account_key::{self, AccountKey, Purpose};
use crate::crypto::{ContentCipher, Crypto, CryptoError, Encrypted, KeyTransport, MasterKey};
use crate::provider::Encryption;
use crate::time::Timestamp;
use postern_xml::{Child, Document, Element, XmlError};
use quick_xml::escape::escape;

const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
pub(super) const XENC11: &str = "http://www.w3.org/2009/xmlenc11#";
const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const ENCRYPTED_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";
/// MGF1 of SHA-1, whatever the digest.
const OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
/// MGF1 of SHA-1 unless it is said.
const OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA1: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha1";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// What can be said of the algorithms that are accepted.
pub(super) const ACCEPTED: &str = "AES-GCM or AES-CBC with a key that is encrypted by RSA-OAEP, of which digest and MGF1 both have SHA-1 or both SHA-256";

/// The ciphers of content that are accepted, best first.
pub(super) const CIPHERS: [(&str, ContentCipher); 6] = [
    ("http://www.w3.org/2009/xmlenc11#aes256-gcm", ContentCipher::AesGcm(256)),
    ("http://www.w3.org/2009/xmlenc11#aes192-gcm", ContentCipher::AesGcm(192)),
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", ContentCipher::AesGcm(128)),
    ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", ContentCipher::AesCbc(256)),
    ("http://www.w3.org/2001/04/xmlenc#aes192-cbc", ContentCipher::AesCbc(192)),
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", ContentCipher::AesCbc(128)),
];

/// The key transports that are accepted: those only of which digest and MGF1 are of one hash, as WebCrypto has them. First what
/// needs no parameters: whoever leaves them out is right all the same.
pub(super) const TRANSPORTS: [Transport; 3] = [
    Transport { uri: OAEP_MGF1P, digest: SHA1, mask: None, is: KeyTransport::OaepSha1 },
    Transport { uri: OAEP, digest: SHA256, mask: Some(MGF1_SHA256), is: KeyTransport::OaepSha256 },
    Transport { uri: OAEP, digest: SHA1, mask: Some(MGF1_SHA1), is: KeyTransport::OaepSha1 },
];

/// A key transport as XML Encryption 1.1, section 5.5.2, writes it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Transport {
    /// `Algorithm` of the method.
    pub(super) uri: &'static str,
    /// Of its `ds:DigestMethod`.
    pub(super) digest: &'static str,
    /// Of its `xenc11:MGF`, where the method has one.
    pub(super) mask: Option<&'static str>,
    is: KeyTransport,
}

/// Bytes of the declarations around a ciphertext. Nobody vouches for them before it is opened: more would make what opens dear
/// to read, and that is told by time. Identity providers have some hundred.
const MAX_CONTEXT: usize = 8 * 1024;

/// So many keys are tried, the newest first. Each costs a private-key operation, and overlaps need two.
const MAX_KEYS: usize = 5;

/// What assertions are decrypted with, and whether they have to be.
#[derive(Clone, Copy, Debug)]
pub struct Decryption<'k> {
    /// What the provider's settings say.
    pub policy: Encryption,
    /// Id of the account, which the private keys are bound to.
    pub account: &'k str,
    /// The account's keys, the oldest first.
    pub keys: &'k [AccountKey],
    /// What they are wrapped with.
    pub master: Option<&'k MasterKey>,
    /// Our clock: which keys are in use.
    pub now: Timestamp,
}

/// An assertion out of a ciphertext. Nothing that it says is known to be true.
#[derive(Debug)]
pub(super) struct Plaintext {
    bytes: Vec<u8>,
    in_context: bool,
}

/// A `saml:EncryptedAssertion`, all of its shape checked.
struct Ciphertext {
    transport: KeyTransport,
    label: Vec<u8>,
    key: Vec<u8>,
    cipher: ContentCipher,
    content: Vec<u8>,
    context: String,
}

impl Decryption<'_> {
    /// The assertion inside an `EncryptedAssertion`.
    pub(super) async fn open<C: Crypto>(&self, encrypted: Element<'_, '_>, crypto: &C) -> Result<Plaintext, SamlError> {
        let Ciphertext { transport, label, key, cipher, content, context } = Ciphertext::read(encrypted)?;
        let encrypted = Encrypted { transport, label: &label, key: &key, cipher, content: &content };
        let (mut opened, mut keys, mut unusable, mut failure) = (None, Vec::new(), Vec::new(), None);
        for key in account_key::live(self.keys, Purpose::Encryption, self.now).rev().take(MAX_KEYS) {
            let fingerprint = key.certificate.fingerprint().to_owned();
            let bytes = match self.master {
                Some(master) => crypto.decrypt(key.private(&key.owner(self.account), master), encrypted).await,
                None => Err(CryptoError("there is no MASTER_KEY to unwrap private keys with".into())),
            };
            match bytes {
                Ok(bytes) => {
                    // The others are tried all the same: how many were would tell that one opened it.
                    opened = opened.or_else(|| Plaintext::of(bytes.unwrap_or_default(), &context));
                    keys.push(fingerprint);
                }
                // Whatever the ciphertext is: the key was wrapped with another MASTER_KEY, or is damaged. Others may do.
                Err(error) => {
                    unusable.push(fingerprint);
                    failure = failure.or(Some(error));
                }
            }
        }
        opened.ok_or(match failure {
            Some(error) if keys.is_empty() => SamlError::Crypto(error),
            _ => SamlError::DecryptionFailed { keys, unusable },
        })
    }
}

impl Plaintext {
    /// `None` if it is not exactly one assertion.
    fn of(bytes: Vec<u8>, context: &str) -> Option<Self> {
        let plaintext = match Document::parse(&bytes) {
            // Some identity providers (Keycloak) leave out what elements around the ciphertext declare: the plaintext takes
            // its place there (XML Encryption 1.1, section 4.5). The declarations are as signed as the ciphertext is.
            Err(XmlError::UnboundPrefix { .. }) => {
                let bytes = [b"<c", context.as_bytes(), b">", &bytes, b"</c>"].concat();
                Self { bytes, in_context: true }
            }
            _ => Self { bytes, in_context: false },
        };
        let is_one = Document::parse(&plaintext.bytes).is_ok_and(|document| plaintext.assertion(&document).is_some());
        is_one.then_some(plaintext)
    }

    /// The bytes, to be parsed.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The assertion in the parsed bytes. It is there.
    pub(super) fn assertion<'d, 'a>(&self, document: &'d Document<'a>) -> Option<Element<'d, 'a>> {
        let assertion = if self.in_context {
            let mut children = document.root().children();
            match (children.next(), children.next()) {
                (Some(Child::Element(only)), None) => only,
                _ => return None,
            }
        } else {
            document.root()
        };
        assertion.is(Namespace::ASSERTION, "Assertion").then_some(assertion)
    }
}

impl Ciphertext {
    fn read(encrypted: Element<'_, '_>) -> Result<Self, SamlError> {
        let mut keys = encrypted.descendants().filter(|element| element.is(XENC, "EncryptedKey"));
        if keys.next().is_none() {
            return shape("no EncryptedKey");
        }
        // SAML has one for each recipient; there is one recipient.
        if keys.next().is_some() {
            return shape("more than one EncryptedKey");
        }
        let (data, beside) = match parts(encrypted)?.as_slice() {
            [data] if data.is(XENC, "EncryptedData") => (*data, None),
            [data, key] if data.is(XENC, "EncryptedData") && key.is(XENC, "EncryptedKey") => (*data, Some(*key)),
            _ => return shape("not one EncryptedData, then at most one EncryptedKey"),
        };
        if data.attribute("Type").is_some_and(|of| of != ELEMENT) {
            return shape("an EncryptedData that is not of an element");
        }
        let (method, info, content) = match parts(data)?.as_slice() {
            [method, value] => (*method, None, *value),
            [method, info, value] if info.is(Namespace::DSIG, "KeyInfo") => (*method, Some(*info), *value),
            _ => return shape("not EncryptionMethod, KeyInfo and CipherData in EncryptedData"),
        };
        let cipher = cipher(method)?;
        let inside = match info {
            Some(info) => key_info(info, beside)?,
            None => None,
        };
        let Some(key) = inside.or(beside) else {
            return shape("an EncryptedKey in another place than beside EncryptedData or in its KeyInfo");
        };
        let (transport, label, key) = encrypted_key(key, data)?;
        let context = context(encrypted);
        if context.len() > MAX_CONTEXT {
            return shape("more than 8 KiB of namespace declarations around it");
        }
        Ok(Self { transport, label, key, cipher, content: cipher_value(content)?, context })
    }
}

/// `ds:KeyInfo` of the content: the key, or where it is. Names of keys and certificates are not read.
fn key_info<'d, 'a>(
    info: Element<'d, 'a>,
    beside: Option<Element<'d, 'a>>,
) -> Result<Option<Element<'d, 'a>>, SamlError> {
    let mut inside = None;
    for part in parts(info)? {
        match (part.namespace(), part.local_name()) {
            (XENC, "EncryptedKey") => inside = Some(part),
            (Namespace::DSIG, "RetrievalMethod") => {
                let key = beside.and_then(|key| key.attribute("Id"));
                let is_key = part.attribute("Type").is_none_or(|of| of == ENCRYPTED_KEY);
                let leads_there = key.is_some() && part.attribute("URI").and_then(|uri| uri.strip_prefix('#')) == key;
                if !is_key || !leads_there || part.children().next().is_some() {
                    return shape("a RetrievalMethod of something else than the EncryptedKey beside it");
                }
            }
            (Namespace::DSIG, "KeyName" | "X509Data") => {}
            _ => return shape("something in KeyInfo that is no encrypted key"),
        }
    }
    Ok(inside)
}

fn encrypted_key(key: Element<'_, '_>, data: Element<'_, '_>) -> Result<(KeyTransport, Vec<u8>, Vec<u8>), SamlError> {
    const OTHERWISE: &str =
        "not EncryptionMethod, KeyInfo, CipherData, ReferenceList and CarriedKeyName in EncryptedKey";
    let mut rest = parts(key)?.into_iter().peekable();
    let Some(method) = rest.next() else { return shape(OTHERWISE) };
    let (transport, label) = transport(method)?;
    rest.next_if(|part| part.is(Namespace::DSIG, "KeyInfo"));
    let Some(value) = rest.next() else { return shape(OTHERWISE) };
    let value = cipher_value(value)?;
    if let Some(list) = rest.next_if(|part| part.is(XENC, "ReferenceList")) {
        let of_data = |reference: &Element<'_, '_>| {
            let id = reference.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
            reference.is(XENC, "DataReference") && id.is_some() && id == data.attribute("Id")
        };
        if !matches!(parts(list)?.as_slice(), [reference] if of_data(reference)) {
            return shape("a ReferenceList of something else than the EncryptedData");
        }
    }
    rest.next_if(|part| part.is(XENC, "CarriedKeyName"));
    if rest.next().is_some() { shape(OTHERWISE) } else { Ok((transport, label, value)) }
}

fn cipher(method: Element<'_, '_>) -> Result<ContentCipher, SamlError> {
    let uri = algorithm(method)?;
    let Some((_, cipher)) = CIPHERS.into_iter().find(|(known, _)| *known == uri) else {
        return Err(SamlError::EncryptionNotAllowed { got: uri.to_owned() });
    };
    if method.children().next().is_some() {
        return shape("parameters of a cipher that has none");
    }
    Ok(cipher)
}

/// How the key is encrypted, and the label of it.
fn transport(method: Element<'_, '_>) -> Result<(KeyTransport, Vec<u8>), SamlError> {
    let uri = algorithm(method)?;
    let not_allowed = |got: String| Err(SamlError::EncryptionNotAllowed { got });
    if TRANSPORTS.iter().all(|known| known.uri != uri) {
        return not_allowed(uri.to_owned());
    }
    let (mut digest, mut mask, mut label) = (None, None, None);
    for part in parts(method)? {
        match (part.namespace(), part.local_name()) {
            (Namespace::DSIG, "DigestMethod") if digest.is_none() => digest = Some(algorithm_of(part)?),
            (XENC11, "MGF") if mask.is_none() && uri == OAEP => mask = Some(algorithm_of(part)?),
            (XENC, "OAEPparams") if label.is_none() => match base64_text(part) {
                Some(bytes) => label = Some(bytes),
                None => return shape("OAEPparams that are not base64"),
            },
            _ => return shape("parameters of RSA-OAEP that are not DigestMethod, MGF and OAEPparams, each once"),
        }
    }
    let (digest, mask) = (digest.unwrap_or(SHA1), mask.unwrap_or(MGF1_SHA1));
    let is_meant =
        |known: &&Transport| (known.uri, known.digest, known.mask.unwrap_or(MGF1_SHA1)) == (uri, digest, mask);
    let Some(Transport { is: transport, .. }) = TRANSPORTS.iter().find(is_meant) else {
        return not_allowed(format!("{uri} with {digest} and {mask}"));
    };
    Ok((*transport, label.unwrap_or_default()))
}

fn cipher_value(data: Element<'_, '_>) -> Result<Vec<u8>, SamlError> {
    const OTHERWISE: &str = "a CipherData that is not one CipherValue of base64";
    match parts(data)?.as_slice() {
        [value] if data.is(XENC, "CipherData") && value.is(XENC, "CipherValue") => {
            base64_text(*value).ok_or(SamlError::EncryptionShape(OTHERWISE))
        }
        _ => shape(OTHERWISE),
    }
}

/// `Algorithm` of an `xenc:EncryptionMethod`.
fn algorithm<'d>(method: Element<'d, '_>) -> Result<&'d str, SamlError> {
    if method.is(XENC, "EncryptionMethod") {
        algorithm_of(method)
    } else {
        shape("no EncryptionMethod where it belongs")
    }
}

fn algorithm_of<'d>(method: Element<'d, '_>) -> Result<&'d str, SamlError> {
    method.attribute("Algorithm").ok_or(SamlError::EncryptionShape("a method without an Algorithm"))
}

/// Child elements, where only white space may stand between them.
fn parts<'d, 'a>(parent: Element<'d, 'a>) -> Result<Vec<Element<'d, 'a>>, SamlError> {
    super::dsig::fixed_children(parent, "").map_err(|_| SamlError::EncryptionShape("text between its parts"))
}

/// The namespace declarations in force at an element, as a start tag has them.
fn context(element: Element<'_, '_>) -> String {
    let (mut seen, mut tag) = (Vec::new(), String::new());
    let mut around = Some(element);
    while let Some(element) = around {
        for declaration in element.declarations() {
            if !seen.contains(&declaration.prefix) {
                seen.push(declaration.prefix);
                let colon = if declaration.prefix.is_empty() { "" } else { ":" };
                for part in [" xmlns", colon, declaration.prefix, "=\"", &escape(declaration.uri), "\""] {
                    tag.push_str(part);
                }
            }
        }
        around = element.parent();
    }
    tag
}

fn shape<T>(what: &'static str) -> Result<T, SamlError> {
    Err(SamlError::EncryptionShape(what))
}

#[cfg(test)]
#[path = "encryption_tests.rs"]
mod tests;
