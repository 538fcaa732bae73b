//! Bytes to tree. quick-xml finds the markup; what it leaves open of XML 1.0 and Namespaces in XML is checked here.

use super::name::{is_absolute, qualified, trim_start};
use super::prolog::{check_declaration, is_remark};
use super::scope::Scope;
use super::sort::sort_by;
use super::text::{attribute_value, has_section_end, is_space, normalize_line_ends, not_a_character, order, resolve};
use super::{Attribute, Content, Declaration, Document, Name, Namespace, Node, Range, XML_NAMESPACE};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::borrow::Cow;

/// A bound on the work that a document can ask for. Each is well above what identity providers send: a response of
/// 150 groups is 40 KB, 12 deep, of 500 nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// 256 KiB of input (SPEC section 15).
    Bytes,
    /// 32 elements inside each other.
    Depth,
    /// 20,000 elements and texts.
    Nodes,
    /// 20,480 tags, texts, references and CDATA sections: as many as the nodes, and what a response has beside `Nodes` of
    /// nothing but empty elements. An element with text is three of them, and 256 KiB have no room for 6,000 such elements
    /// of SAML's names.
    Pieces,
    /// 64 attributes an element.
    Attributes,
    /// 2,048 attributes: 1,000 groups, each value with its type.
    AllAttributes,
    /// 64 namespace declarations an element.
    Declarations,
    /// 2,048 namespace declarations: two at each value of 1,000 groups.
    AllDeclarations,
    /// 65,536 of `'`, `"` and `>`, each of which the tokenizer looks at inside a tag: JSON of 256 KiB in a text has no more.
    Marks,
    /// 128 namespace declarations in force at one place: keeps the search for a prefix short.
    DeclarationsInScope,
}

impl Limit {
    /// How many are allowed.
    pub const fn maximum(self) -> usize {
        match self {
            Self::Bytes => 256 * 1024,
            Self::Depth => 32,
            Self::Nodes => 20_000,
            Self::Pieces => 20_480,
            Self::Attributes | Self::Declarations => 64,
            Self::AllAttributes | Self::AllDeclarations => 2_048,
            Self::Marks => 65_536,
            Self::DeclarationsInScope => 128,
        }
    }
}

/// Why bytes are not a document that we read. `at` is a byte offset into the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum XmlError {
    /// More than a bound allows.
    TooMuch(Limit),
    /// Not UTF-8, or declared to be something else.
    Encoding,
    /// An XML declaration of another version than 1.0, or one that cannot be read.
    Declaration,
    /// A DOCTYPE: it can define entities and default attributes.
    Doctype,
    /// A comment.
    Comment,
    /// A processing instruction.
    ProcessingInstruction,
    /// A reference to something else than the five predefined entities or a character.
    Entity {
        /// Where.
        at: u64,
    },
    /// Not well-formed.
    Malformed {
        /// Where.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// An attribute given twice, be it under two prefixes.
    DuplicateAttribute,
    /// A prefix that nothing declares.
    UnboundPrefix {
        /// Where the element ends.
        at: u64,
    },
    /// A declaration that `Namespaces in XML` forbids, or of a relative URI.
    NamespaceDeclaration {
        /// Where the element ends.
        at: u64,
    },
}

impl std::fmt::Display for XmlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMuch(limit) => write!(f, "more {limit:?} than {}", limit.maximum()),
            Self::Encoding => f.write_str("not UTF-8"),
            Self::Declaration => f.write_str("an XML declaration that is not of version 1.0"),
            Self::Doctype => f.write_str("a DOCTYPE"),
            Self::Comment => f.write_str("a comment"),
            Self::ProcessingInstruction => f.write_str("a processing instruction"),
            Self::Entity { at } => write!(f, "an unknown entity at byte {at}"),
            Self::Malformed { at, what } => write!(f, "{what} at byte {at}"),
            Self::DuplicateAttribute => f.write_str("an attribute twice"),
            Self::UnboundPrefix { at } => write!(f, "an unbound namespace prefix before byte {at}"),
            Self::NamespaceDeclaration { at } => {
                write!(f, "a namespace declaration that is not allowed before byte {at}")
            }
        }
    }
}

impl std::error::Error for XmlError {}

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Where a document comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// From anyone.
    Message,
    /// From us, after its signature was verified: canonical bytes, in which an empty element is two tags. What they were
    /// made from was within [`Limit::Pieces`].
    Canonical,
    /// From an admin: comments and processing instructions are left out.
    Configuration,
}

