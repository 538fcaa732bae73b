//! Rows of an import that this version does not write: they are refused, or everything can be read with them.

use crate::permitted::{errors, token_with};
use crate::portable::{empty, export_of, furnished, import, imported};
use crate::scene::{Site, body, problem};
use postern::deployment::Retention;
use postern::http::Method;
use postern::journey::upkeep;
use postern::provider::MAX_CLOCK_SKEW;
use postern::store::portable::{Column, TABLES, Table};
use postern::time::Duration;
use serde_json::{Value, json};

const SOUND: &str = "accept/policy/assertion-signed";

/// What a column is tried with: the wrong types, and what is near the bounds of its own.
fn odd_values(column: Column) -> Vec<Value> {
    let mut values = vec![json!(null), json!(true), json!(1.5), json!({}), json!([])];
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let many = serde_json::to_string(&vec!["g1"; 101]).unwrap();
    let (odd, long) = (format!("\u{1}\r\n<b>%_'\"\\{}", "x".repeat(5000)), "x".repeat(65));
    match column {
        Column::Text | Column::After(_) => values.extend(["", &odd].map(Value::from)),
        Column::Id => values.extend(["", "~/../\"'", "ä", &long].map(Value::from)),
        Column::Json(_) => values.extend(
            [
                "",
                "x",
                "5",
                "null",
                "[]",
                "{}",
                "[1]",
                "[{}]",
                "\"x\"",
                "1e999",
                &deep,
                &many,
                "{\"active\":true}",
                r#"{"userName":"max","emails":5,"name":"x","active":"no"}"#,
                r#"{"userName":"max","active":true,"id":"other","groups":[{"value":"x"}],"password":"secret"}"#,
            ]
            .map(Value::from),
        ),
        Column::Word(_) => values.extend(["", "x"].map(Value::from)),
        Column::Time | Column::Made => values.extend([-1, 0, 1 << 53, 253_402_300_799_999_i64].map(Value::from)),
        Column::Version => values.extend([-1_i64, 0, 1 << 52, 1 << 53].map(Value::from)),
        Column::Status => values.extend([99, 599, 600, 70_000].map(Value::from)),
        Column::Flag => values.extend([-1, 2].map(Value::from)),
    }
    values
}

/// The file with another value in a row, and which that is: the first that has one there, else the first of the table.
fn changed(lines: &[String], table: &str, column: &str, value: &Value) -> (usize, Vec<String>) {
    let mut rows: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let has = |row: &Value| !row[table][column].is_null();
    let at = rows.iter().position(has).or_else(|| rows.iter().position(|row| row[table].is_object())).unwrap();
    rows[at][table][column] = value.clone();
    (at, rows.iter().map(Value::to_string).collect())
}

/// Everything that can be asked of the account, and what upkeep does with it.
fn read_all(site: &Site, what: &str) {
    let token = token_with(site, "acme", &["Account Admin"]);
    let asked = |method: Method, target: &str, input: Option<Value>| {
        let request = site.call(method, target).header("authorization", &format!("Bearer {token}"));
        let answer = input.map_or_else(|| request, |input| site.call(method, target).admin().json(&input)).send();
        assert!(answer.status < 500, "{what}: {target}: {} {}", answer.status, answer.body_text());
        answer
    };
    let api = "/api/v1/accounts/acme";
    let logs = ["sign-ins", "events", "audit-log", "provisioning-log"];
    let lists = ["providers", "users", "groups", "invitations", "removed-users", "roles", "resource-groups"];
    let records = ["role-bindings", "organizations", "projects", "service-accounts", "api-keys", "keys"];
    asked(Method::Get, api, None);
    for noun in logs.iter().chain(&lists).chain(&records) {
        let list = asked(Method::Get, &format!("{api}/{noun}?limit=200"), None);
        assert_eq!(list.status, 200, "{what}: {noun}");
        for item in body(&list)["items"].as_array().unwrap() {
            if let Some(id) = item["id"].as_str().filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
                asked(Method::Get, &format!("{api}/{noun}/{id}"), None);
                if *noun == "providers" {
                    asked(Method::Post, &format!("{api}/providers/{id}/dry-run"), Some(json!({})));
                }
                if *noun == "users" {
                    asked(Method::Get, &format!("{api}/users/{id}/access"), None);
                }
            }
        }
    }
    for log in logs {
        asked(Method::Get, &format!("{api}/{log}?format=ndjson"), None);
    }
    for target in
        ["Users", "Groups", "Users?filter=title+pr", "Users?sortBy=name.familyName", "Users?attributes=emails"]
    {
        let target = format!("/scim/v2/acme/{target}");
        assert_eq!(asked(Method::Get, &target, None).status, 200, "{what}: {target}");
    }
    let signed_in = site.sign_in(SOUND).status;
    assert!(signed_in < 500, "{what}: a sign-in, {signed_in}");
    pollster::block_on(upkeep(&site.database, &Retention::read(|_| None).unwrap(), site.now())).unwrap();
}

