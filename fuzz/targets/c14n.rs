//! Canonical bytes of any element of any document: as a peer writes them, and their own canonical form.
#![no_main]

use fuzz::peer;
use libfuzzer_sys::fuzz_target;
use postern_xml::{Document, Element, Limit, Method, XmlError, canonicalize};

/// Words of a `PrefixList`, of which the first byte of the input chooses.
const LIST: [&str; 6] = ["#default", "xs", "a", "saml", "ds", "xml"];

fuzz_target!(|data: &[u8]| {
    // Two bytes say what to do with the document that follows: which words are listed, which element is the apex.
    let [list, place, xml @ ..] = data else { return };
    let Ok(document) = Document::parse(xml) else { return };
    let prefixes = match *list {
        0x80.. => None,
        bits => Some(LIST.into_iter().enumerate().filter(move |(at, _)| bits >> at & 1 == 1).map(|(_, word)| word)),
    };
    let prefixes: Option<Vec<&str>> = prefixes.map(Iterator::collect);
    let list = prefixes.as_ref().map(|words| words.join(" "));
    let elements: Vec<Element<'_, '_>> = document.elements().collect();
    let apex = elements[usize::from(*place) % elements.len()];
    let left_out = apex.child_elements().nth(usize::from(list.is_some()));

    let Some(method) = list.as_deref().map_or(Some(Method::Inclusive), Method::exclusive) else { return };
    let ours = canonicalize(apex, &method, left_out).ok();
    if let Some(once) = &ours {
        match Document::parse_canonical(once.as_bytes()) {
            Ok(again) => {
                let again = canonicalize(again.root(), &method, None).ok();
                assert_eq!(again.as_ref(), Some(once), "not its own canonical form");
            }
            // Inclusive: the apex has the declarations of all elements around it, and the verifier refuses as we do here.
            Err(error) => assert_eq!(error, XmlError::TooMuch(Limit::Declarations), "canonical bytes are a document"),
        }
    }
    let text = std::str::from_utf8(xml).expect("we take UTF-8 only");
    let (path, without) = (path(apex), left_out.map(path));
    let theirs = peer::prepared(text).ok().and_then(|prepared| {
        peer::canonical::canonical(&prepared, &path, prefixes.as_deref(), without.as_deref()).ok()
    });
    if let (Some(ours), Some(theirs)) = (ours, theirs) {
        assert_eq!(ours, theirs);
    }
});

/// The place of an element among the child elements, from the document element on.
fn path(element: Element<'_, '_>) -> Vec<usize> {
    let Some(parent) = element.parent() else { return Vec::new() };
    let mut path = path(parent);
    path.extend(parent.child_elements().position(|child| child == element));
    path
}
