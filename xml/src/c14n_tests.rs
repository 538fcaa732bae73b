use super::*;
use crate::Document;

fn canonical(document: &str, path: &[usize], method: &Method) -> String {
    let document = Document::parse(document.as_bytes()).unwrap();
    let mut apex = document.root();
    for index in path {
        apex = apex.child_elements().nth(*index).unwrap();
    }
    canonicalize(apex, method, None).unwrap()
}

fn exclusive(prefixes: &str) -> Method {
    Method::exclusive(prefixes).unwrap()
}

#[test]
fn only_used_namespaces_are_written_where_they_are_first_used() {
    let document = "<a:r xmlns:a='u:a' xmlns:b='u:b' xmlns:c='u:c'><b:x c:y='1'><b:z/></b:x></a:r>";
    assert_eq!(
        canonical(document, &[], &exclusive("")),
        r#"<a:r xmlns:a="u:a"><b:x xmlns:b="u:b" xmlns:c="u:c" c:y="1"><b:z></b:z></b:x></a:r>"#
    );
    assert_eq!(
        canonical(document, &[0], &exclusive("")),
        r#"<b:x xmlns:b="u:b" xmlns:c="u:c" c:y="1"><b:z></b:z></b:x>"#
    );
}

#[test]
fn the_prefix_list_is_written_at_the_apex_and_where_it_changes() {
    let document = "<r xmlns='u:d' xmlns:xs='u:xs'><x xmlns:q='u:q'><y xmlns:xs='u:other'/></x></r>";
    assert_eq!(
        canonical(document, &[0], &exclusive("xs absent")),
        r#"<x xmlns="u:d" xmlns:xs="u:xs"><y xmlns:xs="u:other"></y></x>"#
    );
    let document = "<p:r xmlns:p='u:p' xmlns='u:d'><p:x><p:y xmlns=''/></p:x></p:r>";
    assert_eq!(
        canonical(document, &[0], &exclusive("#default")),
        r#"<p:x xmlns="u:d" xmlns:p="u:p"><p:y xmlns=""></p:y></p:x>"#
    );
}

