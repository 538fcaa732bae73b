//! Canonical bytes of an element, after *Exclusive XML Canonicalization 1.0* without comments (the tree has none) and,
//! for a reference that names no canonicalization, *Canonical XML 1.0*.

use super::xml::{AttributeView, Child, Element, XML_NAMESPACE};
use std::borrow::Cow;

/// Which namespace declarations are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Those that names use, and those of the `PrefixList` (empty text: the default namespace).
    Exclusive(Vec<String>),
    /// All that are in force.
    Inclusive,
}

/// A tree that has no canonical form. A refusal: an empty text in its place would be a text that somebody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NothingToWrite;

/// The canonical form of `apex` and what is inside it, but for the element `without` (the enveloped signature).
pub(super) fn canonicalize(
    apex: Element<'_, '_>,
    method: &Method,
    without: Option<Element<'_, '_>>,
) -> Result<String, NothingToWrite> {
    let mut writer = Writer { method, without, written: Vec::with_capacity(16), out: String::with_capacity(8 * 1024) };
    writer.element(apex, true);
    if writer.out.is_empty() { Err(NothingToWrite) } else { Ok(writer.out) }
}

struct Writer<'m, 'd, 'a> {
    method: &'m Method,
    without: Option<Element<'d, 'a>>,
    /// Declarations in force in the output, innermost last.
    written: Vec<(&'d str, &'d str)>,
    out: String,
}

impl<'d, 'a: 'd> Writer<'_, 'd, 'a> {
    // Recursion is bounded by `xml::Limit::Depth`.
    fn element(&mut self, element: Element<'d, 'a>, apex: bool) {
        if self.without == Some(element) {
            return;
        }
        let outside = self.written.len();
        self.out.push('<');
        self.name(element.prefix(), element.local_name());
        self.declarations(element, apex);
        self.attributes(element, apex);
        self.out.push('>');
        for child in element.children() {
            match child {
                Child::Element(inner) => self.element(inner, false),
                Child::Text(text) => escape_text(text, &mut self.out),
            }
        }
        self.out.push_str("</");
        self.name(element.prefix(), element.local_name());
        self.out.push('>');
        self.written.truncate(outside);
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
    }

    fn declarations(&mut self, element: Element<'d, 'a>, apex: bool) {
        let from = self.written.len();
        self.declare(element.prefix(), element.namespace());
        for attribute in element.attributes() {
            if !attribute.prefix.is_empty() {
                self.declare(attribute.prefix, attribute.namespace);
            }
        }
        // What is in force changes only where something is declared.
        if apex || element.declarations().next().is_some() {
            match self.method {
                Method::Exclusive(prefixes) => {
                    for prefix in prefixes {
                        self.declare_in_force(element, prefix);
                    }
                }
                Method::Inclusive => self.declare_all(element, apex),
            }
        }
        let new = &mut self.written[from..];
        new.sort_unstable();
        for (prefix, uri) in new.iter() {
            self.out.push_str(" xmlns");
            if !prefix.is_empty() {
                self.out.push(':');
                self.out.push_str(prefix);
            }
            self.out.push_str("=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push('"');
        }
    }

    fn declare_all(&mut self, element: Element<'d, 'a>, apex: bool) {
        let mut next = Some(element);
        while let Some(at) = next {
            for (prefix, _) in at.declarations() {
                self.declare_in_force(element, prefix);
            }
            next = if apex { at.parent() } else { None };
        }
    }

    fn declare_in_force(&mut self, element: Element<'d, 'a>, prefix: &str) {
        let bound = element.namespace_of_prefix(prefix);
        let declared = bound.and_then(|uri| {
            let mut next = Some(element);
            while let Some(at) = next {
                if let Some((declared, _)) = at.declarations().find(|(declared, _)| *declared == prefix) {
                    return Some((declared, uri));
                }
                next = at.parent();
            }
            None
        });
        match declared {
            Some((prefix, uri)) => self.declare(prefix, uri),
            None if prefix.is_empty() => self.declare("", ""),
            None => {}
        }
    }

    /// Puts a declaration among those to write, unless the output has it already.
    fn declare(&mut self, prefix: &'d str, uri: &'d str) {
        if prefix == "xml" {
            return;
        }
        let in_force = self.written.iter().rev().find(|(written, _)| *written == prefix).map(|(_, uri)| *uri);
        if in_force.unwrap_or_default() != uri {
            self.written.push((prefix, uri));
        }
    }

    fn attributes(&mut self, element: Element<'d, 'a>, apex: bool) {
        let mut attributes: Vec<AttributeView<'d>> = element.attributes().collect();
        if apex && *self.method == Method::Inclusive {
            inherit_xml_attributes(element, &mut attributes);
        }
        attributes.sort_unstable_by_key(|attribute| (attribute.namespace, attribute.local));
        for attribute in attributes {
            self.out.push(' ');
            self.name(attribute.prefix, attribute.local);
            self.out.push_str("=\"");
            escape_attribute(attribute.value, &mut self.out);
            self.out.push('"');
        }
    }
}

/// Canonical XML 1.0, section 2.4: the apex takes `xml:lang` and its like from the elements around it.
fn inherit_xml_attributes<'d>(apex: Element<'d, '_>, attributes: &mut Vec<AttributeView<'d>>) {
    let mut next = apex.parent();
    while let Some(around) = next {
        for attribute in around.attributes().filter(|a| a.namespace == XML_NAMESPACE) {
            if !attributes.iter().any(|a| a.namespace == XML_NAMESPACE && a.local == attribute.local) {
                attributes.push(attribute);
            }
        }
        next = around.parent();
    }
}

fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape_attribute(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut String, replacement: impl Fn(u8) -> Option<&'static str>) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(escaped) = replacement(byte) {
            out.push_str(&text[from..at]);
            out.push_str(escaped);
            from = at + 1;
        }
    }
    out.push_str(&text[from..]);
}

/// The prefixes that a `PrefixList` names: `#default` is the empty one.
pub(super) fn prefix_list(value: &str) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    for word in value.split_ascii_whitespace() {
        let prefix = if word == "#default" { Cow::Borrowed("") } else { Cow::Borrowed(word) };
        if !prefixes.iter().any(|known| *known == prefix) {
            prefixes.push(prefix.into_owned());
        }
    }
    prefixes
}

#[cfg(test)]
#[path = "c14n_tests.rs"]
mod tests;
