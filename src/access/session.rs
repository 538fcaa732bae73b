//! Sessions and the cookies that stand for them.

use crate::id::{Secret, is_account_id};
use crate::saml::VerifiedAssertion;
use crate::store::Committed;
use crate::time::{Duration, Timestamp};

/// A session ends when it was not used for this long.
pub const IDLE: Duration = Duration::hours(8);

/// A session ends after this long, whatever happens.
const ABSOLUTE: Duration = Duration::hours(24);

const SESSION_COOKIE: &str = "__Host-postern";
const BROWSER_COOKIE: &str = "__Host-postern-login";

/// A session that is to be opened. [`Session::of`] is its only maker: there is none without an assertion that holds.
#[derive(Clone, Debug)]
pub struct Session(SessionRow);

/// What is kept of a session.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Account.
    pub account: String,
    /// Its id; not the secret.
    pub id: String,
    /// Id of the user.
    pub user: String,
    /// Id of the provider.
    pub provider: String,
    /// NameID by which the provider knows the user, for single logout.
    pub name_id: String,
    /// URI of the format of the NameID, if it was given.
    pub name_id_format: Option<String>,
    /// The provider's index of the session, for single logout.
    pub session_index: Option<String>,
    /// When it is opened.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session of a user, whom a provider's assertion is about, from now on.
    pub fn of(
        assertion: &VerifiedAssertion,
        provider: &str,
        account: &str,
        user: &str,
        id: String,
        now: Timestamp,
    ) -> Self {
        Self(SessionRow {
            account: account.to_owned(),
            id,
            user: user.to_owned(),
            provider: provider.to_owned(),
            name_id: assertion.name_id().value.clone(),
            name_id_format: assertion.name_id().format.clone(),
            session_index: assertion.session_index().map(str::to_owned),
            created_at: now,
            expires_at: Self::end(now, assertion.session_not_on_or_after()),
        })
    }

    /// What is kept of it.
    pub fn row(&self) -> &SessionRow {
        &self.0
    }

    /// When a session that is opened now ends: at the latest when the identity provider says so.
    fn end(now: Timestamp, session_not_on_or_after: Option<Timestamp>) -> Timestamp {
        let end = now.plus(ABSOLUTE);
        session_not_on_or_after.map_or(end, |given| given.min(end))
    }
}

/// What the cookie of a session holds: the account, which tells the database to ask, and the secret.
pub struct SessionSecret {
    account: String,
    secret: Secret,
}

impl SessionSecret {
    /// For a new session.
    pub fn of(session: &Session, secret: Secret) -> Self {
        Self { account: session.row().account.clone(), secret }
    }

    /// From the `Cookie` header of a request.
    pub fn from_cookie_header(header: &str) -> Option<Self> {
        let (account, secret) = cookie_value(header, SESSION_COOKIE)?.split_once('.')?;
        if !is_account_id(account) {
            return None;
        }
        Some(Self { account: account.to_owned(), secret: Secret::presented(secret)? })
    }

    /// The account.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What the database has of the secret.
    pub fn digest(&self) -> String {
        self.secret.digest()
    }
}

/// A `Set-Cookie` value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie(String);

impl Cookie {
    /// Gives the browser a session that was opened: there is no other way to this cookie.
    pub fn open_session(opened: &Committed<SessionSecret>) -> Self {
        let SessionSecret { account, secret } = opened.get();
        Self(format!("{SESSION_COOKIE}={account}.{}; Path=/; Secure; HttpOnly; SameSite=Lax", secret.expose()))
    }

    /// Takes the session from the browser.
    pub fn end_session() -> Self {
        Self(format!("{SESSION_COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"))
    }

    /// Binds pending requests to a browser. `SameSite=None`, because the answer is a POST from the identity provider's
    /// site; it opens nothing by itself.
    pub fn bind_browser(bound: &Committed<Secret>, lifetime: Duration) -> Self {
        let seconds = lifetime.0 / 1000;
        let secret = bound.get().expose();
        Self(format!("{BROWSER_COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=None; Max-Age={seconds}"))
    }

    /// The value of the header.
    pub fn into_header(self) -> String {
        self.0
    }
}

/// The secret that binds pending requests to this browser, from its `Cookie` header.
pub fn browser_secret(header: &str) -> Option<Secret> {
    Secret::presented(cookie_value(header, BROWSER_COOKIE)?)
}

/// The value of a cookie (RFC 6265, section 4.2.1). A name that comes twice is not one of ours: `__Host-` allows one.
fn cookie_value<'h>(header: &'h str, name: &str) -> Option<&'h str> {
    let mut values = header.split(';').filter_map(|pair| pair.trim().split_once('=')).filter(|(n, _)| *n == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_whole_name_and_once() {
        let secret = "A".repeat(43);
        let header = format!("a=b; __Host-postern=acme.{secret}; __Host-postern-login={secret}");
        let session = SessionSecret::from_cookie_header(&header).unwrap();
        assert_eq!(session.account(), "acme");
        assert_eq!(session.digest(), browser_secret(&header).unwrap().digest());
        for bad in [
            format!("__Host-postern=acme.{secret}; __Host-postern=acme.{secret}"),
            format!("x__Host-postern=acme.{secret}"),
            format!("__Host-postern=ac me.{secret}"),
            format!("__Host-postern={secret}"),
            "__Host-postern=acme.short".to_owned(),
            String::new(),
        ] {
            assert!(SessionSecret::from_cookie_header(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_identity_provider_can_end_a_session_sooner_but_not_later() {
        let now = Timestamp(1_000_000_000_000);
        assert_eq!(Session::end(now, None), now.plus(ABSOLUTE));
        assert_eq!(Session::end(now, Some(now.plus(Duration::hours(1)))), now.plus(Duration::hours(1)));
        assert_eq!(Session::end(now, Some(now.plus(Duration::hours(99)))), now.plus(ABSOLUTE));
    }
}
