//! Accounts and providers.

use crate::scene::{ISSUER, NOW, account_of, provider_of, run, scene};
use postern::provider::{MetadataInput, Provider};
use postern::saml::Binding;
use postern::store::account::Account;
use postern::store::{Page, account, provider};

#[test]
fn an_account_is_read_as_it_was_written() {
    let database = scene();
    let found: Option<Account> = run(&database, account::find("acme")).unwrap().first().unwrap();
    assert_eq!(found, Some(account_of("acme")));
    assert!(run(&database, account::find("ACME")).unwrap().is_empty(), "ids are compared exactly");
    assert!(run(&database, account::find("")).unwrap().is_empty());
}

#[test]
fn accounts_are_listed_by_id_one_more_than_the_page_holds() {
    let database = scene();
    run(&database, account::insert(&account_of("zeta"))).unwrap();
    let ids = |after: Option<&str>, limit| {
        let rows = run(&database, account::list(&Page { after: after.map(str::to_owned), limit })).unwrap();
        rows.all::<Account>().unwrap().into_iter().map(|account| account.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, 1), ["acme", "other"]);
    assert_eq!(ids(Some("acme"), 50), ["other", "zeta"]);
    assert_eq!(ids(Some("zeta"), 50), [""; 0]);
}

#[test]
fn a_provider_is_read_as_it_was_written() {
    let database = scene();
    let written = provider_of("p1", ISSUER);
    for statement in [provider::find("acme", "p1"), provider::of_account("acme")] {
        let found = provider::read(&run(&database, statement).unwrap()).unwrap();
        let [found] = found.as_slice() else { panic!("not one provider: {found:?}") };
        same(found, &written);
        assert_eq!(found.settings().sso_binding, Binding::Redirect);
        assert_eq!(found.certificates().len(), 2);
    }
    assert!(run(&database, provider::find("acme", "p2")).unwrap().is_empty());
    assert!(run(&database, provider::of_account("nobody")).unwrap().is_empty());
}

#[test]
fn providers_of_an_account_are_in_order_of_their_ids() {
    let database = scene();
    for id in ["p3", "p2"] {
        let provider = provider_of(id, &format!("https://{id}.example"));
        run(&database, provider::insert("acme", &provider).unwrap()).unwrap();
    }
    let found = provider::read(&run(&database, provider::of_account("acme")).unwrap()).unwrap();
    assert_eq!(found.iter().map(Provider::id).collect::<Vec<_>>(), ["p1", "p2", "p3"]);
}

#[test]
fn an_update_writes_one_provider_of_one_account() {
    let database = scene();
    let patch = serde_json::json!({ "name": "Renamed", "enabled": false });
    let before = provider_of("p1", ISSUER);
    let patch = patch.as_object().unwrap();
    let metadata = MetadataInput::read(patch, Some(&before), false).given(None);
    let after = before.update(patch, metadata, NOW.plus(postern::time::Duration::seconds(5))).unwrap();
    run(&database, provider::update("acme", &after).unwrap()).unwrap();
    let read = |account| provider::read(&run(&database, provider::find(account, "p1")).unwrap()).unwrap().remove(0);
    same(&read("acme"), &after);
    same(&read("other"), &before);
    let current = |account, providers: &[Provider]| {
        provider::are_current(&run(&database, provider::versions(account)).unwrap(), providers).unwrap()
    };
    assert!(current("acme", std::slice::from_ref(&after)) && current("other", std::slice::from_ref(&before)));
    assert!(!current("acme", std::slice::from_ref(&before)), "an earlier version");
    assert!(!current("acme", &[]) && !current("acme", &[after, provider_of("p2", ISSUER)]), "another number");
}

#[test]
fn a_provider_goes_with_its_links_sessions_and_requests_and_leaves_the_users() {
    let database = scene();
    crate::scene::open_session(&database, "s1", "d1").unwrap();
    crate::single_use::remember_request(&database, "_r1", NOW);
    run(&database, provider::delete("acme", "p1")).unwrap();
    for (table, left) in
        [("providers", 1), ("user_links", 1), ("sessions", 0), ("pending_requests", 0), ("users", 2), ("accounts", 2)]
    {
        assert_eq!(database.count(table), left, "{table}");
    }
}

fn same(one: &Provider, other: &Provider) {
    assert_eq!(one.id(), other.id());
    assert_eq!(one.entity_id(), other.entity_id());
    assert_eq!(one.settings(), other.settings());
    assert_eq!(one.certificates(), other.certificates());
    assert_eq!(
        (one.created_at(), one.updated_at(), one.version()),
        (other.created_at(), other.updated_at(), other.version())
    );
}
