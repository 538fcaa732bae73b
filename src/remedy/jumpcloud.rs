//! JumpCloud: SSO Applications > the application, its tabs SSO and User Groups.

use super::Remedy;

pub(super) const REMEDIES: &[Remedy] = &[
    (&["wrong_audience"], "In JumpCloud, set “SP Entity ID” to the expected value."),
    (&["wrong_recipient", "wrong_destination"], "In JumpCloud, set the default of “ACS URLs” to the expected value."),
    (
        &["wrong_key"],
        "In JumpCloud, open “SSO”, choose “Export Metadata” and upload that here. If the certificate is not new, somebody else signed the response.",
    ),
    (
        &["unknown_issuer", "wrong_issuer"],
        "In JumpCloud, compare “IdP Entity ID” with the entity ID of the provider; choose “Export Metadata” and upload that to the provider, or add one with it.",
    ),
    (&["not_signed"], "In JumpCloud, set “Sign” to Assertion or Response."),
    (&["algorithm_not_allowed"], "In JumpCloud, set “Signature Algorithm” to RSA-SHA256."),
    (&["no_name_id"], "In JumpCloud, set “SAMLSubject NameID” to a field that every user has."),
    (
        &["missing_attribute"],
        "In JumpCloud, add the attribute under “User Attributes” with this Service Provider Attribute Name; or require it no more in the attribute mapping of the provider.",
    ),
    (&["missing_email"], "In JumpCloud, send `email` under “User Attributes”, or set “SAMLSubject NameID” to email."),
    (
        &["jit_validation_failed"],
        "In JumpCloud, send the attribute with the required value under “User Attributes”, or change the JIT Validation Key and Value of the provider.",
    ),
    (&["idp_status"], "In JumpCloud, select a group of the user under “User Groups”."),
    (
        &["body_too_large", "document_too_large"],
        "In JumpCloud, send fewer attributes, or switch off “Include group attribute”.",
    ),
];
