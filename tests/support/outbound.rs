//! The seam to other servers in native tests: a table of answers.

use postern::outbound::{Outbound, OutboundError, Received};
use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;

type Answer = Result<Received, OutboundError>;

#[derive(Debug, Default)]
pub(crate) struct Servers {
    answers: RefCell<HashMap<String, Answer>>,
    asked: RefCell<Vec<String>>,
}

impl Servers {
    /// From now on this URL answers with this document.
    pub(crate) fn serve(&self, url: &str, document: &str) {
        self.answer(url, Ok(Received { status: 200, location: None, body: document.into() }));
    }

    /// From now on this URL answers so.
    pub(crate) fn answer(&self, url: &str, answer: Answer) {
        self.answers.borrow_mut().insert(url.to_owned(), answer);
    }

    /// What was asked since the last time that somebody looked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.take()
    }
}

impl Outbound for Servers {
    fn get<'a>(&'a self, url: &'a str) -> Pin<Box<dyn Future<Output = Answer> + 'a>> {
        self.asked.borrow_mut().push(url.to_owned());
        let known = self.answers.borrow().get(url).cloned();
        Box::pin(async { known.unwrap_or_else(|| Err(OutboundError::Unreachable("no such host".into()))) })
    }
}
