use super::*;
use crate::{Child, NamespaceRank};

fn parse(text: &str) -> Result<Document<'_>, XmlError> {
    Document::parse(text.as_bytes())
}

#[test]
fn reads_names_attributes_and_text() {
    let document = parse("\u{FEFF}<?xml version='1.0' encoding=\"UTF-8\"?>\n<p:a xmlns:p='urn:p' xmlns='urn:d' x = 'a\n&lt;&#9;b' p:y=\"2\">t&amp;<![CDATA[<&>]]>&#x41;\r\nz<b/> tail</p:a >\n").unwrap();
    let root = document.root();
    assert!(root.is("urn:p", "a"));
    assert_eq!(root.prefix(), "p");
    assert_eq!(root.attribute("x"), Some("a <\tb"));
    assert_eq!(root.attribute("y"), None, "an attribute with a prefix is in a namespace");
    let children: Vec<_> = root.children().collect();
    assert!(matches!(children[0], Child::Text("t&<&>A\nz")), "{children:?}");
    assert!(matches!(children[1], Child::Element(b) if b.is("urn:d", "b")));
    assert!(matches!(children[2], Child::Text(" tail")));
    assert_eq!(root.text(), None);
}

#[test]
fn a_default_namespace_can_be_taken_back_and_ends_with_its_element() {
    let document = parse("<a xmlns='urn:a'><b xmlns=''><c/></b><d/></a>").unwrap();
    let names: Vec<_> = document.elements().map(|e| (e.local_name(), e.namespace().to_owned())).collect();
    let expected = [("a", "urn:a"), ("b", ""), ("c", ""), ("d", "urn:a")].map(|(n, u)| (n, u.to_owned()));
    assert_eq!(names, expected);
}

#[test]
fn refuses_what_saml_has_no_use_for() {
    for (text, error) in [
        ("<!DOCTYPE a><a/>", XmlError::Doctype),
        ("<a><!-- c --></a>", XmlError::Comment),
        ("<!-- c --><a/>", XmlError::Comment),
        ("<a><?pi x?></a>", XmlError::ProcessingInstruction),
        ("<?xml version='1.1'?><a/>", XmlError::Declaration),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", XmlError::Encoding),
        ("<?xml version='1.0' encoding='UTF-7'?><a/>", XmlError::Encoding),
        ("<a>&x;</a>", XmlError::Entity { at: 3 }),
        ("<a>&#0;</a>", XmlError::Entity { at: 3 }),
        ("<a>&#xD800;</a>", XmlError::Entity { at: 3 }),
        ("<a>&#+65;</a>", XmlError::Entity { at: 3 }),
        ("<a x='&nbsp;'/>", XmlError::Entity { at: 15 }),
    ] {
        assert_eq!(parse(text).unwrap_err(), error, "{text}");
    }
    assert_eq!(Document::parse(b"<a>\xFF</a>").unwrap_err(), XmlError::Encoding);
    assert_eq!(Document::parse(b"\xFF\xFE<\0a\0/\0>\0").unwrap_err(), XmlError::Encoding);
}

#[test]
fn refuses_what_is_not_well_formed() {
    for text in [
        "",
        " ",
        "text",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "text<a/>",
        "<a/><![CDATA[x]]>",
        "</a>",
        "<a",
        "<1a/>",
        "<a x/>",
        "<a x=1/>",
        "<a x='1'y='2'/>",
        "<a x='<'/>",
        "<a x='1/>",
        "<a>]]></a>",
        "<a>\u{1}</a>",
        "<a>\u{FFFE}</a>",
        "<a>\0</a>",
        "<:a/>",
        "<a:/>",
        "<a:b:c/>",
        "<a =''/>",
        "<a/> <?xml version='1.0'?>",
        " <?xml version='1.0'?><a/>",
        "<a>&amp</a>",
        "<a/>&amp;",
        "<\u{300}/>",
        "<a \"='1'/>",
        "<a></a b>",
    ] {
        assert!(matches!(parse(text), Err(XmlError::Malformed { .. })), "{text}: {:?}", parse(text));
    }
}

