//! Peers of our parser and canonicalizer: other people's implementations, each on an XML parser of its own.

pub mod canonical;
pub mod tree;

/// A document as the peers read it rightly. Two steps of XML 1.0 are done for them, from its text:
///
/// - line ends (section 2.11): `roxmltree` 0.21 keeps a carriage return that follows a reference, as in `&#97;\r`;
/// - literal white space in attribute values (section 3.3.3): `uppsala` 0.12 keeps tabs and line feeds.
///
/// An error if `roxmltree` does not read the document.
pub fn prepared(xml: &str) -> Result<String, roxmltree::Error> {
    let xml = xml.strip_prefix('\u{FEFF}').unwrap_or(xml);
    let lines = xml.replace("\r\n", "\n").replace('\r', "\n");
    let document = roxmltree::Document::parse(&lines)?;
    let mut spaces = Vec::new();
    for element in document.root().descendants().filter(roxmltree::Node::is_element) {
        let mut quote = None;
        for (at, byte) in lines.bytes().enumerate().skip(element.range().start) {
            match (quote, byte) {
                (None, b'>') => break,
                (None, b'"' | b'\'') => quote = Some(byte),
                (Some(open), close) if open == close => quote = None,
                (Some(_), b'\t' | b'\n') => spaces.push(at),
                _ => {}
            }
        }
    }
    let mut bytes = lines.into_bytes();
    for at in spaces {
        bytes[at] = b' ';
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
