//! What the tokenizer finds beside elements and text, and does not look into.

use super::name::is_ncname;

/// Whether what the tokenizer takes for a comment or a processing instruction is one (XML 1.0, sections 2.5 and 2.6;
/// Namespaces in XML, section 7: no colon in a target).
pub(super) fn is_remark(markup: &str) -> bool {
    let comment = markup.strip_prefix("<!--").map(|rest| rest.strip_suffix("-->"));
    let instruction = markup.strip_prefix("<?").and_then(|rest| rest.strip_suffix("?>"));
    match (comment, instruction) {
        (Some(text), _) => text.is_some_and(|text| !text.contains("--") && !text.ends_with('-')),
        (None, Some(text)) => {
            let target = text.split([' ', '\t', '\r', '\n']).next().unwrap_or_default();
            is_ncname(target) && !target.eq_ignore_ascii_case("xml")
        }
        (None, None) => false,
    }
}
