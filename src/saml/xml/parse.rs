//! Bytes to tree. quick-xml finds the markup; what it leaves open of XML 1.0 and Namespaces in XML is checked here.

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
    /// 64 attributes an element.
    Attributes,
    /// 64 namespace declarations an element.
    Declarations,
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
            Self::Attributes | Self::Declarations => 64,
            Self::DeclarationsInScope => 128,
        }
    }
}

/// Why bytes are not a document that we read. `at` is a byte offset into the input.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// What to do with comments and processing instructions.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Remarks {
    Refuse,
    LeaveOut,
}

pub(super) fn document(input: &[u8], remarks: Remarks) -> Result<Document<'_>, XmlError> {
    if input.len() > Limit::Bytes.maximum() {
        return Err(XmlError::TooMuch(Limit::Bytes));
    }
    let input = input.strip_prefix(BYTE_ORDER_MARK).unwrap_or(input);
    let text = std::str::from_utf8(input).map_err(|_| XmlError::Encoding)?;
    if let Some(at) = not_a_character(input) {
        return Err(XmlError::Malformed { at: at as u64, what: "a character that XML does not have" });
    }
    Builder::new(text).run(remarks)
}

/// Where the first character is that UTF-8 has and XML 1.0 (section 2.2) has not: a control character, U+FFFE or U+FFFF.
fn not_a_character(utf8: &[u8]) -> Option<usize> {
    let suspect = |byte: &u8| *byte < 0x20 || *byte == 0xEF;
    let mut from = 0;
    loop {
        // Eight bytes at a time while none of them is suspect.
        while let Some(block) = utf8[from..].first_chunk::<8>()
            && !suspect_among(u64::from_le_bytes(*block))
        {
            from += 8;
        }
        let at = from + utf8[from..].iter().position(suspect)?;
        match &utf8[at..] {
            [byte, ..] if is_space(*byte) => {}
            [0xEF, second, third, ..] if *second != 0xBF || *third < 0xBE => {}
            _ => return Some(at),
        }
        from = at + 1;
    }
}

/// Whether one of eight bytes is below 0x20 or is 0xEF.
fn suspect_among(block: u64) -> bool {
    const ONES: u64 = u64::MAX / 0xFF;
    let one_below = |x: u64, n: u64| x.wrapping_sub(ONES * n) & !x & (ONES << 7) != 0;
    one_below(block, 0x20) || one_below(block ^ (ONES * 0xEF), 1)
}

