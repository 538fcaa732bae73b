//! Any other identity provider, and whatever is the same for all.

use super::Remedy;

/// For a code that nobody has written a step for. A test sees to it that there is none.
pub(super) const UNKNOWN: &str =
    "Compare the response with what was expected; the identity provider's maker can tell why it looks like this.";

pub(super) const REMEDIES: &[Remedy] = &[
    (
        &["no_logout_url"],
        "Switch on single logout at the identity provider and upload its metadata again: it then names a SingleLogoutService.",
    ),
    (&["wrong_audience"], "Set the audience (SP entity ID) at the identity provider to the expected value."),
    (
        &["wrong_recipient", "wrong_destination"],
        "Set the ACS URL at the identity provider to the expected value, query included.",
    ),
    (
        &["wrong_key"],
        "If the identity provider has a new signing certificate, download its metadata and upload it here. If not, somebody else signed the response.",
    ),
    (
        &["digest_mismatch"],
        "Somebody changed the response after it was signed: look for what rewrites it between the identity provider and here.",
    ),
    (&["not_signed"], "Let the identity provider sign the assertion or the response."),
    (
        &["algorithm_not_allowed"],
        "Let the identity provider sign with RSA and SHA-256. Where it can sign with SHA-1 only, “Allow SHA-1” of the provider accepts that.",
    ),
    (
        &["transform_not_allowed"],
        "Let the identity provider sign with exclusive canonicalization without comments, and with no other transform.",
    ),
    (
        &["wrong_authn_context"],
        "Let the identity provider authenticate the user in one of the expected ways, or ask for another in the provider's settings.",
    ),
    (
        &["unknown_issuer"],
        "Add a provider with the metadata of this identity provider, or upload its metadata again if its entity ID changed.",
    ),
    (
        &["wrong_issuer"],
        "Upload the metadata of this identity provider again: its entity ID is not the configured one.",
    ),
    (
        &["expired", "not_yet_valid"],
        "Sign in again. If it happens each time, set the identity provider's clock, or raise the clock skew of the provider (at most 300 s).",
    ),
    (
        &["replayed"],
        "Sign in again; a response can be used once. If nobody pressed Back or Reload, find out who sent it a second time.",
    ),
    (&["unknown_request"], "Sign in again in one browser, within ten minutes, with cookies allowed."),
    (&["idp_initiated_not_allowed"], "Begin the sign-in here, or allow IdP-initiated sign-in for the provider."),
    (
        &["in_response_to_mismatch"],
        "Sign in again. If it happens each time, report it to the maker of the identity provider: its response contradicts itself.",
    ),
    (&["not_invited"], "Switch on “Enable JIT Provisioning” for the provider, or invite the person."),
    (
        &["jit_validation_failed"],
        "Send the attribute with the required value for this user, or change the JIT Validation Key and Value of the provider.",
    ),
    (
        &["denied_by_rule"],
        "The rule does what it says. To let this user in, change it or put one that admits them before it; a dry run tells what else that changes.",
    ),
    (
        &["no_rule_matched"],
        "Add a rule that admits this user, or let the identity provider send what one of the rules asks for; the trace tells what came.",
    ),
    (
        &["email_domain_not_allowed"],
        "Add the domain to the allowed e-mail domains of the provider, or invite the person.",
    ),
    (&["user_deactivated"], "Activate the user where they are managed."),
    (&["linked_to_other_provider"], "Let the user sign in through the provider they used before."),
    (
        &["missing_attribute"],
        "Let the identity provider send the attribute by that name, with a value for this user; or require it no more in the attribute mapping of the provider.",
    ),
    (&["missing_email"], "Send the user's e-mail address as an attribute named `email`, or as NameID."),
    (&["provider_disabled"], "Enable the provider."),
    (
        &["provider_is_draft"],
        "Begin at the test URL of the provider to see what would be decided; to sign people in, let it be a draft no more and enable it.",
    ),
    (&["tested"], "Nothing is to be done. To sign people in, let the provider be a draft no more and enable it."),
    (&["no_name_id"], "Let the identity provider send a NameID in the subject."),
    (
        &["assertion_encrypted"],
        "Set “Encryption” of the provider to accept, or switch off assertion encryption at the identity provider.",
    ),
    (
        &["assertion_not_encrypted"],
        "Give the identity provider the account's encryption certificate and switch on assertion encryption there, or set “Encryption” of the provider to accept.",
    ),
    (
        &["encryption_algorithm_not_allowed"],
        "Let the identity provider encrypt with AES-256-GCM and RSA-OAEP (rsa-oaep-mgf1p with SHA-1, or rsa-oaep with SHA-256 and MGF1 of SHA-256).",
    ),
    (&["encryption_malformed"], UNKNOWN),
    (
        &["decryption_failed"],
        "Give the identity provider the newest encryption certificate of the account (it is in the metadata). An identity provider that has it and still fails encrypts something else than one assertion.",
    ),
    (
        &["encrypted_part"],
        "Let the identity provider encrypt the whole assertion, and not single identifiers or attributes.",
    ),
    (
        &["idp_status"],
        "The identity provider refused; its own log says why. Often the user is not assigned to the application.",
    ),
    (
        &[
            "too_many_assertions",
            "signature_misplaced",
            "assertion_misplaced",
            "duplicate_id",
            "id_alias",
            "reference_elsewhere",
            "doctype_not_allowed",
            "entity_not_allowed",
        ],
        "No identity provider sends this: somebody may be trying to forge a response. Look where it came from.",
    ),
    (&["body_too_large", "document_too_large"], "Let the identity provider send fewer attributes or groups."),
    (
        &["not_base64", "not_xml", "not_utf8", "wrong_root", "wrong_version"],
        "This is not what an identity provider posts: let it send a SAML 2.0 Response by HTTP-POST to the ACS URL.",
    ),
    (
        &["wrong_content_type", "no_saml_response"],
        "Let the identity provider use the HTTP-POST binding for its response.",
    ),
    (
        &["comment_not_allowed", "processing_instruction_not_allowed"],
        "Identity providers write no comments or instructions into a response: look for what rewrites it on its way.",
    ),
    (
        &[
            "duplicate_attribute",
            "unbound_prefix",
            "namespace_not_allowed",
            "response_malformed",
            "signature_malformed",
            "time_malformed",
            "time_missing",
            "time_not_allowed",
            "unknown_condition",
            "no_bearer_confirmation",
        ],
        "The response breaks a rule of SAML or XML. If nothing rewrites it on its way, report it to the identity provider's maker.",
    ),
    (
        &["no_assertion"],
        "The identity provider sent no assertion: its own log says why. The single sign-on profile must be SAML 2.0 web browser sign-on.",
    ),
    (
        &["user_removed"],
        "Whoever should come back is invited, or provisioned over SCIM; to let JIT provisioning make them anew, clear the removed user under Users.",
    ),
    (
        &["legacy_provider_authenticates"],
        "While a legacy provider is enabled, everyone signs in through it: add the user to that application, or disable the legacy provider.",
    ),
    (&["crypto_unavailable"], "Try again; if it persists, look at the Worker's log."),
];
