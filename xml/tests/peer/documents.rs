//! Generated documents: well-formed, in every way that namespaces, attributes and text can be written.

use proptest::prelude::*;
use proptest::sample::select;

/// A document with the element to canonicalize, the one to leave out, and a `PrefixList`.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// The text.
    pub(super) xml: String,
    /// The apex: its place among the child elements, from the document element on.
    pub(super) path: Vec<usize>,
    /// An element inside the apex, by its path.
    pub(super) without: Option<Vec<usize>>,
    /// Words of a `PrefixList`.
    pub(super) prefixes: Vec<&'static str>,
}

/// Names that are each other's beginning, differ in case only, and are ordered by code point in another way than by
/// UTF-16 unit. The same for prefixes and local names, so that one is taken for the other where that can happen.
const NAMES: &[&str] = &["a", "aa", "A", "b", "xs", "a-b", "a.b", "_", "\u{E4}", "\u{FDF0}", "\u{10000}"];
const URIS: &[&str] = &[
    "u:a",
    "u:aa",
    "u:A",
    "u:b",
    "u:?x=1&amp;y=&quot;&lt;>",
    "u:\u{FDF0}",
    "u:\u{10000}",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
];
const XML_ATTRIBUTES: &[&str] = &["lang", "space", "base", "id", "other"];

#[derive(Clone, Debug)]
struct Node {
    prefix: usize,
    local: usize,
    declarations: Vec<(usize, usize)>,
    attributes: Vec<(usize, usize, Vec<Piece>)>,
    tag: Tag,
    content: Vec<Content>,
}

/// How a tag is written.
#[derive(Clone, Copy, Debug)]
struct Tag {
    space: &'static str,
    quote: char,
    attributes_first: bool,
    closed_at_once: bool,
}

#[derive(Clone, Debug)]
enum Content {
    Node(Node),
    Text(Vec<Piece>),
}

/// A character and the way it is written, where it can be written so.
#[derive(Clone, Copy, Debug)]
struct Piece(char, Form);

#[derive(Clone, Copy, Debug)]
enum Form {
    Plain,
    Decimal,
    Hexadecimal,
    Entity,
    CData,
}

/// Documents with what to do with them.
pub(super) fn samples() -> impl Strategy<Value = Sample> {
    let list = prop::collection::vec(select([NAMES, &["#default", "xml", "absent"]].concat()), 0..4);
    (node(), prop::collection::vec(0..8_usize, 0..4), prop::option::of(0..8_usize), list).prop_map(
        |(root, choices, without, prefixes)| {
            let mut xml = String::new();
            root.write(&mut Vec::new(), &mut xml);
            let (mut path, mut at) = (Vec::new(), &root);
            for choice in choices {
                let Some((place, next)) = at.nth(choice) else { break };
                path.push(place);
                at = next;
            }
            let without = without.and_then(|choice| at.nth(choice)).map(|(place, _)| [&path[..], &[place]].concat());
            Sample { xml, path, without, prefixes }
        },
    )
}

fn node() -> impl Strategy<Value = Node> {
    let leaf = tag_and_names().prop_map(|node| Node { content: Vec::new(), ..node });
    leaf.prop_recursive(5, 24, 4, |inner| {
        let content = prop_oneof![3 => inner.prop_map(Content::Node), 2 => pieces(6).prop_map(Content::Text)];
        (tag_and_names(), prop::collection::vec(content, 0..5)).prop_map(|(node, content)| Node { content, ..node })
    })
}

fn tag_and_names() -> impl Strategy<Value = Node> {
    let declarations = prop::collection::vec((0..=NAMES.len(), 0..=URIS.len()), 0..4);
    let attributes = prop::collection::vec((0..64_usize, 0..64_usize, pieces(3)), 0..4);
    let tag = (select(&[" ", "\n", "\t ", "\r\n"][..]), select(&['"', '\''][..]), any::<bool>(), any::<bool>());
    let tag = tag.prop_map(|(space, quote, attributes_first, closed_at_once)| Tag {
        space,
        quote,
        attributes_first,
        closed_at_once,
    });
    (0..64_usize, 0..64_usize, declarations, attributes, tag).prop_map(
        |(prefix, local, declarations, attributes, tag)| Node {
            prefix,
            local,
            declarations,
            attributes,
            tag,
            content: Vec::new(),
        },
    )
}

fn pieces(most: usize) -> impl Strategy<Value = Vec<Piece>> {
    let form = select(
        &[Form::Plain, Form::Plain, Form::Plain, Form::Decimal, Form::Hexadecimal, Form::Entity, Form::CData][..],
    );
    prop::collection::vec((character(), form).prop_map(|(c, form)| Piece(c, form)), 0..=most)
}

fn character() -> impl Strategy<Value = char> {
    let astral = ['\u{10000}', '\u{1F600}', '\u{10FFFF}'];
    let unusual = ['\u{7F}', '\u{85}', '\u{A0}', '\u{301}', '\u{2028}', '\u{D7FF}', '\u{E000}', '\u{FEFF}', '\u{FFFD}'];
    prop_oneof![
        3 => prop::char::range('a', 'c'),
        3 => select(&[' ', '\t', '\n', '\r'][..]),
        4 => select(&['<', '>', '&', '"', '\'', ']', '[', '!', '-', '?', ';', '#', '=', '/', ':'][..]),
        1 => select(astral.to_vec()),
        1 => select(unusual.to_vec()),
        1 => any::<char>().prop_filter("a character of XML", |c| is_character(*c)),
    ]
}