struct Builder<'a> {
    text: &'a str,
    document: Document<'a>,
    /// Open elements, outermost first.
    open: Vec<u32>,
    /// Declarations in force, with the depth of their element; the innermost is last.
    scope: Vec<(u32, usize)>,
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Self {
        let document = Document {
            nodes: Vec::with_capacity(text.len() / 48 + 8),
            attributes: Vec::with_capacity(text.len() / 96 + 8),
            declarations: Vec::with_capacity(16),
            ranks: Vec::new(),
            xml_rank: 1,
        };
        Self { text, document, open: Vec::with_capacity(16), scope: Vec::with_capacity(16) }
    }

    fn run(mut self, remarks: Remarks) -> Result<Document<'a>, XmlError> {
        let mut reader = Reader::from_str(self.text);
        loop {
            let start = reader.buffer_position();
            let event = reader
                .read_event()
                .map_err(|_| XmlError::Malformed { at: reader.error_position(), what: "markup that cannot be read" })?;
            let end = reader.buffer_position();
            match event {
                Event::Start(_) => self.start_tag(start, end, 1)?,
                Event::Empty(_) => {
                    self.start_tag(start, end, 2)?;
                    self.end_tag();
                }
                Event::End(_) => self.end_tag(),
                Event::Text(_) => self.text_event(start, end)?,
                Event::CData(cdata) => match cdata.into_inner() {
                    Cow::Borrowed(text) => self.character_data(normalize_line_ends(text), start)?,
                    Cow::Owned(text) => {
                        self.character_data(Cow::Owned(normalize_line_ends(&text).into_owned()), start)?
                    }
                },
                Event::GeneralRef(reference) => {
                    let c = resolve(&reference).ok_or(XmlError::Entity { at: start })?;
                    self.character_data(Cow::Owned(c.into()), start)?;
                }
                Event::Decl(declaration) => {
                    if start != 0 {
                        return Err(XmlError::Malformed {
                            at: start,
                            what: "an XML declaration that is not at the start",
                        });
                    }
                    check_declaration(&declaration)?;
                }
                Event::Comment(_) | Event::PI(_) if remarks == Remarks::LeaveOut => {}
                Event::Comment(_) => return Err(XmlError::Comment),
                Event::PI(_) => return Err(XmlError::ProcessingInstruction),
                Event::DocType(_) => return Err(XmlError::Doctype),
                Event::Eof => break,
            }
        }
        if self.document.nodes.is_empty() || !self.open.is_empty() {
            return Err(XmlError::Malformed {
                at: self.text.len() as u64,
                what: "an end of input inside the document",
            });
        }
        self.document.rank_namespaces()?;
        Ok(self.document)
    }

    fn text_event(&mut self, start: u64, end: u64) -> Result<(), XmlError> {
        let text = self.slice(start, end);
        if memchr::memchr_iter(b'>', text.as_bytes()).any(|at| text.as_bytes()[..at].ends_with(b"]]")) {
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
        let Some(&parent) = self.open.last() else {
            return Err(XmlError::Malformed { at, what: "text outside of the document element" });
        };
        // References and CDATA sections end a text for the tokenizer; for XML they are one.
        if let Some(Node { parent: of, content: Content::Text(before), .. }) = self.document.nodes.last_mut()
            && *of == parent
        {
            before.to_mut().push_str(&text);
            return Ok(());
        }
        self.push(parent, Content::Text(text)).map(|_| ())
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
            let depth = self.open.len();
            while self.scope.pop_if(|(_, at)| *at > depth).is_some() {}
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
        let name_end = tag.bytes().position(is_space).unwrap_or(tag.len());
        let (name, rest) = tag.split_at(name_end);
        let (prefix, local) =
            qualified(name).ok_or(XmlError::Malformed { at: start, what: "a name that is not one" })?;

        let depth = self.open.len() + 1;
        let attributes_from = self.document.attributes.len();
        let declarations_from = self.document.declarations.len();
        self.tag_attributes(rest, end, depth)?;
        // Prefixes can be used before they are declared in the same tag: names are resolved when all are known.
        let namespace = self.resolve_prefix(prefix, end)?;
        for index in attributes_from..self.document.attributes.len() {
            let prefix = self.document.attributes[index].name.prefix;
            if !prefix.is_empty() {
                self.document.attributes[index].name.namespace = self.resolve_prefix(prefix, end)?;
            }
        }
        let content = Content::Element {
            name: Name { prefix, local, namespace },
            attributes: Range { start: attributes_from as u32, end: self.document.attributes.len() as u32 },
            declarations: Range { start: declarations_from as u32, end: self.document.declarations.len() as u32 },
        };
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
            let (name, after) = split_at_byte(trimmed, b'=').ok_or(malformed("an attribute without a value"))?;
            let (prefix, local) = qualified(name.trim_end_matches([' ', '\t', '\r', '\n']))
                .ok_or(malformed("an attribute name that is not one"))?;
            let after = trim_start(after);
            let quote = after.bytes().next().filter(|b| matches!(b, b'"' | b'\''));
            let quote = quote.ok_or(malformed("a value without quotes"))?;
            let (raw, after) =
                split_at_byte(&after[1..], quote).ok_or(malformed("a value without its closing quote"))?;
            let value = attribute_value(raw, at)?;
            rest = after;

            let declared = match (prefix, local) {
                ("", "xmlns") => Some(""),
                ("xmlns", prefix) => Some(prefix),
                _ => None,
            };
            if let Some(declared) = declared {
                declarations += 1;
                if declarations > Limit::Declarations.maximum() {
                    return Err(XmlError::TooMuch(Limit::Declarations));
                }
                self.declare(declared, value, at, depth)?;
            } else {
                attributes += 1;
                if attributes > Limit::Attributes.maximum() {
                    return Err(XmlError::TooMuch(Limit::Attributes));
                }
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
        let twice = self.scope.iter().rev().take_while(|(_, of)| *of == depth);
        if twice.map(|(index, _)| &self.document.declarations[*index as usize]).any(|other| other.prefix == prefix) {
            return Err(XmlError::DuplicateAttribute);
        }
        if self.scope.len() >= Limit::DeclarationsInScope.maximum() {
            return Err(XmlError::TooMuch(Limit::DeclarationsInScope));
        }
        self.scope.push((self.document.declarations.len() as u32, depth));
        self.document.declarations.push(Declaration { prefix, uri });
        Ok(())
    }

    fn resolve_prefix(&self, prefix: &str, at: u64) -> Result<Namespace, XmlError> {
        if prefix == "xml" {
            return Ok(Namespace::Xml);
        }
        for (index, _) in self.scope.iter().rev() {
            let declaration = &self.document.declarations[*index as usize];
            if declaration.prefix == prefix {
                return Ok(if declaration.uri.is_empty() { Namespace::None } else { Namespace::Declared(*index) });
            }
        }
        if prefix.is_empty() { Ok(Namespace::None) } else { Err(XmlError::UnboundPrefix { at }) }
    }
}

impl Document<'_> {
    /// Gives every URI its rank, and refuses attributes of one expanded name, which only ranks tell at a bounded cost.
    fn rank_namespaces(&mut self) -> Result<(), XmlError> {
        let mut order: Vec<u32> = (0..self.declarations.len() as u32).collect();
        let uri = |index: u32| self.declarations[index as usize].uri.as_ref();
        order.sort_unstable_by(|one, other| uri(*one).cmp(uri(*other)));
        self.ranks = vec![0; order.len()];
        let (mut rank, mut before) = (0, "");
        for index in order {
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
        self.refuse_duplicates()
    }

    fn refuse_duplicates(&self) -> Result<(), XmlError> {
        let mut names = Vec::new();
        for node in &self.nodes {
            let Content::Element { attributes, .. } = &node.content else { continue };
            names.clear();
            names.extend(attributes.of(&self.attributes).iter().map(|a| (self.rank(a.name.namespace), a.name.local)));
            names.sort_unstable();
            if names.windows(2).any(|pair| pair[0] == pair[1]) {
                return Err(XmlError::DuplicateAttribute);
            }
        }
        Ok(())
    }
}

/// White space of XML 1.0, section 2.3.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn trim_start(text: &str) -> &str {
    &text[text.bytes().position(|b| !is_space(b)).unwrap_or(text.len())..]
}

