//! What `saml/explain` has found out, and how it is told.

use crate::directory::Profile;
use crate::provider::{Kind, Provider};
use crate::refusal::Refusal;
use crate::saml::{self, Attribute, AuthenticResponse, Check, Fact, Outcome, Report, SamlError, SignatureView};
use serde_json::{Map, Value, json};

/// What has been found out so far. `checks` are told in the order in which a sign-in asks them, whatever theirs is.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) checks: Vec<Check>,
    /// What a sign-in would be refused for: the first failure.
    pub(super) refusal: Option<Refusal>,
    pub(super) signatures: Vec<SignatureView>,
    /// What the response claims, where no signature holds.
    pub(super) unverified: Option<Value>,
    pub(super) decision: Option<Value>,
    signed: Option<Value>,
    subject: Option<Value>,
    attributes: Map<String, Value>,
}

impl Findings {
    /// Notes a check.
    pub(super) fn check(&mut self, name: &'static str, result: Result<Fact, SamlError>) {
        self.checks.push(Check::of(name, &result));
        self.refuse(result.err().map(Refusal::Saml));
    }

    /// Notes a check by what comes of it.
    pub(super) fn passed<T>(&mut self, name: &'static str, result: Result<T, SamlError>) -> Option<T> {
        let (value, noted) = match result {
            Ok(value) => (Some(value), Ok(Fact::default())),
            Err(error) => (None, Err(error)),
        };
        self.check(name, noted);
        value
    }

    /// Notes every check of a list.
    pub(super) fn report(&mut self, report: Report) {
        self.checks.extend(report.checks);
        self.refuse(report.error.map(Refusal::Saml));
    }

    /// Notes whether the provider may sign anybody in.
    pub(super) fn enabled(&mut self, provider: &Provider) {
        let enabled = provider.settings().enabled;
        let (outcome, got) = if enabled { (Outcome::Passed, "enabled") } else { (Outcome::Failed, "disabled") };
        let Fact { expected, got } = fact("enabled", got);
        self.checks.push(Check { name: "enabled", outcome, expected, got });
        self.refuse((!enabled).then_some(Refusal::ProviderDisabled));
    }

    /// Notes what was signed.
    pub(super) fn show(&mut self, authentic: &AuthenticResponse, profile: Option<&Profile>) {
        let (signed, element) = authentic.signed();
        self.signed = Some(json!({
            "element": element,
            "keyFingerprint": signed.fingerprint(),
            "canonicalXml": signed.canonical(),
        }));
        self.attributes = attributes_by_name(authentic.attributes());
        self.subject = Some(json!({
            "nameId": authentic.name_id().map(|name_id| &name_id.value),
            "email": profile.map(|profile| profile.email.as_given()),
        }));
    }

    fn refuse(&mut self, refusal: Option<Refusal>) {
        self.refusal = self.refusal.take().or(refusal);
    }

    /// The answer, with remedies in the words of this kind of identity provider.
    pub(super) fn into_json(self, kind: Kind) -> Value {
        let mut found = self.checks;
        let before = ["base64", "document", "issuer", "decryption", "signature", "content"];
        let names = before.into_iter().chain(saml::rule_names()).chain(["enabled", "request"]);
        let checks: Vec<_> = names
            .map(|name| match found.iter().position(|check| check.name == name) {
                Some(at) => found.swap_remove(at),
                None => Check::not_reached(name),
            })
            .collect();
        json!({
            "accepted": self.refusal.is_none(),
            "error": self.refusal.map(|refusal| refusal.explanation(kind)),
            "checks": checks,
            "signed": self.signed,
            "signatures": self.signatures,
            "subject": self.subject,
            "attributes": self.attributes,
            "unverified": self.unverified,
            "decision": self.decision,
        })
    }
}

pub(super) fn fact(expected: impl Into<String>, got: impl Into<String>) -> Fact {
    Fact { expected: Some(expected.into()), got: Some(got.into()) }
}

fn attributes_by_name(attributes: &[Attribute]) -> Map<String, Value> {
    let mut by_name = Map::new();
    for attribute in attributes {
        let values = by_name.entry(attribute.name.clone()).or_insert_with(|| json!([]));
        if let Value::Array(values) = values {
            values.extend(attribute.values.iter().map(|value| Value::from(value.as_str())));
        }
    }
    by_name
}
