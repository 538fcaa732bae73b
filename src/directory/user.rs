//! A person in an account.

use super::Email;
use crate::store::{flag, millis, optional_millis};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A user: a row of the database, and in camelCase what the API answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct User {
    /// Id.
    pub id: String,
    /// E-mail as it was given.
    pub email: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
    /// Whether they may sign in.
    #[serde(deserialize_with = "flag")]
    pub active: bool,
    /// Who makes and changes them.
    pub managed_by: ManagedBy,
    /// When they were made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// When they were changed last.
    #[serde(deserialize_with = "millis")]
    pub updated_at: Timestamp,
    /// When they signed in last.
    #[serde(deserialize_with = "optional_millis")]
    pub last_sign_in_at: Option<Timestamp>,
    /// Grows by one with each change.
    pub version: i64,
}

/// Who makes and changes a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManagedBy {
    /// Made just in time, at a sign-in.
    Jit,
    /// Pushed over SCIM.
    Scim,
    /// Invited.
    Invitation,
    /// Made by an admin.
    Admin,
}

impl ManagedBy {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jit => "jit",
            Self::Scim => "scim",
            Self::Invitation => "invitation",
            Self::Admin => "admin",
        }
    }
}

/// What an assertion says of a person.
#[derive(Clone, Debug)]
pub struct Profile {
    /// E-mail.
    pub email: Email,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Display name.
    pub display_name: Option<String>,
}
