//! Canonical bytes of an element, after *Exclusive XML Canonicalization 1.0* without comments (the tree has none) and,
//! for a reference that names no canonicalization, *Canonical XML 1.0*.

use super::{
    AttributeView, Child, DeclarationView, Element, Limit, NamespaceRank, PrefixId, XML_NAMESPACE, order, sort_by,
};

/// More prefixes than identity providers list by far: they name one or two.
const MAX_PREFIXES: usize = 16;

/// Which namespace declarations are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Those that names use, and those of the `PrefixList` (empty text: the default namespace).
    Exclusive(Vec<String>),
    /// All that are in force.
    Inclusive,
}

impl Method {
    /// Exclusive, with the prefixes that a `PrefixList` names: `#default` is the empty one. `None` if it names too many.
    pub fn exclusive(prefix_list: &str) -> Option<Self> {
        let mut words = prefix_list.split_ascii_whitespace();
        let prefixes = words.by_ref().take(MAX_PREFIXES);
        let prefixes = prefixes.map(|word| if word == "#default" { String::new() } else { word.to_owned() }).collect();
        words.next().is_none().then_some(Self::Exclusive(prefixes))
    }

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
pub enum CanonicalError {
    /// Everything is left out.
    Empty,
    /// More than [`Limit::Bytes`]: a declaration is written at each element that needs it, so the output can be larger than
    /// the input by far.
    TooLarge,
}

/// The canonical form of `apex` and what is inside it, but for the element `without` (the enveloped signature).
pub fn canonicalize(
    apex: Element<'_, '_>,
    method: &Method,
    without: Option<Element<'_, '_>>,
) -> Result<String, CanonicalError> {
    let mut writer = Writer {
        method,
        without,
        in_force: vec![NamespaceRank::NONE; apex.document().prefixes()],
        replaced: Vec::with_capacity(16),
        declarations: Vec::with_capacity(16),
        attributes: Vec::with_capacity(16),
        out: Vec::with_capacity(8 * 1024),
    };
    writer.element(apex, true)?;
    // Whole texts and ASCII were put together, so that these bytes are UTF-8; other bytes would be no canonical form.
    let out = String::from_utf8(writer.out).unwrap_or_default();
    if out.is_empty() { Err(CanonicalError::Empty) } else { Ok(out) }
}

struct Writer<'m, 'd, 'a> {
    method: &'m Method,
    without: Option<Element<'d, 'a>>,
    /// What each prefix stands for in the output.
    in_force: Vec<NamespaceRank>,
    /// What it stood for outside of the open elements.
    replaced: Vec<(PrefixId, NamespaceRank)>,
    /// Those of one element, before they are written.
    declarations: Vec<DeclarationView<'d>>,
    attributes: Vec<AttributeView<'d>>,
    /// UTF-8.
    out: Vec<u8>,
}

impl<'d, 'a: 'd> Writer<'_, 'd, 'a> {
    // Recursion is bounded by `xml::Limit::Depth`.
    fn element(&mut self, element: Element<'d, 'a>, apex: bool) -> Result<(), CanonicalError> {
        if self.without == Some(element) {
            return Ok(());
        }
        let outside = self.replaced.len();
        let (binding, local) = (element.binding(), element.local_name());
        self.out.push(b'<');
        self.name(binding.prefix, local);
        self.declare(binding);
        if apex || !element.is_plain() {
            self.declare_others(element, apex);
            self.write_declarations()?;
            self.attributes(element, apex);
        } else if !self.declarations.is_empty() {
            self.write_declarations()?;
        }
        self.out.push(b'>');
        for child in element.children() {
            match child {
                Child::Element(inner) => self.element(inner, false)?,
                Child::Text(text) => escape_text(text, &mut self.out),
            }
        }
        self.out.extend_from_slice(b"</");
        self.name(binding.prefix, local);
        self.out.push(b'>');
        while self.replaced.len() > outside
            && let Some((prefix, rank)) = self.replaced.pop()
        {
            self.in_force[prefix.index()] = rank;
        }
        self.within_bounds()
    }

    fn within_bounds(&self) -> Result<(), CanonicalError> {
        if self.out.len() > Limit::Bytes.maximum() { Err(CanonicalError::TooLarge) } else { Ok(()) }
    }

