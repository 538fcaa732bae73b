//! A bounded XML tree: the only one. Identity is read from it, and canonical bytes are written from it.
//!
//! The tree knows elements, attributes and text, each with its expanded name. What SAML has no use for (DOCTYPE,
//! entities, comments, processing instructions) is refused while reading, so no later step can misread it.

mod c14n;
mod name;
mod parse;
mod prolog;
mod scope;
mod sort;
mod text;

pub use c14n::{CanonicalError, Method, canonicalize};
pub use parse::{Limit, XmlError};
pub use sort::{sort_by, sort_stable_by};
pub use text::order;

use std::borrow::Cow;

/// The namespace of the prefix `xml` (Namespaces in XML 1.0, section 3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// A well-formed document. Nodes are in document order; an element's descendants follow it directly.
#[derive(Debug)]
pub struct Document<'a> {
    nodes: Vec<Node<'a>>,
    attributes: Vec<Attribute<'a>>,
    declarations: Vec<Declaration<'a>>,
    /// How many [`PrefixId`]s there are.
    prefixes: u32,
    /// The place of each declaration's URI among all URIs of the document, in order. Equal URIs have one place, so that
    /// URIs, which a sender can make long, are compared once and not at every name.
    ranks: Vec<u32>,
    /// The same of the prefix `xml`, which nobody declares.
    xml_rank: u32,
}

#[derive(Debug)]
struct Node<'a> {
    parent: u32,
    /// One past the last descendant.
    end: u32,
    content: Content<'a>,
}

#[derive(Debug)]
enum Content<'a> {
    Element { name: Name<'a>, attributes: Range, declarations: Range },
    Text(Cow<'a, str>),
}

#[derive(Clone, Copy, Debug)]
struct Range {
    start: u32,
    end: u32,
}

impl Range {
    fn of<T>(self, all: &[T]) -> &[T] {
        &all[self.start as usize..self.end as usize]
    }
}

/// A prefixed name. `namespace` is the declaration that binds the prefix.
#[derive(Clone, Copy, Debug)]
struct Name<'a> {
    prefix: &'a str,
    local: &'a str,
    namespace: Namespace,
}

#[derive(Clone, Copy, Debug)]
enum Namespace {
    None,
    Xml,
    Declared(u32),
}

#[derive(Debug)]
struct Attribute<'a> {
    name: Name<'a>,
    value: Cow<'a, str>,
}

/// A namespace declaration: `xmlns` (empty prefix) or `xmlns:prefix`. An empty URI takes the default namespace back.
#[derive(Debug)]
struct Declaration<'a> {
    prefix: &'a str,
    id: PrefixId,
    uri: Cow<'a, str>,
}

impl<'a> Document<'a> {
    /// Reads a document, within the bounds of [`Limit`].
    pub fn parse(input: &'a [u8]) -> Result<Self, XmlError> {
        parse::document(input, parse::Source::Message)
    }

    /// Reads the canonical bytes of an element of a document that was read before, once their signature is verified.
    pub fn parse_canonical(input: &'a [u8]) -> Result<Self, XmlError> {
        parse::document(input, parse::Source::Canonical)
    }

    /// Reads a document that an admin gives us, within the same bounds: comments and processing instructions are left
    /// out. Never for a document whose signature matters.
    pub fn parse_configuration(input: &'a [u8]) -> Result<Self, XmlError> {
        parse::document(input, parse::Source::Configuration)
    }

    /// The document element.
    pub fn root(&self) -> Element<'_, 'a> {
        Element { document: self, index: 0 }
    }

