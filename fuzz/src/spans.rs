//! Where elements and attributes are in a text that need not be well-formed.

use std::ops::Range;

/// An element: from its start tag to its end tag.
#[derive(Clone, Debug)]
pub struct Span {
    /// All of it.
    pub all: Range<usize>,
    /// What is between the tags; empty for an empty-element tag.
    pub content: Range<usize>,
    /// Its attributes with their values, quotes included.
    pub attributes: Vec<Range<usize>>,
    /// Where the name ends in the start tag.
    pub name_end: usize,
}

/// The elements whose end tag is there, in the order in which they end.
pub fn elements(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let (mut found, mut open, mut at) = (Vec::new(), Vec::new(), 0);
    while let Some(start) = text[at..].find('<').map(|found| at + found) {
        let Some(end) = tag_end(bytes, start) else { break };
        at = end;
        match bytes[start + 1] {
            b'/' => {
                if let Some((tag, attributes, name_end)) = open.pop() {
                    let tag: Range<usize> = tag;
                    found.push(Span { all: tag.start..end, content: tag.end..start, attributes, name_end });
                }
            }
            b'!' | b'?' => {}
            _ => {
                let name_end =
                    bytes[start..end].iter().position(|b| b" \t\r\n/>".contains(b)).map_or(end, |n| start + n);
                let attributes = attributes(bytes, name_end, end);
                if bytes[end - 2] == b'/' {
                    found.push(Span { all: start..end, content: end..end, attributes, name_end });
                } else {
                    open.push((start..end, attributes, name_end));
                }
            }
        }
    }
    found
}

/// One past the `>` of a tag.
fn tag_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in bytes.iter().enumerate().skip(start + 1) {
        match (quote, byte) {
            (None, b'>') => return (at > start + 1).then_some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

fn attributes(bytes: &[u8], from: usize, to: usize) -> Vec<Range<usize>> {
    let (mut found, mut start, mut quote) = (Vec::new(), None, None);
    for (at, byte) in bytes.iter().enumerate().take(to).skip(from) {
        match (quote, byte) {
            (Some(open), close) if open == close => {
                found.extend(start.take().map(|start| start..at + 1));
                quote = None;
            }
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b' ' | b'\t' | b'\r' | b'\n') => start = None,
            (None, _) => start = start.or(Some(at)),
        }
    }
    found
}
