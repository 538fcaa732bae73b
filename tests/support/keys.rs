//! The worthless keys of the corpus, as an identity provider would give them to us.

use postern::crypto::Certificate;
use std::fs;
use std::path::Path;

/// Every key in `tests/saml/keys` that can be trusted.
pub(crate) const NAMES: [&str; 7] = ["idp", "idp-next", "idp-4096", "attacker", "rsa-1024", "ec-p256", "ec-p384"];

/// The certificate of a key in `tests/saml/keys`, in base64.
pub(crate) fn certificate_text(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/saml/keys").join(format!("{name}.pem"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    rest.split_once("-----END CERTIFICATE-----").unwrap().0.trim().to_owned()
}

/// The certificate of a key in `tests/saml/keys`.
pub(crate) fn certificate(name: &str) -> Certificate {
    Certificate::from_base64(&certificate_text(name)).unwrap()
}

/// Metadata of an identity provider that signs with keys of `tests/saml/keys`.
pub(crate) fn metadata(entity_id: &str, keys: &[&str]) -> String {
    let key = |name: &&str| {
        format!(
            "<md:KeyDescriptor use=\"signing\"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate>\
             </ds:X509Data></ds:KeyInfo></md:KeyDescriptor>",
            certificate_text(name)
        )
    };
    format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" \
         xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" entityID=\"{entity_id}\">\
         <md:IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{}\
         <md:SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" \
         Location=\"https://idp.example/sso\"/></md:IDPSSODescriptor></md:EntityDescriptor>",
        keys.iter().map(key).collect::<String>()
    )
}
