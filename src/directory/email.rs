//! E-mail addresses, as the names of users.

/// An e-mail address: kept as it was given, compared in its folded form.
#[derive(Clone, Debug)]
pub struct Email {
    given: String,
    folded: String,
}

/// Not an address that can name a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmailError;

impl std::fmt::Display for EmailError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not an e-mail address such as ada@example.com")
    }
}

impl std::error::Error for EmailError {}

impl Email {
    /// An address of one `@` with something on both sides, at most 254 characters (RFC 5321, 4.5.3.1), without white
    /// space and control characters. Whether mail arrives there is the identity provider's business.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let blank = |c: char| c.is_whitespace() || c.is_control();
        if local.is_empty() || domain.is_empty() || domain.contains('@') || text.len() > 254 || text.contains(blank) {
            return Err(EmailError);
        }
        Ok(Self { given: text.to_owned(), folded: folded(text) })
    }

    /// As it was given.
    pub fn as_given(&self) -> &str {
        &self.given
    }

    /// As it is compared.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// What is after the `@`, as it is compared.
    pub fn domain(&self) -> &str {
        self.folded.split_once('@').map_or("", |(_, domain)| domain)
    }
}

/// How names are compared: lower case, but no character outside of ASCII becomes one inside: `K` (the Kelvin sign) is nobody's
/// `k`.
pub fn folded(text: &str) -> String {
    let mut lower_case = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            lower_case.push(c.to_ascii_lowercase());
        } else if c.to_lowercase().any(|lower| lower.is_ascii()) {
            lower_case.push(c);
        } else {
            lower_case.extend(c.to_lowercase());
        }
    }
    lower_case
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_compared_without_case() {
        let email = Email::parse("Ada.Lovelace@Example.COM").unwrap();
        assert_eq!(email.as_given(), "Ada.Lovelace@Example.COM");
        assert_eq!(email.folded(), "ada.lovelace@example.com");
        assert_eq!(Email::parse("JÜRGEN@example.com").unwrap().folded(), "jürgen@example.com");
    }

    #[test]
    fn no_other_letter_is_taken_for_an_ascii_one() {
        assert_ne!(Email::parse("\u{212A}ai@example.com").unwrap().folded(), "kai@example.com");
        assert_ne!(Email::parse("\u{130}da@example.com").unwrap().folded(), "ida@example.com");
    }

    #[test]
    fn refuses_what_names_nobody() {
        let long = format!("{}@example.com", "x".repeat(250));
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "a@b@c",
            "a da@example.com",
            " ada@example.com",
            "ada@example.com\u{2003}",
            "ada@example.com\u{A0}",
            "ada@exa\u{0}mple.com",
            &long,
        ] {
            assert_eq!(Email::parse(text).unwrap_err(), EmailError, "{text}");
        }
    }
}
