//! Any bytes: what we read of a document, a peer reads.
#![no_main]

use fuzz::peer;
use libfuzzer_sys::fuzz_target;
use postern_xml::Document;

fuzz_target!(|data: &[u8]| {
    let ours = [Document::parse(data), Document::parse_configuration(data)];
    assert!(ours[0].is_err() || ours[1].is_ok(), "what may not hold comments is stricter");
    let (Ok(text), Ok(_)) = (std::str::from_utf8(data), &ours[1]) else { return };
    match peer::prepared(text) {
        Ok(prepared) => {
            let theirs = roxmltree::Document::parse(&prepared).expect("it was read before");
            for ours in ours.iter().flatten() {
                assert_eq!(peer::tree::difference(ours, &theirs), None);
            }
        }
        // Two peers that refuse what we take are hardly both wrong.
        Err(error) => assert!(peer::canonical::canonical(text, &[], None, None).is_ok(), "no peer reads it: {error}"),
    }
});
