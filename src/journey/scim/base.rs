//! The SCIM bases of SPEC section 2: three that answer alike, each with or without `/v2` at its end.

use crate::id::is_account_id;
use std::borrow::Cow;

/// Where the account is in a path.
const BASES: [&str; 3] = ["/scim/v2/", "/gateway/ng/api/scim/account/", "/gateway/api/scim/account/"];

/// A path that is below a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::journey) struct Base<'p> {
    /// The account.
    pub(super) account: &'p str,
    /// The base as a path, without `/` at its end.
    pub(super) path: &'p str,
    /// What is below it, without `/` at its beginning: of a base that was pasted with one at its end, clients make two.
    pub(super) rest: &'p str,
}

impl<'p> Base<'p> {
    /// Takes a path apart. `None`: it is not below a base.
    pub(in crate::journey) fn of(path: &'p str) -> Option<Self> {
        let prefix = BASES.into_iter().find(|prefix| path.starts_with(prefix))?;
        let below = &path[prefix.len()..];
        let account = below.split('/').next().filter(|account| is_account_id(account))?;
        let mut end = prefix.len() + account.len();
        let after = &path[end..];
        if after == "/v2" || after.starts_with("/v2/") {
            end += "/v2".len();
        }
        let (base, rest) = path.split_at(end);
        Some(Self { account, path: base, rest: rest.trim_start_matches('/') })
    }
}

/// A path without percent-encoding (RFC 3986, 2.1): libraries encode the colons of a schema's URN. What is none, or is not UTF-8
/// then, is left as it is.
pub(super) fn decoded(path: &str) -> Cow<'_, str> {
    let mut parts = path.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    if bytes.len() == path.len() {
        return Cow::Borrowed(path);
    }
    for part in parts {
        let byte = part.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some(Ok(byte)) = byte.map(|digits| u8::from_str_radix(digits, 16)) else { return Cow::Borrowed(path) };
        bytes.push(byte);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(path), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_is_taken_apart() {
        for (path, account, base, rest) in [
            ("/scim/v2/acme/Users", "acme", "/scim/v2/acme", "Users"),
            ("/scim/v2/acme/v2/Users/1", "acme", "/scim/v2/acme/v2", "Users/1"),
            ("/scim/v2/v2/Users", "v2", "/scim/v2/v2", "Users"),
            ("/scim/v2/acme/v2Users", "acme", "/scim/v2/acme", "v2Users"),
            ("/scim/v2/acme", "acme", "/scim/v2/acme", ""),
            ("/scim/v2/acme/v2/", "acme", "/scim/v2/acme/v2", ""),
            ("/scim/v2/acme//Users", "acme", "/scim/v2/acme", "Users"),
            ("/scim/v2/acme/v2//Users/1", "acme", "/scim/v2/acme/v2", "Users/1"),
            ("/gateway/ng/api/scim/account/a/Groups", "a", "/gateway/ng/api/scim/account/a", "Groups"),
            ("/gateway/api/scim/account/a/v2/Me", "a", "/gateway/api/scim/account/a/v2", "Me"),
        ] {
            assert_eq!(Base::of(path), Some(Base { account, path: base, rest }), "{path}");
        }
        for path in
            ["/scim/v2/", "/scim/v2/a.b/Users", "/scim/v1/acme/Users", "/scim/v2", "/gateway/api/scim/acme/Users"]
        {
            assert_eq!(Base::of(path), None, "{path}");
        }
    }

    #[test]
    fn percents_are_decoded() {
        for (path, plain) in [
            ("Schemas/urn%3Aietf%3a2.0", "Schemas/urn:ietf:2.0"),
            ("Users/1", "Users/1"),
            ("Users/%C3%A9+%2B", "Users/é++"),
            ("%", "%"),
            ("a%4", "a%4"),
            ("a%+1", "a%+1"),
            ("a%é", "a%é"),
            ("a%ff%41", "a%ff%41"),
        ] {
            assert_eq!(decoded(path), plain);
        }
    }
}