#[test]
fn refuses_namespaces_that_can_confuse() {
    for (text, error) in [
        ("<p:a/>", XmlError::UnboundPrefix { at: 6 }),
        ("<a p:x=''/>", XmlError::UnboundPrefix { at: 11 }),
        ("<a x='1' x='2'/>", XmlError::DuplicateAttribute),
        ("<a xmlns:p='u:r' xmlns:q='u:r' p:x='' q:x=''/>", XmlError::DuplicateAttribute),
        ("<a xmlns='u:r' xmlns='u:s'/>", XmlError::DuplicateAttribute),
        ("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>", XmlError::NamespaceDeclaration { at: 53 }),
        ("<a xmlns:xmlns='u:r'/>", XmlError::NamespaceDeclaration { at: 22 }),
        ("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", XmlError::NamespaceDeclaration { at: 44 }),
        ("<a xmlns:p=''/>", XmlError::NamespaceDeclaration { at: 15 }),
        ("<a xmlns='relative'/>", XmlError::NamespaceDeclaration { at: 21 }),
        ("<a xmlns:p='../x'/>", XmlError::NamespaceDeclaration { at: 19 }),
        ("<xmlns:a/>", XmlError::UnboundPrefix { at: 10 }),
    ] {
        assert_eq!(parse(text).unwrap_err(), error, "{text}");
    }
}

#[test]
fn characters_beside_those_that_are_none_are_read() {
    let text = "\u{EFFF}\u{F000}\u{FFFD}\u{FEFF}\u{FFC0}\t\n\u{7F}\u{10FFFF}";
    let xml = format!("<a>{text}</a>");
    assert_eq!(parse(&xml).unwrap().root().text(), Some(text));
}

#[test]
fn ranks_are_equal_and_ordered_as_the_uris_are() {
    let document = parse(
        "<r xmlns:a='u:2' xmlns:b='u:1' xmlns:c='u:2' xmlns:d='a:1' a:x='' b:y='' c:z='' d:w='' xml:lang='' v=''><q xmlns='u:1'/></r>",
    );
    let document = document.unwrap();
    let attributes: Vec<_> = document.root().attributes().collect();
    for one in &attributes {
        for other in &attributes {
            assert_eq!(one.rank.cmp(&other.rank), one.namespace.cmp(other.namespace), "{one:?} {other:?}");
        }
    }
    let inner = document.root().child_elements().next().unwrap();
    assert_eq!(inner.rank(), attributes[1].rank);
    assert_eq!(attributes[5].rank, NamespaceRank::NONE);
}

#[test]
fn every_bound_holds_exactly() {
    let nested = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
    let flat = |n: usize| format!("<a>{}</a>", "<b/>".repeat(n));
    let attributes = |n: usize| format!("<a{}/>", (0..n).map(|i| format!(" x{i}=''")).collect::<String>());
    let declarations = |n: usize| (0..n).map(|i| format!(" xmlns:x{i}='u:r'")).collect::<String>();
    let declared = |n: usize| format!("<a{}/>", declarations(n));
    let in_scope = |n: usize| format!("<a{}><b{}><c{}/></b></a>", declarations(64), declarations(64), declarations(n));
    let bytes = |n: usize| format!("<a>{}</a>", "x".repeat(n - 7));
    for (limit, within, beyond) in [
        (Limit::Depth, nested(32), nested(33)),
        (Limit::Nodes, flat(19_999), flat(20_000)),
        (Limit::Attributes, attributes(64), attributes(65)),
        (Limit::Declarations, declared(64), declared(65)),
        (Limit::DeclarationsInScope, in_scope(0), in_scope(1)),
        (Limit::Bytes, bytes(256 * 1024), bytes(256 * 1024 + 1)),
    ] {
        assert!(parse(&within).is_ok(), "{limit:?} at its bound: {:?}", parse(&within).err());
        assert_eq!(parse(&beyond).unwrap_err(), XmlError::TooMuch(limit));
    }
}

#[test]
fn remarks_are_left_out_of_a_configuration_only_where_they_are_well_formed() {
    let configuration = |xml: &str| {
        Document::parse_configuration(xml.as_bytes()).map(|document| document.root().text().map(str::to_owned))
    };
    for xml in ["<?x?><!----><a>b<!-- - --><?y <!--?>c</a><!-- x --><?xml-z ?>", "<a>b<!--&--><?\u{E4}?>c</a>"] {
        assert_eq!(configuration(xml), Ok(Some("bc".to_owned())), "{xml}");
        assert!(parse(xml).is_err(), "{xml}");
    }
    for xml in [
        "<!-- -- --><a/>",
        "<a><!-- ---></a>",
        "<a><?\t?></a>",
        "<a><? x?></a>",
        "<a><?1?></a>",
        "<a><?x:y?></a>",
        "<a><?XML?></a>",
    ] {
        assert!(matches!(configuration(xml), Err(XmlError::Malformed { .. })), "{xml}");
    }
}