#[test]
fn a_default_namespace_that_is_taken_back_is_written_only_when_one_was() {
    let document = "<r xmlns='u:d'><x xmlns=''><y/></x></r>";
    assert_eq!(canonical(document, &[], &exclusive("")), r#"<r xmlns="u:d"><x xmlns=""><y></y></x></r>"#);
    assert_eq!(canonical(document, &[0], &exclusive("")), "<x><y></y></x>");
}

#[test]
fn attributes_are_ordered_by_namespace_then_name() {
    let document = "<r xmlns:b='u:1' xmlns:a='u:2' a:n='4' b:z='3' xml:lang='2' z='1' b='0'/>";
    assert_eq!(
        canonical(document, &[], &exclusive("")),
        r#"<r xmlns:a="u:2" xmlns:b="u:1" b="0" z="1" xml:lang="2" b:z="3" a:n="4"></r>"#
    );
}

#[test]
fn characters_are_escaped_as_the_standard_says() {
    let document =
        "<r a='&amp;&lt;>&quot;&apos;&#9;&#10;&#13;\t\n'>&amp;&lt;&gt;\"'&#13;\t\r\n<![CDATA[<&]]>\u{1F600}</r>";
    assert_eq!(
        canonical(document, &[], &exclusive("")),
        "<r a=\"&amp;&lt;>&quot;'&#x9;&#xA;&#xD;  \">&amp;&lt;&gt;\"'&#xD;\t\n&lt;&amp;\u{1F600}</r>"
    );
}

#[test]
fn the_enveloped_signature_is_left_out() {
    let document = Document::parse(b"<r>a<s>x</s>b</r>").unwrap();
    let signature = document.root().child_elements().next();
    assert_eq!(canonicalize(document.root(), &exclusive(""), signature).unwrap(), "<r>ab</r>");
    assert_eq!(canonicalize(document.root(), &exclusive(""), Some(document.root())), Err(CanonicalError::Empty));
}

#[test]
fn inclusive_writes_all_that_is_in_force() {
    let document = "<r xmlns='u:d' xmlns:a='u:a' xml:lang='de' xml:space='preserve'><x xml:lang='en' xmlns:b='u:b'><y xmlns=''/></x></r>";
    assert_eq!(
        canonical(document, &[0], &Method::Inclusive),
        r#"<x xmlns="u:d" xmlns:a="u:a" xmlns:b="u:b" xml:lang="en" xml:space="preserve"><y xmlns=""></y></x>"#
    );
}

#[test]
fn canonical_bytes_are_their_own_canonical_form() {
    let document = "<a:r xmlns:a='u:a' xmlns:b='u:b'><b:x y='&#10;'>&#13;<z/></b:x></a:r>";
    let once = canonical(document, &[], &exclusive(""));
    assert_eq!(canonical(&once, &[], &exclusive("")), once);
}

/// Documents made by `dev/corpus/c14n.mjs`, with what another implementation (xml-crypto) makes of them.
#[test]
fn another_implementation_writes_the_same() {
    #[derive(serde::Deserialize)]
    struct Generated {
        documents: Vec<(String, Vec<usize>, String, String)>,
    }
    let json = include_str!("../../tests/saml/c14n.json");
    let Generated { documents } = serde_json::from_str(json).unwrap();
    assert!(documents.len() >= 300);
    for (document, path, prefixes, expected) in &documents {
        assert_eq!(canonical(document, path, &exclusive(prefixes)), *expected, "{document} {path:?} {prefixes}");
    }
}

/// The constructs that the generated documents leave out, because that implementation departs from the standard there.
#[test]
fn what_the_generated_documents_leave_out() {
    for (document, path, prefixes, expected) in [
        // Declarations and attributes are in order of code points: by prefix, by namespace name and then local name.
        (
            "<r xmlns:b='u:b' xmlns:C='u:C' xmlns:a-='u:a' xmlns:a_='u:a' b:x='' C:x='' a-:x='1' a_:y='2'/>",
            vec![],
            "",
            r#"<r xmlns:C="u:C" xmlns:a-="u:a" xmlns:a_="u:a" xmlns:b="u:b" C:x="" a-:x="1" a_:y="2" b:x=""></r>"#,
        ),
        (
            "<r xmlns:b='u:a' xmlns:a='u:ab' b:c='1' a:a='2'/>",
            vec![],
            "",
            r#"<r xmlns:a="u:ab" xmlns:b="u:a" b:c="1" a:a="2"></r>"#,
        ),
        ("<r \u{10000}='2' \u{FDF0}='1'/>", vec![], "", "<r \u{FDF0}=\"1\" \u{10000}=\"2\"></r>"),
        // Namespace names are escaped like attribute values.
        (
            "<r xmlns='u:&amp;&#9;&quot;&lt;' xmlns:a=\"u:>'\"><a:x/></r>",
            vec![],
            "",
            "<r xmlns=\"u:&amp;&#x9;&quot;&lt;\"><a:x xmlns:a=\"u:>'\"></a:x></r>",
        ),
        // A prefix is bound anew and back again.
        (
            "<a:r xmlns:a='u:1'><a:x xmlns:a='u:2'><a:y xmlns:a='u:1'/></a:x><a:z/></a:r>",
            vec![],
            "",
            r#"<a:r xmlns:a="u:1"><a:x xmlns:a="u:2"><a:y xmlns:a="u:1"></a:y></a:x><a:z></a:z></a:r>"#,
        ),
        // Line ends of XML 1.1 are none in XML 1.0.
        ("<r x='\u{85}'>\u{85}\u{2028}</r>", vec![], "", "<r x=\"\u{85}\">\u{85}\u{2028}</r>"),
        ("<r><![CDATA[]]><x>a<![CDATA[]]></x></r>", vec![], "", "<r><x>a</x></r>"),
        // A prefix of the list is a declaration's, not an attribute's of that name.
        (
            "<r xmlns:a='u:a' xmlns:xs='u:xs'><x a:xs='v' xs='w'/></r>",
            vec![0],
            "xs",
            r#"<x xmlns:a="u:a" xmlns:xs="u:xs" xs="w" a:xs="v"></x>"#,
        ),
        // The innermost declaration of a listed prefix counts.
        ("<r xmlns:xs='u:1'><x xmlns:xs='u:2'><y/></x></r>", vec![0], "xs", r#"<x xmlns:xs="u:2"><y></y></x>"#),
        ("<r xmlns='u:d'><p:x xmlns:p='u:p'/></r>", vec![0], "#default", r#"<p:x xmlns="u:d" xmlns:p="u:p"></p:x>"#),
        ("<r xmlns='u:d'><p:x xmlns:p='u:p' xmlns=''/></r>", vec![0], "#default", r#"<p:x xmlns:p="u:p"></p:x>"#),
        (
            "<r xmlns='u:d'><p:x xmlns:p='u:p' xmlns=''/></r>",
            vec![],
            "#default",
            r#"<r xmlns="u:d"><p:x xmlns="" xmlns:p="u:p"></p:x></r>"#,
        ),
        // `xml` is never declared.
        ("<r xml:lang='en'/>", vec![], "xml", r#"<r xml:lang="en"></r>"#),
    ] {
        assert_eq!(canonical(document, &path, &exclusive(prefixes)), expected, "{document} {path:?} {prefixes}");
    }
}

#[test]
fn output_that_outgrows_its_input_is_refused() {
    let uri = "x".repeat(100_000);
    let document = format!("<r xmlns:q='u:{uri}'>{}</r>", "<q:b/>".repeat(3));
    let document = Document::parse(document.as_bytes()).unwrap();
    assert_eq!(canonicalize(document.root(), &exclusive(""), None), Err(CanonicalError::TooLarge));
}

#[test]
fn a_prefix_list_has_at_most_16_words() {
    assert_eq!(Method::exclusive(&"xs ".repeat(16)), Some(Method::Exclusive(vec!["xs".to_owned(); 16])));
    assert_eq!(Method::exclusive(&"xs ".repeat(17)), None);
}
