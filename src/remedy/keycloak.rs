//! Keycloak: Clients > the client, its tabs Settings, Keys, Advanced and Client scopes, and Realm settings.

use super::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (&["wrong_audience"], "In Keycloak, set the client's “Client ID” to the expected value."),
    (
        &["wrong_recipient", "wrong_destination"],
        "In Keycloak, set the client's “Master SAML Processing URL” (or “Assertion Consumer Service POST Binding URL”) to the expected value, and list it under “Valid redirect URIs”.",
    ),
    (
        &["wrong_key"],
        "In Keycloak, open “Realm settings” > “SAML 2.0 Identity Provider Metadata” and upload that here. If the realm's key is not new, somebody else signed the response.",
    ),
    (
        &["unknown_issuer", "wrong_issuer"],
        "The issuer is the URL of the Keycloak realm: open “Realm settings” > “SAML 2.0 Identity Provider Metadata” and upload that to the provider, or add one with it.",
    ),
    (&["not_signed"], "In Keycloak, switch on “Sign assertions” or “Sign documents” for the client."),
    (&["algorithm_not_allowed"], "In Keycloak, set the client's “Signature algorithm” to RSA_SHA256."),
    (&["transform_not_allowed"], "In Keycloak, set the client's “Canonicalization method” to EXCLUSIVE."),
    (&["assertion_encrypted"], "In Keycloak, open the client's “Keys” and switch off “Encrypt assertions”."),
    (
        &["wrong_authn_context"],
        "In Keycloak, switch on “Include AuthnStatement” for the client, or ask for another way in the provider's settings.",
    ),
    (&["no_name_id"], "In Keycloak, choose a “Name ID format” of the client for which every user has a value."),
    (
        &["missing_attribute"],
        "In Keycloak, add a mapper for the attribute under the client's “Client scopes” and give the user a value; or require it no more in the attribute mapping of the provider.",
    ),
    (
        &["missing_email"],
        "In Keycloak, add a mapper for the attribute `email` under the client's “Client scopes”, or set “Name ID format” to email.",
    ),
    (
        &["jit_validation_failed"],
        "In Keycloak, send the attribute with the required value by a mapper under the client's “Client scopes”, or change the JIT Validation Key and Value of the provider.",
    ),
    (&["wrong_content_type", "no_saml_response"], "In Keycloak, switch on “Force POST binding” for the client."),
    (
        &["body_too_large", "document_too_large"],
        "In Keycloak, remove mappers of roles or groups that are not needed from the client's “Client scopes”.",
    ),
];
