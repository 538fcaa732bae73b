//! The request that begins a sign-in here (SAML core 3.4.1), for the redirect binding (SAML bindings 3.4.4.1).

use crate::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use quick_xml::escape::escape;

/// An unsigned `samlp:AuthnRequest`.
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
}

impl AuthnRequest<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        format!(
            concat!(
                r#"<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" "#,
                r#"xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{}" Version="2.0" IssueInstant="{}" "#,
                r#"Destination="{}" AssertionConsumerServiceURL="{}" "#,
                r#"ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"><saml:Issuer>{}</saml:Issuer>"#,
                r#"<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>"#
            ),
            escape(self.id),
            self.issued_at,
            escape(self.sso_url),
            escape(self.acs_url),
            escape(self.issuer),
        )
    }

    /// The URL to send the browser to.
    pub fn redirect_url(&self, relay_state: Option<&str>) -> String {
        let deflated = miniz_oxide::deflate::compress_to_vec(self.to_xml().as_bytes(), 6);
        let mut query = Serializer::new(String::new());
        query.append_pair("SAMLRequest", &STANDARD.encode(deflated));
        if let Some(relay_state) = relay_state {
            query.append_pair("RelayState", relay_state);
        }
        let separator = if self.sso_url.contains('?') { '&' } else { '?' };
        format!("{}{separator}{}", self.sso_url, query.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_redirect_carries_the_deflated_request() {
        let request = AuthnRequest {
            id: "_1",
            issued_at: Timestamp(0),
            issuer: "sp.example",
            acs_url: "https://sp.example/acs?a=1&b=2",
            sso_url: "https://idp.example/sso?tenant=1",
        };
        let url = request.redirect_url(Some("/here?a=b"));
        let query = url.strip_prefix("https://idp.example/sso?tenant=1&").unwrap();
        let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(fields[1], ("RelayState".to_owned(), "/here?a=b".to_owned()));
        let inflated = miniz_oxide::inflate::decompress_to_vec(&STANDARD.decode(&fields[0].1).unwrap()).unwrap();
        let xml = String::from_utf8(inflated).unwrap();
        assert_eq!(xml, request.to_xml());
        assert!(xml.contains(r#"AssertionConsumerServiceURL="https://sp.example/acs?a=1&amp;b=2""#), "{xml}");
    }
}