/// A table of `records` is there twice; its rows are of one kind each.
fn columns() -> impl Iterator<Item = (&'static Table, &'static str, Column)> {
    let once =
        TABLES.iter().enumerate().filter(|(at, table)| TABLES[..*at].iter().all(|other| other.name != table.name));
    once.flat_map(|(_, table)| table.columns.iter().map(move |(name, column, _)| (table, *name, *column)))
}

#[test]
fn whatever_an_import_takes_can_be_read_and_exported_again() {
    let lines = export_of(&furnished(), "acme");
    let (mut taken, mut refused) = (0, 0);
    let mut site = empty("acme");
    let mut before = site.database.dump();
    for (table, name, column) in columns() {
        for value in odd_values(column) {
            let what = format!("{}.{name} = {}", table.name, value.to_string().chars().take(60).collect::<String>());
            let (at, file) = changed(&lines, table.name, name, &value);
            // A row that is refused is so by itself, which takes less time.
            let alone = import(&site, "acme", 1, &[file[0].clone(), file[at].clone()]).send();
            if alone.status == 422 && errors(&alone)[0].0.starts_with("/2/") {
                refused += 1;
                continue;
            }
            site = empty("acme");
            before = site.database.dump();
            let answer = import(&site, "acme", 1, &file).send();
            if answer.status != 200 {
                problem(&answer, 422);
                refused += 1;
                continue;
            }
            let again = export_of(&site, "acme");
            assert_eq!(again.len(), file.len(), "{what}: rows are left out of the next export");
            read_all(&site, &what);
            taken += 1;
            site = empty("acme");
            before = site.database.dump();
        }
        assert_eq!(site.database.dump(), before, "{}.{name}: of what is refused nothing stays", table.name);
    }
    assert!(taken > 100 && refused > 400, "{taken} {refused}");
}

