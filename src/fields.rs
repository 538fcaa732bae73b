//! Reading a JSON object that somebody typed: every field's error at once, and no field silently ignored.
//!
//! One reader serves creating and updating: an update is a merge patch (RFC 7396), so a field can be absent (keep),
//! `null` (back to the default) or a value.

use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// JSON pointer (RFC 6901).
    pub pointer: String,
    /// Stable name of the rule.
    pub code: &'static str,
    /// What is wrong and what is expected, for people.
    pub message: String,
}

impl FieldError {
    /// The same error, of a document that is part of another one.
    pub(crate) fn below(self, at: &str) -> Self {
        Self { pointer: format!("{at}{}", self.pointer), ..self }
    }
}

/// A field of a merge patch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch<T> {
    /// Not mentioned.
    Keep,
    /// `null`
    Reset,
    /// A value.
    Set(T),
}

impl<T> Patch<Vec<Option<T>>> {
    /// Without the entries that could not be read: their errors are noted.
    pub fn flatten(self) -> Patch<Vec<T>> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Reset => Patch::Reset,
            Self::Set(entries) => Patch::Set(entries.into_iter().flatten().collect()),
        }
    }
}

impl<T> Patch<T> {
    /// The new value, given the one before and the default.
    pub fn over(self, before: T, default: T) -> T {
        match self {
            Self::Keep => before,
            Self::Reset => default,
            Self::Set(value) => value,
        }
    }

    /// Like [`Patch::over`] for a field that can be without a value.
    pub fn over_option(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Reset => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// A reader of one object.
#[derive(Debug)]
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    at: String,
    known: BTreeSet<&'static str>,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// A reader of a document's root object.
    pub fn of(object: &'a Map<String, Value>) -> Self {
        Self { object, at: String::new(), known: BTreeSet::new(), errors: Vec::new() }
    }

    /// Notes an error of a field.
    pub fn error(&mut self, field: &str, code: &'static str, message: impl Into<String>) {
        self.errors.push(FieldError { pointer: format!("{}/{field}", self.at), code, message: message.into() });
    }

    fn value(&mut self, field: &'static str) -> Patch<&'a Value> {
        self.known.insert(field);
        match self.object.get(field) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Reset,
            Some(value) => Patch::Set(value),
        }
    }

    /// Text of one line, without white space around it, of 1 to `max` characters. Blank text counts as `null`.
    pub fn text(&mut self, field: &'static str, max: usize) -> Patch<String> {
        match self.value(field) {
            Patch::Set(Value::String(text)) => {
                let text = text.trim();
                if text.chars().count() > max {
                    self.error(field, "too_long", format!("At most {max} characters."));
                    Patch::Keep
                } else if text.contains(char::is_control) {
                    self.error(field, "control_character", "Only printable characters, on one line.");
                    Patch::Keep
                } else if text.is_empty() {
                    Patch::Reset
                } else {
                    Patch::Set(text.to_owned())
                }
            }
            other => self.mistyped(field, other, "text"),
        }
    }

    /// A list of up to `most` texts, each as in [`Fields::text`].
    pub fn texts(&mut self, field: &'static str, most: usize, max: usize) -> Patch<Vec<String>> {
        let items = match self.value(field) {
            Patch::Set(Value::Array(items)) => items,
            other => return self.mistyped(field, other, "a list of texts"),
        };
        if items.len() > most {
            self.error(field, "too_many", format!("At most {most} entries."));
            return Patch::Keep;
        }
        let mut texts = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let at = format!("{field}/{index}");
            match item.as_str().map(str::trim) {
                Some(text) if text.is_empty() || text.chars().count() > max => {
                    self.error(&at, "too_long", format!("1 to {max} characters."));
                }
                Some(text) if text.contains(char::is_control) => {
                    self.error(&at, "control_character", "Only printable characters, on one line.");
                }
                Some(text) => texts.push(text.to_owned()),
                None => self.error(&at, "wrong_type", "Expected text."),
            }
        }
        if texts.len() == items.len() { Patch::Set(texts) } else { Patch::Keep }
    }