/// What is before and after the first of an ASCII byte.
fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(byte, text.as_bytes())?;
    Some((&text[..at], &text[at + 1..]))
}

/// Splits `prefix:local`, both being NCNames.
fn qualified(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match split_at_byte(name, b':') {
        Some((prefix, local)) => (prefix, local),
        None => ("", name),
    };
    ((prefix.is_empty() && !name.starts_with(':') || is_ncname(prefix)) && is_ncname(local)).then_some((prefix, local))
}

/// NCName of Namespaces in XML, section 3, after the productions of XML 1.0, section 2.3.
fn is_ncname(name: &str) -> bool {
    if let [first, others @ ..] = name.as_bytes()
        && name.is_ascii()
    {
        return (first.is_ascii_alphabetic() || *first == b'_')
            && others.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    }
    let start = |c: char| {
        matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
            | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}')
    };
    let inner = |c: char| {
        start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
    };
    let mut chars = name.chars();
    chars.next().is_some_and(start) && chars.all(inner)
}

/// Whether a namespace name is an absolute URI: a scheme before the first colon. Canonical XML forbids relative ones.
fn is_absolute(uri: &str) -> bool {
    let scheme = uri.split_once(':').map(|(scheme, rest)| (scheme.as_bytes(), rest));
    matches!(scheme, Some(([first, others @ ..], rest)) if first.is_ascii_alphabetic() && !rest.is_empty()
        && others.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')))
}

fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Attribute-value normalization for an attribute of type CDATA (XML 1.0, section 3.3.3).
fn attribute_value(raw: &str, at: u64) -> Result<Cow<'_, str>, XmlError> {
    if !raw.bytes().any(|b| matches!(b, b'<' | b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let lines = normalize_line_ends(raw);
    let mut value = String::with_capacity(lines.len());
    let mut rest = lines.as_ref();
    while let Some(found) = rest.find(['<', '&', '\t', '\n']) {
        value.push_str(&rest[..found]);
        let after = &rest[found + 1..];
        rest = match rest.as_bytes()[found] {
            b'<' => return Err(XmlError::Malformed { at, what: "`<` in an attribute value" }),
            b'&' => {
                let (name, after) = after.split_once(';').ok_or(XmlError::Entity { at })?;
                value.push(resolve(name).ok_or(XmlError::Entity { at })?);
                after
            }
            _ => {
                value.push(' ');
                after
            }
        };
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

/// A predefined entity or a character reference (XML 1.0, sections 4.1 and 4.6), without `&` and `;`.
fn resolve(name: &str) -> Option<char> {
    let digits = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (digits, 10),
    };
    // `from_str_radix` would read a sign.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..).then_some(c)
}

fn check_declaration(declaration: &quick_xml::events::BytesDecl<'_>) -> Result<(), XmlError> {
    if declaration.version().ok().as_deref() != Some("1.0") {
        return Err(XmlError::Declaration);
    }
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(encoding)) if encoding.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err(XmlError::Encoding),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
