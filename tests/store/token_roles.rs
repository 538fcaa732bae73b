//! What the database keeps beside a token is what its owner's bindings say, whatever is done to them.

use crate::scene::{create_user, run, scene};
use crate::support::database::Database;
use postern::access::{Permissions, Place, permissions};
use postern::store::api_token::{self, Credential, Held};
use postern::store::grant::{self, Whose};
use proptest::collection::vec;
use proptest::prelude::*;

/// So many there are of each noun, by number; the first has the id `g0`, `u0` and so on. Of service accounts `s`, keys `k` and
/// tokens `t` too.
const OF_EACH: usize = 3;
/// An import can bring an id of any printable characters.
const ROLES: [&str; OF_EACH] = ["_account_admin", "r1", "r\"2"];
const PERMISSIONS: [&str; OF_EACH] = [r#"[]"#, r#"["users:view"]"#, r#"["users:view","groups:manage"]"#];

/// What is done, each as SQL of some of the things that there may be: what is not there changes nothing.
fn operation() -> impl Strategy<Value = String> {
    let record = |kind: &str, id: String, settings: String| {
        format!(
            "INSERT OR IGNORE INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) \
             VALUES ('acme', '{id}', '{kind}', '{id}', '{settings}', 1, 1, 1)"
        )
    };
    let delete = |table: &str, id: String| format!("DELETE FROM {table} WHERE account_id = 'acme' AND id = '{id}'");
    (0..17, 0..OF_EACH, 0..OF_EACH, 0..OF_EACH).prop_map(move |(what, one, other, third)| match what {
        0 => format!(
            "INSERT OR IGNORE INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, \
             updated_at, version) VALUES ('acme', 'g{one}', 'g{one}', 'g{one}', 'g{one}', 'native', 1, 1, 1)"
        ),
        1 | 2 => format!(
            "INSERT OR IGNORE INTO group_members (account_id, group_id, user_id, added_at) \
             SELECT account_id, 'g{one}', id, 1 FROM users WHERE account_id = 'acme' AND id = 'u{other}' \
             AND EXISTS (SELECT 1 FROM groups WHERE account_id = 'acme' AND id = 'g{one}')"
        ),
        3 => format!("DELETE FROM group_members WHERE account_id = 'acme' AND group_id = 'g{one}' AND user_id = 'u{other}'"),
        4 => delete("groups", format!("g{one}")),
        5 => delete("users", format!("u{one}")),
        6 => record("role", ROLES[one.max(1)].into(), format!(r#"{{"permissions":{}}}"#, PERMISSIONS[other])),
        7 => format!(
            "UPDATE records SET settings = '{{\"permissions\":{}}}' WHERE account_id = 'acme' AND id = '{}'",
            PERMISSIONS[other], ROLES[one]
        ),
        8 | 9 => {
            let principal = if what == 8 { format!(r#"group","id":"g{one}"#) } else { format!(r#"serviceAccount","id":"s{one}"#) };
            let scope = [r#""account""#, r#""account""#, r#""organization","id":"o0""#][third];
            let resources = ["_all_resources", "q0", "r1"][(one + other + third) % OF_EACH];
            let settings = format!(
                r#"{{"principal":{{"type":"{principal}"}},"role":{},"resourceGroup":"{resources}","scope":{{"type":{scope}}}}}"#,
                serde_json::json!(ROLES[other])
            );
            record("roleBinding", format!("b{what}{one}{other}"), settings)
        }
        10 | 11 => delete("records", format!("b{}{one}{other}", what - 2)),
        12 => format!(
            "UPDATE OR IGNORE records SET settings = json_set(settings, '$.role', '{}') WHERE account_id = 'acme' AND kind = 'roleBinding' \
             AND id IN ('b8{one}{other}', 'b9{one}{other}')",
            ROLES[third]
        ),
        13 => record("serviceAccount", format!("s{one}"), "{}".into()),
        14 => delete("records", format!("s{one}")),
        15 => {
            let owner = if other == 0 { format!(r#"serviceAccount","id":"s{one}"#) } else { format!(r#"user","id":"u{one}"#) };
            record("apiKey", format!("k{other}{one}"), format!(r#"{{"owner":{{"type":"{owner}"}}}}"#))
        }
        _ => format!(
            "INSERT OR IGNORE INTO api_tokens (account_id, id, api_key_id, name, digest, created_at) \
             SELECT account_id, 't{other}{one}', id, 'T', 'd', 1 FROM records WHERE account_id = 'acme' AND id = 'k{other}{one}'"
        ),
    })
}

/// Who owns a token, and what it permits.
type Permitted = (Option<String>, Permissions);

/// The id of each token; by what is kept of it and, the second, by the bindings.
fn permitted(database: &Database) -> Vec<(String, [Permitted; 2])> {
    let of = |id: String| {
        let rows = run(database, api_token::holder("acme", &id)).unwrap();
        let credential: Credential = rows.first().unwrap().unwrap();
        let held: Held = rows.first().unwrap().unwrap();
        let owner = database.select(&format!(
            "SELECT COALESCE(k.user_id, k.service_account_id) FROM api_tokens t JOIN records k \
             ON k.account_id = t.account_id AND k.id = t.api_key_id WHERE t.account_id = 'acme' AND t.id = '{id}'"
        ));
        let grants = grant::read_one(&run(database, grant::of("acme", Whose::Token(&id))).unwrap()).unwrap();
        let kept = (credential.user_id.or(credential.service_account_id), held.permissions());
        let bound = (owner.first().cloned(), permissions(&grants, Place::ACCOUNT));
        (id, [kept, bound])
    };
    database.select("SELECT id FROM api_tokens WHERE account_id = 'acme' ORDER BY id").into_iter().map(of).collect()
}

/// Users, a group, service accounts and roles, and two tokens, before anything is bound.
fn furnished() -> Database {
    let database = scene();
    for id in ["u0", "u2"] {
        create_user(&database, "acme", id, &format!("{id}@example.com")).unwrap();
    }
    database.execute(
        "INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) VALUES \
         ('acme', 'o0', 'organization', 'o0', '{}', 1, 1, 1), ('acme', 'q0', 'resourceGroup', 'q0', '{\"resources\":[]}', 1, 1, 1), \
         ('acme', 's0', 'serviceAccount', 's0', '{}', 1, 1, 1), ('acme', 'r1', 'role', 'r1', '{\"permissions\":[]}', 1, 1, 1), \
         ('acme', 'r\"2', 'role', 'r2', '{\"permissions\":[]}', 1, 1, 1), \
         ('acme', 'k00', 'apiKey', '', '{\"owner\":{\"type\":\"serviceAccount\",\"id\":\"s0\"}}', 1, 1, 1), \
         ('acme', 'k10', 'apiKey', '', '{\"owner\":{\"type\":\"user\",\"id\":\"u0\"}}', 1, 1, 1); \
         INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, created_at, updated_at, version) \
         VALUES ('acme', 'g0', 'g0', 'g0', 'g0', 'native', 1, 1, 1); \
         INSERT INTO group_members (account_id, group_id, user_id, added_at) VALUES ('acme', 'g0', 'u0', 1); \
         INSERT INTO api_tokens (account_id, id, api_key_id, name, digest, created_at) \
         VALUES ('acme', 't00', 'k00', 'T', 'd', 1), ('acme', 't10', 'k10', 'T', 'd', 1)",
    );
    database
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_token_permits_what_the_bindings_of_its_owner_say(operations in vec(operation(), 1..120)) {
        let database = furnished();
        for (at, operation) in operations.iter().enumerate() {
            // What refers to something that is not there is refused as a whole.
            let _ = run(&database, postern::store::Statement { sql: operation.clone().into(), parameters: Vec::new() });
            for (id, [kept, bound]) in permitted(&database) {
                prop_assert_eq!(kept, bound, "token {} after {:?}", id, &operations[..=at]);
            }
        }
    }
}

#[test]
fn a_role_of_any_id_is_followed() {
    for role in ["r1", "r\"2"] {
        let database = furnished();
        let held = || {
            permitted(&database)
                .into_iter()
                .map(|(_, [kept, bound])| {
                    assert_eq!(kept, bound, "{role}");
                    kept.1.names()
                })
                .collect::<Vec<_>>()
        };
        database.execute(&format!(
            r#"INSERT INTO records (account_id, id, kind, name, settings, created_at, updated_at, version) VALUES
               ('acme', 'b1', 'roleBinding', '', json_object('principal', json('{{"type":"group","id":"g0"}}'), 'role', '{role}',
                'resourceGroup', '_all_resources', 'scope', json('{{"type":"account"}}')), 1, 1, 1)"#
        ));
        assert_eq!(held(), ["", ""]);
        database.execute(&format!(
            r#"UPDATE records SET settings = '{{"permissions":["users:view"]}}' WHERE account_id = 'acme' AND id = '{role}'"#
        ));
        assert_eq!(held(), ["", "users:view"]);
    }
}
