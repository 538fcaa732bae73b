//! Our own metadata, for identity providers that read it (SAML metadata 2.4.4).

use super::Namespace;
use super::encryption::{CIPHERS, TRANSPORTS, Transport, XENC11};
use super::metadata::{POST, REDIRECT};
use crate::crypto::Certificate;
use quick_xml::escape::escape;

/// An `md:EntityDescriptor` of a service provider.
#[derive(Clone, Debug)]
pub struct SpMetadata<'a> {
    /// Our entity ID.
    pub entity_id: &'a str,
    /// Whether requests are signed.
    pub signs_requests: bool,
    /// Certificates of the keys that sign, the one in use first.
    pub signing: Vec<&'a Certificate>,
    /// Certificates of the keys to encrypt to.
    pub encryption: Vec<&'a Certificate>,
    /// URI of the format of NameID that is asked for.
    pub name_id_format: Option<&'a str>,
    /// The URL for logout messages, of both bindings.
    pub slo_url: &'a str,
    /// The ACS URL in each form; the first is the default.
    pub acs_urls: &'a [String],
    /// Name of the service, for people.
    pub service_name: &'a str,
    /// Attributes that a sign-in needs (SAML metadata 2.4.4.2).
    pub requested_attributes: &'a [RequestedAttribute<'a>],
}

/// An attribute that a sign-in needs or can use.
#[derive(Clone, Copy, Debug)]
pub struct RequestedAttribute<'a> {
    /// `Name`
    pub name: &'a str,
    /// `FriendlyName`
    pub friendly_name: &'a str,
    /// Whether nobody new comes in without it.
    pub required: bool,
}

impl SpMetadata<'_> {
    /// The document.
    pub fn to_xml(&self) -> String {
        let mut xml = format!(
            concat!(
                r#"<?xml version="1.0" encoding="UTF-8"?>"#,
                "\n",
                r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}">"#,
                r#"<md:SPSSODescriptor AuthnRequestsSigned="{}" WantAssertionsSigned="true" "#,
                r#"protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">"#
            ),
            escape(self.entity_id),
            self.signs_requests
        );
        for (usage, certificates) in [("signing", &self.signing), ("encryption", &self.encryption)] {
            for certificate in certificates {
                xml.push_str(&key_descriptor(usage, certificate));
            }
        }
        for binding in [REDIRECT, POST] {
            let url = escape(self.slo_url);
            xml.push_str(&format!(r#"<md:SingleLogoutService Binding="{binding}" Location="{url}"/>"#));
        }
        if let Some(format) = self.name_id_format {
            xml.push_str(&format!("<md:NameIDFormat>{}</md:NameIDFormat>", escape(format)));
        }
        for (index, url) in self.acs_urls.iter().enumerate() {
            xml.push_str(&format!(
                r#"<md:AssertionConsumerService Binding="{POST}" Location="{}" index="{index}" isDefault="{}"/>"#,
                escape(url.as_str()),
                index == 0
            ));
        }
        self.attribute_consuming_service(&mut xml);
        xml.push_str("</md:SPSSODescriptor></md:EntityDescriptor>\n");
        xml
    }

    fn attribute_consuming_service(&self, xml: &mut String) {
        if self.requested_attributes.is_empty() {
            return;
        }
        xml.push_str(&format!(
            concat!(
                r#"<md:AttributeConsumingService index="0" isDefault="true">"#,
                r#"<md:ServiceName xml:lang="en">{}</md:ServiceName>"#
            ),
            escape(self.service_name)
        ));
        for attribute in self.requested_attributes {
            xml.push_str(&format!(
                concat!(
                    r#"<md:RequestedAttribute Name="{}" FriendlyName="{}" "#,
                    r#"NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" isRequired="{}"/>"#
                ),
                escape(attribute.name),
                escape(attribute.friendly_name),
                attribute.required
            ));
        }
        xml.push_str("</md:AttributeConsumingService>");
    }
}

fn key_descriptor(usage: &str, certificate: &Certificate) -> String {
    let mut xml = format!(
        concat!(
            r#"<md:KeyDescriptor use="{}"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>"#,
            r#"<ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"#
        ),
        usage,
        certificate.to_base64()
    );
    if usage == "encryption" {
        xml.push_str(&encryption_methods());
    }
    xml.push_str("</md:KeyDescriptor>");
    xml
}

/// All that is decrypted, best first (SAML metadata 2.4.1.1).
fn encryption_methods() -> String {
    let mut xml = String::new();
    for (uri, _) in CIPHERS {
        xml.push_str(&format!(r#"<md:EncryptionMethod Algorithm="{uri}"/>"#));
    }
    for Transport { uri, digest, mask, .. } in TRANSPORTS {
        let mask = mask.map(|mask| format!(r#"<xenc11:MGF xmlns:xenc11="{XENC11}" Algorithm="{mask}"/>"#));
        xml.push_str(&format!(
            concat!(
                r#"<md:EncryptionMethod Algorithm="{}"><ds:DigestMethod xmlns:ds="{}" Algorithm="{}"/>{}"#,
                "</md:EncryptionMethod>"
            ),
            uri,
            Namespace::DSIG,
            digest,
            mask.unwrap_or_default()
        ));
    }
    xml
}
