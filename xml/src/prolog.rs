//! What the tokenizer finds beside elements and text, and does not look into.

use super::XmlError;
use super::name::{is_ncname, trim_start};

/// The XML declaration (XML 1.0, section 2.8): version, then encoding, then standalone, the first of them required.
pub(super) fn check_declaration(markup: &str) -> Result<(), XmlError> {
    let inner = markup.strip_prefix("<?xml").and_then(|rest| rest.strip_suffix("?>"));
    let mut rest = inner.ok_or(XmlError::Declaration)?;
    let mut names = ["version", "encoding", "standalone"].into_iter();
    let mut versioned = false;
    while !trim_start(rest).is_empty() {
        let (name, value, after) = pseudo_attribute(rest).ok_or(XmlError::Declaration)?;
        rest = after;
        if !names.any(|known| known == name) {
            return Err(XmlError::Declaration);
        }
        match (name, value) {
            ("version", "1.0") => versioned = true,
            ("encoding", encoding) if encoding.eq_ignore_ascii_case("utf-8") => {}
            ("encoding", _) => return Err(XmlError::Encoding),
            ("standalone", "yes" | "no") => {}
            _ => return Err(XmlError::Declaration),
        }
    }
    if versioned { Ok(()) } else { Err(XmlError::Declaration) }
}

/// Splits `name="value"` off, which begins with white space.
fn pseudo_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let trimmed = trim_start(text);
    let (name, after) = trimmed.split_once('=').filter(|_| trimmed.len() < text.len())?;
    let after = trim_start(after);
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = after[1..].split_once(quote)?;
    Some((name.trim_end_matches([' ', '\t', '\r', '\n']), value, after))
}

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
