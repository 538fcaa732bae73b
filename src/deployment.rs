//! What the one who deploys decides: the public URL, the set-up token, the master key, and how long logs are kept.

use crate::crypto::MasterKey;
use crate::outbound::is_loopback;
use crate::store::Statement;
use crate::store::log::{self, Log};
use crate::time::{Duration, Timestamp};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Configuration of the Worker.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// Where users and identity providers see us.
    pub public_url: PublicUrl,
    /// May do everything: first run and break-glass.
    pub setup_token: Option<SetupToken>,
    /// What the private keys of accounts are wrapped with. Without it there are none.
    pub master_key: Option<MasterKey>,
}

/// An origin with an optional path prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme, host and port.
    origin: String,
    /// Host alone.
    host: String,
    /// Empty, or `/` and more without `/` at the end.
    prefix: String,
}

impl PublicUrl {
    /// Reads `https://host[:port][/prefix]`. Plain `http` is for a machine's own addresses: a cookie that is `Secure` would
    /// not come back.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let port_at = authority.rfind(':').filter(|at| !authority[*at..].contains(']'));
        let host = port_at.map_or(authority, |at| &authority[..at]);
        let fits = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && !b"?#@\\\"'<>".contains(&b));
        if !matches!(scheme, "https" | "http") || host.is_empty() || !fits(rest) {
            return None;
        }
        Some(Self {
            origin: format!("{scheme}://{authority}"),
            host: host.to_ascii_lowercase(),
            prefix: path.trim_end_matches('/').to_owned(),
        })
    }

    /// The URL of a path of ours, which begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }

    /// Whether an `Origin` header names us.
    pub fn is_origin(&self, origin: &str) -> bool {
        self.origin.eq_ignore_ascii_case(origin)
    }

    /// The path of a path of ours on the origin, for a redirect.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// A path without the prefix. A path that does not have it stays as it is: some proxies take it off.
    pub fn without_prefix<'p>(&self, path: &'p str) -> &'p str {
        let rest = path.strip_prefix(self.prefix.as_str()).unwrap_or(path);
        match rest {
            "" => "/",
            rest if rest.starts_with('/') => rest,
            _ => path,
        }
    }

    /// Whether we run on a machine's own address, and may ask others there.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.host)
    }

    /// Our entity ID, unless a provider has another: the host (SPEC section 2).
    pub fn entity_id(&self) -> &str {
        &self.host
    }
}

/// The digest of the set-up token.
#[derive(Clone, Debug)]
pub struct SetupToken([u8; 32]);

impl SetupToken {
    /// A token must have 16 characters at least: a shorter one can be guessed, so it is not taken at all.
    /// White space around it is the shell's, not the token's.
    pub fn new(token: &str) -> Option<Self> {
        let token = token.trim();
        (token.len() >= 16).then(|| Self(Sha256::digest(token.as_bytes()).into()))
    }

    /// Whether somebody presents it. Compares digests in constant time.
    pub fn is(&self, presented: &str) -> bool {
        self.0.ct_eq(&<[u8; 32]>::from(Sha256::digest(presented.as_bytes()))).into()
    }
}

/// How long the rows of the logs are kept. A log that is not in it is kept for ever.
#[derive(Debug, Default)]
pub struct Retention(Vec<(&'static Log, Duration)>);

impl Retention {
    /// So many days is a log kept, if its variable does not say how many.
    pub const USUAL_DAYS: i64 = 400;

    /// A hundred years.
    const MOST_DAYS: i64 = 36_500;

    /// Reads the variable of each log: days, `0` for ever. Says which one is not as it should be.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut kept = Vec::new();
        for log in log::ALL {
            let name = log.days_variable;
            let days = match variable(name) {
                None => Some(Self::USUAL_DAYS),
                Some(text) => text.trim().parse().ok().filter(|days| (0..=Self::MOST_DAYS).contains(days)),
            };
            match days {
                Some(0) => {}
                Some(days) => kept.push((log, Duration::days(days))),
                None => return Err(format!("{name} must be a number of days from 1 to {}, or 0", Self::MOST_DAYS)),
            }
        }
        Ok(Self(kept))
    }

    /// The statements that remove what has been kept long enough.
    pub(crate) fn purges(&self, now: Timestamp) -> impl Iterator<Item = Statement> {
        self.0.iter().map(move |(log, kept)| log.purge(now.minus(*kept)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_kept_as_long_as_their_variables_say() {
        let kept = |value: Option<&str>| {
            let read = Retention::read(|name| value.filter(|_| name == "AUDIT_LOG_DAYS").map(str::to_owned));
            read.map(|Retention(kept)| {
                kept.into_iter().map(|(log, days)| (log.days_variable, days.0)).collect::<Vec<_>>()
            })
        };
        let day = Duration::days(1).0;
        let usual = ["SIGN_IN_LOG_DAYS", "PROVISIONING_LOG_DAYS", "EVENT_LOG_DAYS"].map(|name| (name, 400 * day));
        for (value, days) in [(None, 400), (Some("1"), 1), (Some(" 36500\n"), 36_500)] {
            assert_eq!(
                kept(value).unwrap(),
                [usual[0], usual[1], usual[2], ("AUDIT_LOG_DAYS", days * day)],
                "{value:?}"
            );
        }
        assert_eq!(kept(Some("0")).unwrap(), usual);
        for value in ["-1", "36501", "1.5", "ten", "1e3", "99999999999999999999"] {
            let message = "AUDIT_LOG_DAYS must be a number of days from 1 to 36500, or 0";
            assert_eq!(kept(Some(value)).unwrap_err(), message, "{value}");
        }
    }

    #[test]
    fn a_public_url_may_have_a_prefix() {
        let url = PublicUrl::parse("https://app.Example.com/gratis/").unwrap();
        assert_eq!(url.url("/saml/a/acs"), "https://app.Example.com/gratis/saml/a/acs");
        assert_eq!(url.path("/"), "/gratis/");
        assert_eq!(url.entity_id(), "app.example.com");
        for (path, without) in [("/gratis/x", "/x"), ("/gratis", "/"), ("/x", "/x"), ("/gratisx", "/gratisx")] {
            assert_eq!(url.without_prefix(path), without);
        }
        assert_eq!(PublicUrl::parse("http://localhost:8787").unwrap().entity_id(), "localhost");
        assert_eq!(PublicUrl::parse("http://[::1]:8787").unwrap().entity_id(), "[::1]");
    }

    #[test]
    fn what_is_not_an_origin_is_not_taken() {
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            "https://",
            "https://a b",
            "https://u@h",
            "https://h/?q",
            "https://:8",
        ] {
            assert_eq!(PublicUrl::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_setup_token() {
        let token = SetupToken::new("0123456789abcdef").unwrap();
        assert!(token.is("0123456789abcdef"));
        assert!(!token.is("0123456789abcdeF"));
        assert!(SetupToken::new("0123456789abcdef\n").unwrap().is("0123456789abcdef"));
        assert!(SetupToken::new("0123456789abcde\n").is_none());
    }
}