    /// Every element, in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_, 'a>> {
        self.root().descendants()
    }

    /// Every attribute of every element, in document order.
    pub fn attributes(&self) -> impl Iterator<Item = AttributeView<'_>> {
        self.attributes.iter().map(|attribute| self.view(attribute))
    }

    /// How many [`PrefixId`]s there are.
    pub fn prefixes(&self) -> usize {
        self.prefixes as usize
    }

    /// The element of a place in this document.
    pub fn at(&self, place: Place) -> Element<'_, 'a> {
        Element { document: self, index: place.0 }
    }

    #[inline(always)]
    fn view<'d>(&'d self, attribute: &'d Attribute<'_>) -> AttributeView<'d> {
        AttributeView {
            prefix: attribute.name.prefix,
            local: attribute.name.local,
            namespace: self.uri(attribute.name.namespace),
            rank: self.rank(attribute.name.namespace),
            id: self.prefix_id(attribute.name.namespace),
            value: &attribute.value,
        }
    }

    // What is asked of every name is in line, although callers are built for size: a tenth of a verification.

    /// Equal and ordered as the URIs are, within this document.
    #[inline(always)]
    fn rank(&self, namespace: Namespace) -> NamespaceRank {
        match namespace {
            Namespace::None => NamespaceRank(0),
            Namespace::Xml => NamespaceRank(self.xml_rank),
            Namespace::Declared(index) => NamespaceRank(self.ranks[index as usize]),
        }
    }

    #[inline(always)]
    fn prefix_id(&self, namespace: Namespace) -> PrefixId {
        match namespace {
            Namespace::None | Namespace::Xml => PrefixId::DEFAULT,
            Namespace::Declared(index) => self.declarations[index as usize].id,
        }
    }

    #[inline(always)]
    fn uri(&self, namespace: Namespace) -> &str {
        match namespace {
            Namespace::None => "",
            Namespace::Xml => XML_NAMESPACE,
            Namespace::Declared(index) => &self.declarations[index as usize].uri,
        }
    }
}

/// Stands for a namespace URI of one document: equal and ordered as the URIs are; the first is no namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamespaceRank(u32);

impl NamespaceRank {
    /// No namespace.
    pub const NONE: Self = Self(0);
}

/// Stands for a prefix, where it is in force: declarations of one prefix inside each other have one, so that prefixes, of which
/// a sender can make many, are searched for once and not at every name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixId(u32);

impl PrefixId {
    /// No prefix.
    pub const DEFAULT: Self = Self(0);

    /// Below [`Document::prefixes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A namespace declaration, as written on an element.
#[derive(Clone, Copy, Debug)]
pub struct DeclarationView<'d> {
    /// Prefix, empty for the default.
    pub prefix: &'d str,
    /// Stands for the prefix.
    pub id: PrefixId,
    /// URI, empty where the default namespace is taken back.
    pub uri: &'d str,
    /// Rank of the URI.
    pub rank: NamespaceRank,
}

/// Without white space of XML around it. Other white space is part of a name: who is `ada` is not who is `ada` and a
/// no-break space.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// An element of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Element<'d, 'a> {
    document: &'d Document<'a>,
    index: u32,
}

impl PartialEq for Element<'_, '_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

/// Where an element stands in its document.
#[derive(Clone, Copy, Debug)]
pub struct Place(u32);

/// An attribute with its expanded name and normalized value.
#[derive(Clone, Copy, Debug)]
pub struct AttributeView<'d> {
    /// Prefix as written, empty for none.
    pub prefix: &'d str,
    /// Local name.
    pub local: &'d str,
    /// Namespace URI, empty for none.
    pub namespace: &'d str,
    /// Rank of the namespace URI.
    pub rank: NamespaceRank,
    /// Stands for the prefix, unless that is `xml`.
    pub id: PrefixId,
    /// Value after attribute-value normalization (XML 1.0, section 3.3.3).
    pub value: &'d str,
}

/// A child of an element.
#[derive(Clone, Copy, Debug)]
pub enum Child<'d, 'a> {
    /// An element.
    Element(Element<'d, 'a>),
    /// Character data, with references and CDATA sections resolved.
    Text(&'d str),
}

impl<'d, 'a> Element<'d, 'a> {
    #[inline(always)]
    fn node(&self) -> &'d Node<'a> {
        &self.document.nodes[self.index as usize]
    }

    #[inline(always)]
    fn parts(&self) -> (Name<'a>, &'d [Attribute<'a>]) {
        match &self.node().content {
            Content::Element { name, attributes, .. } => (*name, attributes.of(&self.document.attributes)),
            // An `Element` is made from element nodes only.
            Content::Text(_) => (Name { prefix: "", local: "", namespace: Namespace::None }, &[]),
        }
    }

    /// The document that it is an element of.
    pub fn document(&self) -> &'d Document<'a> {
        self.document
    }

    /// Where it stands.
    pub fn place(&self) -> Place {
        Place(self.index)
    }

    /// Prefix as written, empty for none.
    pub fn prefix(&self) -> &'a str {
        self.parts().0.prefix
    }

