//! Changes that an attacker would make: elements are copied, moved, wrapped and replaced, within a document and from one to
//! another; attributes, names and texts are exchanged.

use crate::random::Random;
use crate::spans::{Span, elements};
use std::ops::Range;

/// What an element is put into: places where a reader may look, or not look.
const WRAPPERS: &[(&str, &str)] = &[
    ("<samlp:Extensions>", "</samlp:Extensions>"),
    ("<samlp:StatusDetail>", "</samlp:StatusDetail>"),
    ("<saml:Advice>", "</saml:Advice>"),
    (
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_new\" Version=\"2.0\">",
        "</saml:Assertion>",
    ),
    ("<saml:Subject>", "</saml:Subject>"),
    ("<saml:AttributeValue>", "</saml:AttributeValue>"),
    ("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", "</ds:Object>"),
    ("<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", "</ds:KeyInfo>"),
    (
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_new\" Version=\"2.0\">",
        "</samlp:Response>",
    ),
    ("<x xmlns=\"\">", "</x>"),
];

const ATTRIBUTES: &[&str] = &[
    "ID=\"_new\"",
    "Id=\"_ada-0\"",
    "id='_mallory-0'",
    "xml:id=\"_ada-1\"",
    "xmlns=\"\"",
    "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
    "xmlns:saml2=\"urn:x\"",
    "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
    "xmlns:ds=\"urn:oasis:names:tc:SAML:2.0:assertion\"",
    "xmlns:xs=\"urn:x\"",
    "xmlns:xml=\"http://www.w3.org/XML/1998/namespace\"",
    "PrefixList=\"xs saml #default\"",
    "InResponseTo=\"_request\"",
    "InResponseTo=\"_other\"",
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
    "Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"",
    "Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"",
    "URI=\"\"",
    "URI=\"#_new\"",
    "xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"",
    "Version=\"2.0\"",
    "xml:space=\"preserve\"",
];

const TEXTS: &[&str] = &[
    "<!---->",
    "<!-- --><!--",
    "<?x y?>",
    "<![CDATA[]]>",
    "<![CDATA[ada@example.com]]>",
    "<![CDATA[</saml:NameID>]]>",
    "]]>",
    "&lt;",
    "&#60;",
    "&#x3c;saml:NameID>",
    "&amp;lt;",
    "&#13;",
    "&#0;",
    "&ada;",
    "<!DOCTYPE x [<!ENTITY ada \"ada@example.com\">]>",
    "ada@example.com",
    "root@other.example",
    "late@example.com",
    "mallory",
    " ",
    "\r\n",
    "\t",
    "\u{A0}",
    "\u{10000}",
    "=",
    "\u{FEFF}",
    "<?xml version=\"1.0\"?>",
];

/// Texts that are exchanged for each other wherever they stand.
const WORDS: &[&str] = &[
    "ada@example.com",
    "mallory",
    "root@other.example",
    "late@example.com",
    "tenant@example.com",
    "other.example",
    "sp.example",
    "https://idp.example/b",
    "https://idp.example/entity",
    "2026-11-22T05:50:00Z",
    "2026-11-22T06:05:00Z",
    "saml:",
    "samlp:",
    "saml2:",
    "ds:",
    "_request",
    "Assertion",
    "Response",
    "Signature",
    "NameID",
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "http://www.w3.org/2000/09/xmldsig#",
    "urn:oasis:names:tc:SAML:2.0:protocol",
];

/// A changed document: one to four changes, with what is taken from the documents of `donors`.
pub fn mutate(text: &str, donors: &[(String, String)], random: &mut Random) -> String {
    let mut changed = if random.below(16) == 0 { donor(donors, random).to_owned() } else { text.to_owned() };
    for _ in 0..=random.below(4) {
        changed = step(changed, donors, random);
    }
    changed
}

fn donor<'d>(donors: &'d [(String, String)], random: &mut Random) -> &'d str {
    random.pick(donors).map_or("", |(_, xml)| xml)
}

