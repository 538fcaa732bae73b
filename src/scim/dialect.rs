//! What real clients send instead of what the RFCs say. All of it ends here: a body is corrected before it is read, and each
//! correction is reported by name.

use super::ResourceType;
use serde_json::Value;

/// A correction, for the provisioning log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    /// `"True"` for `true`.
    BooleanAsText,
}

impl Quirk {
    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::BooleanAsText => "boolean_as_text",
        }
    }
}

/// Corrects the body of a POST or a PUT.
pub fn document(body: &mut Value, resource: ResourceType) -> Vec<Quirk> {
    let _ = (body, resource);
    Vec::new()
}

/// Corrects the body of a PATCH.
pub fn patch(body: &mut Value, resource: ResourceType) -> Vec<Quirk> {
    let _ = (body, resource);
    Vec::new()
}

/// Who a request comes from, as far as it says: for the log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Okta.
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// OneLogin.
    OneLogin,
    /// JumpCloud.
    JumpCloud,
    /// Rauthy.
    Rauthy,
    /// A plug-in of Keycloak.
    Keycloak,
    /// Another one, or one that does not say.
    Other,
}

impl Client {
    /// By the `User-Agent`.
    pub fn of(user_agent: Option<&str>) -> Self {
        let _ = user_agent;
        Self::Other
    }

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Entra => "entra",
            Self::OneLogin => "onelogin",
            Self::JumpCloud => "jumpcloud",
            Self::Rauthy => "rauthy",
            Self::Keycloak => "keycloak",
            Self::Other => "other",
        }
    }
}
