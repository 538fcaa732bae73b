//! OneLogin: the tabs Configuration, Parameters, SSO and Access of the app.

use super::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (&["wrong_audience"], "In OneLogin, set “Audience (EntityID)” to the expected value."),
    (
        &["wrong_recipient", "wrong_destination"],
        "In OneLogin, set “ACS (Consumer) URL” and “Recipient” to the expected value, and let “ACS (Consumer) URL Validator” match it.",
    ),
    (
        &["wrong_key"],
        "In OneLogin, look at “X.509 Certificate” under “SSO”, choose “More Actions” > “SAML Metadata” and upload that here. If the certificate is not new, somebody else signed the response.",
    ),
    (
        &["unknown_issuer", "wrong_issuer"],
        "In OneLogin, compare “Issuer URL” under “SSO” with the entity ID of the provider; choose “More Actions” > “SAML Metadata” and upload that to the provider, or add one with it.",
    ),
    (&["not_signed"], "In OneLogin, set “SAML signature element” to Assertion, Response or Both."),
    (&["algorithm_not_allowed"], "In OneLogin, open “SSO” and set “SAML Signature Algorithm” to SHA-256."),
    (&["assertion_encrypted"], "In OneLogin, open “Configuration” and switch off “Encrypt assertion”."),
    (
        &["no_name_id"],
        "In OneLogin, choose a “SAML nameID format”, and under “Parameters” a NameID value that every user has.",
    ),
    (
        &["missing_attribute"],
        "In OneLogin, add the attribute under “Parameters” with “Include in SAML assertion”; or require it no more in the attribute mapping of the provider.",
    ),
    (
        &["missing_email"],
        "In OneLogin, add `email` under “Parameters” with the value Email and “Include in SAML assertion”.",
    ),
    (
        &["jit_validation_failed"],
        "In OneLogin, send the attribute with the required value under “Parameters”, or change the JIT Validation Key and Value of the provider.",
    ),
    (
        &["idp_status"],
        "In OneLogin, give the app to a role of the user under “Access”; the events there say why it refused.",
    ),
    (&["body_too_large", "document_too_large"], "In OneLogin, send fewer attributes or roles under “Parameters”."),
];
