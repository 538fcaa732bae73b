//! Names: what `prefix:local` can be.

use super::text::is_space;

/// Splits what begins with a name: prefix, local name, and what follows. The name ends at white space or `=`. `None` if it is
/// not `prefix:local` or `local`, both being NCNames.
#[inline(always)]
pub(super) fn qualified(text: &str) -> Option<(&str, &str, &str)> {
    let bytes = text.as_bytes();
    let (mut colon, mut plain, mut end) = (None, true, 0);
    while let Some(byte) = bytes.get(end) {
        match KINDS[usize::from(*byte)] {
            Kind::Letter => {}
            Kind::Inner => plain &= end != 0 && colon != Some(end - 1),
            Kind::Colon => {
                plain &= colon.is_none();
                colon = Some(end);
            }
            Kind::End => break,
            Kind::Other => plain = false,
        }
        end += 1;
    }
    let (name, rest) = text.split_at_checked(end)?;
    let (prefix, local) = match colon {
        Some(colon) => (name.get(..colon)?, name.get(colon + 1..)?),
        None => ("", name),
    };
    let sound = if plain {
        !local.is_empty() && colon != Some(0)
    } else {
        (colon.is_none() || is_ncname(prefix)) && is_ncname(local)
    };
    sound.then_some((prefix, local, rest))
}

#[derive(Clone, Copy)]
enum Kind {
    /// A name can begin with it.
    Letter,
    /// A name can have it, but not begin with it.
    Inner,
    Colon,
    /// It ends a name.
    End,
    /// Not ASCII, or in no name.
    Other,
}

static KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => Kind::Letter,
            b'0'..=b'9' | b'-' | b'.' => Kind::Inner,
            b':' => Kind::Colon,
            b' ' | b'\t' | b'\r' | b'\n' | b'=' => Kind::End,
            _ => Kind::Other,
        };
        byte += 1;
    }
    kinds
};

/// NCName of Namespaces in XML, section 3, after the productions of XML 1.0, section 2.3.
pub(super) fn is_ncname(name: &str) -> bool {
    let start = |c: char| {
        matches!(c, 'A'..='Z' | 'a'..='z' | '_' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
            | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
            | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
            | '\u{10000}'..='\u{EFFFF}')
    };
    let inner = |c: char| {
        start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
    };
    let mut chars = name.chars();
    chars.next().is_some_and(start) && chars.all(inner)
}

/// Whether a namespace name is an absolute URI: a scheme before the first colon. Canonical XML forbids relative ones.
pub(super) fn is_absolute(uri: &str) -> bool {
    let scheme = uri.split_once(':').map(|(scheme, rest)| (scheme.as_bytes(), rest));
    matches!(scheme, Some(([first, others @ ..], rest)) if first.is_ascii_alphabetic() && !rest.is_empty()
        && others.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')))
}

/// Without white space of XML before it.
#[inline(always)]
pub(super) fn trim_start(text: &str) -> &str {
    match text.as_bytes() {
        [first, ..] if !is_space(*first) => text,
        bytes => &text[bytes.iter().position(|b| !is_space(*b)).unwrap_or(text.len())..],
    }
}
