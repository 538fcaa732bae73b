//! The one way from JSON to what it means: of a row, and of what a column of JSON holds.
//!
//! Each type that is read costs code for each of the readers that it is read by, and that of `serde_json` reads a struct
//! from a list as well. This reads it from an object alone.

use crate::strict;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value, map};

/// Reads a row, which is like an object: a cell for each column.
pub(super) fn read_row<T: DeserializeOwned>(columns: &[String], cells: &[Value]) -> Result<T, Error> {
    T::deserialize(Reader::Row(columns, cells))
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    T::deserialize(Reader::Value(value))
}

/// Reads the text of a column of JSON.
pub(super) fn read_text<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read(&text.parse()?)
}

/// Like [`read_text`], for text from outside: an object that has a member twice is refused, of which SQL would read the
/// first and this the last.
pub(super) fn read_strictly<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    read(&strict::parse(text.as_bytes())?)
}

#[derive(Clone, Copy)]
enum Reader<'r> {
    Row(&'r [String], &'r [Value]),
    Value(&'r Value),
}

macro_rules! as_serde_json_does {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Self::Value(value) => value.$method(visitor),
                Self::Row(..) => self.deserialize_map(visitor),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Error;

    as_serde_json_does! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64 deserialize_char deserialize_str
        deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_identifier
        deserialize_ignored_any
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Value(Value::Null) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Value(Value::Array(items)) => visitor.visit_seq(Items(items.iter())),
            other => Err(Error::invalid_type(other.unexpected(), &visitor)),
        }
    }

    /// The parts of what a row holds: each is read from the whole row.
    fn deserialize_tuple<V: Visitor<'de>>(self, parts: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Parts { row: self, left: parts })
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let rest = match self {
            Self::Row(columns, cells) => Rest::Cells(columns.iter(), cells.iter()),
            Self::Value(Value::Object(object)) => Rest::Members(object.iter()),
            other => return Err(Error::invalid_type(other.unexpected(), &visitor)),
        };
        visitor.visit_map(Members { rest, value: &Value::Null })
    }

    /// Of a row, its fields are looked up among the columns, which are in the same order as a rule; an object is read as it comes.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Row(columns, cells) => {
                let rest = Rest::Fields { fields: fields.iter().enumerate(), next: 0, columns, cells };
                visitor.visit_map(Members { rest, value: &Value::Null })
            }
            Self::Value(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Value(value) => value.deserialize_enum(name, variants, visitor),
            Self::Row(..) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }
}

impl<'r> Reader<'r> {
    #[cold]
    fn unexpected(self) -> Unexpected<'r> {
        match self {
            Self::Value(Value::Null) => Unexpected::Other("null"),
            Self::Value(Value::Bool(value)) => Unexpected::Bool(*value),
            Self::Value(Value::Number(_)) => Unexpected::Other("number"),
            Self::Value(Value::String(text)) => Unexpected::Str(text),
            Self::Value(Value::Array(_)) => Unexpected::Seq,
            Self::Value(Value::Object(_)) | Self::Row(..) => Unexpected::Map,
        }
    }
}

struct Items<'r>(std::slice::Iter<'r, Value>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(Reader::Value(item))).transpose()
    }
}

struct Parts<'r> {
    row: Reader<'r>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Parts<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(self.row).map(Some)
    }
}

enum Rest<'r> {
    Cells(std::slice::Iter<'r, String>, std::slice::Iter<'r, Value>),
    Fields {
        fields: std::iter::Enumerate<std::slice::Iter<'static, &'static str>>,
        /// The column after that of the last field.
        next: usize,
        columns: &'r [String],
        cells: &'r [Value],
    },
    Members(map::Iter<'r>),
}

/// What says which member it is: a field is known by its number, and no name is compared once more.
#[derive(Clone, Copy)]
enum Key<'r> {
    Name(&'r str),
    Field(usize),
}

impl<'de> Deserializer<'de> for Key<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Name(name) => visitor.visit_str(name),
            Self::Field(number) => visitor.visit_u64(number as u64),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Members<'r> {
    rest: Rest<'r>,
    value: &'r Value,
}

impl<'r> Members<'r> {
    #[inline(never)]
    fn advance(&mut self) -> Option<Key<'r>> {
        let (key, value) = match &mut self.rest {
            Rest::Cells(columns, cells) => {
                let (name, value) = columns.next().zip(cells.next())?;
                (Key::Name(name), value)
            }
            Rest::Members(members) => {
                let (name, value) = members.next()?;
                (Key::Name(name), value)
            }
            Rest::Fields { fields, next, columns, cells } => {
                let columns = *columns;
                let (number, at) = fields.find_map(|(number, field)| {
                    let (before, after) = columns.split_at(*next);
                    let is_it = |column: &String| column == field;
                    let at =
                        after.iter().position(is_it).map(|at| *next + at).or_else(|| before.iter().position(is_it));
                    Some((number, at?))
                })?;
                *next = at + 1;
                (Key::Field(number), cells.get(at)?)
            }
        };
        self.value = value;
        Some(key)
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.advance().map(|key| seed.deserialize(key)).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(Reader::Value(self.value))
    }
}

#[cfg(test)]
#[path = "reader_tests.rs"]
mod tests;
