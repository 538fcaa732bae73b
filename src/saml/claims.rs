//! What a response says that nobody trusted has signed, for the debugger: an admin whose identity provider has a new
//! certificate wants to know what else is wrong.
//!
//! Nothing but text and outcomes that say so can be had from it. There is no way from here to an
//! [`AuthenticResponse`](super::AuthenticResponse).

use super::assertion::Assertion;
use super::check::Check;
use super::error::SamlError;
use super::policy::{self, Expectations, Said, Unsolicited};
use super::response::{Envelope, ReceivedResponse, the_assertion};
use crate::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a response claims. It proves nothing.
#[derive(Debug)]
pub struct Claims {
    envelope: Envelope,
    assertion: Assertion,
}

/// The claims as the debugger shows them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct View<'a> {
    response_issuer: Option<&'a str>,
    assertion_issuer: Option<&'a str>,
    destination: Option<&'a str>,
    recipients: Vec<&'a str>,
    audiences: Vec<&'a str>,
    in_response_to: Option<&'a str>,
    not_before: Option<Timestamp>,
    not_on_or_after: Option<Timestamp>,
    confirmation_not_on_or_after: Option<Timestamp>,
    session_not_on_or_after: Option<Timestamp>,
    authn_contexts: &'a [String],
    name_id: Option<&'a str>,
    name_id_format: Option<&'a str>,
    attributes: BTreeMap<&'a str, Vec<&'a str>>,
}

impl ReceivedResponse<'_> {
    /// What the response claims, if it can be read.
    pub fn claims(&self) -> Result<Claims, SamlError> {
        let response = self.document.root();
        let signed = response.children_named(super::Namespace::DSIG, "Signature").next().is_some();
        let envelope = Envelope::read(response, signed)?;
        Ok(Claims { envelope, assertion: Assertion::read(the_assertion(&self.document)?)? })
    }
}

impl Claims {
    /// How each line of the policy would be met if all of this had been signed.
    pub fn checks(&self, expectations: &Expectations<'_>, unsolicited: Unsolicited) -> Vec<Check> {
        let said = Said { envelope: &self.envelope, assertion: &self.assertion };
        let policy = policy::report(said, expectations).checks;
        let request = policy::request_report(said, unsolicited).checks;
        policy.into_iter().chain(request).map(Check::only_claimed).collect()
    }

    /// As JSON, for people.
    pub fn to_json(&self) -> serde_json::Value {
        let (envelope, assertion) = (&self.envelope, &self.assertion);
        let mut attributes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for attribute in &assertion.attributes {
            attributes.entry(&attribute.name).or_default().extend(attribute.values.iter().map(String::as_str));
        }
        let view = View {
            response_issuer: envelope.issuer.as_deref(),
            assertion_issuer: assertion.issuer.as_deref(),
            destination: envelope.destination.as_deref(),
            recipients: assertion.confirmations.iter().filter_map(|c| c.recipient.as_deref()).collect(),
            audiences: assertion.conditions.audiences.iter().flatten().map(String::as_str).collect(),
            in_response_to: Said { envelope, assertion }.in_response_to(),
            not_before: assertion.conditions.not_before,
            not_on_or_after: assertion.conditions.not_on_or_after,
            confirmation_not_on_or_after: assertion.confirmations.iter().filter_map(|c| c.not_on_or_after).max(),
            session_not_on_or_after: assertion.session_not_on_or_after,
            authn_contexts: &assertion.authn_contexts,
            name_id: assertion.name_id.as_ref().map(|name_id| name_id.value.as_str()),
            name_id_format: assertion.name_id.as_ref().and_then(|name_id| name_id.format.as_deref()),
            attributes,
        };
        serde_json::to_value(view).unwrap_or_default()
    }
}
