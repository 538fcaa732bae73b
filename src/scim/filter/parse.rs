//! The grammar of RFC 7644, figure 1, and of a patch's path, which is made of the same parts.

use super::{Comparand, MAX_DEPTH, MAX_FILTER, Node, Operator, Place};
use crate::directory::folded;
use crate::scim::schema::{Attribute, Mutability, Type, spelled};
use crate::scim::{ResourceType, ScimError};
use crate::time::Timestamp;

/// Reads a filter.
pub(super) fn filter(text: &str, resource: ResourceType) -> Result<Node, ScimError> {
    let mut parser = Parser::of(text, resource)?;
    let node = parser.any_of(None)?;
    parser.skip_space();
    match parser.peek() {
        None => Ok(node),
        Some(_) => Err(parser.expected("and, or, or the end of the filter")),
    }
}

/// A patch's path (RFC 7644, figure 7), read: nothing of it is known to exist but what the filter compares.
pub(crate) struct ValuePath {
    /// To the attribute.
    pub(crate) place: Place,
    /// What is in the brackets.
    pub(crate) filter: Option<Node>,
    /// What follows the brackets.
    pub(crate) sub: Option<&'static Attribute>,
}

/// The text of a path to be read.
pub(crate) struct PathText<'t> {
    /// The text.
    pub(crate) text: &'t str,
    /// What it is a path in.
    pub(crate) resource: ResourceType,
}

