//! The seam to other servers in native tests: a table of answers.

use postern::outbound::{Mail, Mailed, Outbound, OutboundError, Received};
use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;

type Answer = Result<Received, OutboundError>;

#[derive(Debug, Default)]
pub(crate) struct Servers {
    answers: RefCell<HashMap<String, Answer>>,
    asked: RefCell<Vec<String>>,
    mails: RefCell<Vec<[String; 3]>>,
    post: RefCell<Option<Mailed>>,
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

    /// From now on this becomes of a mail. Before, mail is not set up.
    pub(crate) fn mails_are(&self, outcome: Mailed) {
        self.post.replace(Some(outcome));
    }

    /// Address, subject and text of each mail since the last time that somebody looked, whatever became of it.
    pub(crate) fn mails(&self) -> Vec<[String; 3]> {
        self.mails.take()
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

    fn mail<'a>(&'a self, mail: Mail<'a>) -> Pin<Box<dyn Future<Output = Mailed> + 'a>> {
        self.mails.borrow_mut().push([mail.to, mail.subject, mail.text].map(str::to_owned));
        let outcome = self.post.borrow().clone().unwrap_or(Mailed::NotConfigured);
        Box::pin(async { outcome })
    }
}
