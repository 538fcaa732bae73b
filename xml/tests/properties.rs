//! What holds for every document: what another parser reads, we read; what another canonicalizer writes, we write.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use documents::{Sample, samples};
use postern_xml::{Document, Element, Method, canonicalize};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

#[path = "peer/documents.rs"]
mod documents;
#[allow(unreachable_pub, reason = "the fuzz targets use it as well")]
mod peer;

/// The same documents in every run, so that a change that fails is a change that broke it; `PROPTEST_RNG_SEED` and
/// `PROPTEST_CASES` ask for others and more.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    ProptestConfig {
        cases: given.cases.max(2_000),
        rng_seed: if given.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { given.rng_seed },
        failure_persistence: None,
        ..given
    }
}

fn at<'d, 'a>(document: &'d Document<'a>, path: &[usize]) -> Element<'d, 'a> {
    path.iter().fold(document.root(), |element, place| element.child_elements().nth(*place).unwrap())
}

fn canonical(apex: Element<'_, '_>, method: &Method, without: Option<Element<'_, '_>>) -> Option<String> {
    canonicalize(apex, method, without).ok()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn another_parser_reads_the_same(Sample { xml, .. } in samples()) {
        let ours = Document::parse(xml.as_bytes()).unwrap();
        let prepared = peer::prepared(&xml).unwrap();
        let theirs = roxmltree::Document::parse(&prepared).unwrap();
        prop_assert_eq!(peer::tree::difference(&ours, &theirs), None);
    }

    #[test]
    fn another_canonicalizer_writes_the_same(sample in samples()) {
        let Sample { xml, path, without, prefixes } = sample;
        let document = Document::parse(xml.as_bytes()).unwrap();
        let apex = at(&document, &path);
        let left_out = without.as_ref().map(|path| at(&document, path));
        let prepared = peer::prepared(&xml).unwrap();
        let theirs = |prefixes| peer::canonical::canonical(&prepared, &path, prefixes, without.as_deref());
        let exclusive = Method::exclusive(&prefixes.join(" ")).unwrap();
        prop_assert_eq!(canonical(apex, &exclusive, left_out), theirs(Some(&prefixes[..])).ok());
        prop_assert_eq!(canonical(apex, &Method::Inclusive, left_out), theirs(None).ok());
    }

    #[test]
    fn a_canonical_form_is_its_own_and_reads_the_same(Sample { xml, path, prefixes, .. } in samples()) {
        let document = Document::parse(xml.as_bytes()).unwrap();
        let apex = at(&document, &path);
        for method in [Method::exclusive(&prefixes.join(" ")).unwrap(), Method::Inclusive] {
            let once = canonical(apex, &method, None).unwrap();
            let again = Document::parse(once.as_bytes()).unwrap();
            prop_assert_eq!(canonical(again.root(), &method, None), Some(once.clone()));
            let theirs = roxmltree::Document::parse(&once).unwrap();
            prop_assert_eq!(peer::tree::difference(&again, &theirs), None);
        }
    }
}
