//! Two accounts, each with a provider and a user: what most statements need to have something to find, and not to find.

use crate::support::corpus::case;
use crate::support::database::Database;
use crate::support::keys::{certificate, metadata};
use postern::access::Session;
use postern::account_key::{AccountKey, Purpose};
use postern::crypto::WrappedKey;
use postern::directory::{Change, Email, Group, GroupManager, Invitation, ManagedBy, User};
use postern::provider::{MetadataInput, Provider};
use postern::saml::{IdpMetadata, VerifiedAssertion};
use postern::store::account::Account;
use postern::store::{Rows, Statement, Store, StoreError, account, provider, session, user};
use postern::time::Timestamp;
use std::sync::LazyLock;

/// 2026-11-22T06:00:00Z
pub(crate) const NOW: Timestamp = Timestamp(1_795_327_200_000);

pub(crate) const ISSUER: &str = "https://idp.example/entity";

/// A database with the accounts `acme` and `other`. Both have a provider `p1` and a user `u1` whom it means by `n1`.
pub(crate) fn scene() -> Database {
    let database = Database::new();
    for id in ["acme", "other"] {
        run(&database, account::insert(&account_of(id))).unwrap();
        run(&database, provider::insert(id, &provider_of("p1", ISSUER)).unwrap()).unwrap();
        create_user(&database, id, "u1", "Ada@Example.com").unwrap();
        link(&database, id, "n1", "u1").unwrap();
    }
    database
}

/// Runs one statement.
pub(crate) fn run(database: &Database, statement: Statement) -> Result<Rows, StoreError> {
    let mut results = pollster::block_on(database.batch(vec![statement]))?;
    assert_eq!(results.len(), 1);
    Ok(results.remove(0))
}

pub(crate) fn account_of(id: &str) -> Account {
    Account { id: id.into(), name: format!("{id} Inc."), created_at: NOW, adopt_jit_users: false, version: 1 }
}

pub(crate) fn provider_of(id: &str, entity_id: &str) -> Provider {
    let input = serde_json::json!({
        "name": "Corpus",
        "kind": "okta",
        "metadataXml": metadata(entity_id, &["idp", "idp-next"]),
    });
    let input = input.as_object().unwrap();
    let metadata = MetadataInput::read(input, None, false);
    let document = IdpMetadata::parse(input["metadataXml"].as_str().unwrap().as_bytes()).unwrap();
    Provider::create(input, metadata.given(Some(Ok(document))), id.into(), NOW).unwrap()
}

pub(crate) fn key_of(id: &str) -> AccountKey {
    AccountKey {
        id: id.into(),
        purpose: Purpose::Signing,
        certificate: certificate("idp"),
        wrapped: WrappedKey::new([0; WrappedKey::NONCE], b"wrapped"),
        created_at: NOW,
        retires_at: None,
    }
}

/// A native group, linked to nothing.
pub(crate) fn group_of(id: &str, name: &str) -> Group {
    Group {
        id: id.into(),
        name: name.into(),
        identifier: postern::directory::identifier(name, &[]),
        managed_by: GroupManager::Native,
        provider_id: None,
        saml_group: None,
        created_at: NOW,
        updated_at: NOW,
        version: 1,
    }
}

pub(crate) fn invitation_of(id: &str, email: &str) -> Invitation {
    Invitation {
        id: id.into(),
        email: Email::parse(email).unwrap(),
        groups: vec!["g1".into()],
        created_at: NOW,
        expires_at: NOW.plus(Invitation::LIFETIME),
    }
}

pub(crate) fn user_of(id: &str, email: &str) -> User {
    User {
        id: id.into(),
        email: email.into(),
        given_name: Some("Ada".into()),
        family_name: None,
        display_name: Some("Ada Lovelace".into()),
        active: true,
        managed_by: ManagedBy::Jit,
        created_at: NOW,
        updated_at: NOW,
        last_sign_in_at: None,
        version: 1,
    }
}

pub(crate) fn create_user(database: &Database, account: &str, id: &str, email: &str) -> Result<Rows, StoreError> {
    let change =
        Change::CreateUser { user: user_of(id, email), email: Email::parse(email).unwrap(), unless_removed: None };
    run(database, user::change(account, &change, NOW))
}

pub(crate) fn link(database: &Database, account: &str, name_id: &str, user: &str) -> Result<Rows, StoreError> {
    let change =
        Change::LinkUser { user: user.into(), provider: "p1".into(), name_id: name_id.into(), beside_others: false };
    run(database, user::change(account, &change, NOW))
}

/// A session by an assertion of the corpus, of a user and a provider.
pub(crate) fn session_of(id: &str, user: &str, provider: &str) -> Session {
    static VERIFIED: LazyLock<VerifiedAssertion> =
        LazyLock::new(|| case("accept/policy/assertion-signed").verify_natively().unwrap().assertion);
    Session::of(&VERIFIED, provider, "acme", user, id.into(), NOW)
}

/// Opens a session of `u1`, whom the provider means by `n1`, with the index `_s1`.
pub(crate) fn open_session(database: &Database, id: &str, digest: &str) -> Result<Rows, StoreError> {
    let opened = run(database, session::insert(&session_of(id, "u1", "p1"), digest, 1, 1));
    database.execute(&format!(
        "UPDATE sessions SET name_id = 'n1', name_id_format = NULL, session_index = '_s1' WHERE id = '{id}'"
    ));
    opened
}