    /// A document of up to `max` bytes, as it is.
    pub fn document(&mut self, field: &'static str, max: usize) -> Patch<&'a str> {
        match self.value(field) {
            Patch::Set(Value::String(text)) if text.len() > max => {
                self.error(field, "too_long", format!("At most {max} bytes."));
                Patch::Keep
            }
            Patch::Set(Value::String(text)) => Patch::Set(text),
            other => self.mistyped(field, other, "text"),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, field: &'static str) -> Patch<bool> {
        match self.value(field) {
            Patch::Set(Value::Bool(value)) => Patch::Set(*value),
            other => self.mistyped(field, other, "true or false"),
        }
    }

    /// A whole number of a range.
    pub fn integer(&mut self, field: &'static str, range: std::ops::RangeInclusive<i64>) -> Patch<i64> {
        match self.value(field) {
            Patch::Set(Value::Number(number)) if number.as_i64().is_some_and(|n| range.contains(&n)) => {
                number.as_i64().map_or(Patch::Keep, Patch::Set)
            }
            Patch::Set(Value::Number(_)) => {
                let message = format!("A whole number from {} to {}.", range.start(), range.end());
                self.error(field, "out_of_range", message);
                Patch::Keep
            }
            other => self.mistyped(field, other, "a whole number"),
        }
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, field: &'static str, choices: &[(&str, T)]) -> Patch<T> {
        match self.value(field) {
            Patch::Set(Value::String(text)) => match choices.iter().find(|(word, _)| word == text) {
                Some((_, choice)) => Patch::Set(*choice),
                None => {
                    let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
                    self.error(field, "unknown_value", format!("One of: {}.", words.join(", ")));
                    Patch::Keep
                }
            },
            other => self.mistyped(field, other, "text"),
        }
    }

    /// An object inside this one, read by `read`.
    pub fn object<T>(&mut self, field: &'static str, read: impl FnOnce(&mut Fields<'a>) -> T) -> Patch<T> {
        match self.value(field) {
            Patch::Set(Value::Object(object)) => {
                let at = format!("{}/{field}", self.at);
                let mut inner = Fields { object, at, known: BTreeSet::new(), errors: Vec::new() };
                let value = read(&mut inner);
                self.errors.extend(inner.into_errors());
                Patch::Set(value)
            }
            other => self.mistyped(field, other, "an object"),
        }
    }

    /// A list of up to `most` objects, each read by `read`.
    pub fn objects<T>(
        &mut self,
        field: &'static str,
        most: usize,
        read: impl Fn(&mut Fields<'a>) -> T,
    ) -> Patch<Vec<T>> {
        let items = match self.value(field) {
            Patch::Set(Value::Array(items)) => items,
            other => return self.mistyped(field, other, "a list of objects"),
        };
        if items.len() > most {
            self.error(field, "too_many", format!("At most {most} entries."));
            return Patch::Keep;
        }
        let mut objects = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let Value::Object(object) = item else {
                self.error(&format!("{field}/{index}"), "wrong_type", "Expected an object.");
                continue;
            };
            let at = format!("{}/{field}/{index}", self.at);
            let mut inner = Fields { object, at, known: BTreeSet::new(), errors: Vec::new() };
            objects.push(read(&mut inner));
            self.errors.extend(inner.into_errors());
        }
        Patch::Set(objects)
    }

    /// Whether a field is mentioned.
    pub fn is_given(&mut self, field: &'static str) -> bool {
        self.value(field) != Patch::Keep
    }

    /// Notes an error of each entry of a list that says the same as one before it. `inner` is the field of an entry.
    pub fn each_once<'t>(&mut self, field: &str, inner: &str, texts: impl Iterator<Item = &'t str>) {
        let mut seen = BTreeSet::new();
        for (index, text) in texts.enumerate() {
            if !seen.insert(text) {
                let at = format!("{field}/{index}{}{inner}", if inner.is_empty() { "" } else { "/" });
                self.error(&at, "duplicate", "It is in the list already.");
            }
        }
    }

    /// Whether a field is an object, where it could be something else as well.
    pub fn is_object(&self, field: &str) -> bool {
        self.object.get(field).is_some_and(Value::is_object)
    }

    fn mistyped<T>(&mut self, field: &'static str, value: Patch<&Value>, expected: &str) -> Patch<T> {
        match value {
            Patch::Keep => Patch::Keep,
            Patch::Reset => Patch::Reset,
            Patch::Set(_) => {
                self.error(field, "wrong_type", format!("Expected {expected}."));
                Patch::Keep
            }
        }
    }

    /// Notes an error of a field, unless it or something in it has one already: then that one is why.
    pub fn error_if_first(&mut self, field: &'static str, code: &'static str, message: &str) {
        let at = format!("{}/{field}", self.at);
        let below =
            |pointer: &str| pointer.strip_prefix(&at).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if !self.errors.iter().any(|error| below(&error.pointer)) {
            self.error(field, code, message);
        }
    }

    /// Notes that a field must be given, and is not.
    pub fn required(&mut self, field: &'static str) {
        self.error_if_first(field, "required", "This field is required.");
    }

    /// Takes over what another reader found of some fields.
    pub fn known(&mut self, names: &[&'static str], errors: Vec<FieldError>) {
        self.known.extend(names);
        self.errors.extend(errors);
    }

    /// Every error of the fields that were asked for.
    pub fn errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Every error, and one for each field that nobody asked for.
    pub fn into_errors(mut self) -> Vec<FieldError> {
        let known = std::mem::take(&mut self.known);
        self.only(|field| known.contains(field));
        self.errors
    }

    /// Notes an error of each field that is none of these.
    pub fn only(&mut self, is_known: impl Fn(&str) -> bool) {
        let object = self.object;
        for key in object.keys().filter(|key| !is_known(key)) {
            let field: String = key.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1");
            self.error(&field, "unknown_field", "No such field.");
        }
    }
}
