//! Logout messages: the same codes, other screens.

use super::remedy;
use crate::provider::Kind;

/// The step to take for a refusal of a logout message of this code.
pub(crate) fn logout_remedy(code: &str, kind: Kind) -> &'static str {
    match (code, kind) {
        ("wrong_destination", Kind::Okta) => "In Okta, set “Single Logout URL” to the expected value.",
        ("wrong_destination", Kind::Entra) => "In Entra, set “Logout Url” to the expected value.",
        ("wrong_destination", Kind::Onelogin) => "In OneLogin, set “Single Logout URL” to the expected value.",
        ("wrong_destination", Kind::Keycloak) => {
            "In Keycloak, set the client's “Logout Service Redirect Binding URL” and “Logout Service POST Binding URL” to the expected value."
        }
        ("wrong_destination", _) => "Set the single logout URL at the identity provider to the expected value.",
        ("not_signed", Kind::Keycloak) => "In Keycloak, switch on “Sign documents” for the client.",
        ("not_signed", _) => "Let the identity provider sign its logout messages.",
        ("unknown_request", _) => {
            "A sign-out is answered once, within ten minutes. If it happens each time, find out who sends these answers."
        }
        ("name_id_encrypted", _) => "Switch off the encryption of NameIDs at the identity provider.",
        ("wrong_root" | "not_base64" | "not_deflated" | "not_one_message" | "parameter_repeated", _) => {
            "This is not what an identity provider sends: let it send SAML 2.0 logout messages by HTTP-Redirect or HTTP-POST."
        }
        (code, kind) => remedy(code, kind),
    }
}
