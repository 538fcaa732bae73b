//! The cases of `tests/saml/logout`: made by `dev/corpus/generate.mjs`, read here.
//!
//! As in `corpus.rs`, JSON and a line of four dashes; then what comes in: a query (`redirect/`) or the body of a form
//! (`post/`).

use super::corpus::{ISSUER, NOW, Refused};
use super::keys::certificate;
use postern::crypto::{Crypto, TrustedKeys};
use postern::saml::{LogoutError, LogoutExpectations, ReceivedLogout, SamlError, VerifiedLogout};
use postern::time::{Duration, Timestamp};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

pub(crate) const SLO_URL: &str = "https://sp.example/saml/acme/slo";

pub(crate) struct LogoutCase {
    /// Path below `tests/saml/logout`, without its ending.
    pub(crate) name: String,
    pub(crate) header: LogoutHeader,
    /// The query or the body, with what is repeated written out.
    pub(crate) wire: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogoutHeader {
    /// The rule, in a sentence.
    pub(crate) why: String,
    pub(crate) accepted: Option<AcceptedLogout>,
    pub(crate) refused: Option<Refused>,
    #[serde(default = "now")]
    pub(crate) now: Timestamp,
    #[serde(default = "skew_seconds")]
    pub(crate) skew_seconds: i64,
    /// Names of the trusted keys.
    #[serde(default = "trusted")]
    pub(crate) trusted: Vec<String>,
    #[serde(default)]
    pub(crate) allow_sha1: bool,
    #[serde(default)]
    repeat: BTreeMap<String, (String, usize)>,
}

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AcceptedLogout {
    /// `ID` of a request.
    pub(crate) request: Option<String>,
    pub(crate) name_id: Option<String>,
    pub(crate) format: Option<String>,
    pub(crate) session_indexes: Vec<String>,
    pub(crate) relay_state: Option<String>,
    /// What a response answers.
    pub(crate) response: Option<String>,
    pub(crate) partial: bool,
}

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn skew_seconds() -> i64 {
    120
}

fn trusted() -> Vec<String> {
    vec!["idp".into()]
}

/// Every case of `accept` or `refuse`, by name.
pub(crate) fn logout_cases(folder: &str) -> Vec<LogoutCase> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saml/logout");
    let mut cases = Vec::new();
    for binding in ["post", "redirect"] {
        for entry in fs::read_dir(root.join(folder).join(binding)).unwrap() {
            cases.push(LogoutCase::read(&root, &entry.unwrap().path()));
        }
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(cases.len() > 60, "the corpus is not there");
    cases
}

impl LogoutCase {
    fn read(root: &Path, file: &Path) -> Self {
        let name = file.strip_prefix(root).unwrap().with_extension("").display().to_string();
        let text = fs::read_to_string(file).unwrap();
        let (header, wire) = text.split_once("\n----\n").unwrap_or_else(|| panic!("{name} has no line of four dashes"));
        let header: LogoutHeader = serde_json::from_str(header).unwrap_or_else(|error| panic!("{name}: {error}"));
        let repeated = |wire: String, (mark, (text, times)): (&String, &(String, usize))| {
            wire.replace(mark.as_str(), &text.repeat(*times))
        };
        let wire = header.repeat.iter().fold(wire.to_owned(), repeated);
        assert!(!header.why.is_empty(), "{name} says no rule");
        Self { name, header, wire }
    }

    pub(crate) fn is_redirect(&self) -> bool {
        self.name.contains("/redirect/")
    }

    /// Verifies the message as a logout does, with the certificates of the provider whom it names.
    pub(crate) fn verify<C: Crypto>(&self, crypto: &C) -> Result<AcceptedLogout, LogoutError> {
        let header = &self.header;
        let received = match self.is_redirect() {
            true => ReceivedLogout::from_query(&self.wire)?,
            false => ReceivedLogout::from_form(self.wire.as_bytes())?,
        };
        if received.claimed_issuer() != Some(ISSUER) {
            let got = received.claimed_issuer().map(str::to_owned);
            return Err(SamlError::UnknownIssuer { got }.into());
        }
        let certificates: Vec<_> = header.trusted.iter().map(|name| certificate(name)).collect();
        let keys = TrustedKeys::new(&certificates, header.allow_sha1).expect("a key that is strong enough");
        let authentic = pollster::block_on(received.authenticate(&keys, crypto))?;
        let verified = authentic.check(&LogoutExpectations {
            issuer: ISSUER,
            url: SLO_URL,
            clock_skew: Duration::seconds(header.skew_seconds),
            now: header.now,
        })?;
        Ok(match verified {
            VerifiedLogout::Request(request) => AcceptedLogout {
                request: Some(request.id().to_owned()),
                name_id: Some(request.name_id().value.clone()),
                format: request.name_id().format.clone(),
                session_indexes: request.session_indexes().to_vec(),
                relay_state: request.relay_state().map(str::to_owned),
                ..AcceptedLogout::default()
            },
            VerifiedLogout::Response(response) => AcceptedLogout {
                response: Some(response.in_response_to().to_owned()),
                partial: response.is_partial(),
                ..AcceptedLogout::default()
            },
        })
    }
}

impl Refused {
    /// The code of an error and, where one code stands for several rules, which of them.
    pub(crate) fn of_logout(error: &LogoutError) -> Self {
        match error {
            LogoutError::Saml(error) => Self::of(error),
            LogoutError::Repeated(what) | LogoutError::NotBase64(what) | LogoutError::Shape(what) => {
                Self { code: error.code().into(), detail: Some((*what).into()) }
            }
            error => Self { code: error.code().into(), detail: None },
        }
    }
}
