//! What `saml/explain` has found out, and how it is told.

use crate::directory::{Membership, Profile};
use crate::jit::Step;
use crate::provider::{Kind, Provider};
use crate::refusal::Refusal;
use crate::saml::{self, Attribute, AuthenticResponse, Check, Fact, NameId, Outcome, Report, SamlError, SignatureView};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What has been found out so far. `checks` are told in the order in which a sign-in asks them, whatever theirs is.
#[derive(Default)]
pub(in crate::journey) struct Findings {
    pub(super) checks: Vec<Check>,
    /// What a sign-in would be refused for: the first failure.
    pub(in crate::journey) refusal: Option<Refusal>,
    pub(super) signatures: Vec<SignatureView>,
    /// What the response claims, where no signature holds.
    pub(super) unverified: Option<Value>,
    pub(in crate::journey) decision: Option<Decided>,
    /// What was signed.
    pub(in crate::journey) signed: Option<Signed>,
    /// A draft counts as enabled.
    tries_draft: bool,
}

/// What a signature vouches for.
pub(in crate::journey) struct Signed {
    view: Value,
    pub(in crate::journey) name_id: Option<NameId>,
    pub(in crate::journey) profile: Option<Profile>,
    pub(in crate::journey) attributes: Vec<Attribute>,
}

/// What is decided, or would be if nothing else were wrong.
#[derive(Serialize)]
pub(in crate::journey) struct Decided {
    pub(in crate::journey) outcome: &'static str,
    pub(in crate::journey) trace: Vec<Step>,
    pub(in crate::journey) hypothetical: bool,
    #[serde(skip)]
    pub(in crate::journey) membership: Membership,
}

impl Findings {
    /// For a draft that is tried: it is decided as if it were enabled.
    pub(in crate::journey) fn of_draft() -> Self {
        Self { tries_draft: true, ..Self::default() }
    }

    /// Notes a check.
    pub(in crate::journey) fn check(&mut self, name: &'static str, result: Result<Fact, SamlError>) {
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
        let settings = provider.settings();
        let (outcome, got, refusal) = match (settings.enabled, settings.draft) {
            (true, _) => (Outcome::Passed, "enabled", None),
            (false, true) if self.tries_draft => (Outcome::Passed, "a draft, tried as if it were enabled", None),
            (false, true) => (Outcome::Failed, "a draft", Some(Refusal::ProviderIsDraft)),
            (false, false) => (Outcome::Failed, "disabled", Some(Refusal::ProviderDisabled)),
        };
        let Fact { expected, got } = fact("enabled", got);
        self.checks.push(Check { name: "enabled", outcome, expected, got });
        self.refuse(refusal);
    }

    /// Notes what was signed.
    pub(super) fn show(&mut self, authentic: &AuthenticResponse, profile: Option<&Profile>) {
        let (signed, element) = authentic.signed();
        let view = json!({
            "element": element,
            "keyFingerprint": signed.fingerprint(),
            "canonicalXml": signed.canonical(),
        });
        self.signed = Some(Signed {
            view,
            name_id: authentic.name_id().cloned(),
            profile: profile.cloned(),
            attributes: authentic.attributes().to_vec(),
        });
    }

    fn refuse(&mut self, refusal: Option<Refusal>) {
        self.refusal = self.refusal.take().or(refusal);
    }

    /// Every check, in the order in which a sign-in asks them.
    pub(in crate::journey) fn take_checks(&mut self) -> Vec<Check> {
        let mut found = std::mem::take(&mut self.checks);
        let before = ["base64", "document", "issuer", "decryption", "signature", "content"];
        let names = before.into_iter().chain(saml::rule_names()).chain(["enabled", "request"]);
        let check = |name| match found.iter().position(|check| check.name == name) {
            Some(at) => found.swap_remove(at),
            None => Check::not_reached(name),
        };
        names.map(check).collect()
    }

    /// The answer, with remedies in the words of this kind of identity provider.
    pub(super) fn into_json(mut self, kind: Kind) -> Value {
        let checks = self.take_checks();
        let (signed, subject, attributes) = match self.signed {
            Some(Signed { view, name_id, profile, attributes }) => {
                let email = profile.as_ref().map(|profile| profile.email.as_given());
                let subject = json!({ "nameId": name_id.map(|name_id| name_id.value), "email": email });
                (Some(view), Some(subject), attributes_by_name(&attributes))
            }
            None => (None, None, Map::new()),
        };
        json!({
            "accepted": self.refusal.is_none(),
            "error": self.refusal.map(|refusal| refusal.explanation(kind)),
            "checks": checks,
            "signed": signed,
            "signatures": self.signatures,
            "subject": subject,
            "attributes": attributes,
            "unverified": self.unverified,
            "decision": self.decision,
        })
    }
}

pub(in crate::journey) fn fact(expected: impl Into<String>, got: impl Into<String>) -> Fact {
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
