//! The logout messages that we send (SAML core 3.7). How they are sent and signed is for [`super::Outgoing`].

use super::assertion::NameId;
use crate::time::Timestamp;
use quick_xml::escape::escape;

/// A `samlp:LogoutRequest`.
#[derive(Clone, Debug)]
pub struct LogoutRequest<'a> {
    /// `ID`: an XML name, so it begins with a letter or `_`.
    pub id: &'a str,
    /// `IssueInstant`
    pub issued_at: Timestamp,
    /// `NotOnOrAfter`
    pub expires_at: Timestamp,
    /// Our entity ID.
    pub issuer: &'a str,
    /// Where it goes.
    pub destination: &'a str,
    /// Whose session is over, in the identity provider's words.
    pub name_id: &'a NameId,
    /// The identity provider's index of the session.
    pub session_index: Option<&'a str>,
}

/// A `samlp:LogoutResponse` that says `Success`: no session that was meant is left here.
#[derive(Clone, Debug)]
pub struct LogoutResponse<'a> {
    /// `ID`: an XML name, so it begins with a letter or `_`.
    pub id: &'a str,
    /// `IssueInstant`
    pub issued_at: Timestamp,
    /// Our entity ID.
    pub issuer: &'a str,
    /// Where it goes.
    pub destination: &'a str,
    /// `ID` of the request that it answers.
    pub in_response_to: &'a str,
}

impl LogoutRequest<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        let attributes = format!(r#" NotOnOrAfter="{}""#, self.expires_at);
        let format = self.name_id.format.as_deref().map(|uri| format!(r#" Format="{}""#, escape(uri)));
        let index = |index| format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escape(index));
        let content = format!(
            "<saml:NameID{}>{}</saml:NameID>{}",
            format.unwrap_or_default(),
            escape(self.name_id.value.as_str()),
            self.session_index.map(index).unwrap_or_default()
        );
        document("LogoutRequest", self.id, self.issued_at, self.destination, self.issuer, &attributes, &content)
    }
}

impl LogoutResponse<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        let attributes = format!(r#" InResponseTo="{}""#, escape(self.in_response_to));
        let content = concat!(
            r#"<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>"#,
            "</samlp:Status>"
        );
        document("LogoutResponse", self.id, self.issued_at, self.destination, self.issuer, &attributes, content)
    }
}

fn document(
    name: &str,
    id: &str,
    issued_at: Timestamp,
    destination: &str,
    issuer: &str,
    attributes: &str,
    content: &str,
) -> String {
    format!(
        concat!(
            r#"<samlp:{} xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
            r#"xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0" IssueInstant="{}" "#,
            r#"Destination="{}"{}><saml:Issuer>{}</saml:Issuer>{}</samlp:{}>"#
        ),
        name,
        escape(id),
        issued_at,
        escape(destination),
        attributes,
        escape(issuer),
        content,
        name
    )
}
