//! A second XML parser, `roxmltree`: does it read the same names, attributes and text?

use postern_xml::{Child, Document, Element};
use roxmltree::Node;

/// Where the two trees of `xml` differ, in words. `None` if they are the same.
pub fn difference(ours: &Document<'_>, theirs: &roxmltree::Document<'_>) -> Option<String> {
    difference_of(ours.root(), theirs.root_element())
}

fn difference_of(ours: Element<'_, '_>, theirs: Node<'_, '_>) -> Option<String> {
    let (ours_said, theirs_said) = (tag(ours), their_tag(theirs));
    if ours_said != theirs_said {
        return Some(format!("we read {ours_said:?}, the peer {theirs_said:?}"));
    }
    let (ours_said, theirs_said) = (texts(ours), their_texts(theirs));
    if ours_said != theirs_said {
        return Some(format!("in {:?} we read {ours_said:?}, the peer {theirs_said:?}", ours.local_name()));
    }
    let theirs = theirs.children().filter(Node::is_element);
    ours.child_elements().zip(theirs).find_map(|(ours, theirs)| difference_of(ours, theirs))
}

/// A name with its namespace.
type Name<'a> = (&'a str, &'a str);

/// An element's name, and its attributes with their values, in document order.
type Tag<'a> = (Name<'a>, Vec<(Name<'a>, &'a str)>);

fn tag<'d>(element: Element<'d, 'd>) -> Tag<'d> {
    let attributes = element.attributes().map(|a| ((a.namespace, a.local), a.value)).collect();
    ((element.namespace(), element.local_name()), attributes)
}

fn their_tag<'d>(element: Node<'d, 'd>) -> Tag<'d> {
    let name = element.tag_name();
    let attributes = element.attributes().map(|a| ((a.namespace().unwrap_or_default(), a.name()), a.value())).collect();
    ((name.namespace().unwrap_or_default(), name.name()), attributes)
}

/// The text before the first child element, between the first and the second, and so on.
fn texts(element: Element<'_, '_>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for child in element.children() {
        match (child, texts.last_mut()) {
            (Child::Text(text), Some(last)) => last.push_str(text),
            _ => texts.push(String::new()),
        }
    }
    texts
}

fn their_texts(element: Node<'_, '_>) -> Vec<String> {
    let mut texts = vec![String::new()];
    for child in element.children() {
        match (child.is_element(), texts.last_mut()) {
            (false, Some(last)) if child.is_text() => last.push_str(child.text().unwrap_or_default()),
            (true, _) => texts.push(String::new()),
            _ => {}
        }
    }
    texts
}