impl PathText<'_> {
    /// Reads it. `FilterAttribute` says that the path's own attribute is not known, or one in the brackets.
    pub(crate) fn read(&self) -> Result<ValuePath, ScimError> {
        let mut parser = Parser::of(self.text.trim(), self.resource)?;
        let place = parser.attribute(None)?;
        if parser.peek() != Some(b'[') {
            return match parser.peek() {
                None => Ok(ValuePath { place, filter: None, sub: None }),
                Some(_) => Err(parser.expected("[ or the end of the path")),
            };
        }
        let (node, sub) = parser.brackets(&place)?;
        match parser.peek() {
            None => Ok(ValuePath { place, filter: Some(node), sub }),
            Some(_) => Err(parser.expected("the end of the path")),
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    resource: ResourceType,
}

impl<'t> Parser<'t> {
    fn of(text: &'t str, resource: ResourceType) -> Result<Self, ScimError> {
        let got = text.chars().count();
        if got > MAX_FILTER {
            return Err(ScimError::FilterTooLong { got });
        }
        Ok(Self { text, at: 0, depth: 0, resource })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
    }

    /// The rest up to a blank, a bracket or a quotation mark.
    fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find([' ', '(', ')', '[', ']', '"']).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn expected(&self, expected: &'static str) -> ScimError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        ScimError::FilterSyntax {
            at: self.text[..self.at].chars().count() + 1,
            expected,
            got: rest.chars().take(40).collect(),
        }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), ScimError> {
        if self.peek() != Some(byte) {
            return Err(self.expected(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), ScimError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(ScimError::FilterTooDeep) } else { Ok(()) }
    }

    /// `and` binds closer than `or`.
    fn any_of(&mut self, within: Option<&'static Attribute>) -> Result<Node, ScimError> {
        let mut nodes = vec![self.all_of(within)?];
        while self.connective("or") {
            nodes.push(self.all_of(within)?);
        }
        Ok(one_or(nodes, Node::Or))
    }

    fn all_of(&mut self, within: Option<&'static Attribute>) -> Result<Node, ScimError> {
        let mut nodes = vec![self.term(within)?];
        while self.connective("and") {
            nodes.push(self.term(within)?);
        }
        Ok(one_or(nodes, Node::And))
    }

    /// Steps over `and` or `or`, if it is next, with something after it.
    fn connective(&mut self, name: &str) -> bool {
        let before = self.at;
        self.skip_space();
        let is_next = self.word().eq_ignore_ascii_case(name) && matches!(self.peek(), Some(b' ' | b'('));
        if !is_next {
            self.at = before;
        }
        is_next
    }

    fn group(&mut self, within: Option<&'static Attribute>) -> Result<Node, ScimError> {
        self.deeper()?;
        self.take(b'(', "(")?;
        let node = self.any_of(within)?;
        self.skip_space();
        self.take(b')', "and, or, or )")?;
        self.depth -= 1;
        Ok(node)
    }

    fn term(&mut self, within: Option<&'static Attribute>) -> Result<Node, ScimError> {
        self.skip_space();
        if self.peek() == Some(b'(') {
            return self.group(within);
        }
        let before = self.at;
        if self.word().eq_ignore_ascii_case("not") {
            self.skip_space();
            if self.peek() == Some(b'(') {
                return Ok(Node::Not(Box::new(self.group(within)?)));
            }
        }
        self.at = before;
        let place = self.attribute(within)?;
        if self.peek() != Some(b'[') {
            return self.comparison(place);
        }
        if within.is_some() {
            return Err(self.expected("no brackets inside of brackets"));
        }
        let (node, sub) = self.brackets(&place)?;
        let node = match sub {
            None => node,
            Some(sub) => Node::And(vec![node, self.comparison(vec![sub])?]),
        };
        Ok(Node::Within(place, Box::new(node)))
    }

    /// An attribute of the resource, or of what the brackets are about.
    fn attribute(&mut self, within: Option<&'static Attribute>) -> Result<Place, ScimError> {
        let before = self.at;
        let name = self.word();
        if name.is_empty() {
            self.at = before;
            return Err(self.expected("the name of an attribute"));
        }
        let place = match within {
            None => self.resource.place(name),
            Some(attribute) => attribute.sub_attribute(name).map(|sub| vec![sub]),
        };
        let place = place.ok_or_else(|| ScimError::FilterAttribute { name: name.to_owned() })?;
        match place.iter().find(|attribute| attribute.mutability == Mutability::WriteOnly) {
            Some(_) if self.peek().is_some() => Err(ScimError::FilterAttribute { name: name.to_owned() }),
            _ => Ok(place),
        }
    }

    /// What is in brackets after an attribute, and the sub-attribute that may follow them.
    fn brackets(&mut self, place: &Place) -> Result<(Node, Option<&'static Attribute>), ScimError> {
        let attribute = match place.last() {
            Some(attribute) if attribute.many && !attribute.sub.is_empty() => *attribute,
            _ => return Err(self.expected("no brackets after an attribute of one value")),
        };
        self.deeper()?;
        self.take(b'[', "[")?;
        let node = self.any_of(Some(attribute))?;
        self.skip_space();
        self.take(b']', "and, or, or ]")?;
        self.depth -= 1;
        if self.peek() != Some(b'.') {
            return Ok((node, None));
        }
        self.at += 1;
        let sub = self.attribute(Some(attribute))?;
        Ok((node, sub.first().copied()))
    }

    fn comparison(&mut self, mut place: Place) -> Result<Node, ScimError> {
        self.take(b' ', "a blank and an operator")?;
        self.skip_space();
        let before = self.at;
        let word = self.word();
        if word.eq_ignore_ascii_case("pr") {
            return Ok(Node::Present(place));
        }
        let Some(operator) = Operator::from_name(word) else {
            self.at = before;
            return Err(self.expected("one of eq, ne, co, sw, ew, gt, ge, lt, le, pr"));
        };
        self.take(b' ', "a blank and a value")?;
        self.skip_space();
        let value = self.value()?;
        // A complex attribute is compared by its `value`.
        let leaf = match place.last() {
            Some(attribute) if attribute.kind == Type::Complex => match attribute.sub_attribute("value") {
                Some(sub) => {
                    place.push(sub);
                    sub
                }
                None => {
                    let expected = "pr, or by one of its sub-attributes";
                    return Err(mismatch(&place, expected, word));
                }
            },
            Some(attribute) => attribute,
            None => return Err(self.expected("the name of an attribute")),
        };
        let comparand = comparand(&place, leaf, operator, value)?;
        Ok(Node::Compare(place, operator, comparand))
    }

    /// A value of JSON, or a bare word, which is text.
    fn value(&mut self) -> Result<Written, ScimError> {
        if self.peek() != Some(b'"') {
            let before = self.at;
            let word = self.word();
            let is_plain = |c: char| c.is_alphanumeric() || "-._~@+:".contains(c);
            let is_word = !word.is_empty()
                && word.chars().all(is_plain)
                && matches!(self.peek(), None | Some(b' ' | b')' | b']'));
            if !is_word {
                self.at = before;
                return Err(self.expected("a value"));
            }
            return Ok(Written { text: word.to_owned(), is_quoted: false });
        }
        let rest = &self.text[self.at..];
        let mut is_escaped = false;
        let end = rest.bytes().skip(1).position(|byte| {
            let ends = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            ends
        });
        let json = end.map(|end| &rest[..end + 2]);
        match json.and_then(|json| serde_json::from_str::<String>(json).ok().map(|text| (text, json.len()))) {
            Some((text, length)) => {
                self.at += length;
                match self.peek() {
                    None | Some(b' ' | b')' | b']') => Ok(Written { text, is_quoted: true }),
                    Some(_) => Err(self.expected("a blank after the value")),
                }
            }
            None => Err(self.expected("text in quotation marks, as in JSON")),
        }
    }
}

/// A value as it was written.
struct Written {
    text: String,
    is_quoted: bool,
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.pop() {
        Some(node) if nodes.is_empty() => node,
        Some(node) => {
            nodes.push(node);
            many(nodes)
        }
        None => many(nodes),
    }
}

fn mismatch(place: &Place, expected: &'static str, got: &str) -> ScimError {
    ScimError::FilterMismatch { attribute: spelled(place), expected, got: got.to_owned() }
}

fn comparand(
    place: &Place,
    leaf: &'static Attribute,
    operator: Operator,
    value: Written,
) -> Result<Comparand, ScimError> {
    let Written { text, is_quoted } = value;
    if !is_quoted && text == "null" {
        return match operator {
            Operator::Eq | Operator::Ne => Ok(Comparand::Null),
            _ => Err(mismatch(place, "null by eq or ne alone", &text)),
        };
    }
    match leaf.kind {
        Type::Boolean => {
            let truth =
                [("true", true), ("false", false)].into_iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
            match (truth, operator) {
                (Some((_, truth)), Operator::Eq | Operator::Ne) => Ok(Comparand::Boolean(truth)),
                _ => Err(mismatch(place, "true or false, by eq or ne", &text)),
            }
        }
        Type::DateTime => match (Timestamp::parse(&text), operator) {
            (_, Operator::Co | Operator::Sw | Operator::Ew) | (None, _) => {
                Err(mismatch(place, "a time such as 2026-11-22T06:00:00Z, by eq, ne, gt, ge, lt or le", &text))
            }
            (Some(time), _) => Ok(Comparand::Time(time)),
        },
        Type::Binary if operator.is_about_order() => Err(mismatch(place, "eq, ne, co, sw or ew", &text)),
        _ => {
            let compared = if leaf.exact { text.clone() } else { folded(&text) };
            Ok(Comparand::Text { given: text, compared })
        }
    }
}
