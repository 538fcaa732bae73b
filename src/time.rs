//! Points in time. The core never asks for the time: `now` is an argument.

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

/// A length of time in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

impl Duration {
    /// So many seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds * 1000)
    }

    /// So many hours.
    pub const fn hours(hours: i64) -> Self {
        Self::seconds(hours * 3600)
    }

    /// So many days.
    pub const fn days(days: i64) -> Self {
        Self::hours(days * 24)
    }
}

impl Timestamp {
    /// The last millisecond of the year 9999. A document that names a later one is refused: nothing lives so long.
    pub const LATEST: Self = Self(253_402_300_799_999);

    /// Reads RFC 3339 and the form of `xs:dateTime` that SAML uses (SAML core 1.3.3): date, `T`, time, any number of
    /// decimals, `Z` or an offset. A time without a zone has no one meaning and is not read.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 40 || text.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        (0..=Self::LATEST.0).contains(&millis).then_some(Self(millis))
    }

    /// This much later.
    pub const fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.0))
    }

    /// This much earlier.
    pub const fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by.0))
    }

    /// RFC 3339 in UTC with milliseconds, e.g. `2026-11-22T06:00:00.000Z`.
    pub fn to_rfc3339(self) -> String {
        match DateTime::from_timestamp_millis(self.0) {
            Some(time) => time.to_rfc3339_opts(SecondsFormat::Millis, true),
            None => String::from("out of range"),
        }
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected a time such as 2026-11-22T06:00:00Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_what_identity_providers_send() {
        for (text, millis) in [
            ("2026-11-22T06:00:00Z", 1_795_327_200_000),
            ("2026-11-22T06:00:00.5Z", 1_795_327_200_500),
            ("2026-11-22T06:00:00.1234567Z", 1_795_327_200_123),
            ("2026-11-22T07:00:00+01:00", 1_795_327_200_000),
        ] {
            assert_eq!(Timestamp::parse(text), Some(Timestamp(millis)), "{text}");
        }
    }

    #[test]
    fn refuses_what_has_no_one_meaning() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T06:00:00",
            "2026-11-22 06:00:00Z",
            "2026-13-22T06:00:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn writes_milliseconds_in_utc() {
        assert_eq!(Timestamp(1_795_327_200_123).to_rfc3339(), "2026-11-22T06:00:00.123Z");
    }
}
