//! Canonical bytes of an element, after *Exclusive XML Canonicalization 1.0* without comments (the tree has none) and,
//! for a reference that names no canonicalization, *Canonical XML 1.0*.

use super::xml::{AttributeView, Child, Element, Limit, NamespaceRank, XML_NAMESPACE};

/// Which namespace declarations are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Those that names use, and those of the `PrefixList` (empty text: the default namespace).
    Exclusive(Vec<String>),
    /// All that are in force.
    Inclusive,
}

impl Method {
    /// Whether declarations of a prefix are written although no name uses them.
    fn lists(&self, prefix: &str) -> bool {
        match self {
            Self::Exclusive(prefixes) => prefixes.iter().any(|listed| listed == prefix),
            Self::Inclusive => true,
        }
    }
}

/// A tree that has no canonical form that we take. A refusal: an empty text in its place would be a text that somebody
/// signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CanonicalError {
    /// Everything is left out.
    Empty,
    /// More than [`Limit::Bytes`]: a declaration is written at each element that needs it, so the output can be larger than
    /// the input by far.
    TooLarge,
}

/// The canonical form of `apex` and what is inside it, but for the element `without` (the enveloped signature).
pub(super) fn canonicalize(
    apex: Element<'_, '_>,
    method: &Method,
    without: Option<Element<'_, '_>>,
) -> Result<String, CanonicalError> {
    let mut writer = Writer { method, without, written: Vec::with_capacity(16), out: String::with_capacity(8 * 1024) };
    writer.element(apex, true)?;
    if writer.out.is_empty() { Err(CanonicalError::Empty) } else { Ok(writer.out) }
}

struct Writer<'m, 'd, 'a> {
    method: &'m Method,
    without: Option<Element<'d, 'a>>,
    /// Declarations in force in the output, innermost last.
    written: Vec<Written<'d>>,
    out: String,
}

/// A declaration of the output. Its order is that in which declarations are written: by prefix.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Written<'d> {
    prefix: &'d str,
    rank: NamespaceRank,
    uri: &'d str,
}

impl<'d, 'a: 'd> Writer<'_, 'd, 'a> {
    // Recursion is bounded by `xml::Limit::Depth`.
    fn element(&mut self, element: Element<'d, 'a>, apex: bool) -> Result<(), CanonicalError> {
        if self.without == Some(element) {
            return Ok(());
        }
        let outside = self.written.len();
        self.out.push('<');
        self.name(element.prefix(), element.local_name());
        self.declarations(element, apex)?;
        self.attributes(element, apex);
        self.out.push('>');
        for child in element.children() {
            match child {
                Child::Element(inner) => self.element(inner, false)?,
                Child::Text(text) => escape_text(text, &mut self.out),
            }
        }
        self.out.push_str("</");
        self.name(element.prefix(), element.local_name());
        self.out.push('>');
        self.written.truncate(outside);
        self.within_bounds()
    }

    fn within_bounds(&self) -> Result<(), CanonicalError> {
        if self.out.len() > Limit::Bytes.maximum() { Err(CanonicalError::TooLarge) } else { Ok(()) }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(local);
    }

    fn declarations(&mut self, element: Element<'d, 'a>, apex: bool) -> Result<(), CanonicalError> {
        let from = self.written.len();
        self.declare(Written { prefix: element.prefix(), rank: element.rank(), uri: element.namespace() });
        for attribute in element.attributes() {
            if !attribute.prefix.is_empty() {
                self.declare(Written { prefix: attribute.prefix, rank: attribute.rank, uri: attribute.namespace });
            }
        }
        self.declare_listed(element, apex);
        self.written[from..].sort_unstable();
        for index in from..self.written.len() {
            let Written { prefix, uri, .. } = self.written[index];
            self.out.push_str(" xmlns");
            if !prefix.is_empty() {
                self.out.push(':');
                self.out.push_str(prefix);
            }
            self.out.push_str("=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push('"');
            self.within_bounds()?;
        }
        Ok(())
    }

    /// Declares what the method lists, whether a name uses it or not. What is in force changes only where something is
    /// declared; at the apex all that is in force is new.
    fn declare_listed(&mut self, element: Element<'d, 'a>, apex: bool) {
        let mut shadowed: Vec<&str> = Vec::new();
        let mut next = Some(element);
        while let Some(at) = next {
            for declared in at.declarations() {
                if self.method.lists(declared.prefix) && !shadowed.contains(&declared.prefix) {
                    self.declare(Written { prefix: declared.prefix, rank: declared.rank, uri: declared.uri });
                    shadowed.push(declared.prefix);
                }
            }
            next = if apex { at.parent() } else { None };
        }
    }

    /// Puts a declaration among those to write, unless the output has it already.
    fn declare(&mut self, declaration: Written<'d>) {
        if declaration.prefix == "xml" {
            return;
        }
        let in_force = self.written.iter().rev().find(|written| written.prefix == declaration.prefix);
        if in_force.map_or(NamespaceRank::NONE, |written| written.rank) != declaration.rank {
            self.written.push(declaration);
        }
    }

    fn attributes(&mut self, element: Element<'d, 'a>, apex: bool) {
        let mut attributes: Vec<AttributeView<'d>> = element.attributes().collect();
        if apex && *self.method == Method::Inclusive {
            inherit_xml_attributes(element, &mut attributes);
        }
        attributes.sort_unstable_by_key(|attribute| (attribute.rank, attribute.local));
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

/// More prefixes than identity providers list by far: they name one or two.
const MAX_PREFIXES: usize = 16;

/// The prefixes that a `PrefixList` names: `#default` is the empty one. `None` if it names too many.
pub(super) fn prefix_list(value: &str) -> Option<Vec<String>> {
    let mut words = value.split_ascii_whitespace();
    let prefixes = words.by_ref().take(MAX_PREFIXES);
    let prefixes = prefixes.map(|word| if word == "#default" { String::new() } else { word.to_owned() }).collect();
    words.next().is_none().then_some(prefixes)
}

#[cfg(test)]
#[path = "c14n_tests.rs"]
mod tests;
