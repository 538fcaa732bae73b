//! No statement reads a table that grows with the account's use from end to end: each goes by an index, so its cost is
//! the same with a thousand users and a million.

use crate::logouts::event_of;
use crate::logs::attempt;
use crate::scene::{ISSUER, NOW, account_of, group_of, invitation_of, key_of, provider_of, scene, session_of, user_of};
use crate::single_use::secret;
use crate::support::database::{Database, Fault};
use postern::access::record::{Kind, Record, Reference, Settings};
use postern::account_key::Purpose;
use postern::directory::{self, Email};
use postern::saml::NameId;
use postern::store::api_token::ApiToken;
use postern::store::change::{self, Change};
use postern::store::event::{self, Event};
use postern::store::grant::Whose;
use postern::store::import::{self, Import};
use postern::store::pending_request::{self, PendingRequest};
use postern::store::portable::TABLES;
use postern::store::provisioning_log::{self, Entry};
use postern::store::scim_group::{self, Members, ScimGroup};
use postern::store::scim_list::{self, Keyset, Walk};
use postern::store::sign_in::{self, Outcome};
use postern::store::{
    Page, Plan, Statement, account, account_key, api_token, commit, grant, group, invitation, pending_logout, provider,
    record, recording, scim_user, session, spent, tombstone, user,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn page() -> Page {
    Page { after: Some("m".into()), limit: 50 }
}

/// Every statement of the store, by a name to tell it by.
fn statements() -> Vec<(&'static str, Statement)> {
    let email = Email::parse("ada@example.com").unwrap();
    let change = |change| user::change("acme", &change, NOW);
    let name_id = NameId { value: "n1".into(), format: None };
    let indexes = ["_s1".to_owned()];
    let named = session::Named { account: "acme", provider: "p1", name_id: &name_id, indexes: &indexes };
    let mut all = vec![
        ("account::find", account::find("acme")),
        ("account::list", account::list(&page())),
        ("account::update", account::update(&account_of("acme"))),
        ("account_key::of_account", account_key::of_account("acme")),
        ("account_key::retire", account_key::retire("acme", Purpose::Signing, "k1", NOW)),
        ("account_key::purge", account_key::purge(NOW)),
        ("provider::of_account", provider::of_account("acme")),
        ("provider::find", provider::find("acme", "p1")),
        ("provider::naming_group", provider::naming_group("acme", "g1")),
        ("provider::versions", provider::versions("acme")),
        ("provider::update", provider::update("acme", &provider_of("p1", ISSUER)).unwrap()),
        ("provider::take_due", provider::take_due(NOW, NOW, 5)),
        ("provider::looked_at", provider::looked_at("acme", &provider_of("p1", ISSUER))),
        ("provider::delete", provider::delete("acme", "p1")),
        ("user::find", user::find("acme", "u1")),
        ("user::find_by_link", user::find_by_link("acme", "p1", Some("n1"))),
        ("user::find_by_email", user::find_by_email("acme", Some(&email), "p1")),
        ("user::list", user::list("acme", None, &page())),
        ("user::update", user::update("acme", &user_of("u1", "ada@example.com"), &email)),
        ("user::delete", user::delete("acme", "u1")),
        ("user::list by e-mail", user::list("acme", Some(&email), &page())),
        ("user::signed_in", change(directory::Change::SignedIn { user: "u1".into() })),
        ("grant::roles_of_groups", grant::roles_of_groups("acme", &indexes)),
        ("group::find", group::find("acme", "g1")),
        ("group::list", group::list("acme", &page())),
        ("group::joinable", group::joinable("acme", &indexes)),
        ("group::identifiers", group::identifiers("acme", "a_b")),
        ("group::update", group::update("acme", &group_of("g1", "A b"))),
        ("group::delete", group::delete("acme", "g1")),
        ("group::members", group::members("acme", "g1", &page())),
        ("group::member", group::member("acme", "g1", "u1")),
        ("group::leave", group::leave("acme", "u1", &indexes)),
        ("group::clear", group::clear("acme", "g1")),
        ("group::linked", group::linked("acme", "p1", Some("n1"), Some(&email))),
        ("group::linked_names", group::linked_names("acme", "p1")),
        ("group::in_scim_group", group::in_scim_group("acme", "u1")),
        ("invitation::of_email", invitation::of_email("acme", Some(&email), NOW)),
        ("invitation::of_digest", invitation::of_digest("acme", "d1", NOW)),
        ("invitation::find", invitation::find("acme", "i1")),
        ("invitation::list", invitation::list("acme", &page())),
        ("invitation::delete", invitation::delete("acme", "i1")),
        ("invitation::delete_expired", invitation::delete_expired("acme", &email, NOW)),
        ("invitation::purge", invitation::purge(NOW)),
        ("tombstone::find", tombstone::find("acme", "p1", Some("n1"), Some(&email))),
        ("tombstone::list", tombstone::list("acme", &page())),
        ("tombstone::of", tombstone::of("acme", "u1")),
        ("tombstone::clear", tombstone::clear("acme", &email)),
        ("tombstone::clear_user", tombstone::clear_user("acme", "u1")),
        ("session::delete_of_user", session::delete_of_user("acme", "u1")),
        ("session::find", session::find("acme", "d1", NOW, NOW)),
        ("session::seen", session::seen("acme", "d1", NOW)),
        ("session::delete", session::delete("acme", "d1")),
        ("session::find_for_logout", session::find_for_logout("acme", "d1")),
        ("session::delete_without_logout", session::delete_without_logout("acme", "d1")),
        ("session::Named::find", named.find()),
        ("session::Named::delete", named.delete()),
        ("session::purge", session::purge(NOW)),
        ("spent::find_assertion", spent::find_assertion("acme", "p1", "_a1")),
        ("spent::purge", spent::purge(NOW)),
        ("pending_request::find", pending_request::find("acme", "_r1", "p1", "d1", NOW)),
        ("pending_request::delete", pending_request::delete("acme", "_r1")),
        ("pending_request::purge", pending_request::purge(NOW)),
        ("pending_logout::find", pending_logout::find("acme", "_l1", "p1", NOW)),
        ("pending_logout::delete", pending_logout::delete("acme", "_l1")),
        ("pending_logout::purge", pending_logout::purge(NOW)),
        ("import::find", import::find("acme")),
        ("import::restore, account", import::restore("acme", &crate::scene::account_of("acme"))[0].clone()),
        ("import::restore, changes", import::restore("acme", &crate::scene::account_of("acme"))[1].clone()),
        ("recording::list", recording::list("acme", "p1", NOW, &page())),
        ("recording::delete_of_provider", recording::delete_of_provider("acme", "p1")),
        ("recording::purge", recording::purge(NOW)),
        ("sign_in::find", sign_in::find("acme", "i1")),
    ];
    all.extend(access());
    all.extend(scim());
    all.extend(inserts());
    all
}

/// What says who may do what.
fn access() -> Vec<(&'static str, Statement)> {
    let reference = Reference { kind: "role".into(), id: "r1".into() };
    let record = record_of("r1");
    let token = ApiToken { id: "t1".into(), name: "Token".into(), created_at: NOW, expires_at: None };
    vec![
        ("record::find", record::find("acme", Kind::Role, "r1")),
        ("record::list", record::list("acme", Kind::Role, &page())),
        ("record::insert", record::insert("acme", &record).unwrap()),
        ("record::update", record::update("acme", &record).unwrap()),
        ("record::delete", record::delete("acme", "r1")),
        ("record::in_use", record::in_use("acme", "r1")),
        ("record::resolve", record::resolve("acme", &[&reference]).unwrap()),
        ("record::bound_on", record::bound_on("acme", "q1")),
        ("api_token::insert", api_token::insert("acme", "k1", &token, "d1")),
        ("api_token::list", api_token::list("acme", "k1", &page())),
        ("api_token::find", api_token::find("acme", "k1", "t1")),
        ("api_token::delete", api_token::delete("acme", "t1")),
        ("api_token::holder", api_token::holder("acme", "t1")),
        ("api_token::shown", api_token::shown("acme", "t1", "d1", NOW)),
        ("grant::of", grant::of("acme", Whose::Token("t1"))),
        ("grant::groups_of_session", grant::groups_of_session("acme", "d1")),
        ("grant::members", grant::members("acme", "g1", &page())),
        ("grant::member", grant::member("acme", "g1", "u1")),
    ]
}

/// What SCIM reads and writes.
fn scim() -> Vec<(&'static str, Statement)> {
    let mut all = users_of_scim();
    all.extend(groups_of_scim());
    let looked_up: Vec<_> = all.iter().filter(|(name, _)| LOOKED_UP.contains(name)).cloned().collect();
    assert_eq!(looked_up.len(), LOOKED_UP.len());
    let behind_token = |(name, lookup)| (name, api_token::shown_before("t1", "d1", NOW, lookup));
    all.extend(looked_up.into_iter().map(behind_token));
    all
}

/// What is looked up in one statement with the token.
const LOOKED_UP: [&str; 8] = [
    "scim_user::find",
    "scim_user::by_user_name",
    "scim_user::by_external_id",
    "scim_user::by_email",
    "scim_user::alike",
    "scim_group::find",
    "scim_group::by_name",
    "scim_group::by_external_id",
];

fn users_of_scim() -> Vec<(&'static str, Statement)> {
    let keyset = Keyset { after: "m", after_time: None, limit: 50 };
    let ids = ["u1".to_owned()];
    let user = user_of("u1", "ada@example.com");
    let written = scim_user::Written {
        user: &user,
        email_folded: "ada@example.com",
        user_name: "Ada",
        user_name_folded: "ada",
        external: Some(("service-account/s1", "e1")),
        scim: "{}",
    };
    let walk = Walk { token: "t1", kind: scim_list::Kind::User, start: 1, next: 101, after: "u1" };
    vec![
        ("scim_user::find", scim_user::find("acme", "u1")),
        ("scim_user::by_user_name", scim_user::by_user_name("acme", "ada")),
        ("scim_user::by_external_id", scim_user::by_external_id("acme", "t1", "e1")),
        ("scim_user::by_email", scim_user::by_email("acme", "ada@example.com", &keyset)),
        ("scim_user::alike", scim_user::alike("acme", "ada", "ada@example.com")),
        ("scim_user::of_group", scim_user::of_group("acme", "g1", &keyset)),
        ("scim_user::by_prefix", scim_user::by_prefix("acme", "a", "b", &keyset)),
        ("scim_user::changed", scim_user::changed("acme", NOW, NOW, &keyset)),
        ("scim_user::page", scim_user::page("acme", &keyset)),
        ("scim_user::page_at", scim_user::page_at("acme", "t1", 101, 100, NOW)),
        ("scim_user::of_ids", scim_user::of_ids("acme", &ids)),
        ("scim_user::Written::insert", written.insert("acme")),
        ("scim_user::Written::update", written.update("acme")),
        ("scim_user::keep_emails", scim_user::keep_emails("acme", "u1", &ids)),
        ("scim_user::add_emails", scim_user::add_emails("acme", "u1", &ids)),
        ("scim_list::count", scim_list::count("acme", scim_list::Kind::Group)),
        ("scim_list::walk", scim_list::walk("acme", &walk, NOW)),
        ("scim_list::guard_group", scim_list::guard_group("acme", "g1", 1)),
        ("scim_list::lift_guard", scim_list::lift_guard("acme", "g1")),
    ]
}

fn groups_of_scim() -> Vec<(&'static str, Statement)> {
    let keyset = Keyset { after: "m", after_time: None, limit: 50 };
    let ids = ["u1".to_owned()];
    let members = Members { first: 50, asked: &ids };
    let group = scim_group_of("g1");
    vec![
        ("scim_group::find", scim_group::find("acme", "g1", members)),
        ("scim_group::by_name", scim_group::by_name("acme", "A b", members)),
        ("scim_group::by_external_id", scim_group::by_external_id("acme", "t1", "e1", members)),
        ("scim_group::of_member", scim_group::of_member("acme", "u1", members, &keyset)),
        ("scim_group::changed", scim_group::changed("acme", NOW, NOW, members, &keyset)),
        ("scim_group::page", scim_group::page("acme", members, &keyset)),
        ("scim_group::page_at", scim_group::page_at("acme", "t1", 101, 100, NOW, members)),
        ("scim_group::of_ids", scim_group::of_ids("acme", &ids, members)),
        ("scim_group::members_after", scim_group::members_after("acme", "g1", "u1")),
        ("scim_group::unknown", scim_group::unknown("acme", &ids)),
        ("scim_group::insert", scim_group::insert("acme", &group)),
        ("scim_group::rename", scim_group::rename("acme", &group)),
        ("scim_group::add_members", scim_group::add_members("acme", "g1", &ids, NOW)),
        ("scim_group::remove_members", scim_group::remove_members("acme", "g1", &ids)),
        ("scim_group::keep_members", scim_group::keep_members("acme", "g1", &ids)),
        ("scim_group::touch_if_changed", scim_group::touch_if_changed("acme", "g1", NOW)),
        ("scim_group::touch_groups_of", scim_group::touch_groups_of("acme", "u1", NOW)),
        ("scim_group::delete", scim_group::delete("acme", "g1")),
    ]
}

fn scim_group_of(id: &str) -> ScimGroup {
    ScimGroup {
        id: id.into(),
        name: "A b".into(),
        identifier: "A_b".into(),
        created_at: NOW,
        updated_at: NOW,
        version: 1,
        external_id: None,
        external_owner: None,
        members: Vec::new(),
        asked: Vec::new(),
    }
}

fn record_of(id: &str) -> Record {
    Record {
        id: id.into(),
        kind: Kind::Role,
        name: "Reader".into(),
        settings: Settings::default(),
        roles: None,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

/// An insert searches nothing itself, but what it refers to.
fn inserts() -> Vec<(&'static str, Statement)> {
    let email = Email::parse("ada@example.com").unwrap();
    let meant = directory::Meant { provider: "p1".into(), name_id: Some("n2".into()) };
    let create =
        directory::Change::CreateUser { user: user_of("u2", "ada@example.com"), email, unless_removed: Some(meant) };
    let (id, subject) = ("e1".into(), "p1/f1".into());
    let event = Event { id, at: NOW, kind: "certificate.expires".into(), subject, detail: serde_json::Value::Null };
    let name_id = NameId { value: "n1".into(), format: None };
    let recording = recording::Recording::new(&name_id, None, &[]);
    let link = directory::Change::LinkUser {
        user: "u1".into(),
        provider: "p1".into(),
        name_id: "n2".into(),
        beside_others: false,
    };
    let bind = directory::Change::BindUser { user: "u1".into(), provider: "p1".into(), beside_others: false };
    vec![
        ("change::note", change::note("acme", "c2", NOW, "setup-token", "setup-token.used", "/api/v1/accounts")),
        ("account::insert", account::insert(&account_of("new"))),
        ("account_key::insert", account_key::insert("acme", &key_of("k1"))),
        ("provider::insert", provider::insert("acme", &provider_of("p2", "https://two.example")).unwrap()),
        ("event::tell", event::tell("acme", &event)),
        ("group::insert", group::insert("acme", &group_of("g1", "A b"))),
        ("group::join", group::join("acme", "u1", &["g1".into()], NOW)),
        ("group::follow_into", group::follow_into("acme", "p1", "u1", &["g1".into()], NOW)),
        ("group::follow_out_of", group::follow_out_of("acme", "p1", "u1", &["g1".into()])),
        ("invitation::insert", invitation::insert("acme", &invitation_of("i1", "ada@example.com"), "d1")),
        ("tombstone::of_user, e-mail", tombstone::of_user("acme", "u1", "setup-token", NOW)[0].clone()),
        ("tombstone::of_user, NameIDs", tombstone::of_user("acme", "u1", "setup-token", NOW)[1].clone()),
        ("user::insert", user::change("acme", &create, NOW)),
        ("user::link", user::change("acme", &link, NOW)),
        ("user::bind", user::change("acme", &bind, NOW)),
        ("session::insert", session::insert(&session_of("s1", "u1", "p1"), "d1", 1, 1)),
        ("recording::insert", recording.insert("acme", "p1", "i1", NOW, "existing_user").unwrap()),
        ("spent::assertion", spent::assertion("acme", "p1", "_a1", NOW)),
        ("spent::logout_request", spent::logout_request("acme", "p1", "_l1", NOW)),
        ("event::insert", event::insert("acme", &event_of("e1"))),
        ("spent::request", spent::request("acme", "_r1", NOW)),
    ]
}

/// The statements of an export and an import: they are written out of the columns of each table.
#[test]
fn what_an_export_reads_and_an_import_writes_goes_by_an_index() {
    let database = scene();
    for table in TABLES {
        let steps = database.plan(&table.page("acme", NOW, &[]));
        let search = |step: &&String| step.starts_with(&format!("SEARCH {} ", table.name)) && step.contains('>');
        assert_eq!(steps.iter().filter(search).count(), 1, "{}: {steps:?}", table.name);
        for step in &steps {
            let is_read = reads_a_table(step) && !step.starts_with("SCAN (subquery");
            assert!(!is_read && !step.contains("TEMP B-TREE"), "{}: {steps:?}", table.name);
        }
        for step in database.plan(&table.insert("acme", "[]".into())) {
            assert!(!reads_a_table(&step), "{}: {step}", table.name);
        }
    }
}

/// Of a virtual table, which is a list that the call gave, each entry is read; and of a `chunk`, which is what another step found
/// up to a limit, as is what was `looked_up`. A constant row, `shown`, is in no table.
fn reads_a_table(step: &str) -> bool {
    step.starts_with("SCAN")
        && !step.contains("VIRTUAL TABLE")
        && step != "SCAN chunk"
        && step != "SCAN CONSTANT ROW"
        && step != "SCAN shown"
        && step != "SCAN looked_up LEFT-JOIN"
}

#[test]
fn every_statement_goes_by_an_index() {
    let database = scene();
    for (name, statement) in statements() {
        for step in database.plan(&statement) {
            assert!(!reads_a_table(&step), "{name}: {step}");
        }
    }
}

/// Of what an account has few of, all are read: keys, its import, providers, and the logins and logouts of the last minutes, which go
/// with a provider.
const FEW: [&str; 8] = [
    "account_key::of_account",
    "account_key::retire",
    "import::find",
    "import::restore, changes",
    "provider::of_account",
    "provider::versions",
    "provider::delete",
    "provider::naming_group",
];

/// An index of which the account alone is used reads all that the account has. What SQLite believes of a table, so that it
/// takes another one, is in migrations/0010_statistics.sql.
#[test]
fn no_statement_reads_all_of_an_account() {
    let database = scene();
    for (name, statement) in statements() {
        for step in database.plan(&statement) {
            assert!(FEW.contains(&name) || !step.contains("(account_id=?)"), "{name}: {step}");
        }
    }
}

#[test]
fn no_list_is_sorted_after_it_is_read() {
    let database = scene();
    for (name, statement) in statements() {
        for step in database.plan(&statement) {
            assert!(!step.contains("TEMP B-TREE"), "{name}: {step}");
        }
    }
}

/// What commits run: each log row, and the proof that looks for it after an error of unknown effect.
fn plans_and_proofs(database: &Database) -> Vec<Statement> {
    let request = PendingRequest { id: "_r1".into(), return_to: "/".into(), is_test: false };
    let pending = pending_request::plan("acme", &request, "p1", secret(), NOW);
    let change: Change<'_, ()> = Change {
        id: "c1".into(),
        at: NOW,
        actor: "setup-token",
        action: "provider.updated",
        resource: "provider/p1".into(),
        version: 2,
        before: None,
        after: None,
    };
    let mut statements = run_twice(database, attempt("i1", Outcome::Refused).plan("acme", ()).unwrap());
    statements.extend(run_twice(database, change.plan("acme", ()).unwrap()));
    statements.extend(run_twice(database, pending));
    statements.extend(run_twice(database, pending_logout::plan("acme", "_l1", "p1", NOW)));
    statements.extend(run_twice(database, event_of("e1").plan("acme")));
    database.execute(
        "INSERT INTO accounts (id, name, created_at, version) VALUES ('new', 'New', 1, 1), ('next', 'Next', 1, 1); \
         INSERT INTO imports (account_id, id, actor, began_at, first, lines, digest) VALUES ('next', 'c1', 'x', 1, 1, 4, 'd')",
    );
    let chunk = |first| Import { first, lines: first + 3, digest: "d".into(), ended_at: None };
    statements.extend(run_twice(database, import::plan("new", "c2", "setup-token", NOW, &chunk(1))));
    statements.extend(run_twice(database, import::plan("next", "c3", "setup-token", NOW, &chunk(5))));
    statements.extend(run_twice(database, entry_of("l1").plan("acme", ())));
    statements
}

fn entry_of(id: &str) -> Entry {
    Entry {
        id: id.into(),
        at: NOW,
        client: "okta".into(),
        method: "POST".into(),
        path: "/Users".into(),
        status: 201,
        outcome: provisioning_log::Outcome::Done,
        actor: Some("service-account/s1".into()),
        resource: Some("user/u1".into()),
        detail: serde_json::json!({}),
    }
}

fn run_twice<T>(database: &Database, plan: Plan<T>) -> Vec<Statement> {
    database.watch(&[(1, Fault::After)]);
    pollster::block_on(commit(database, plan)).unwrap();
    let statements = database.statements();
    assert_eq!(statements.len(), 3, "the row, the row again, the proof");
    statements
}

#[test]
fn plans_and_their_proofs_go_by_an_index() {
    let database = scene();
    for statement in plans_and_proofs(&database) {
        for step in database.plan(&statement) {
            assert!(!reads_a_table(&step), "{}: {step}", statement.sql);
        }
    }
}

/// D1 keeps a statement that it has planned. One that is planned for the values of its parameters is planned again at each run, which
/// takes longer than all else that a lookup does: SQLite does so for `= ?1` and `LIMIT ?1`, not for `= +?1` and `LIMIT +?1`.
#[test]
fn no_statement_is_planned_for_its_parameters() {
    let database = scene();
    let exported = TABLES.iter().map(|table| table.page("acme", NOW, &[]));
    let all =
        statements().into_iter().map(|(_, statement)| statement).chain(exported).chain(plans_and_proofs(&database));
    for statement in all {
        assert_eq!(database.planned_anew(&statement), 0, "{}", statement.sql);
    }
}

#[test]
fn these_are_all_statements_that_there_are() {
    let tried: BTreeSet<_> = statements()
        .into_iter()
        .map(|(_, statement)| statement)
        .chain(plans_and_proofs(&scene()))
        .map(|s| s.sql)
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    let written: usize = files.map(|text| text.matches("Statement::new(").count()).sum();
    assert_eq!(tried.len() - LOOKED_UP.len(), written, "a statement of src/store is missing here");
}

#[test]
fn what_goes_with_a_provider_or_a_user_or_follows_it_is_found_by_an_index() {
    let database = scene();
    for sql in [
        "DELETE FROM user_links WHERE account_id = 'acme' AND user_id = 'u1'",
        "DELETE FROM user_links WHERE account_id = 'acme' AND provider_id = 'p1'",
        "DELETE FROM sessions WHERE account_id = 'acme' AND user_id = 'u1'",
        "DELETE FROM sessions WHERE account_id = 'acme' AND provider_id = 'p1'",
        "DELETE FROM records WHERE account_id = 'acme' AND group_id = 'g1'",
        "DELETE FROM records WHERE account_id = 'acme' AND user_id = 'u1'",
        "DELETE FROM records WHERE account_id = 'acme' AND service_account_id = 's1'",
        "DELETE FROM api_tokens WHERE account_id = 'acme' AND api_key_id = 'k1'",
        "DELETE FROM user_emails WHERE account_id = 'acme' AND user_id = 'u1'",
        "DELETE FROM import_walks WHERE account_id = 'acme' AND token_id = 't1'",
        "UPDATE api_tokens SET roles = NULL WHERE account_id = 'acme' AND user_id = 'u1'",
        "UPDATE api_tokens SET roles = NULL WHERE account_id = 'acme' AND service_account_id = 's1'",
    ] {
        let steps = database.plan(&Statement { sql: sql.into(), parameters: Vec::new() });
        assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{sql}: {steps:?}");
    }
}