    fn name(&mut self, prefix: &str, local: &str) {
        if !prefix.is_empty() {
            push(prefix, &mut self.out);
            self.out.push(b':');
        }
        push(local, &mut self.out);
    }

    /// Declares what attributes use, and what the method lists.
    fn declare_others(&mut self, element: Element<'d, 'a>, apex: bool) {
        for AttributeView { prefix, id, namespace: uri, rank, .. } in element.attributes() {
            if !prefix.is_empty() {
                self.declare(DeclarationView { prefix, id, uri, rank });
            }
        }
        self.declare_listed(element, apex);
    }

    fn write_declarations(&mut self) -> Result<(), CanonicalError> {
        sort_by(&mut self.declarations, |one, other| one.prefix.cmp(other.prefix));
        let mut declarations = std::mem::take(&mut self.declarations);
        for DeclarationView { prefix, uri, .. } in declarations.drain(..) {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                push(prefix, &mut self.out);
            }
            self.out.extend_from_slice(b"=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push(b'"');
            self.within_bounds()?;
        }
        self.declarations = declarations;
        Ok(())
    }

    /// Declares what the method lists, whether a name uses it or not. What is in force changes only where something is
    /// declared; at the apex all that is in force is new.
    fn declare_listed(&mut self, element: Element<'d, 'a>, apex: bool) {
        let mut shadowed: Vec<PrefixId> = Vec::new();
        let mut next = Some(element);
        while let Some(at) = next {
            for declared in at.declarations() {
                if self.method.lists(declared.prefix) && !shadowed.contains(&declared.id) {
                    self.declare(declared);
                    shadowed.push(declared.id);
                }
            }
            next = if apex { at.parent() } else { None };
        }
    }

    /// Puts a declaration among those to write, unless the output has it already.
    #[inline(always)]
    fn declare(&mut self, declaration: DeclarationView<'d>) {
        let in_force = &mut self.in_force[declaration.id.index()];
        if *in_force != declaration.rank && declaration.prefix != "xml" {
            self.replaced.push((declaration.id, *in_force));
            *in_force = declaration.rank;
            self.declarations.push(declaration);
        }
    }

    fn attributes(&mut self, element: Element<'d, 'a>, apex: bool) {
        self.attributes.extend(element.attributes());
        if apex && *self.method == Method::Inclusive {
            inherit_xml_attributes(element, &mut self.attributes);
        }
        sort_by(&mut self.attributes, |one, other| {
            one.rank.cmp(&other.rank).then_with(|| order(one.local, other.local))
        });
        let mut attributes = std::mem::take(&mut self.attributes);
        for attribute in attributes.drain(..) {
            self.out.push(b' ');
            self.name(attribute.prefix, attribute.local);
            self.out.extend_from_slice(b"=\"");
            escape_attribute(attribute.value, &mut self.out);
            self.out.push(b'"');
        }
        self.attributes = attributes;
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

fn escape_text(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    if is_long(bytes) && memchr::memchr3(b'&', b'<', b'>', bytes).or(memchr::memchr(b'\r', bytes)).is_none() {
        return out.extend_from_slice(bytes);
    }
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape_attribute(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let none = |found: Option<usize>| found.is_none();
    if is_long(bytes)
        && none(memchr::memchr3(b'&', b'<', b'"', bytes))
        && none(memchr::memchr3(b'\t', b'\n', b'\r', bytes))
    {
        return out.extend_from_slice(bytes);
    }
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

/// Whether it is worth a search first for whether there is anything to escape.
fn is_long(bytes: &[u8]) -> bool {
    bytes.len() >= 32
}

#[inline(always)]
fn escape(text: &str, out: &mut Vec<u8>, replacement: impl Fn(u8) -> Option<&'static str>) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(escaped) = replacement(byte) {
            push(&text[from..at], out);
            push(escaped, out);
            from = at + 1;
            // Whoever called sees that it is too much.
            if out.len() > Limit::Bytes.maximum() {
                return;
            }
        }
    }
    push(&text[from..], out);
}

/// As `extend_from_slice`, for what is mostly a few bytes: copying a block costs more than they do.
#[inline(always)]
fn push(text: &str, out: &mut Vec<u8>) {
    if text.len() < 16 {
        out.extend(text.bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
#[path = "c14n_tests.rs"]
mod tests;
