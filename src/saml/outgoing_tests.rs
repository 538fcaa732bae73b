use super::*;
use crate::crypto::native::NativeCrypto;
use crate::saml::AuthnRequest;
use crate::time::Timestamp;

fn request<'a>(authn_context: &'a [String]) -> AuthnRequest<'a> {
    AuthnRequest {
        id: "_1",
        issued_at: Timestamp(0),
        issuer: "sp.example",
        acs_url: "https://sp.example/acs?a=1&b=2",
        sso_url: "https://idp.example/sso?tenant=1",
        force_authn: !authn_context.is_empty(),
        name_id_format: None,
        authn_context,
    }
}

fn carried(binding: Binding, xml: &str) -> Carried {
    let url = "https://idp.example/sso?tenant=1";
    let outgoing = Outgoing { side: Side::Request, xml, id: "_1", url, relay_state: Some("/here?a=b") };
    pollster::block_on(outgoing.carried(binding, None, &NativeCrypto)).unwrap()
}

#[test]
fn the_redirect_carries_the_deflated_request() {
    let xml = request(&[]).to_xml();
    let Carried::Redirect(url) = carried(Binding::Redirect, &xml) else { panic!("a form") };
    let query = url.strip_prefix("https://idp.example/sso?tenant=1&").unwrap();
    let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    assert_eq!(fields[1], ("RelayState".to_owned(), "/here?a=b".to_owned()));
    assert_eq!(fields.len(), 2);
    let inflated = miniz_oxide::inflate::decompress_to_vec(&STANDARD.decode(&fields[0].1).unwrap()).unwrap();
    assert_eq!(String::from_utf8(inflated).unwrap(), xml);
    assert!(xml.contains(r#"AssertionConsumerServiceURL="https://sp.example/acs?a=1&amp;b=2""#), "{xml}");
}

#[test]
fn the_form_carries_the_request_as_it_is() {
    let xml = request(&[]).to_xml();
    let Carried::Form(fields) = carried(Binding::Post, &xml) else { panic!("a redirect") };
    assert_eq!(fields, [("SAMLRequest", STANDARD.encode(&xml)), ("RelayState", "/here?a=b".to_owned())]);
}

#[test]
fn what_is_asked_for_is_in_the_request() {
    let context = ["urn:a".to_owned(), "urn:b&c".to_owned()];
    let asked = AuthnRequest { name_id_format: Some("urn:format"), ..request(&context) }.to_xml();
    for part in [
        r#" ForceAuthn="true" "#,
        r#"<samlp:NameIDPolicy Format="urn:format" AllowCreate="true"/>"#,
        r#"<samlp:RequestedAuthnContext Comparison="exact"><saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b&amp;c</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>"#,
    ] {
        assert!(asked.contains(part), "{asked}");
    }
    let plain = request(&[]).to_xml();
    for part in ["ForceAuthn", "Format=", "RequestedAuthnContext"] {
        assert!(!plain.contains(part), "{plain}");
    }
}
