//! Our own metadata, for identity providers that read it (SAML metadata 2.4.4).

use quick_xml::escape::escape;

/// An `md:EntityDescriptor` of a service provider.
#[derive(Clone, Debug)]
pub struct SpMetadata<'a> {
    /// Our entity ID.
    pub entity_id: &'a str,
    /// The ACS URL in each form; the first is the default.
    pub acs_urls: &'a [String],
}

impl SpMetadata<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        let mut xml = format!(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                "\n",
                r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}">"#,
                r#"<md:SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" "#,
                r#"protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#
            ),
            escape(self.entity_id)
        );
        for (index, url) in self.acs_urls.iter().enumerate() {
            xml.push_str(&format!(
                concat!(
                    r#"<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" "#,
                    r#"Location="{}" index="{}" isDefault="{}"/>"#
                ),
                escape(url.as_str()),
                index,
                index == 0
            ));
        }
        xml.push_str("</md:SPSSODescriptor></md:EntityDescriptor>\n");
        xml
    }
}