fn step(text: String, donors: &[(String, String)], random: &mut Random) -> String {
    let spans = elements(&text);
    let Some(here) = random.pick(&spans) else { return donor(donors, random).to_owned() };
    let there = random.pick(&spans).unwrap_or(here);
    let from = if random.below(3) == 0 { text.as_str() } else { donor(donors, random) };
    let other = elements(from);
    let foreign = random.pick(&other).map_or("", |span| &from[span.all.clone()]);
    match random.below(14) {
        0 | 1 => insert(&text, boundary(here, random), foreign),
        2 | 3 => replace(&text, here.all.clone(), foreign),
        4 => insert(&text, boundary(there, random), &text[here.all.clone()]),
        5 => moved(&text, here, boundary(there, random)),
        6 => replace(&text, here.all.clone(), ""),
        7 => wrap(&text, here, there, random),
        8 => match random.pick(&other) {
            Some(span) => replace(&text, here.content.clone(), &from[span.content.clone()]),
            None => text,
        },
        9 => change_attribute(&text, here, from, &other, random),
        10 => insert(&text, here.name_end, &format!(" {}", random.pick(ATTRIBUTES).unwrap_or(&""))),
        11 => {
            let within = here.content.start + random.below(here.content.len() + 1);
            insert(&text, within, random.pick(TEXTS).unwrap_or(&""))
        }
        12 => exchange_word(&text, random),
        _ => rename(&text, here, there),
    }
}

/// Before, after, or at either end inside.
fn boundary(span: &Span, random: &mut Random) -> usize {
    *random.pick(&[span.all.start, span.all.end, span.content.start, span.content.end]).unwrap_or(&span.all.end)
}

fn insert(text: &str, at: usize, what: &str) -> String {
    replace(text, at..at, what)
}

fn replace(text: &str, range: Range<usize>, what: &str) -> String {
    match (text.get(..range.start), text.get(range.end..)) {
        (Some(before), Some(after)) => [before, what, after].concat(),
        _ => text.to_owned(),
    }
}

/// Takes an element out and puts it somewhere else.
fn moved(text: &str, span: &Span, to: usize) -> String {
    let what = &text[span.all.clone()];
    if to <= span.all.start {
        insert(&replace(text, span.all.clone(), ""), to, what)
    } else if to >= span.all.end {
        replace(&insert(text, to, what), span.all.clone(), "")
    } else {
        text.to_owned()
    }
}

/// Puts an element into a wrapper where it is, or a copy of it into a wrapper elsewhere.
fn wrap(text: &str, here: &Span, there: &Span, random: &mut Random) -> String {
    let (open, close) = random.pick(WRAPPERS).copied().unwrap_or_default();
    let wrapped = [open, &text[here.all.clone()], close].concat();
    if random.below(2) == 0 {
        replace(text, here.all.clone(), &wrapped)
    } else {
        insert(text, boundary(there, random), &wrapped)
    }
}

/// Takes an attribute away, or puts another element's in its place or beside it.
fn change_attribute(text: &str, here: &Span, from: &str, other: &[Span], random: &mut Random) -> String {
    let Some(range) = random.pick(&here.attributes).cloned() else { return text.to_owned() };
    let foreign = random.pick(other).and_then(|span| random.pick(&span.attributes));
    let foreign = foreign.and_then(|range| from.get(range.clone())).unwrap_or_default();
    let value = |attribute: &str| attribute.split_once('=').map_or(String::new(), |(_, value)| value.to_owned());
    match random.below(4) {
        0 => replace(text, range, ""),
        1 => replace(text, range, foreign),
        2 => insert(text, range.end, &format!(" {foreign}")),
        _ => {
            let name = text[range.clone()].split('=').next().unwrap_or_default().to_owned();
            replace(text, range, &format!("{name}={}", value(foreign)))
        }
    }
}

fn exchange_word(text: &str, random: &mut Random) -> String {
    let present: Vec<&str> = WORDS.iter().copied().filter(|word| text.contains(word)).collect();
    let (Some(word), Some(other)) = (random.pick(&present), random.pick(WORDS)) else { return text.to_owned() };
    let places: Vec<usize> = text.match_indices(word).map(|(at, _)| at).collect();
    match random.pick(&places) {
        Some(at) if random.below(4) > 0 => replace(text, *at..at + word.len(), other),
        _ => text.replace(word, other),
    }
}

/// Gives an element the name of another.
fn rename(text: &str, here: &Span, there: &Span) -> String {
    let name = |span: &Span| text.get(span.all.start + 1..span.name_end).unwrap_or_default();
    let end = if here.content.end < here.all.end {
        here.content.end + 2..here.all.end - 1
    } else {
        here.all.end..here.all.end
    };
    let renamed = if end.is_empty() { text.to_owned() } else { replace(text, end, name(there)) };
    replace(&renamed, here.all.start + 1..here.name_end, name(there))
}
