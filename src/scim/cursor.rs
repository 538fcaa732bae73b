//! Where a page of a list ended (RFC 9865). It says behind which resource, not at which number: the next page begins there, whatever was
//! made or removed meanwhile.

use super::ResourceType;
use crate::id::hex;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Longest text that can be a cursor of ours, in bytes: an id and a sort key of [`super::query::SORT_KEY`] characters.
const MAX_TEXT: usize = 1500;
/// Longest id.
const MAX_ID: usize = 64;

/// Which list a cursor is of: the same filter in the same order, a part of their SHA-256 in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(String);

impl Mark {
    /// Of `filter`, `sortBy` and `sortOrder` as they were given.
    pub fn of(list: [Option<&str>; 3]) -> Self {
        let list = list.map(Option::unwrap_or_default).join("\0");
        Self(hex(&Sha256::digest(list.as_bytes())[..4]))
    }
}

/// The place of a resource in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// What the list is sorted by. `None`: nothing, or the resource has no such value.
    pub key: Option<String>,
    /// Its id.
    pub id: String,
}

impl Cursor {
    /// As the client gets it: `u` or `g` for the type, the mark, the id and the key.
    pub fn text(&self, resource: ResourceType, mark: &Mark) -> String {
        let start = format!("{}{}{}", letter(resource), mark.0, self.id);
        match &self.key {
            None => start,
            Some(key) => format!("{start}.{}", URL_SAFE_NO_PAD.encode(key)),
        }
    }

    /// Reads one. `None`: it is not one of this list.
    pub fn read(text: &str, resource: ResourceType, mark: &Mark) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let place = text.strip_prefix(letter(resource))?.strip_prefix(mark.0.as_str())?;
        let (id, key) = match place.split_once('.') {
            None => (place, None),
            Some((id, key)) => (id, Some(String::from_utf8(URL_SAFE_NO_PAD.decode(key).ok()?).ok()?)),
        };
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let fits = (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_id);
        fits.then(|| Self { key, id: id.to_owned() })
    }
}

fn letter(resource: ResourceType) -> char {
    match resource {
        ResourceType::User => 'u',
        ResourceType::Group => 'g',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ResourceType::{Group, User};

    fn cursor(key: Option<&str>) -> Cursor {
        Cursor { key: key.map(str::to_owned), id: String::from("01k-a_z") }
    }

    #[test]
    fn a_cursor_is_one_of_its_list() {
        let mark = Mark::of([Some("title pr"), Some("title"), None]);
        for key in [None, Some(""), Some("a.b"), Some("\u{e9}\u{10FFFF}"), Some(&*"\u{10FFFF}".repeat(256))] {
            let text = cursor(key).text(User, &mark);
            assert_eq!(Cursor::read(&text, User, &mark), Some(cursor(key)), "{key:?}");
            assert_eq!(Cursor::read(&text, Group, &mark), None);
            for other in [
                Mark::of([Some("title pr"), Some("title"), Some("descending")]),
                Mark::of([Some("title pr"), None, None]),
                Mark::of([None, Some("title"), None]),
                Mark::of([Some("nickName pr"), Some("title"), None]),
            ] {
                assert_eq!(Cursor::read(&text, User, &other), None, "{other:?}");
            }
        }
    }

    #[test]
    fn what_is_none_is_not_read() {
        let mark = Mark::of([None, None, None]);
        let start = format!("u{}", mark.0);
        for bad in ["", "u", "n3", &start, "x01kaz"] {
            assert_eq!(Cursor::read(bad, User, &mark), None, "{bad}");
        }
        for bad in [
            ".",
            ".YQ",
            "a b",
            "\u{e4}",
            "01k.Y",
            "01k.a b",
            "01k._w",
            &"a".repeat(65),
            &format!("a.{}", "Y".repeat(1500)),
        ] {
            assert_eq!(Cursor::read(&format!("{start}{bad}"), User, &mark), None, "{bad}");
        }
    }
}
