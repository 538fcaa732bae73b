//! User groups, their identifiers and their links (SPEC sections 1, 4, 7 and 8; seeds 000, 003 and 004).

use crate::store::millis;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
pub const MAX_NAME: usize = 256;

/// A user group: a row of the database, and in camelCase what the API answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Group {
    /// Id.
    pub id: String,
    /// For people.
    pub name: String,
    /// For programs: made of the first name, and kept when the name changes.
    pub identifier: String,
    /// Who makes and changes it.
    pub managed_by: GroupManager,
    /// The provider whose group it is linked to.
    #[serde(skip_serializing)]
    pub provider_id: Option<String>,
    /// What that provider names the group.
    #[serde(skip_serializing)]
    pub saml_group: Option<String>,
    /// When it was made.
    #[serde(deserialize_with = "millis")]
    pub created_at: Timestamp,
    /// When it was changed last; members do not count.
    #[serde(deserialize_with = "millis")]
    pub updated_at: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
}

impl Group {
    /// Which group of which provider it is linked to.
    pub fn link(&self) -> Option<GroupLink<'_>> {
        let (provider_id, saml_group) = self.provider_id.as_deref().zip(self.saml_group.as_deref())?;
        Some(GroupLink { provider_id, saml_group })
    }
}

/// Which group of which provider a group is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupLink<'g> {
    /// Id of the provider.
    pub provider_id: &'g str,
    /// What it names the group.
    pub saml_group: &'g str,
}

/// Who makes and changes a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupManager {
    /// Made here.
    Native,
    /// Pushed over SCIM.
    Scim,
}

impl GroupManager {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Scim => "scim",
        }
    }
}

/// The identifier that a name makes (SPEC section 7; seeds 003 and 004): letters and digits of ASCII, `_` and `$` stay, all else
/// becomes `_`; a digit does not come first. `taken` are the identifiers of other groups: then `_2`, `_3`… follows.
pub fn identifier(name: &str, taken: &[String]) -> String {
    let base = identifier_base(name);
    if !taken.contains(&base) {
        return base;
    }
    let free = (2..).map(|number: u32| format!("{base}_{number}")).find(|candidate| !taken.contains(candidate));
    free.unwrap_or(base)
}

/// The identifier that a name makes where no other group has it.
pub fn identifier_base(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == '$' { c } else { '_' };
    let base: String = name.chars().map(kept).collect();
    if base.starts_with(|c: char| c.is_ascii_digit()) { format!("_{base}") } else { base }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_dashes_and_spaces_become_underscores() {
        for (name, expected) in [
            ("example-group", "example_group"),
            ("Example Group.2", "Example_Group_2"),
            ("2nd line", "_2nd_line"),
            ("Kosten$stelle_7", "Kosten$stelle_7"),
            ("Käse/Brot", "K_se_Brot"),
            ("研发", "__"),
            ("-", "_"),
        ] {
            assert_eq!(identifier(name, &[]), expected, "{name}");
        }
    }

    #[test]
    fn a_taken_identifier_gets_the_first_free_number() {
        let taken = ["a_b", "a_b_2", "a_b_4"].map(str::to_owned);
        assert_eq!(identifier("a.b", &taken), "a_b_3");
        assert_eq!(identifier("a_b_2", &taken), "a_b_2_2");
    }
}
