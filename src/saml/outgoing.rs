//! Messages that we send: through the browser, in a URL (HTTP-Redirect, SAML bindings 3.4) or in a form (HTTP-POST, 3.5),
//! signed where the other side wants that.

use super::Namespace;
use super::error::SamlError;
use super::metadata::Binding;
use crate::crypto::{Certificate, Crypto, CryptoError, PrivateKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use form_urlencoded::Serializer;
use postern_xml::{Document, Method, canonicalize};
use sha2::{Digest, Sha256};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Which side of an exchange a message is: the name of its parameter (SAML bindings 3.4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `SAMLRequest`
    Request,
    /// `SAMLResponse`
    Response,
}

impl Side {
    /// Name of the parameter or form field.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }
}

/// A key to sign with, and the certificate by which the other side knows it.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The private key.
    pub key: PrivateKey<'a>,
    /// Its certificate.
    pub certificate: &'a Certificate,
}

/// A message on its way.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// Request or response.
    pub side: Side,
    /// The document, of one element with an `ID` and an `Issuer` first.
    pub xml: &'a str,
    /// `ID` of the document element.
    pub id: &'a str,
    /// Where it goes.
    pub url: &'a str,
    /// What is to come back with the answer; at most 80 bytes (SAML bindings 3.4.3).
    pub relay_state: Option<&'a str>,
}

/// How a browser carries a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// It goes to this URL.
    Redirect(String),
    /// It posts these fields.
    Form(Vec<(&'static str, String)>),
}

impl Outgoing<'_> {
    /// Puts the message into a binding, signed if there is somebody to sign.
    pub async fn carried<C: Crypto>(
        &self,
        binding: Binding,
        signer: Option<Signer<'_>>,
        crypto: &C,
    ) -> Result<Carried, CryptoError> {
        match binding {
            Binding::Redirect => self.redirect(signer, crypto).await.map(Carried::Redirect),
            Binding::Post => self.form(signer, crypto).await.map(Carried::Form),
        }
    }

    /// The query is signed as it stands, in the order that the binding gives (SAML bindings 3.4.4.1).
    async fn redirect<C: Crypto>(&self, signer: Option<Signer<'_>>, crypto: &C) -> Result<String, CryptoError> {
        let deflated = miniz_oxide::deflate::compress_to_vec(self.xml.as_bytes(), 6);
        let mut query = Serializer::new(String::new());
        query.append_pair(self.side.parameter(), &STANDARD.encode(deflated));
        if let Some(relay_state) = self.relay_state {
            query.append_pair("RelayState", relay_state);
        }
        if signer.is_some() {
            query.append_pair("SigAlg", RSA_SHA256);
        }
        let mut query = query.finish();
        if let Some(signer) = signer {
            let signature = crypto.sign(signer.key, query.as_bytes()).await?;
            let signature =
                Serializer::new(String::new()).append_pair("Signature", &STANDARD.encode(signature)).finish();
            query = format!("{query}&{signature}");
        }
        let separator = if self.url.contains('?') { '&' } else { '?' };
        Ok(format!("{}{separator}{query}", self.url))
    }

    async fn form<C: Crypto>(
        &self,
        signer: Option<Signer<'_>>,
        crypto: &C,
    ) -> Result<Vec<(&'static str, String)>, CryptoError> {
        let xml = match signer {
            Some(signer) => self.signed_xml(signer, crypto).await?,
            None => self.xml.to_owned(),
        };
        let mut fields = vec![(self.side.parameter(), STANDARD.encode(xml))];
        fields.extend(self.relay_state.map(|relay_state| ("RelayState", relay_state.to_owned())));
        Ok(fields)
    }

    /// The document with a signature of its document element after `Issuer` (SAML core 5.4).
    async fn signed_xml<C: Crypto>(&self, signer: Signer<'_>, crypto: &C) -> Result<String, CryptoError> {
        let digest = STANDARD.encode(Sha256::digest(canonical(self.xml)?));
        let signed_info = format!(
            concat!(
                r#"<ds:SignedInfo xmlns:ds="{}"><ds:CanonicalizationMethod Algorithm="{}"></ds:CanonicalizationMethod>"#,
                r##"<ds:SignatureMethod Algorithm="{}"></ds:SignatureMethod><ds:Reference URI="#{}"><ds:Transforms>"##,
                r#"<ds:Transform Algorithm="{}"></ds:Transform><ds:Transform Algorithm="{}"></ds:Transform></ds:Transforms>"#,
                r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
                r#"<ds:DigestValue>{}</ds:DigestValue></ds:Reference></ds:SignedInfo>"#
            ),
            Namespace::DSIG,
            super::dsig::EXCLUSIVE,
            RSA_SHA256,
            self.id,
            super::dsig::ENVELOPED,
            super::dsig::EXCLUSIVE,
            digest,
        );
        let value = STANDARD.encode(crypto.sign(signer.key, canonical(&signed_info)?.as_bytes()).await?);
        let signature = format!(
            concat!(
                r#"<ds:Signature xmlns:ds="{}">{}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"#,
                r#"<ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"#
            ),
            Namespace::DSIG,
            signed_info,
            value,
            signer.certificate.to_base64(),
        );
        const ISSUER_END: &str = "</saml:Issuer>";
        let at = self.xml.find(ISSUER_END).map(|at| at + ISSUER_END.len());
        let at = at.ok_or_else(|| CryptoError("a message without an Issuer cannot be signed".into()))?;
        Ok(format!("{}{signature}{}", &self.xml[..at], &self.xml[at..]))
    }
}

/// Canonical bytes of a document of our own making.
fn canonical(xml: &str) -> Result<String, CryptoError> {
    let document = Document::parse(xml.as_bytes()).map_err(|error| CryptoError(SamlError::Xml(error).to_string()))?;
    let canonical = canonicalize(document.root(), &Method::Exclusive(Vec::new()), None);
    canonical.map_err(|error| CryptoError(format!("a message of ours has no canonical form: {error:?}")))
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;
