//! Which declaration binds a prefix. Asked at every name, and a sender chooses how many prefixes there are and how they look:
//! each answer is a search by halves, over keys that fit a register.

use super::PrefixId;
use super::parse::{Limit, XmlError};
use super::text::order;
use std::cmp::Ordering;

/// The prefixes in force, while a document is read.
pub(super) struct Scope<'a> {
    /// Sorted by key and prefix; the default namespace is apart.
    bindings: Vec<Binding<'a>>,
    default: Bound,
    /// What the declarations of the open elements put in the place of what, innermost last.
    replaced: Vec<Replaced<'a>>,
    /// How many [`PrefixId`]s there are.
    ids: u32,
}

struct Binding<'a> {
    key: u64,
    prefix: &'a str,
    id: PrefixId,
    bound: Bound,
}

/// A declaration's index, and the depth of its element.
#[derive(Clone, Copy)]
struct Bound {
    declaration: Option<u32>,
    depth: usize,
}

struct Replaced<'a> {
    depth: usize,
    prefix: &'a str,
    /// `None`: nothing bound the prefix.
    before: Option<Bound>,
}

impl<'a> Scope<'a> {
    pub(super) fn new() -> Self {
        let default = Bound { declaration: None, depth: 0 };
        Self { bindings: Vec::with_capacity(16), default, replaced: Vec::with_capacity(16), ids: 1 }
    }

    /// The declaration that binds a prefix; the empty one is the default namespace.
    #[inline(always)]
    pub(super) fn of(&self, prefix: &str) -> Option<u32> {
        if prefix.is_empty() {
            return self.default.declaration;
        }
        self.find(prefix).ok().and_then(|at| self.bindings[at].bound.declaration)
    }

    /// Lets a declaration of an element at `depth` bind a prefix.
    pub(super) fn bind(&mut self, prefix: &'a str, declaration: u32, depth: usize) -> Result<PrefixId, XmlError> {
        let bound = Bound { declaration: Some(declaration), depth };
        let (id, before) = if prefix.is_empty() {
            (PrefixId::DEFAULT, Some(std::mem::replace(&mut self.default, bound)))
        } else {
            match self.find(prefix) {
                Ok(at) => {
                    let binding = &mut self.bindings[at];
                    (binding.id, Some(std::mem::replace(&mut binding.bound, bound)))
                }
                Err(at) => {
                    let id = PrefixId(self.ids);
                    self.ids += 1;
                    self.bindings.insert(at, Binding { key: key(prefix), prefix, id, bound });
                    (id, None)
                }
            }
        };
        if before.is_some_and(|before| before.declaration.is_some() && before.depth == depth) {
            return Err(XmlError::DuplicateAttribute);
        }
        if self.replaced.len() >= Limit::DeclarationsInScope.maximum() {
            return Err(XmlError::TooMuch(Limit::DeclarationsInScope));
        }
        self.replaced.push(Replaced { depth, prefix, before });
        Ok(id)
    }

    /// How many [`PrefixId`]s were given out.
    pub(super) fn ids(&self) -> u32 {
        self.ids
    }

    /// Takes back what was declared deeper than `depth`.
    #[inline(always)]
    pub(super) fn leave(&mut self, depth: usize) {
        while let Some(Replaced { prefix, before, .. }) = self.replaced.pop_if(|replaced| replaced.depth > depth) {
            match (prefix, before, self.find(prefix)) {
                ("", Some(before), _) => self.default = before,
                (_, Some(before), Ok(at)) => self.bindings[at].bound = before,
                (_, None, Ok(at)) => drop(self.bindings.remove(at)),
                (_, _, Err(_)) => {}
            }
        }
    }

    fn find(&self, prefix: &str) -> Result<usize, usize> {
        let wanted = key(prefix);
        let (mut from, mut to) = (0, self.bindings.len());
        while from < to {
            let middle = (from + to) / 2;
            let Some(binding) = self.bindings.get(middle) else { break };
            let found = match binding.key.cmp(&wanted) {
                // A key is all of a short prefix.
                Ordering::Equal if prefix.len() <= 8 && binding.prefix.len() <= 8 => return Ok(middle),
                Ordering::Equal => order(binding.prefix, prefix),
                order => order,
            };
            match found {
                Ordering::Equal => return Ok(middle),
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
            }
        }
        Err(from)
    }
}

/// The first eight bytes, so that keys are ordered as prefixes are. No name has a NUL, with which shorter ones are filled.
#[inline(always)]
fn key(prefix: &str) -> u64 {
    let bytes = prefix.as_bytes();
    match bytes.first_chunk::<8>() {
        Some(eight) => u64::from_be_bytes(*eight),
        None => {
            let short = bytes.iter().fold(0, |key, byte| (key << 8) | u64::from(*byte));
            short.unbounded_shl(8 * (8 - bytes.len() as u32))
        }
    }
}
