//! Problem details (RFC 9457): what every error of the admin API is answered with.

use crate::fields::FieldError;
use crate::http::Answer;
use serde::Serialize;

/// A problem.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Problem {
    /// `about:blank`: the status says what kind of problem it is.
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// Stable name of the rule, where a program may want to tell it from others of the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of a status, with what to do about it.
    pub(crate) fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: title(status),
            status,
            detail: detail.into(),
            code: None,
            errors: Vec::new(),
        }
    }

    /// Fields that cannot be taken as they are: 422.
    pub(crate) fn fields(errors: Vec<FieldError>) -> Self {
        let detail = format!("{} of the fields cannot be saved like this; nothing was changed.", errors.len());
        Self { errors, ..Self::new(422, detail) }
    }

    /// A value that something else has already: 409, at the field that it came in.
    pub(crate) fn taken(pointer: &str, message: impl Into<String>) -> Self {
        let error = FieldError { pointer: pointer.to_owned(), code: "taken", message: message.into() };
        Self { errors: vec![error], ..Self::new(409, "A value must be unique and is taken; nothing was changed.") }
    }

    /// A change that is to be made elsewhere: 409.
    pub(crate) fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code: Some(code), ..Self::new(409, detail) }
    }

    /// What the one who asks may not do: 403, with the fields that would.
    pub(crate) fn forbidden(detail: &str, errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(403, detail) }
    }

    /// As an answer.
    pub(crate) fn answer(self) -> Answer {
        Answer::json_of_type(self.status, "application/problem+json", &self)
    }
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        428 => "Precondition Required",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Error",
    }
}