    /// Local name.
    pub fn local_name(&self) -> &'a str {
        self.parts().0.local
    }

    /// Namespace URI, empty for none.
    pub fn namespace(&self) -> &'d str {
        self.document.uri(self.parts().0.namespace)
    }

    /// Prefix, namespace URI and what stands for them.
    #[inline(always)]
    pub fn binding(&self) -> DeclarationView<'d>
    where
        'a: 'd,
    {
        let Name { prefix, namespace, .. } = self.parts().0;
        let document = self.document;
        DeclarationView {
            prefix,
            id: document.prefix_id(namespace),
            uri: document.uri(namespace),
            rank: document.rank(namespace),
        }
    }

    /// Rank of the namespace URI.
    pub fn rank(&self) -> NamespaceRank {
        self.document.rank(self.parts().0.namespace)
    }

    /// Whether this is the expanded name of the element.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.local_name() == local && self.namespace() == namespace
    }

    /// All attributes but namespace declarations, as written.
    pub fn attributes(&self) -> impl Iterator<Item = AttributeView<'d>> + use<'d, 'a> {
        let document = self.document;
        self.parts().1.iter().map(move |attribute| document.view(attribute))
    }

    /// The value of the attribute of this name that is in no namespace.
    pub fn attribute(&self, local: &str) -> Option<&'d str> {
        self.attributes().find(|a| a.namespace.is_empty() && a.local == local).map(|a| a.value)
    }

    /// Whether it has neither attributes nor namespace declarations.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        match self.node().content {
            Content::Element { attributes, declarations, .. } => {
                attributes.start == attributes.end && declarations.start == declarations.end
            }
            Content::Text(_) => true,
        }
    }

    /// Namespace declarations written on this element.
    pub fn declarations(&self) -> impl Iterator<Item = DeclarationView<'d>> + use<'d, 'a> {
        let document = self.document;
        let Content::Element { declarations, .. } = self.node().content else {
            return (0..0).map(declaration(document));
        };
        (declarations.start..declarations.end).map(declaration(document))
    }

    /// The element around this one.
    pub fn parent(&self) -> Option<Element<'d, 'a>> {
        (self.index != 0).then(|| Element { document: self.document, index: self.node().parent })
    }

    /// Child nodes in order.
    pub fn children(&self) -> impl Iterator<Item = Child<'d, 'a>> + use<'d, 'a> {
        let document = self.document;
        let end = self.node().end;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let index = next;
            let node = &document.nodes[index as usize];
            next = node.end;
            Some(match &node.content {
                Content::Element { .. } => Child::Element(Element { document, index }),
                Content::Text(text) => Child::Text(text),
            })
        })
    }

    /// Child elements in order.
    pub fn child_elements(&self) -> impl Iterator<Item = Element<'d, 'a>> + use<'d, 'a> {
        self.children().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// Child elements of one expanded name, in order.
    pub fn children_named<'n>(
        &self,
        namespace: &'n str,
        local: &'n str,
    ) -> impl Iterator<Item = Element<'d, 'a>> + use<'d, 'a, 'n> {
        self.child_elements().filter(move |child| child.is(namespace, local))
    }

    /// This element and every element inside it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Element<'d, 'a>> + use<'d, 'a> {
        let document = self.document;
        (self.index..self.node().end).filter_map(move |index| match document.nodes[index as usize].content {
            Content::Element { .. } => Some(Element { document, index }),
            Content::Text(_) => None,
        })
    }

    /// The character data of an element that holds nothing else. `None` if it holds an element.
    pub fn text(&self) -> Option<&'d str> {
        let mut children = self.children();
        match (children.next(), children.next()) {
            (None, _) => Some(""),
            (Some(Child::Text(text)), None) => Some(text),
            _ => None,
        }
    }
}

fn declaration<'d>(document: &'d Document<'_>) -> impl Fn(u32) -> DeclarationView<'d> {
    move |index| {
        let Declaration { prefix, id, uri } = &document.declarations[index as usize];
        DeclarationView { prefix, id: *id, uri, rank: document.rank(Namespace::Declared(index)) }
    }
}
