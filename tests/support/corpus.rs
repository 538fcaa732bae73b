//! The cases of `tests/saml/accept` and `tests/saml/refuse`: made by `dev/corpus/generate.mjs`, read here.
//!
//! A case is JSON (what is expected, and where the scene is another than the usual one), a line of four dashes, and the
//! bytes of a response.

use super::crypto::{TestCrypto, master_key};
use super::keys::{NAMES, certificate};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::account_key::{AccountKey, Purpose};
use postern::crypto::{Crypto, TrustedKeys, WrappedKey};
use postern::provider::Encryption;
use postern::saml::{
    self, Decryption, Expectations, ReceivedResponse, Request, SamlError, Unsolicited, VerifiedAssertion,
};
use postern::store::pending_request::PendingRequest;
use postern::time::{Duration, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

pub(crate) const ISSUER: &str = "https://idp.example/entity";
pub(crate) const AUDIENCE: &str = "sp.example";
pub(crate) const ACS_URL: &str = "https://sp.example/gateway/api/users/saml-login?accountId=acme";
pub(crate) const NOW: &str = "2026-11-22T06:00:00Z";

pub(crate) struct Case {
    /// Path below `tests/saml`, without its ending.
    pub(crate) name: String,
    pub(crate) header: Header,
    /// The response, with what is repeated written out.
    pub(crate) document: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Header {
    /// The rule, in a sentence.
    pub(crate) why: String,
    pub(crate) accepted: Option<Accepted>,
    pub(crate) refused: Option<Refused>,
    #[serde(default = "now")]
    pub(crate) now: Timestamp,
    #[serde(default = "acs_url")]
    pub(crate) acs_url: String,
    #[serde(default = "audience")]
    pub(crate) audience: String,
    #[serde(default = "issuer")]
    pub(crate) issuer: String,
    #[serde(default = "skew_seconds")]
    pub(crate) skew_seconds: i64,
    /// Names of the trusted keys.
    #[serde(default = "trusted")]
    pub(crate) trusted: Vec<String>,
    #[serde(default)]
    pub(crate) allow_sha1: bool,
    /// The ways to authenticate that are asked for.
    #[serde(default)]
    pub(crate) authn_context: Vec<String>,
    #[serde(default)]
    pub(crate) allow_unknown_request: bool,
    /// The open request of the browser.
    pub(crate) pending: Option<String>,
    #[serde(default = "yes")]
    pub(crate) idp_initiated: bool,
    /// What the provider's settings say of encryption.
    #[serde(default)]
    pub(crate) encryption: Encryption,
    /// What content decrypts to, by its SHA-256: both in base64. Other content does not decrypt.
    #[serde(default)]
    pub(crate) decrypts: BTreeMap<String, String>,
    /// How the form field is made of the document; base64 on one line if it is not said.
    #[serde(default)]
    pub(crate) posted: Posted,
    /// Marks in the document, and the text that stands for each, so many times.
    #[serde(default)]
    repeat: BTreeMap<String, (String, usize)>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Accepted {
    pub(crate) name_id: String,
    pub(crate) format: Option<String>,
    /// Values by name: only those that are given here are compared.
    #[serde(default)]
    pub(crate) attributes: BTreeMap<String, Vec<String>>,
    /// Which element's signature vouches for the assertion.
    pub(crate) signed: String,
    /// The name of the key that verified.
    pub(crate) key: String,
    pub(crate) session_index: Option<String>,
    pub(crate) session_end: Option<String>,
    /// The request that it answers.
    pub(crate) answers: Option<String>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    pub(crate) code: String,
    /// Which of the rules of one code.
    pub(crate) detail: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) enum Posted {
    #[default]
    OneLine,
    /// Base64 in lines of 76 characters, with this between them.
    Lines(String),
    /// This text, whatever the document is.
    Verbatim(String),
}

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn acs_url() -> String {
    ACS_URL.into()
}

fn audience() -> String {
    AUDIENCE.into()
}

fn issuer() -> String {
    ISSUER.into()
}

fn skew_seconds() -> i64 {
    120
}

fn trusted() -> Vec<String> {
    vec!["idp".into()]
}

fn yes() -> bool {
    true
}

/// What a case came to.
pub(crate) struct Verified {
    pub(crate) assertion: VerifiedAssertion,
    pub(crate) signed: &'static str,
    pub(crate) canonical: String,
}

impl Case {
    fn read(root: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(root).unwrap().with_extension("").display().to_string();
        let bytes = fs::read(file).unwrap();
        let end = bytes.windows(6).position(|window| window == b"\n----\n");
        let end = end.unwrap_or_else(|| panic!("{name} has no line of four dashes"));
        let header: Header = serde_json::from_slice(&bytes[..end]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut document = bytes[end + 6..].to_vec();
        for (mark, (text, times)) in &header.repeat {
            document = String::from_utf8(document).unwrap().replace(mark, &text.repeat(*times)).into_bytes();
        }
        assert!(!header.why.is_empty(), "{name} says no rule");
        Self { name, header, document }
    }

    /// The value of the form field `SAMLResponse`.
    pub(crate) fn form_field(&self) -> String {
        match &self.header.posted {
            Posted::OneLine => STANDARD.encode(&self.document),
            Posted::Verbatim(text) => text.clone(),
            Posted::Lines(end) => {
                let text = STANDARD.encode(&self.document);
                let lines: Vec<_> = text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
                lines.join(end)
            }
        }
    }

    /// Verifies the response as a sign-in does, on a platform that decrypts what the case says.
    pub(crate) fn verify_natively(&self) -> Result<Verified, SamlError> {
        let crypto = TestCrypto::default();
        for (content, plaintext) in &self.header.decrypts {
            crypto.knows(content, plaintext);
        }
        self.verify(&crypto)
    }

    /// Verifies the response as a sign-in does, with the certificates of the provider whom it names.
    pub(crate) fn verify<C: Crypto>(&self, crypto: &C) -> Result<Verified, SamlError> {
        pollster::block_on(self.verify_with(crypto))
    }

    async fn verify_with<C: Crypto>(&self, crypto: &C) -> Result<Verified, SamlError> {
        let header = &self.header;
        let bytes = saml::decode_base64(&self.form_field())?;
        let received = ReceivedResponse::parse(&bytes)?;
        if received.claimed_issuer() != Some(&header.issuer) {
            return Err(SamlError::UnknownIssuer { got: received.claimed_issuer().map(str::to_owned) });
        }
        let certificates: Vec<_> = header.trusted.iter().map(|name| certificate(name)).collect();
        let keys = TrustedKeys::new(&certificates, header.allow_sha1).expect("a key that is strong enough");
        let (master, key) = (master_key(), encryption_key());
        let decryption = Decryption {
            policy: header.encryption,
            account: "acme",
            keys: std::slice::from_ref(&key),
            master: Some(&master),
            now: header.now,
        };
        let readable = received.decrypt(&decryption, &keys, crypto).await?;
        let authentic = readable.authenticate(&keys, crypto).await?;
        let (element, signed) = authentic.signed();
        let canonical = element.canonical().to_owned();
        let checked = authentic.check(&Expectations {
            issuer: &header.issuer,
            audience: &header.audience,
            acs_url: &header.acs_url,
            authn_context: &header.authn_context,
            clock_skew: Duration::seconds(header.skew_seconds),
            now: header.now,
        });
        let unsolicited =
            Unsolicited { allowed: header.idp_initiated, may_name_unknown_request: header.allow_unknown_request };
        let pending = header.pending.clone();
        let pending = pending.map(|id| PendingRequest { id, return_to: "/".into(), is_test: false });
        let assertion = checked?.answering(pending.as_ref(), unsolicited)?;
        Ok(Verified { assertion, signed, canonical })
    }
}

impl Accepted {
    /// What a verified response came to, with those attributes that `self` speaks of.
    pub(crate) fn of(&self, verified: &Verified) -> Self {
        let assertion = &verified.assertion;
        let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for attribute in assertion.attributes().iter().filter(|a| self.attributes.contains_key(&a.name)) {
            attributes.entry(attribute.name.clone()).or_default().extend(attribute.values.iter().cloned());
        }
        let fingerprint = assertion.key_fingerprint();
        let key =
            NAMES.into_iter().find(|name| certificate(name).fingerprint() == fingerprint).unwrap_or("none of ours");
        let format = assertion.name_id().format.clone();
        Self {
            name_id: assertion.name_id().value.clone(),
            // What a case does not speak of is not compared.
            format: self.format.as_ref().and(format),
            attributes,
            signed: verified.signed.to_owned(),
            key: key.to_owned(),
            session_index: self.session_index.as_ref().and_then(|_| assertion.session_index().map(str::to_owned)),
            session_end: assertion.session_not_on_or_after().map(Timestamp::to_rfc3339),
            answers: match assertion.request() {
                Request::Unsolicited => None,
                Request::Answered(id) => Some(id.clone()),
            },
        }
    }
}

impl Refused {
    /// The code of an error and, where one code stands for several rules, which of them.
    pub(crate) fn of(error: &SamlError) -> Self {
        let detail = match error {
            SamlError::Shape(what)
            | SamlError::SignatureShape(what)
            | SamlError::EncryptionShape(what)
            | SamlError::TimeMissing { what }
            | SamlError::TimeNotAllowed { what }
            | SamlError::TimeMalformed { what, .. }
            | SamlError::Expired { what, .. }
            | SamlError::NotYetValid { what, .. } => Some((*what).to_owned()),
            SamlError::Xml(postern_xml::XmlError::TooMuch(limit)) => Some(format!("{limit:?}")),
            SamlError::DigestMismatch { element } | SamlError::WrongKey { element, .. } => Some(element.clone()),
            SamlError::WrongIssuer { element, .. } => Some((*element).to_owned()),
            SamlError::AlgorithmNotAllowed { uri } | SamlError::TransformNotAllowed { uri } => Some(uri.clone()),
            SamlError::EncryptedPart { got } => Some((*got).to_owned()),
            SamlError::UnknownCondition { got } | SamlError::EncryptionNotAllowed { got } => Some(got.clone()),
            SamlError::TooManyAssertions { got } => Some(got.to_string()),
            _ => None,
        };
        Self { code: error.code().to_owned(), detail }
    }
}

/// The key of the account in the corpus.
fn encryption_key() -> AccountKey {
    AccountKey {
        id: "encryption".into(),
        purpose: Purpose::Encryption,
        certificate: certificate("sp"),
        wrapped: WrappedKey::new([0; WrappedKey::NONCE], b"acme/encryption"),
        created_at: now(),
        retires_at: None,
    }
}

/// Every case below a folder of `tests/saml`, by name.
pub(crate) fn cases(folder: &str) -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saml");
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "no cases in {folder}");
    files.iter().map(|file| Case::read(&root, file)).collect()
}

/// One case by its name.
pub(crate) fn case(name: &str) -> Case {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saml");
    Case::read(&root, &root.join(format!("{name}.case")))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