/// What is merged into a provider's stored settings, and where the error is.
fn unfit_settings() -> Vec<(Value, &'static str)> {
    let rule = json!({ "conditions": [], "effect": "admit" });
    let jit = |rules: Value| json!({ "jit": { "enabled": true, "validation": null, "rules": rules } });
    let mapped = json!({ "source": "usual", "required": true, "enabled": false });
    vec![
        (json!({ "clock_skew_seconds": 301 }), "/clockSkewSeconds"),
        (json!({ "clock_skew_seconds": 1_000_000_000 }), "/clockSkewSeconds"),
        (json!({ "clock_skew_seconds": -1 }), "/clockSkewSeconds"),
        (json!({ "clock_skew_seconds": i64::MAX }), "/clockSkewSeconds"),
        (json!({ "name": "" }), "/name"),
        (json!({ "name": "x".repeat(101) }), "/name"),
        (json!({ "name": " x" }), ""),
        (json!({ "sso_url": "javascript:alert(1)" }), "/ssoUrl"),
        (json!({ "sso_url": "https://x.example/\r\nset-cookie: a=b" }), "/ssoUrl"),
        (json!({ "sso_url": format!("https://x.example/{}", "x".repeat(2048)) }), "/ssoUrl"),
        (json!({ "sso_url": "" }), "/ssoUrl"),
        (json!({ "logout": { "url": "javascript:alert(1)", "response_url": null, "binding": "post" } }), "/sloUrl"),
        (
            json!({ "logout": { "url": "https://x.example/", "response_url": "data:x", "binding": "post" } }),
            "/sloResponseUrl",
        ),
        (json!({ "metadata_url": "http://169.254.169.254/" }), "/metadataUrl"),
        (json!({ "metadata_url": "http://localhost/metadata" }), "/metadataUrl"),
        (json!({ "metadata_signing_certificate": "x" }), "/metadataSigningCertificate"),
        (json!({ "certificates": [] }), "/certificates"),
        (json!({ "certificates": ["x"] }), "/certificates"),
        (json!({ "left_out": vec!["x"; 11] }), "/leftOut"),
        (json!({ "left_out": ["x".repeat(301)] }), "/leftOut"),
        (json!({ "draft": true, "enabled": true }), "/enabled"),
        (json!({ "sp_entity_id": "" }), ""),
        (json!({ "sp_entity_id": "x".repeat(1025) }), "/spEntityId"),
        (json!({ "requested_authn_context": vec!["x"; 11] }), "/requestedAuthnContext"),
        (json!({ "allowed_email_domains": ["UPPER.example"] }), ""),
        (json!({ "allowed_email_domains": ["*.example"] }), "/allowedEmailDomains/0"),
        (
            json!({ "authorization": { "enabled": true, "groups_attribute": "x".repeat(257) } }),
            "/authorization/groupsAttribute",
        ),
        (
            json!({ "attribute_mapping": { "email": { "source": { "constant": "x" }, "required": false, "enabled": true } } }),
            "/attributeMapping/email/constant",
        ),
        (json!({ "attribute_mapping": { "groups": mapped } }), "/attributeMapping/groups/required"),
        (json!({ "jit": { "enabled": true, "validation": { "key": "", "value": "x" } } }), "/jit/validationKey"),
        (jit(json!(vec![rule; 101])), "/jit/rules"),
        (jit(json!([{ "conditions": [], "effect": "deny", "groups": ["g1"] }])), "/jit/rules/0/groups"),
        (
            jit(json!([{ "conditions": [{ "on": "nameId", "operator": "in" }], "effect": "admit" }])),
            "/jit/rules/0/conditions/0/values",
        ),
    ]
}

#[test]
fn a_provider_is_within_the_bounds_of_its_form() {
    let lines = export_of(&furnished(), "acme");
    let stored = lines.iter().find_map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        Some((row["providers"]["settings"].as_str()?.to_owned(), line.clone()))
    });
    let (settings, line) = stored.unwrap();
    let number = lines.iter().position(|other| *other == line).unwrap() + 1;
    for (change, pointer) in unfit_settings() {
        let mut settings: Value = serde_json::from_str(&settings).unwrap();
        for (name, value) in change.as_object().unwrap() {
            settings[name] = value.clone();
        }
        let site = empty("acme");
        let (_, file) = changed(&lines, "providers", "settings", &settings.to_string().into());
        let answer = import(&site, "acme", 1, &file).send();
        let shown = change.to_string().chars().take(100).collect::<String>();
        assert_eq!(answer.status, 422, "{shown}");
        assert_eq!(errors(&answer)[0].0, format!("/{number}/providers/settings{pointer}"), "{shown}");
        assert_eq!(site.database.count("providers"), 0, "{shown}");
    }
    for entity_id in ["", " x", "x\n", &"x".repeat(1025)] {
        let answer =
            import(&empty("acme"), "acme", 1, &changed(&lines, "providers", "entity_id", &entity_id.into()).1).send();
        assert_eq!(errors(&answer)[0].0, format!("/{number}/providers/entity_id"), "{entity_id}");
    }
}

