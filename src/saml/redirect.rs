//! The HTTP-Redirect binding as it comes in (SAML bindings 3.4): a message in the query of a URL, its signature beside it.

use super::decode_base64;
use super::logout_error::LogoutError;
use super::outgoing::Side;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};
use postern_xml::{Limit, XmlError};

const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// The parameters of the binding. A query may have others: they are neither signed nor read.
const NAMES: [&str; 6] = ["SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding"];

/// A message from a query, not verified.
#[derive(Debug)]
pub(super) struct Redirected {
    pub(super) side: Side,
    pub(super) document: Vec<u8>,
    pub(super) relay_state: Option<String>,
    pub(super) signature: Option<QuerySignature>,
}

/// The signature of a query.
#[derive(Debug)]
pub(super) struct QuerySignature {
    /// The octets that it is of: the parameters' own, escaped as they came.
    pub(super) octets: String,
    pub(super) algorithm: String,
    pub(super) value: Vec<u8>,
}

impl Redirected {
    /// Reads the query of a URL as it was called, without `?`.
    pub(super) fn parse(query: &str) -> Result<Self, LogoutError> {
        if query.len() > Limit::Bytes.maximum() {
            return Err(XmlError::TooMuch(Limit::Bytes).into());
        }
        let mut raw: [Option<&str>; NAMES.len()] = [None; NAMES.len()];
        for pair in query.split('&') {
            let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name).unwrap_or_default();
            let Some(place) = NAMES.iter().position(|known| *known == name) else { continue };
            let value = pair.split_once('=').map_or("", |(_, value)| value);
            if raw[place].replace(value).is_some() {
                return Err(LogoutError::Repeated(NAMES[place]));
            }
        }
        let [request, response, relay_state, algorithm, signature, encoding] = raw;
        let (side, message) = one_message(request, response)?;
        if let Some(encoding) = encoding.map(decoded).filter(|encoding| encoding != DEFLATE) {
            return Err(LogoutError::Encoding { got: encoding });
        }
        let signature = match (algorithm, signature) {
            (Some(algorithm), Some(value)) => {
                // In this order, whatever the order they came in (SAML bindings 3.4.4.1).
                let mut octets = format!("{}={message}", side.parameter());
                for (name, value) in [("RelayState", relay_state), ("SigAlg", Some(algorithm))] {
                    octets.extend(value.into_iter().flat_map(|value| ["&", name, "=", value]));
                }
                let value = decode_base64(&decoded(value)).map_err(|_| LogoutError::NotBase64("Signature"))?;
                Some(QuerySignature { octets, algorithm: decoded(algorithm), value })
            }
            _ => None,
        };
        let deflated = decode_base64(&decoded(message)).map_err(|_| LogoutError::NotBase64(side.parameter()))?;
        Ok(Self { side, document: inflate(&deflated)?, relay_state: relay_state.map(decoded), signature })
    }
}

/// Exactly one of the two kinds of message.
pub(super) fn one_message<T>(request: Option<T>, response: Option<T>) -> Result<(Side, T), LogoutError> {
    match (request, response) {
        (Some(message), None) => Ok((Side::Request, message)),
        (None, Some(message)) => Ok((Side::Response, message)),
        _ => Err(LogoutError::NotOneMessage),
    }
}

/// The text that an escaped value stands for. The escapes may be of either case: ADFS writes small letters.
fn decoded(raw: &str) -> String {
    // With an empty name: a `=` in the value divides nothing then.
    let pair = format!("={raw}");
    form_urlencoded::parse(pair.as_bytes()).map(|(_, value)| value).collect()
}

/// What was deflated (RFC 1951), all of it and nothing behind it, up to 256 KiB. The work is bounded by that and by the
/// length of the input.
pub fn inflate(deflated: &[u8]) -> Result<Vec<u8>, LogoutError> {
    let maximum = Limit::Bytes.maximum();
    let mut decompressor = Box::<DecompressorOxide>::default();
    let mut inflated = vec![0; deflated.len().saturating_mul(4).clamp(1024, maximum)];
    let (mut read, mut written) = (0, 0);
    loop {
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let rest = deflated.get(read..).unwrap_or_default();
        let (status, consumed, produced) = decompress(&mut decompressor, rest, &mut inflated, written, flags);
        (read, written) = (read + consumed, written + produced);
        match status {
            TINFLStatus::Done if read == deflated.len() => {
                inflated.truncate(written);
                return Ok(inflated);
            }
            TINFLStatus::HasMoreOutput if inflated.len() < maximum => {
                inflated.resize((inflated.len() * 2).min(maximum), 0);
            }
            TINFLStatus::HasMoreOutput => return Err(XmlError::TooMuch(Limit::Bytes).into()),
            _ => return Err(LogoutError::NotDeflated),
        }
    }
}

#[cfg(test)]
#[path = "redirect_tests.rs"]
mod tests;
