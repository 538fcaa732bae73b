//! Microsoft Entra ID: Enterprise applications > the application > Single sign-on, and what is beside it.

use super::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (&["wrong_audience"], "In Entra, set “Identifier (Entity ID)” to the expected value and make it the default."),
    (
        &["wrong_recipient", "wrong_destination"],
        "In Entra, set “Reply URL (Assertion Consumer Service URL)” to the expected value.",
    ),
    (
        &["wrong_key"],
        "In Entra, download “Federation Metadata XML” under “SAML Certificates” and upload it here. If the certificate is not new, somebody else signed the response.",
    ),
    (
        &["unknown_issuer", "wrong_issuer"],
        "In Entra, compare “Microsoft Entra Identifier” with the entity ID of the provider; download “Federation Metadata XML” under “SAML Certificates” and upload it to the provider, or add one with it.",
    ),
    (&["not_signed"], "In Entra, edit “SAML Certificates” and set “Signing Option” to Sign SAML assertion."),
    (&["algorithm_not_allowed"], "In Entra, edit “SAML Certificates” and set “Signing Algorithm” to SHA-256."),
    (&["assertion_encrypted"], "In Entra, open “Token encryption” and deactivate the certificate there."),
    (
        &["no_name_id"],
        "In Entra, edit “Attributes & Claims” and give “Unique User Identifier (Name ID)” a source that every user has.",
    ),
    (
        &["missing_attribute"],
        "In Entra, edit “Attributes & Claims” and add the claim by its full name; the user needs a value of its source. Or require it no more in the attribute mapping of the provider.",
    ),
    (
        &["missing_email"],
        "In Entra, edit “Attributes & Claims” and send user.mail as the claim emailaddress; the user needs an e-mail address there.",
    ),
    (
        &["jit_validation_failed"],
        "In Entra, send the attribute with the required value under “Attributes & Claims”, or change the JIT Validation Key and Value of the provider.",
    ),
    (
        &["idp_status"],
        "In Entra, assign the user or one of their groups under “Users and groups”; the sign-in logs say why it refused.",
    ),
    (
        &["body_too_large", "document_too_large"],
        "In Entra, edit the group claim under “Attributes & Claims” and choose “Groups assigned to the application”.",
    ),
];