/// What every setting of the form comes to is taken: an import is of what an export says.
#[test]
fn a_provider_with_every_setting_is_imported() {
    let site = Site::new();
    site.create_account("acme");
    let condition =
        |on: Value| json!({ "on": on, "operator": "in", "values": ["a", "b"], "ignoreCase": true, "not": true });
    let provider = site.create_provider(json!({
        "spEntityId": "https://sp.example/entity", "allowIdpInitiated": false, "allowUnknownInResponseTo": true,
        "allowSha1": true, "clockSkewSeconds": 300, "signRequests": true, "forceAuthn": true, "nameIdFormat": "persistent",
        "requestedAuthnContext": ["urn:x"], "encryption": "require", "generation": "legacy",
        "authorization": { "enabled": true, "groupsAttribute": "groups" }, "acceptUsersOfOtherProviders": true,
        "allowedEmailDomains": ["Example.com"],
        "attributeMapping": {
            "email": { "nameId": true, "required": true }, "givenName": { "attribute": "first" },
            "displayName": { "constant": "Somebody" }, "familyName": { "enabled": false },
            "custom": [{ "name": "team", "attribute": "Team" }],
        },
        "jit": { "enabled": true, "validationKey": "k", "validationValue": "v", "rules": [
            { "name": "One", "conditions": [condition(json!({ "attribute": "a" })), condition(json!("nameId"))], "effect": "admit" },
            { "conditions": [{ "on": "emailDomain", "operator": "present" }], "effect": "deny" },
        ] },
    }));
    let other = empty("acme");
    imported(&import(&other, "acme", 1, &export_of(&site, "acme")).send());
    let shown = body(&other.get("/api/v1/accounts/acme/providers").admin().send());
    assert_eq!(shown["items"][0], provider);
}

/// Also of a row that was stored before there was such a bound.
#[test]
fn no_skew_is_larger_than_the_form_takes() {
    let site = Site::with_provider();
    site.database.execute("UPDATE providers SET settings = json_set(settings, '$.clock_skew_seconds', 1000000000)");
    site.wait(Duration(MAX_CLOCK_SKEW.0 + Duration::days(1).0));
    assert_eq!(site.sign_in(SOUND).status, 403);
    assert_eq!(site.last_sign_in(), "expired");
}

/// A user whom SCIM made without an e-mail is called by their userName, and one with all that a client can send.
#[test]
fn users_of_scim_are_imported_as_they_are() {
    let site = furnished();
    let token = token_with(&site, "acme", &["Provisioner"]);
    let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let users = [
        json!({ "userName": "Robot", "active": false }),
        json!({ "userName": "Droid" }),
        json!({ "schemas": [enterprise], "userName": "eve2@example.com", "name": { "formatted": "E" }, "nickName": "e",
            "phoneNumbers": [{ "value": "tel:+1", "type": "work", "primary": true }], "addresses": [{ "country": "DE" }],
            "roles": [{ "value": "r" }], "x509Certificates": [{ "value": "AAAA" }], "password": "secret",
            enterprise: { "department": "D", "manager": { "value": "m", "displayName": "M" } } }),
    ];
    for (user, home) in users.into_iter().zip([None, Some("x@home.example"), Some("y@home.example")]) {
        let request = site.post("/scim/v2/acme/Users").header("authorization", &format!("Bearer {token}"));
        let made = request.json(&user).send();
        assert_eq!(made.status, 201, "{}", made.body_text());
        let Some(home) = home else { continue };
        let path = format!("/scim/v2/acme/Users/{}", body(&made)["id"].as_str().unwrap());
        let operations = json!([{ "op": "add", "path": "title", "value": "Dr." }, { "op": "remove", "path": "active" },
            { "op": "add", "path": "emails", "value": [{ "value": home, "type": "home" }] }]);
        let patch = site.call(Method::Patch, &path).header("authorization", &format!("Bearer {token}"));
        let patched = patch.json(&json!({ "Operations": operations })).send();
        assert_eq!(patched.status, 200, "{}", patched.body_text());
    }
    let (other, lines) = (empty("acme"), export_of(&site, "acme"));
    imported(&import(&other, "acme", 1, &lines).send());
    assert_eq!(export_of(&other, "acme").len(), lines.len());
}
