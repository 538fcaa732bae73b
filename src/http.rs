//! A request and its answer, as the core sees them: no type of the platform, so that every route can be called natively.

use serde::Serialize;

/// A method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "names of HTTP methods")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
    /// One that no route knows.
    Other,
}

impl Method {
    /// From its name. `HEAD` is answered like `GET`; the platform leaves the body out.
    pub fn from_name(name: &str) -> Self {
        match name {
            "GET" | "HEAD" => Self::Get,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            "PATCH" => Self::Patch,
            "DELETE" => Self::Delete,
            _ => Self::Other,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Other => "other",
        }
    }
}

/// Every header field of a request that is looked at: to bring others in from the platform takes time and nothing else.
pub const LOOKED_AT: [&str; 9] = [
    "accept",
    "authorization",
    "content-type",
    "cookie",
    "if-match",
    "if-none-match",
    "origin",
    "sec-fetch-site",
    "user-agent",
];

/// A request.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path as it came, still escaped.
    pub path: String,
    /// Query as it came, without `?`.
    pub query: String,
    /// Header fields, names in lower case: those of [`LOOKED_AT`] at least.
    pub headers: Vec<(String, String)>,
    /// Body, read up to the bound of its route.
    pub body: CallBody,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub enum CallBody {
    /// All of it.
    Whole(Vec<u8>),
    /// More than its route takes; not read to the end.
    TooLarge,
}

impl Call {
    /// The value of a header field, the first if there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        debug_assert!(LOOKED_AT.contains(&name), "{name} is not brought in from the platform");
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The media type of the body, without parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// A parameter of the query, the first if there are several.
    pub fn query_parameter(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes()).find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// Body.
    pub body: AnswerBody,
    /// What went wrong on our side, for the Worker's log; not for the one who asked.
    pub fault: Option<String>,
    /// Whether what was asked for was so already, and nothing was written. An error has written nothing anyway.
    pub unchanged: bool,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub enum AnswerBody {
    /// Text of the type that the header says.
    Text(String),
    /// The static file of this path; status and type are the file server's.
    Asset(String),
}

impl Answer {
    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: AnswerBody::Text(String::new()), fault: None, unchanged: false }
    }

    /// Text of a media type.
    pub fn text(status: u16, media_type: &str, text: String) -> Self {
        Self { body: AnswerBody::Text(text), ..Self::empty(status).with("content-type", media_type) }
    }

    /// JSON. A value that cannot be written is our fault: 500.
    pub fn json<T: Serialize>(status: u16, value: &T) -> Self {
        Self::json_of_type(status, "application/json", value)
    }

    /// JSON of a media type of its own.
    pub fn json_of_type<T: Serialize>(status: u16, media_type: &str, value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(text) => {
                let answer = Self::text(status, media_type, text);
                answer.with("cache-control", "no-store").with("x-content-type-options", "nosniff")
            }
            Err(_) => Self::empty(500),
        }
    }

    /// To another URL.
    pub fn redirect(status: u16, location: String) -> Self {
        Self::empty(status).with("location", location).with("cache-control", "no-store")
    }

    /// A static file.
    pub fn asset(path: &str) -> Self {
        Self { body: AnswerBody::Asset(path.to_owned()), ..Self::empty(200) }
    }

    /// With one more header field.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Of what was so already.
    pub fn unchanged(self) -> Self {
        Self { unchanged: true, ..self }
    }

    /// The value of a header field, the first if there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    /// The body, if it is text.
    pub fn body_text(&self) -> &str {
        match &self.body {
            AnswerBody::Text(text) => text,
            AnswerBody::Asset(_) => "",
        }
    }
}