/// XML 1.0, section 2.2.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

/// A prefix (empty: the default) and what it is bound to, as written; innermost last.
type Scope = Vec<(&'static str, &'static str)>;

/// The bindings in force of prefixes that are not empty.
fn bound(scope: &Scope) -> Vec<(&'static str, &'static str)> {
    let mut bound: Scope = Vec::new();
    for (prefix, uri) in scope.iter().rev() {
        if !prefix.is_empty() && bound.iter().all(|(other, _)| other != prefix) {
            bound.push((prefix, uri));
        }
    }
    bound
}

impl Node {
    /// One of the child elements with its place among them; none if there is none.
    fn nth(&self, choice: usize) -> Option<(usize, &Node)> {
        let nodes: Vec<&Node> = self
            .content
            .iter()
            .filter_map(|content| match content {
                Content::Node(node) => Some(node),
                Content::Text(_) => None,
            })
            .collect();
        let place = choice.checked_rem(nodes.len())?;
        Some((place, nodes[place]))
    }

    fn write(&self, scope: &mut Scope, out: &mut String) {
        let outside = scope.len();
        let declarations = self.declare(scope);
        let bound = bound(scope);
        let prefix = bound.get(self.prefix % (bound.len() + 2)).map_or("", |(prefix, _)| prefix);
        let name = qualified(prefix, NAMES[self.local % NAMES.len()]);
        let attributes = self.attributes(&bound);
        let both = if self.tag.attributes_first { [attributes, declarations] } else { [declarations, attributes] };
        out.push('<');
        out.push_str(&name);
        for (name, value) in both.concat() {
            out.push_str(&format!("{}{name}={quote}{value}{quote}", self.tag.space, quote = self.tag.quote));
        }
        if self.content.is_empty() && self.tag.closed_at_once {
            out.push_str("/>");
        } else {
            out.push('>');
            for content in &self.content {
                match content {
                    Content::Node(node) => node.write(scope, out),
                    Content::Text(pieces) => pieces.iter().for_each(|piece| piece.write_text(out)),
                }
            }
            out.push_str(&format!("</{name}{}>", if self.tag.closed_at_once { self.tag.space } else { "" }));
        }
        scope.truncate(outside);
    }

    /// Takes the declarations into the scope, and gives them as they are written.
    fn declare(&self, scope: &mut Scope) -> Vec<(String, String)> {
        let from = scope.len();
        for (prefix, uri) in &self.declarations {
            let prefix = NAMES.get(*prefix).copied().unwrap_or_default();
            // Only the default namespace can be taken back.
            let uri = URIS.get(*uri).copied().unwrap_or(if prefix.is_empty() { "" } else { URIS[0] });
            if scope[from..].iter().all(|(other, _)| *other != prefix) {
                scope.push((prefix, uri));
            }
        }
        let name = |prefix: &str| if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        scope[from..].iter().map(|(prefix, uri)| (name(prefix), (*uri).to_owned())).collect()
    }

    /// Each attribute as it is written; none twice by its expanded name.
    fn attributes(&self, bound: &Scope) -> Vec<(String, String)> {
        let (mut seen, mut written) = (Vec::new(), Vec::new());
        for (prefix, local, value) in &self.attributes {
            let prefixes = bound.len() + 3;
            let (prefix, uri) = match prefix % prefixes {
                last if last == prefixes - 1 => ("xml", "xml"),
                place => bound.get(place).copied().unwrap_or_default(),
            };
            let locals = if prefix == "xml" { XML_ATTRIBUTES } else { NAMES };
            let local = locals[local % locals.len()];
            if !seen.contains(&(uri, local)) {
                seen.push((uri, local));
                let mut text = String::new();
                value.iter().for_each(|piece| piece.write_value(self.tag.quote, &mut text));
                written.push((qualified(prefix, local), text));
            }
        }
        written
    }
}

fn qualified(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}

impl Piece {
    fn write_text(self, out: &mut String) {
        let Self(c, form) = self;
        match form {
            Form::CData => out.push_str(&format!("<![CDATA[{c}]]>")),
            Form::Plain if c == '<' || c == '&' => self.write_reference(out),
            // `]]>` must not stand in text.
            Form::Plain if c == '>' && out.ends_with(']') => self.write_reference(out),
            Form::Plain => out.push(c),
            _ => self.write_reference(out),
        }
    }

    fn write_value(self, quote: char, out: &mut String) {
        let Self(c, form) = self;
        match form {
            Form::Plain | Form::CData if c != '<' && c != '&' && c != quote => out.push(c),
            _ => self.write_reference(out),
        }
    }

    fn write_reference(self, out: &mut String) {
        let Self(c, form) = self;
        let entity = match c {
            '<' => "&lt;",
            '>' => "&gt;",
            '&' => "&amp;",
            '"' => "&quot;",
            '\'' => "&apos;",
            _ => "",
        };
        match form {
            Form::Decimal => out.push_str(&format!("&#{};", c as u32)),
            Form::Hexadecimal => out.push_str(&format!("&#x{:X};", c as u32)),
            _ if entity.is_empty() => out.push_str(&format!("&#x0{:x};", c as u32)),
            _ => out.push_str(entity),
        }
    }
}
