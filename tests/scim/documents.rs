//! Bodies of POST and PUT.

use crate::{cases, error, expected_quirks, name, quirks};
use postern::scim::{GroupDocument, ResourceType, UserDocument, dialect};
use serde_json::{Value, json};

#[test]
fn users_are_read_as_clients_send_them() {
    for case in cases(include_str!("cases/users.json")) {
        let mut body = case["body"].clone();
        let found = dialect::document(&mut body, ResourceType::User);
        let outcome = match UserDocument::parse(&body) {
            Ok(user) => {
                assert!(UserDocument::is_stored(&user.stored().unwrap()), "{}", name(&case));
                json!({"document": user.object()})
            }
            Err(refusal) => error(&refusal),
        };
        assert_eq!(outcome, case["outcome"], "{}", name(&case));
        assert_eq!(quirks(&found), expected_quirks(&case), "{}", name(&case));
    }
}

#[test]
fn groups_are_read_as_clients_send_them() {
    for case in cases(include_str!("cases/groups.json")) {
        let mut body = case["body"].clone();
        let found = dialect::document(&mut body, ResourceType::Group);
        let outcome = match GroupDocument::parse(&body) {
            Ok(group) => json!({"group": [group.display_name, group.external_id, group.members]}),
            Err(refusal) => error(&refusal),
        };
        assert_eq!(outcome, case["outcome"], "{}", name(&case));
        assert_eq!(quirks(&found), expected_quirks(&case), "{}", name(&case));
    }
}

fn user(body: Value) -> UserDocument {
    UserDocument::parse(&body).unwrap()
}

#[test]
fn the_email_is_the_primary_one_else_the_one_at_work_else_the_first() {
    for (emails, primary, others) in [
        (json!(null), None, vec![]),
        (json!([{"display": "x"}]), None, vec![]),
        (json!([{"value": "a"}, {"value": "b"}]), Some("a"), vec!["b"]),
        (json!([{"value": "a"}, {"value": "b", "type": "Work"}]), Some("b"), vec!["a"]),
        (json!([{"value": "a", "type": "work"}, {"value": "b", "primary": true}]), Some("b"), vec!["a"]),
        (json!([{"type": "work", "display": "x"}, {"value": "b"}]), Some("b"), vec![]),
    ] {
        let user = user(json!({"userName": "u", "emails": emails}));
        assert_eq!(user.primary_email(), primary, "{emails}");
        assert_eq!(user.other_emails(), others, "{emails}");
    }
}

#[test]
fn what_is_stored_is_read_again() {
    let given = user(json!({
        "userName": "Ada", "externalId": "x", "name": {"givenName": "A", "familyName": "L"}, "displayName": "AL", "active": false,
        "manager": null, "password": "secret",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": "m"}},
    }));
    let stored = given.stored().unwrap();
    assert!(!stored.contains("externalId") && !stored.contains("secret"), "{stored}");
    assert_eq!(UserDocument::from_stored(&stored, Some("x")).unwrap(), given);
    assert_eq!(UserDocument::from_stored(&stored, None).unwrap().external_id(), None);
    assert!(UserDocument::from_stored("[", None).is_err());
    assert_eq!((given.user_name(), given.external_id(), given.active()), ("Ada", Some("x"), false));
    assert_eq!((given.given_name(), given.family_name(), given.display_name()), (Some("A"), Some("L"), Some("AL")));
    assert_eq!(given.manager(), Some("m"));
    assert!(given.clone().with_active(true).active());
    assert_eq!(given.clone().with_active(false), given);
}

#[test]
fn what_is_not_stored_like_this_is_known() {
    let stored = user(json!({"userName": "Ada", "emails": [{"value": "a@x.example"}]})).stored().unwrap();
    assert!(UserDocument::is_stored(&stored), "{stored}");
    for other in [
        "",
        "5",
        "null",
        "[]",
        "{}",
        r#"{"active":true}"#,
        r#"{"userName":""}"#,
        r#"{"userName":"a","userName":"b"}"#,
        r#"{"username":"a"}"#,
        r#"{"userName":"a","externalId":"x"}"#,
        r#"{"userName":"a","id":"x"}"#,
        r#"{"userName":"a","groups":[{"value":"x"}]}"#,
        r#"{"userName":"a","password":"secret"}"#,
        r#"{"userName":"a","emails":5}"#,
        r#"{"userName":"a","shoeSize":5}"#,
    ] {
        assert!(!UserDocument::is_stored(other), "{other}");
    }
}

#[test]
fn a_person_of_another_making_is_a_user_too() {
    let user = UserDocument::of_profile("ada@x", Some("Ada"), None, Some("Ada L"), true);
    assert_eq!(
        json!(user.object()),
        json!({
            "userName": "ada@x", "displayName": "Ada L", "name": {"givenName": "Ada"}, "active": true,
            "emails": [{"value": "ada@x", "type": "work", "primary": true}],
        })
    );
    assert_eq!(UserDocument::parse(&json!(user.object())).unwrap(), user);
}
