//! What an admin can do about a refusal, in the words of their identity provider's screens where those differ.

use crate::provider::Kind;

/// The step to take for a refusal of this code.
pub(crate) fn remedy(code: &str, kind: Kind) -> &'static str {
    match (code, kind) {
        ("wrong_audience", Kind::Okta) => "In Okta, set “Audience URI (SP Entity ID)” to the expected value.",
        ("wrong_audience", Kind::Entra) => {
            "In Entra, set “Identifier (Entity ID)” to the expected value and make it the default."
        }
        ("wrong_audience", Kind::Onelogin) => "In OneLogin, set “Audience (EntityID)” to the expected value.",
        ("wrong_audience", Kind::Keycloak) => "In Keycloak, set the client's “Client ID” to the expected value.",
        ("wrong_audience", Kind::Jumpcloud) => "In JumpCloud, set “SP Entity ID” to the expected value.",
        ("wrong_audience", Kind::Other) => {
            "Set the audience (SP entity ID) at the identity provider to the expected value."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Okta) => {
            "In Okta, set “Single sign-on URL” to the expected value and use it for Recipient and Destination."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Entra) => {
            "In Entra, set “Reply URL (Assertion Consumer Service URL)” to the expected value."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Onelogin) => {
            "In OneLogin, set “ACS (Consumer) URL” and “Recipient” to the expected value."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Keycloak) => {
            "In Keycloak, set the client's “Master SAML Processing URL” (or “Assertion Consumer Service POST Binding URL”) to the expected value."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Jumpcloud) => {
            "In JumpCloud, set “ACS URL” to the expected value."
        }
        ("wrong_recipient" | "wrong_destination", Kind::Other) => {
            "Set the ACS URL at the identity provider to the expected value, query included."
        }
        ("wrong_key" | "digest_mismatch", _) => {
            "If the identity provider has a new signing certificate, download its metadata and upload it here. If not, somebody changed the response on its way."
        }
        ("not_signed", Kind::Okta) => "In Okta, set “Response” or “Assertion Signature” to Signed.",
        ("not_signed", Kind::Entra) => "In Entra, choose a signing option that signs the SAML assertion.",
        ("not_signed", Kind::Keycloak) => {
            "In Keycloak, switch on “Sign assertions” or “Sign documents” for the client."
        }
        ("not_signed", _) => "Let the identity provider sign the assertion or the response.",
        ("algorithm_not_allowed", _) => {
            "Let the identity provider sign with RSA and SHA-256. Where it can sign with SHA-1 only, “Allow SHA-1” of the provider accepts that."
        }
        ("wrong_authn_context", _) => {
            "Let the identity provider authenticate the user in one of the expected ways, or ask for another in the provider's settings."
        }
        ("unknown_issuer", _) => {
            "Add a provider with the metadata of this identity provider, or upload its metadata again if its entity ID changed."
        }
        ("wrong_issuer", _) => {
            "Upload the metadata of this identity provider again: its entity ID is not the configured one."
        }
        ("expired" | "not_yet_valid", _) => {
            "Sign in again. If it happens each time, set the identity provider's clock, or raise the clock skew of the provider (at most 300 s)."
        }
        ("replayed", _) => {
            "Sign in again; a response can be used once. If nobody pressed Back or Reload, find out who sent it a second time."
        }
        ("unknown_request", _) => "Sign in again in one browser, within ten minutes, with cookies allowed.",
        ("idp_initiated_not_allowed", _) => "Begin the sign-in here, or allow IdP-initiated sign-in for the provider.",
        ("in_response_to_mismatch", _) => {
            "Sign in again. If it happens each time, report it to the maker of the identity provider: its response contradicts itself."
        }
        ("not_invited", _) => "Switch on “Enable JIT Provisioning” for the provider, or create the user first.",
        ("jit_validation_failed", _) => {
            "Send the attribute with the required value for this user, or change the JIT Validation Key and Value of the provider."
        }
        ("user_deactivated", _) => "Activate the user where they are managed.",
        ("linked_to_other_provider", _) => "Let the user sign in through the provider they used before.",
        ("missing_email", _) => "Send the user's e-mail address as an attribute named `email`, or as NameID.",
        ("provider_disabled", _) => "Enable the provider.",
        ("no_name_id", _) => "Let the identity provider send a NameID in the subject.",
        ("assertion_encrypted", _) => "Switch off assertion encryption at the identity provider.",
        ("idp_status", _) => {
            "The identity provider refused; its own log says why. Often the user is not assigned to the application."
        }
        (
            "too_many_assertions"
            | "signature_misplaced"
            | "assertion_misplaced"
            | "duplicate_id"
            | "id_alias"
            | "reference_elsewhere",
            _,
        ) => "No identity provider sends this: somebody may be trying to forge a response. Look where it came from.",
        ("body_too_large" | "document_too_large", _) => "Let the identity provider send fewer attributes or groups.",
        ("not_base64" | "not_xml" | "not_utf8" | "wrong_root", _) => {
            "This is not what an identity provider posts: let it send a SAML 2.0 Response by HTTP-POST to the ACS URL."
        }
        ("wrong_content_type" | "no_saml_response", _) => {
            "Let the identity provider use the HTTP-POST binding for its response."
        }
        ("crypto_unavailable", _) => "Try again; if it persists, look at the Worker's log.",
        _ => {
            "Compare the response with what was expected; the identity provider's maker can tell why it looks like this."
        }
    }
}
