//! The one way to read JSON from outside: no object has a member twice, of which others read the first or the last.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Error, Map, Value};
use std::fmt;

/// So many characters of a name are told.
const SHOWN: usize = 64;

/// Reads JSON. A member that is given twice is an error of the category `Data`, which names it; every other is one of the
/// others.
pub(crate) fn parse(json: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice::<Strict>(json).map(|strict| strict.0)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Strict, E> {
        Ok(Strict(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Strict(list.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, _>()? {
            match object.entry(name) {
                Entry::Vacant(place) => place.insert(value),
                Entry::Occupied(first) => return Err(twice(first.key())),
            };
        }
        Ok(Strict(object.into()))
    }
}

#[cold]
fn twice<E: serde::de::Error>(name: &str) -> E {
    let name: String = name.chars().take(SHOWN).collect();
    E::custom(format_args!("`{name}` is given twice"))
}

#[cfg(test)]
mod tests {
    use super::parse;
    use serde_json::Value;

    #[test]
    fn reads_what_has_each_member_once() {
        for text in [
            r#"{"name":"A\u00e9","nick":null,"later":[1,-1,1.5,true,{"a":"b"},{"a":"c"}]}"#,
            "[]",
            " 18446744073709551615 ",
            "\"x\"",
            "null",
            r#"{"a":1,"A":2}"#,
        ] {
            let read: Value = serde_json::from_str(text).unwrap();
            assert_eq!(parse(text.as_bytes()).unwrap(), read, "{text}");
        }
    }

    #[test]
    fn names_a_member_that_is_given_twice() {
        let long = format!(r#"{{"{0}":1,"{0}":1}}"#, "é".repeat(1000));
        for (text, name) in [
            (r#"{"name":"Ada","name":"Bob"}"#, "name"),
            (r#"{"a":null,"\u0061":null}"#, "a"),
            (r#"{"later":[{"a":1,"b":{"c":[],"c":1}}]}"#, "c"),
            (r#"{"":1,"":1}"#, ""),
            (&long, &"é".repeat(64)),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.is_data(), "{text}");
            assert!(error.to_string().starts_with(&format!("`{name}` is given twice at line 1 column ")), "{error}");
        }
    }

    #[test]
    fn what_is_no_json_is_another_error() {
        let deep = "[".repeat(1000);
        for text in ["", "{", "{]", "nul", "1e999", "\"\u{7}\"", "{\"a\":1}x", &deep] {
            assert!(!parse(text.as_bytes()).unwrap_err().is_data(), "{text}");
        }
        assert!(!parse(b"\"\xff\"").unwrap_err().is_data());
    }
}
