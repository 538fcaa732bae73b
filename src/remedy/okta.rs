//! Okta: Applications > the app > General > SAML Settings, and the tabs Sign On and Assignments.

use super::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (&["wrong_audience"], "In Okta, set “Audience URI (SP Entity ID)” to the expected value."),
    (
        &["wrong_recipient", "wrong_destination"],
        "In Okta, set “Single sign-on URL” to the expected value and use it for Recipient and Destination.",
    ),
    (
        &["wrong_key"],
        "In Okta, open “Sign On” > “SAML Signing Certificates”, choose “View IdP metadata” of the active certificate and upload that here. If the certificate is not new, somebody else signed the response.",
    ),
    (
        &["unknown_issuer", "wrong_issuer"],
        "Each Okta app has an issuer of its own: open “Sign On” > “SAML Signing Certificates”, choose “View IdP metadata” and upload that to the provider, or add one with it.",
    ),
    (&["not_signed"], "In Okta, set “Response” or “Assertion Signature” to Signed."),
    (&["algorithm_not_allowed"], "In Okta, set “Signature Algorithm” to RSA-SHA256 and “Digest Algorithm” to SHA256."),
    (&["assertion_encrypted"], "In Okta, set “Assertion Encryption” to Unencrypted."),
    (
        &["wrong_authn_context"],
        "In Okta, set “Authentication context class” to the expected one, or ask for another in the provider's settings.",
    ),
    (&["no_name_id"], "In Okta, choose a “Name ID format” and an “Application username” that every user has."),
    (
        &["missing_attribute"],
        "In Okta, add the attribute under “Attribute Statements” (groups under “Group Attribute Statements”) and give the user a value; or require it no more in the attribute mapping of the provider.",
    ),
    (
        &["missing_email"],
        "In Okta, add an attribute `email` with the value user.email under “Attribute Statements”, or set “Name ID format” to EmailAddress.",
    ),
    (
        &["jit_validation_failed"],
        "In Okta, send the attribute with the required value under “Attribute Statements”, or change the JIT Validation Key and Value of the provider.",
    ),
    (
        &["idp_status"],
        "In Okta, assign the user or one of their groups under “Assignments”; the system log says why it refused.",
    ),
    (
        &["body_too_large", "document_too_large"],
        "In Okta, narrow the filter under “Group Attribute Statements”, or send fewer attributes.",
    ),
];
