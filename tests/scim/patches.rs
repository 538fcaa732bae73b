//! Bodies of PATCH.

use crate::{cases, error, expected_quirks, name, quirks};
use postern::scim::{MemberChange, Patch, ResourceType, UserDocument, dialect, render};
use serde_json::{Value, json};

#[test]
fn users_are_patched_as_clients_ask() {
    for case in cases(include_str!("cases/user-patches.json")) {
        let before = UserDocument::parse(&case["before"]).unwrap();
        let mut body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": case["operations"]});
        let found = dialect::patch(&mut body, ResourceType::User);
        let after = Patch::parse(&body, ResourceType::User).and_then(|patch| patch.apply_user(before));
        let outcome = match after {
            Ok(user) => {
                assert!(UserDocument::is_stored(&user.stored().unwrap()), "{}", name(&case));
                json!({"after": user.object()})
            }
            Err(refusal) => error(&refusal),
        };
        assert_eq!(outcome, case["outcome"], "{}", name(&case));
        assert_eq!(quirks(&found), expected_quirks(&case), "{}", name(&case));
    }
}

#[test]
fn groups_are_patched_as_clients_ask() {
    for case in cases(include_str!("cases/group-patches.json")) {
        let mut body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": case["operations"]});
        let found = dialect::patch(&mut body, ResourceType::Group);
        let outcome = match Patch::parse(&body, ResourceType::Group).and_then(|patch| patch.group()) {
            Ok(patch) => json!({
                "displayName": patch.display_name,
                "externalId": patch.external_id.map(|id| json!([id])),
                "members": patch.members.iter().map(change).collect::<Value>(),
            }),
            Err(refusal) => error(&refusal),
        };
        assert_eq!(outcome, case["outcome"], "{}", name(&case));
        assert_eq!(quirks(&found), expected_quirks(&case), "{}", name(&case));
    }
}

/// A change of members as cases have it. A filter is shown by whom of a few it means.
fn change(change: &MemberChange) -> Value {
    match change {
        MemberChange::Add(ids) => json!({"add": ids}),
        MemberChange::Remove(ids) => json!({"remove": ids}),
        MemberChange::Set(ids) => json!({"set": ids}),
        MemberChange::RemoveWhere(filter) => {
            let ids = ["u1", "u2", "v1"].map(String::from);
            let members = render::members(&ids, "https://sso.example/scim/v2/acme");
            let meant = members.as_array().unwrap().iter().filter(|member| filter.matches(member));
            json!({"removeWhere": meant.map(|member| member["value"].clone()).collect::<Value>()})
        }
    }
}

#[test]
fn the_body_of_a_patch_has_a_shape() {
    for body in [
        json!(null),
        json!([]),
        json!({}),
        json!({"Operations": {}}),
        json!({"Operations": []}),
        json!({"Operations": [1]}),
        json!({"Operations": [{}]}),
        json!({"Operations": [{"op": "move", "path": "userName", "value": "x"}]}),
        json!({"Operations": [{"op": 1, "path": "userName", "value": "x"}]}),
        json!({"Operations": [{"op": "add", "path": 1, "value": "x"}]}),
        json!({"Operations": [{"op": "add", "path": "userName"}]}),
        json!({"Operations": [{"op": "add", "value": "x"}]}),
        json!({"Operations": [{"op": "replace", "value": [{"userName": "x"}, {"userName": "y"}]}]}),
        json!({"Operations": [{"op": "replace", "value": null}]}),
    ] {
        let mut corrected = body.clone();
        dialect::patch(&mut corrected, ResourceType::User);
        for body in [&body, &corrected] {
            let refusal = Patch::parse(body, ResourceType::User).unwrap_err();
            assert_eq!(refusal.scim_type(), Some("invalidSyntax"), "{body}");
        }
    }
}
