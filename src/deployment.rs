//! What the one who deploys decides: the public URL, the set-up token and the master key.

use crate::crypto::MasterKey;
use crate::outbound::is_loopback;
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

#[cfg(test)]
mod tests {
    use super::*;

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
