//! Characters: which ones XML has, and what references and line ends stand for.

use super::parse::XmlError;
use std::borrow::Cow;
use std::cmp::Ordering;

/// White space of XML 1.0, section 2.3.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Where the first character is that UTF-8 has and XML 1.0 (section 2.2) has not: a control character, U+FFFE or U+FFFF.
pub(super) fn not_a_character(utf8: &[u8]) -> Option<usize> {
    let suspect = |byte: &u8| *byte < 0x20 || *byte == 0xEF;
    let mut from = 0;
    loop {
        // Eight bytes at a time while none of them is suspect, or all that are suspect are harmless.
        while let Some(block) = utf8[from..].first_chunk::<8>()
            && (!suspect_among(u64::from_le_bytes(*block)) || only_characters_among(u64::from_le_bytes(*block)))
        {
            from += 8;
        }
        let at = from + utf8[from..].iter().position(suspect)?;
        match &utf8[at..] {
            [byte, ..] if is_space(*byte) => {}
            [0xEF, second, third, ..] if *second != 0xBF || *third < 0xBE => {}
            _ => return Some(at),
        }
        from = at + 1;
    }
}

const ONES: u64 = u64::MAX / 0xFF;

/// Whether one of eight bytes is below 0x20 or is 0xEF.
fn suspect_among(block: u64) -> bool {
    let one_below = |x: u64, n: u64| x.wrapping_sub(ONES * n) & !x & (ONES << 7) != 0;
    one_below(block, 0x20) || one_below(block ^ (ONES * 0xEF), 1)
}

/// Whether those of eight bytes that are below 0x20 are tabs and line ends, and none can begin U+FFFE or U+FFFF.
fn only_characters_among(block: u64) -> bool {
    let controls = is(block & (ONES * 0xE0), 0);
    let spaces = is(block, b'\t') | is(block, b'\n') | is(block, b'\r');
    // Where the block ends before the third byte, it could be one of them.
    let (first, third) = (is(block, 0xEF), is(block, 0xBE) | is(block, 0xBF));
    let third = third >> 16 | 0xFFFF << 48;
    controls & !spaces | first & third == 0
}

/// Whether text has `]]>`, which only ends a CDATA section (XML 1.0, section 2.4). A text can be made of `]` and `>`, so what is
/// searched for is all three at once, in eight bytes at a time.
pub(super) fn has_section_end(text: &[u8]) -> bool {
    if memchr::memchr(b'>', text).is_none() {
        return false;
    }
    let mut from = 0;
    while let Some(block) = text[from..].first_chunk::<8>() {
        let block = u64::from_le_bytes(*block);
        let brackets = is(block, b']');
        if brackets & (brackets >> 8) & (is(block, b'>') >> 16) != 0 {
            return true;
        }
        from += 6;
    }
    text[from..].windows(3).any(|three| three == b"]]>")
}

/// The highest bit of each of eight bytes that is `byte`.
fn is(block: u64, byte: u8) -> u64 {
    let low = !(ONES << 7);
    let other = block ^ (ONES * u64::from(byte));
    !(((other & low) + low) | other) & (ONES << 7)
}

/// The order of bytes. Texts that a sender chose to begin alike are compared eight bytes at a time.
pub fn order(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while let (Some((eight, rest)), Some((other_eight, other_rest))) =
        (one.split_first_chunk::<8>(), other.split_first_chunk::<8>())
    {
        match u64::from_be_bytes(*eight).cmp(&u64::from_be_bytes(*other_eight)) {
            Ordering::Equal => (one, other) = (rest, other_rest),
            order => return order,
        }
    }
    one.cmp(other)
}

/// Line ends are LF, however they are written (XML 1.0, section 2.11).
pub(super) fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut after_return = false;
    let mut lines = vec![0; text.len()];
    let mut length = 0;
    for byte in text.bytes() {
        // What is written after CR is written over by the LF of its pair.
        length -= usize::from(after_return && byte == b'\n');
        after_return = byte == b'\r';
        if let Some(place) = lines.get_mut(length) {
            *place = if after_return { b'\n' } else { byte };
        }
        length += 1;
    }
    lines.truncate(length);
    // Only ASCII was touched.
    String::from_utf8(lines).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// Attribute-value normalization for an attribute of type CDATA (XML 1.0, section 3.3.3). `resolved` counts references.
pub(super) fn attribute_value<'a>(raw: &'a str, at: u64, resolved: &mut usize) -> Result<Cow<'a, str>, XmlError> {
    let bytes = raw.as_bytes();
    if !has_special(bytes) {
        return Ok(Cow::Borrowed(raw));
    }
    // No reference is shorter than its character.
    let mut value = vec![0; bytes.len()];
    let (mut next, mut length) = (0, 0);
    while let Some(&byte) = bytes.get(next) {
        next += 1;
        let written = match byte {
            b'<' => return Err(XmlError::Malformed { at, what: "`<` in an attribute value" }),
            b'&' => {
                let end = memchr::memchr(b';', &bytes[next..]).ok_or(XmlError::Entity { at })?;
                let c = resolve(&raw[next..next + end]).ok_or(XmlError::Entity { at })?;
                *resolved += 1;
                next += end + 1;
                let place = value.get_mut(length..length + c.len_utf8()).ok_or(XmlError::Entity { at })?;
                c.encode_utf8(place);
                length += c.len_utf8();
                continue;
            }
            b'\r' => {
                next += usize::from(bytes.get(next) == Some(&b'\n'));
                b' '
            }
            b'\t' | b'\n' => b' ',
            byte => byte,
        };
        if let Some(place) = value.get_mut(length) {
            *place = written;
        }
        length += 1;
    }
    value.truncate(length);
    String::from_utf8(value).map(Cow::Owned).map_err(|_| XmlError::Encoding)
}

/// Whether a raw attribute value is something else than its normalized form.
fn has_special(raw: &[u8]) -> bool {
    // Short ones are not worth two calls.
    if raw.len() < 32 {
        return raw.iter().any(|byte| matches!(byte, b'<' | b'&' | b'\t' | b'\n' | b'\r'));
    }
    memchr::memchr3(b'<', b'&', b'\r', raw).is_some() || memchr::memchr2(b'\t', b'\n', raw).is_some()
}

/// A predefined entity or a character reference (XML 1.0, sections 4.1 and 4.6), without `&` and `;`.
pub(super) fn resolve(name: &str) -> Option<char> {
    let digits = match name {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match digits.strip_prefix('x') {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (digits, 10),
    };
    // `from_str_radix` would read a sign.
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..).then_some(c)
}
