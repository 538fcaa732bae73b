//! Every code has a remedy, and every kind its own where its screens have something to say. The codes are read from the
//! source, so that a new one cannot be forgotten.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;

const KINDS: [Kind; 5] = [Kind::Okta, Kind::Entra, Kind::Onelogin, Kind::Keycloak, Kind::Jumpcloud];

/// Codes for which no screen of an identity provider has a remedy, and why.
const THE_SAME_FOR_ALL: &[(&str, &[&str])] = &[
    (
        "it is done here",
        &[
            "provider_disabled",
            "provider_is_draft",
            "tested",
            "no_logout_url",
            "not_invited",
            "denied_by_rule",
            "no_rule_matched",
            "email_domain_not_allowed",
            "user_deactivated",
            "user_removed",
            "legacy_provider_authenticates",
            "idp_initiated_not_allowed",
            "linked_to_other_provider",
            "crypto_unavailable",
        ],
    ),
    ("it is done by the user", &["replayed", "unknown_request"]),
    ("it is the clock, which no screen sets", &["expired", "not_yet_valid"]),
    (
        "it is an attack, or something that rewrites the response",
        &[
            "too_many_assertions",
            "signature_misplaced",
            "assertion_misplaced",
            "duplicate_id",
            "id_alias",
            "reference_elsewhere",
            "doctype_not_allowed",
            "entity_not_allowed",
            "comment_not_allowed",
            "processing_instruction_not_allowed",
            "digest_mismatch",
        ],
    ),
    (
        "it is not what these identity providers send",
        &["not_base64", "not_xml", "not_utf8", "wrong_root", "wrong_version"],
    ),
    (
        "it is about our key, which is the same for all",
        &["assertion_not_encrypted", "encryption_algorithm_not_allowed", "decryption_failed", "encrypted_part"],
    ),
    (
        "it is for the maker to mend",
        &[
            "encryption_malformed",
            "in_response_to_mismatch",
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
            "no_assertion",
        ],
    ),
];

/// Kinds that have no screen for a code that others have one for, and why.
const WITHOUT_A_SCREEN: &[(&str, &[Kind], &str)] = &[
    ("transform_not_allowed", &[Kind::Okta, Kind::Entra, Kind::Onelogin, Kind::Jumpcloud], "it cannot be chosen"),
    ("wrong_authn_context", &[Kind::Entra, Kind::Onelogin, Kind::Jumpcloud], "it is how the user signed in"),
    ("assertion_encrypted", &[Kind::Jumpcloud], "no field for it is documented"),
    ("idp_status", &[Kind::Keycloak], "clients are open to every user of the realm"),
    ("wrong_content_type", &[Kind::Okta, Kind::Entra, Kind::Onelogin, Kind::Jumpcloud], "it posts always"),
    ("no_saml_response", &[Kind::Okta, Kind::Entra, Kind::Onelogin, Kind::Jumpcloud], "it posts always"),
];

#[test]
fn every_code_has_a_remedy() {
    for code in codes() {
        assert!(own(&code, Kind::Other).is_some(), "{code} has no line in src/remedy/other.rs");
    }
}

#[test]
fn every_code_has_one_in_the_words_of_each_kind_or_is_listed_as_the_same_for_all() {
    for code in codes() {
        let for_all = THE_SAME_FOR_ALL.iter().any(|(_, codes)| codes.contains(&code.as_str()));
        for kind in KINDS {
            let listed =
                for_all || WITHOUT_A_SCREEN.iter().any(|(listed, kinds, _)| *listed == code && kinds.contains(&kind));
            match (own(&code, kind), listed) {
                (None, false) => panic!("{code} has no remedy in the words of {kind:?}, and is not listed above"),
                (Some(_), true) => panic!("{code} has a remedy in the words of {kind:?}, and is listed above"),
                _ => {}
            }
        }
    }
}

#[test]
fn no_remedy_is_for_a_code_that_is_none_and_no_code_has_two() {
    let codes = codes();
    let all =
        [okta::REMEDIES, entra::REMEDIES, onelogin::REMEDIES, keycloak::REMEDIES, jumpcloud::REMEDIES, other::REMEDIES];
    for remedies in all {
        let mut seen = BTreeSet::new();
        for (of, text) in remedies {
            for code in *of {
                assert!(codes.contains(*code), "{code} is no code");
                assert!(seen.insert(*code), "{code} has two remedies");
            }
            assert!(text.ends_with('.') && text.len() > 15 && text.len() <= 260, "{text}");
        }
    }
    for code in THE_SAME_FOR_ALL.iter().flat_map(|(_, codes)| *codes).chain(WITHOUT_A_SCREEN.iter().map(|(c, ..)| c)) {
        assert!(codes.contains(*code), "{code} is no code");
    }
}

#[test]
fn the_words_of_a_kind_name_it() {
    let names = ["Okta", "Entra", "OneLogin", "Keycloak", "JumpCloud"];
    for code in codes() {
        for (kind, name) in KINDS.into_iter().zip(names) {
            assert!(own(&code, kind).is_none_or(|text| text.contains(name)), "{code} of {name}");
        }
        assert!(!names.iter().any(|name| own(&code, Kind::Other).unwrap_or_default().contains(name)), "{code}");
    }
}

/// Every code that `SamlError::code` and `Refusal::code` can answer with.
fn codes() -> BTreeSet<String> {
    let source = |file: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let sources = [source("src/saml/error.rs"), source("src/refusal.rs")];
    let after_arrows = sources.iter().flat_map(|text| text.split("=> \"").skip(1));
    let codes: BTreeSet<String> = after_arrows
        .filter_map(|rest| rest.split_once('"'))
        .map(|(code, _)| code)
        .filter(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit()))
        .map(str::to_owned)
        .collect();
    assert!(codes.len() > 50, "the codes are not found in the source any more: {codes:?}");
    codes
}
