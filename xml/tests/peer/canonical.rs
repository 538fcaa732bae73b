//! A second canonicalizer: `bergshamra-c14n`, on the XML parser `uppsala`.

use bergshamra_c14n::{C14nMode, canonicalize_doc};
use bergshamra_xml::NodeSet;
use uppsala::{Document, NodeId, NodeKind, Parser};

/// How to canonicalize: exclusively with the words of a `PrefixList`, or (`None`) inclusively.
pub type Prefixes<'a> = Option<&'a [&'a str]>;

/// The canonical form of the element at `path` (the place among the child elements, from the document element on), but
/// for what is at the path `without`. An error if the peer does not read the document, or finds no such element.
pub fn canonical(
    xml: &str,
    path: &[usize],
    prefixes: Prefixes<'_>,
    without: Option<&[usize]>,
) -> Result<String, String> {
    let document = parse(xml)?;
    let mut nodes = NodeSet::tree_without_comments(at(&document, path)?, &document);
    if let Some(without) = without {
        nodes = nodes.subtract(&NodeSet::tree_without_comments(at(&document, without)?, &document));
    }
    let mode = if prefixes.is_some() { C14nMode::Exclusive } else { C14nMode::Inclusive };
    let bytes = canonicalize_doc(&document, mode, Some(&nodes), prefixes.unwrap_or_default());
    String::from_utf8(bytes.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

fn parse(xml: &str) -> Result<Document<'_>, String> {
    Parser::new().with_forbid_dtd(true).parse(xml).map_err(|error| error.to_string())
}

fn at(document: &Document<'_>, path: &[usize]) -> Result<NodeId, String> {
    let is_element = |id: &NodeId| matches!(document.node_kind(*id), Some(NodeKind::Element(_)));
    let child =
        |of, place| document.children_iter(of).filter(is_element).nth(place).ok_or("no such element".to_owned());
    path.iter().try_fold(child(document.root(), 0)?, |element, place| child(element, *place))
}
