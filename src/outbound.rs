//! The seam to other people's servers: what an admin names is fetched, and nothing but public addresses is asked.

use std::fmt;
use std::pin::Pin;

/// Bytes of an answer: the bound of the XML that is read (SPEC section 15).
pub const MAX_BODY: usize = 256 * 1024;

/// Characters of a URL.
pub const MAX_URL: usize = 2048;

/// So many redirects are followed: a name that moved, a page that wants `www`.
const MAX_REDIRECTS: usize = 3;

/// What asks other servers. Not generic: a request that is rare need not be compiled twice.
pub trait Outbound: fmt::Debug {
    /// `GET`, without cookies or credentials, following no redirect, within ten seconds. Reads at most [`MAX_BODY`] bytes.
    fn get<'a>(&'a self, url: &'a str) -> Pin<Box<dyn Future<Output = Result<Received, OutboundError>> + 'a>>;

    /// Hands a mail over, where one who deploys has set that up (SPEC section 5).
    fn mail<'a>(&'a self, mail: Mail<'a>) -> Pin<Box<dyn Future<Output = Mailed> + 'a>>;
}

/// A mail of plain text.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'m> {
    /// The address that it goes to.
    pub to: &'m str,
    /// One line.
    pub subject: &'m str,
    /// Any number of them.
    pub text: &'m str,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mailed {
    /// It is on its way.
    Sent,
    /// Mail is not set up.
    NotConfigured,
    /// It was not taken, in the platform's words.
    Failed(String),
}

/// What another server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Status code.
    pub status: u16,
    /// `Location`, of a redirect.
    pub location: Option<String>,
    /// Body.
    pub body: Vec<u8>,
}

/// Why nothing was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutboundError {
    /// A URL that is not asked.
    Url(UrlError),
    /// A redirect to one.
    Redirect(UrlError),
    /// A redirect without a `Location`, or one after [`MAX_REDIRECTS`] others.
    TooManyRedirects,
    /// No connection, in the platform's words.
    Unreachable(String),
    /// No whole answer within ten seconds.
    Slow,
    /// More than [`MAX_BODY`] bytes.
    TooLarge,
    /// Another status than 200.
    Status(u16),
}

impl fmt::Display for OutboundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => error.fmt(f),
            Self::Redirect(error) => write!(f, "The server redirects to an address that is not asked. {error}"),
            Self::TooManyRedirects => {
                write!(f, "The server redirects in circles, or to nowhere; {MAX_REDIRECTS} redirects are followed.")
            }
            Self::Unreachable(detail) => write!(f, "The server cannot be reached: {detail}."),
            Self::Slow => f.write_str("The server did not answer within 10 seconds."),
            Self::TooLarge => f.write_str(
                "The server answers with more than 256 KiB. A federation's list of everybody is not read: ask for the \
                 metadata of the one identity provider.",
            ),
            Self::Status(status) => write!(f, "The server answers with status {status}, not 200."),
        }
    }
}

impl std::error::Error for OutboundError {}

/// Why a URL is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// Over [`MAX_URL`] characters, or with one that a URL does not have.
    Malformed,
    /// Another scheme than `https`.
    Scheme,
    /// With a user name or a password.
    Credentials,
    /// A host that is not a public name: an address, `localhost`, a name of a private network.
    Host,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => write!(f, "The URL must have at most {MAX_URL} characters, no space and no fragment."),
            Self::Scheme => f.write_str("The URL must begin with https://."),
            Self::Credentials => f.write_str("The URL must not have a user name or a password in it."),
            Self::Host => f.write_str("The URL must name a public host: no address, no name of a private network."),
        }
    }
}

/// A URL that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteUrl {
    url: String,
    /// Length of scheme and authority.
    origin: usize,
    is_local: bool,
}

impl RemoteUrl {
    /// Reads an absolute URL. Only where `local` says that we run on a machine's own address may it name one.
    pub fn parse(text: &str, local: bool) -> Result<Self, UrlError> {
        let fits = |b: u8| b.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&b);
        if text.len() > MAX_URL || !text.bytes().all(fits) {
            return Err(UrlError::Malformed);
        }
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(UrlError::Credentials);
        }
        let is_local = local && is_loopback(host_of(authority));
        match scheme.to_ascii_lowercase().as_str() {
            "https" => {}
            "http" if is_local => {}
            _ => return Err(UrlError::Scheme),
        }
        if !is_local && !is_public(host_of(authority)) {
            return Err(UrlError::Host);
        }
        Ok(Self { url: text.to_owned(), origin: scheme.len() + 3 + authority.len(), is_local })
    }

    /// One that was saved: what was a machine's own address then still is.
    pub fn saved(text: &str) -> Result<Self, UrlError> {
        Self::parse(text, true)
    }

    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Where a `Location` leads (RFC 9110, section 10.2.2): only from a machine's own address to one.
    fn redirected(&self, location: &str) -> Result<Self, UrlError> {
        let location = location.split('#').next().unwrap_or_default();
        let (origin, path) = self.url.split_at(self.origin);
        let absolute = match location {
            _ if location.contains("://") => location.to_owned(),
            _ if location.starts_with("//") => [&origin[..origin.find("//").unwrap_or(0)], location].concat(),
            _ if location.starts_with('/') => [origin, location].concat(),
            _ => {
                let path = path.split('?').next().unwrap_or_default();
                [origin, &path[..path.rfind('/').unwrap_or(0)], "/", location].concat()
            }
        };
        Self::parse(&absolute, self.is_local)
    }

    /// What is there.
    pub async fn fetch(&self, outbound: &dyn Outbound) -> Result<Vec<u8>, OutboundError> {
        let mut url = self.clone();
        for _ in 0..=MAX_REDIRECTS {
            let received = outbound.get(url.as_str()).await?;
            match received.status {
                200 if received.body.len() > MAX_BODY => return Err(OutboundError::TooLarge),
                200 => return Ok(received.body),
                301 | 302 | 303 | 307 | 308 => {
                    let location = received.location.ok_or(OutboundError::TooManyRedirects)?;
                    url = url.redirected(location.trim()).map_err(OutboundError::Redirect)?;
                }
                status => return Err(OutboundError::Status(status)),
            }
        }
        Err(OutboundError::TooManyRedirects)
    }
}

/// The host of an authority, without the port.
fn host_of(authority: &str) -> &str {
    let port = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
    port.map_or(authority, |at| &authority[..at])
}

/// Whether a host is the machine itself.
pub fn is_loopback(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let is_127 = host.starts_with("127.") && host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_127 || host == "localhost" || host.ends_with(".localhost") || host == "[::1]"
}

/// A name of the public DNS. Addresses are not asked at all, in none of the ways in which they can be written: whatever
/// ends in a number is one (URL standard, "ends in a number checker").
fn is_public(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    let Some((_, last)) = host.rsplit_once('.') else { return false };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let private = ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "localdomain"];
    host.split('.').all(is_label)
        && !last.as_bytes()[0].is_ascii_digit()
        && !private.contains(&last)
        && !host.ends_with(".home.arpa")
}

#[cfg(test)]
#[path = "outbound_tests.rs"]
mod tests;
