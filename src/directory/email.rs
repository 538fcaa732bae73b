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
        f.write_str("not an e-mail address such as ada@example.com, without spaces, invisible characters and accents that stand alone")
    }
}

impl std::error::Error for EmailError {}

impl Email {
    /// An address of one `@` with something on both sides, at most 254 octets (RFC 5321, 4.5.3.1), without white space and
    /// control characters. Whether mail arrives there is the identity provider's business. Two addresses that look the same
    /// to an admin must not be two people: characters that show nothing, and letters that are not composed (RFC 6532, 3.1),
    /// are refused.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.split_once('@').ok_or(EmailError)?;
        let blank = |c: char| c.is_whitespace() || c.is_control() || shows_nothing(c);
        let has_size = text.len() <= 254 && !local.is_empty() && !domain.is_empty();
        if !has_size || domain.contains('@') || text.contains(blank) || is_decomposed(text) {
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

/// Whether a character is of those that show nothing by themselves (Unicode, Default_Ignorable_Code_Point).
const fn shows_nothing(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether an accent follows an ASCII character: composed text (NFC) has one character for both.
fn is_decomposed(text: &str) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(base, mark)| base.is_ascii() && matches!(mark, '\u{300}'..='\u{36F}'))
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
    fn refuses_what_looks_like_another() {
        for (what, text) in [
            ("soft hyphen", "a\u{AD}da@example.com"),
            ("zero width space", "ada\u{200B}@example.com"),
            ("zero width joiner", "a\u{200D}da@example.com"),
            ("right-to-left override", "\u{202E}ada@example.com"),
            ("word joiner", "ada@example\u{2060}.com"),
            ("byte order mark", "\u{FEFF}ada@example.com"),
            ("variation selector", "ada\u{FE0F}@example.com"),
            ("tag", "ada\u{E0061}@example.com"),
            ("Hangul filler", "ada\u{3164}@example.com"),
            ("decomposed letter", "rene\u{301}@example.com"),
            ("accent on a dot", "ada.\u{307}b@example.com"),
        ] {
            assert_eq!(Email::parse(text).unwrap_err(), EmailError, "{what}");
        }
    }

    #[test]
    fn takes_letters_of_all_scripts() {
        for text in [
            "ren\u{E9}@example.com",
            "用户@例え.jp",
            "उपयोगकर्ता@example.com",
            "ẹ\u{301}@example.com",
            "שלום@example.com",
        ] {
            assert_eq!(Email::parse(text).unwrap().as_given(), text);
        }
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
