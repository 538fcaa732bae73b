//! The request that begins a sign-in here (SAML core 3.4.1).

use crate::time::Timestamp;
use quick_xml::escape::escape;

/// A `samlp:AuthnRequest`. How it is sent and signed is for [`super::Outgoing`].
#[derive(Clone, Debug)]
pub struct AuthnRequest<'a> {
    /// `ID`: an XML name, so it begins with a letter or `_`.
    pub id: &'a str,
    /// `IssueInstant`
    pub issued_at: Timestamp,
    /// Our entity ID.
    pub issuer: &'a str,
    /// Where the answer shall go.
    pub acs_url: &'a str,
    /// The identity provider's sign-on URL.
    pub sso_url: &'a str,
    /// Whether users are to show who they are again.
    pub force_authn: bool,
    /// URI of the format of NameID that is asked for.
    pub name_id_format: Option<&'a str>,
    /// URIs of the ways to authenticate of which one is asked for. Empty: any.
    pub authn_context: &'a [String],
}

impl AuthnRequest<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        let force_authn = if self.force_authn { r#" ForceAuthn="true""# } else { "" };
        let format = self.name_id_format.map(|uri| format!(r#" Format="{}""#, escape(uri))).unwrap_or_default();
        format!(
            concat!(
                r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
                r#"xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0" IssueInstant="{}" "#,
                r#"Destination="{}"{} AssertionConsumerServiceURL="{}" "#,
                r#"ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer>{}</saml:Issuer>"#,
                r#"<samlp:NameIDPolicy{} AllowCreate="true"/>{}</samlp:AuthnRequest>"#
            ),
            escape(self.id),
            self.issued_at,
            escape(self.sso_url),
            force_authn,
            escape(self.acs_url),
            escape(self.issuer),
            format,
            self.requested_authn_context(),
        )
    }

    /// `samlp:RequestedAuthnContext` (SAML core 3.3.2.2.1). `exact`: of a class that is better than another nobody has
    /// said so.
    fn requested_authn_context(&self) -> String {
        if self.authn_context.is_empty() {
            return String::new();
        }
        let class =
            |uri: &String| format!("<saml:AuthnContextClassRef>{}</saml:AuthnContextClassRef>", escape(uri.as_str()));
        let classes: String = self.authn_context.iter().map(class).collect();
        format!(r#"<samlp:RequestedAuthnContext Comparison="exact">{classes}</samlp:RequestedAuthnContext>"#)
    }
}
