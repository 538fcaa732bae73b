//! Bounds: what is past them is refused before it costs anything.

use postern::scim::document::MAX_DOCUMENT;
use postern::scim::{Patch, ResourceType, ScimError, UserDocument};
use serde_json::{Value, json};

fn too_large(error: &ScimError) -> bool {
    error.status() == 413 && error.scim_type().is_none()
}

#[test]
fn a_patch_of_1001_operations_is_too_large() {
    let body = |count: usize| {
        let operation = json!({"op": "replace", "path": "title", "value": "x"});
        json!({"Operations": vec![operation; count]})
    };
    assert!(Patch::parse(&body(1000), ResourceType::User).is_ok());
    assert!(too_large(&Patch::parse(&body(1001), ResourceType::User).unwrap_err()));
}

#[test]
fn a_user_has_an_end() {
    let emails = |count: usize| (0..count).map(|n| json!({"value": format!("{n}@x")})).collect::<Value>();
    assert!(UserDocument::parse(&json!({"userName": "a", "emails": emails(500)})).is_ok());
    assert!(too_large(&UserDocument::parse(&json!({"userName": "a", "emails": emails(501)})).unwrap_err()));
    let photo = |length: usize| json!({"userName": "a", "photos": [{"value": "x".repeat(length)}]});
    assert!(UserDocument::parse(&photo(MAX_DOCUMENT - 100)).is_ok());
    assert!(too_large(&UserDocument::parse(&photo(MAX_DOCUMENT)).unwrap_err()));
}

#[test]
fn a_user_does_not_grow_past_it_by_patches() {
    let full = (0..500).map(|n| json!({"value": format!("{n}@x")})).collect::<Value>();
    let user = UserDocument::parse(&json!({"userName": "a", "emails": full})).unwrap();
    for operation in [
        json!({"op": "add", "path": "emails", "value": {"value": "one more"}}),
        json!({"op": "add", "path": "emails[type eq \"new\"].value", "value": "one more"}),
        json!({"op": "add", "path": "photos", "value": {"value": "x".repeat(MAX_DOCUMENT)}}),
    ] {
        let patch = Patch::parse(&json!({"Operations": [operation]}), ResourceType::User).unwrap();
        assert!(too_large(&patch.apply_user(user.clone()).unwrap_err()));
    }
}

#[test]
fn members_to_be_found_by_filters_are_few() {
    let body = |count: usize| {
        let operation = json!({"op": "remove", "path": "members[type eq \"User\"]"});
        json!({"Operations": vec![operation; count]})
    };
    let group = |count: usize| Patch::parse(&body(count), ResourceType::Group).unwrap().group();
    assert_eq!(group(10).unwrap().members.len(), 10);
    assert!(too_large(&group(11).unwrap_err()));
}