pub(super) fn document(input: &[u8], source: Source) -> Result<Document<'_>, XmlError> {
    if input.len() > Limit::Bytes.maximum() {
        return Err(XmlError::TooMuch(Limit::Bytes));
    }
    let input = input.strip_prefix(BYTE_ORDER_MARK).unwrap_or(input);
    let text = std::str::from_utf8(input).map_err(|_| XmlError::Encoding)?;
    if let Some(at) = not_a_character(input) {
        return Err(XmlError::Malformed { at: at as u64, what: "a character that XML does not have" });
    }
    let marks: usize = [b'\'', b'"', b'>'].map(|mark| memchr::memchr_iter(mark, input).count()).iter().sum();
    within(Limit::Marks, marks)?;
    Builder::new(text).run(source)
}

struct Builder<'a> {
    text: &'a str,
    document: Document<'a>,
    /// Open elements, outermost first.
    open: Vec<u32>,
    scope: Scope<'a>,
    /// How much of [`Limit::Pieces`] there was.
    pieces: usize,
    /// The attributes of each element that has several.
    several: Vec<Range>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        // Hardly a document has more nodes than this, and none has many times as many.
        let tags = memchr::memchr_iter(b'<', text.as_bytes()).count();
        let document = Document {
            nodes: Vec::with_capacity(tags.min(Limit::Nodes.maximum()) + 8),
            attributes: Vec::with_capacity(text.len() / 96 + 8),
            declarations: Vec::with_capacity(16),
            prefixes: 0,
            ranks: Vec::new(),
            xml_rank: 1,
        };
        Self { text, document, open: Vec::with_capacity(16), scope: Scope::new(), pieces: 0, several: Vec::new() }
    }

    fn run(mut self, source: Source) -> Result<Document<'a>, XmlError> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let start = reader.buffer_position();
            let event = reader.read_event();
            let end = reader.buffer_position();
            // The end of input is none.
            self.pieces += usize::from(start != end);
            if source != Source::Canonical {
                within(Limit::Pieces, self.pieces)?;
            }
            match event {
                Ok(Event::Start(_)) => self.start_tag(start, end, 1)?,
                Ok(Event::Empty(_)) => {
                    self.start_tag(start, end, 2)?;
                    self.end_tag();
                }
                Ok(Event::End(_)) => self.end_tag(),
                Ok(Event::Text(_)) => self.text_event(start, end)?,
                Ok(Event::CData(_)) => {
                    let inside = self.slice(start + "<![CDATA[".len() as u64, end - "]]>".len() as u64);
                    self.character_data(normalize_line_ends(inside), start)?;
                }
                Ok(Event::GeneralRef(_)) => {
                    let c = resolve(self.slice(start + 1, end - 1)).ok_or(XmlError::Entity { at: start })?;
                    self.character(c, start)?;
                }
                Ok(Event::Decl(_)) => {
                    if start != 0 {
                        return Err(XmlError::Malformed {
                            at: start,
                            what: "an XML declaration that is not at the start",
                        });
                    }
                    check_declaration(self.slice(start, end))?;
                }
                Ok(Event::Comment(_) | Event::PI(_)) if source == Source::Configuration => {
                    if !is_remark(self.slice(start, end)) {
                        let what = "a comment or processing instruction that is not one";
                        return Err(XmlError::Malformed { at: start, what });
                    }
                }
                Ok(Event::Comment(_)) => return Err(XmlError::Comment),
                Ok(Event::PI(_)) => return Err(XmlError::ProcessingInstruction),
                Ok(Event::DocType(_)) => return Err(XmlError::Doctype),
                Ok(Event::Eof) => break,
                Err(_) => {
                    let at = reader.error_position();
                    return Err(XmlError::Malformed { at, what: "markup that cannot be read" });
                }
            }
        }
        if self.document.nodes.is_empty() || !self.open.is_empty() {
            return Err(XmlError::Malformed {
                at: self.text.len() as u64,
                what: "an end of input inside the document",
            });
        }
        self.document.prefixes = self.scope.ids();
        self.document.rank_namespaces();
        self.refuse_duplicates()?;
        Ok(self.document)
    }

    fn text_event(&mut self, start: u64, end: u64) -> Result<(), XmlError> {
        let text = self.slice(start, end);
        if has_section_end(text.as_bytes()) {
            return Err(XmlError::Malformed { at: start, what: "`]]>` in text" });
        }
        if self.open.is_empty() && text.bytes().all(is_space) {
            return Ok(());
        }
        self.character_data(normalize_line_ends(text), start)
    }

    fn slice(&self, start: u64, end: u64) -> &'a str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn character_data(&mut self, text: Cow<'a, str>, at: u64) -> Result<(), XmlError> {
        match self.text_before(at)? {
            (_, Some(before)) => before.to_mut().push_str(&text),
            (parent, None) => drop(self.push(parent, Content::Text(text))?),
        }
        Ok(())
    }

    fn character(&mut self, c: char, at: u64) -> Result<(), XmlError> {
        match self.text_before(at)? {
            (_, Some(before)) => before.to_mut().push(c),
            (parent, None) => drop(self.push(parent, Content::Text(Cow::Owned(c.into())))?),
        }
        Ok(())
    }

    /// The innermost open element, and the text that ends here: references and CDATA sections end one for the tokenizer; for XML
    /// it goes on.
    fn text_before(&mut self, at: u64) -> Result<(u32, Option<&mut Cow<'a, str>>), XmlError> {
        let Some(&parent) = self.open.last() else {
            return Err(XmlError::Malformed { at, what: "text outside of the document element" });
        };
        let before = match self.document.nodes.last_mut() {
            Some(Node { parent: of, content: Content::Text(before), .. }) if *of == parent => Some(before),
            _ => None,
        };
        Ok((parent, before))
    }

    fn push(&mut self, parent: u32, content: Content<'a>) -> Result<u32, XmlError> {
        let index = self.document.nodes.len() as u32;
        if index as usize >= Limit::Nodes.maximum() {
            return Err(XmlError::TooMuch(Limit::Nodes));
        }
        self.document.nodes.push(Node { parent, end: index + 1, content });
        Ok(index)
    }

    fn end_tag(&mut self) {
        // The tokenizer has compared the names.
        if let Some(index) = self.open.pop() {
            self.document.nodes[index as usize].end = self.document.nodes.len() as u32;
            self.scope.leave(self.open.len());
        }
    }

    /// `closing`: how many characters end the tag, `>` or `/>`.
    fn start_tag(&mut self, start: u64, end: u64, closing: u64) -> Result<(), XmlError> {
        if self.open.is_empty() && !self.document.nodes.is_empty() {
            return Err(XmlError::Malformed { at: start, what: "a second document element" });
        }
        if self.open.len() >= Limit::Depth.maximum() {
            return Err(XmlError::TooMuch(Limit::Depth));
        }
        let tag = self.slice(start + 1, end - closing);
        let name = qualified(tag).filter(|(_, _, rest)| !rest.starts_with('='));
        let (prefix, local, rest) = name.ok_or(XmlError::Malformed { at: start, what: "a name that is not one" })?;

        let depth = self.open.len() + 1;
        let attributes = self.document.attributes.len();
        let declarations = self.document.declarations.len();
        if !rest.is_empty() {
            self.tag_attributes(rest, end, depth)?;
        }
        // Prefixes can be used before they are declared in the same tag: names are resolved when all are known.
        let namespace = self.resolve_prefix(prefix, end)?;
        for index in attributes..self.document.attributes.len() {
            let prefix = self.document.attributes[index].name.prefix;
            if !prefix.is_empty() {
                self.document.attributes[index].name.namespace = self.resolve_prefix(prefix, end)?;
            }
        }
        let attributes = Range { start: attributes as u32, end: self.document.attributes.len() as u32 };
        if attributes.end - attributes.start > 1 {
            self.several.push(attributes);
        }
        let declarations = Range { start: declarations as u32, end: self.document.declarations.len() as u32 };
        let content = Content::Element { name: Name { prefix, local, namespace }, attributes, declarations };
        let index = self.push(self.open.last().copied().unwrap_or(0), content)?;
        self.open.push(index);
        Ok(())
    }

    fn tag_attributes(&mut self, mut rest: &'a str, at: u64, depth: usize) -> Result<(), XmlError> {
        let malformed = |what| XmlError::Malformed { at, what };
        let (mut attributes, mut declarations) = (0, 0);
        loop {
            let trimmed = trim_start(rest);
            if trimmed.is_empty() {
                return Ok(());
            }
            if trimmed.len() == rest.len() {
                return Err(malformed("no space before an attribute"));
            }
            let (prefix, local, after) = qualified(trimmed).ok_or(malformed("an attribute name that is not one"))?;
            let after = trim_start(after).strip_prefix('=').ok_or(malformed("an attribute without a value"))?;
            let after = trim_start(after);
            let quote = after.bytes().next().filter(|b| matches!(b, b'"' | b'\''));
            let quote = quote.ok_or(malformed("a value without quotes"))?;
            let (raw, after) =
                split_at_byte(&after[1..], quote).ok_or(malformed("a value without its closing quote"))?;
            let value = attribute_value(raw, at, &mut self.pieces)?;
            rest = after;

            let declared = match (prefix, local) {
                ("", "xmlns") => Some(""),
                ("xmlns", prefix) => Some(prefix),
                _ => None,
            };
            if let Some(declared) = declared {
                declarations += 1;
                let all = self.document.declarations.len();
                within(Limit::Declarations, declarations)?;
                within(Limit::AllDeclarations, all + 1)?;
                self.declare(declared, value, at, depth)?;
            } else {
                attributes += 1;
                let all = self.document.attributes.len();
                within(Limit::Attributes, attributes)?;
                within(Limit::AllAttributes, all + 1)?;
                let name = Name { prefix, local, namespace: Namespace::None };
                self.document.attributes.push(Attribute { name, value });
            }
        }
    }

    fn declare(&mut self, prefix: &'a str, uri: Cow<'a, str>, at: u64, depth: usize) -> Result<(), XmlError> {
        let allowed = match prefix {
            "" => uri.is_empty() || is_absolute(&uri),
            "xml" | "xmlns" => false,
            _ => is_absolute(&uri),
        };
        if !allowed || uri == XML_NAMESPACE || uri == "http://www.w3.org/2000/xmlns/" {
            return Err(XmlError::NamespaceDeclaration { at });
        }
        let id = self.scope.bind(prefix, self.document.declarations.len() as u32, depth)?;
        self.document.declarations.push(Declaration { prefix, id, uri });
        Ok(())
    }

    #[inline(always)]
    fn resolve_prefix(&self, prefix: &str, at: u64) -> Result<Namespace, XmlError> {
        match self.scope.of(prefix) {
            // An empty URI takes the default namespace back; no other declaration has one.
            Some(index) if self.document.declarations[index as usize].uri.is_empty() => Ok(Namespace::None),
            Some(index) => Ok(Namespace::Declared(index)),
            None if prefix.is_empty() => Ok(Namespace::None),
            None if prefix == "xml" => Ok(Namespace::Xml),
            None => Err(XmlError::UnboundPrefix { at }),
        }
    }

    /// Refuses attributes of one expanded name, which only ranks tell at a bounded cost.
    fn refuse_duplicates(&self) -> Result<(), XmlError> {
        let mut names = Vec::new();
        for attributes in &self.several {
            names.clear();
            let attributes = attributes.of(&self.document.attributes).iter();
            names.extend(attributes.map(|a| (self.document.rank(a.name.namespace), a.name.local)));
            sort_by(&mut names, |one, other| one.0.cmp(&other.0).then_with(|| order(one.1, other.1)));
            if names.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(XmlError::DuplicateAttribute);
            }
        }
        Ok(())
    }
}

fn within(limit: Limit, count: usize) -> Result<(), XmlError> {
    if count > limit.maximum() { Err(XmlError::TooMuch(limit)) } else { Ok(()) }
}

/// What is before and after the first of an ASCII byte.
fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(byte, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

impl Document<'_> {
    /// Gives every URI its rank.
    fn rank_namespaces(&mut self) {
        let mut indices: Vec<u32> = (0..self.declarations.len() as u32).collect();
        let uri = |index: u32| self.declarations[index as usize].uri.as_ref();
        sort_by(&mut indices, |one, other| order(uri(*one), uri(*other)));
        self.ranks = vec![0; indices.len()];
        let (mut rank, mut before) = (0, "");
        for index in indices {
            let uri = uri(index);
            if uri != before {
                // Even ranks, so that the URI of `xml`, which no document declares, fits between any two.
                rank += 2;
                if before < XML_NAMESPACE && XML_NAMESPACE < uri {
                    self.xml_rank = rank - 1;
                }
            }
            self.ranks[index as usize] = rank;
            before = uri;
        }
        if before < XML_NAMESPACE {
            self.xml_rank = rank + 1;
        }
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
