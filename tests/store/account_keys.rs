//! Key pairs of accounts.

use crate::scene::{NOW, key_of, run, scene};
use crate::support::database::Database;
use postern::account_key::{AccountKey, Purpose, live};
use postern::deployment::Retention;
use postern::journey::upkeep;
use postern::store::account_key;
use postern::time::{Duration, Timestamp};

fn insert(database: &Database, account: &str, key: &AccountKey) {
    run(database, account_key::insert(account, key)).unwrap();
}

fn keys(database: &Database, account: &str) -> Vec<AccountKey> {
    account_key::read(&run(database, account_key::of_account(account)).unwrap()).unwrap()
}

fn ids<'k>(keys: impl Iterator<Item = &'k AccountKey>) -> Vec<&'k str> {
    keys.map(|key| key.id.as_str()).collect()
}

#[test]
fn a_key_is_read_as_it_was_written_and_by_its_account_only() {
    let database = scene();
    let written = key_of("k1");
    insert(&database, "acme", &written);
    let found = keys(&database, "acme");
    let [found] = found.as_slice() else { panic!("not one key: {found:?}") };
    assert_eq!((&found.id, found.purpose, found.created_at), (&written.id, written.purpose, NOW));
    assert_eq!((&found.certificate, &found.wrapped, found.retires_at), (&written.certificate, &written.wrapped, None));
    assert!(keys(&database, "other").is_empty());
}

#[test]
fn a_successor_lets_those_of_its_purpose_and_account_retire_and_never_later() {
    let database = scene();
    for id in ["k1", "k2", "k3"] {
        insert(&database, "acme", &key_of(id));
        insert(&database, "other", &key_of(id));
    }
    insert(&database, "acme", &AccountKey { purpose: Purpose::Encryption, ..key_of("e1") });
    let (soon, late) = (NOW.plus(Duration::days(1)), NOW.plus(Duration::days(9)));
    run(&database, account_key::retire("acme", Purpose::Signing, "k2", soon)).unwrap();
    run(&database, account_key::retire("acme", Purpose::Signing, "k3", late)).unwrap();
    let retire = |account| {
        let mut keys = keys(&database, account);
        keys.sort_by(|a, b| a.id.cmp(&b.id));
        keys.iter().map(|key| key.retires_at).collect::<Vec<_>>()
    };
    assert_eq!(retire("acme"), [None, Some(soon), Some(late), Some(soon)], "e1, k1, k2, k3");
    assert_eq!(retire("other"), [None; 3]);
}

#[test]
fn a_key_is_live_until_it_retires_and_forgotten_an_hour_later() {
    let database = scene();
    insert(&database, "acme", &key_of("k1"));
    insert(&database, "acme", &key_of("k2"));
    let end = NOW.plus(Duration::days(7));
    run(&database, account_key::retire("acme", Purpose::Signing, "k2", end)).unwrap();
    let all = keys(&database, "acme");
    let before = Timestamp(end.0 - 1);
    assert_eq!(ids(live(&all, Purpose::Signing, before)), ["k1", "k2"]);
    assert_eq!(ids(live(&all, Purpose::Signing, end)), ["k2"]);
    assert!(ids(live(&all, Purpose::Encryption, before)).is_empty());
    for (at, left) in [(end.plus(Duration::seconds(3599)), 2), (end.plus(Duration::hours(1)), 1)] {
        pollster::block_on(upkeep(&database, &Retention::default(), at)).unwrap();
        assert_eq!(keys(&database, "acme").len(), left);
    }
}

/// Ids begin with their time and go on with chance, so that of two keys of one millisecond either id may be the first.
#[test]
fn of_keys_made_in_one_millisecond_the_successor_is_the_newest() {
    for order in [["k1", "k2", "k3"], ["k3", "k2", "k1"], ["k2", "k3", "k1"]] {
        let database = scene();
        let mut days = 9;
        for id in order {
            insert(&database, "acme", &key_of(id));
            run(&database, account_key::retire("acme", Purpose::Signing, id, NOW.plus(Duration::days(days)))).unwrap();
            let all = keys(&database, "acme");
            assert_eq!(live(&all, Purpose::Signing, NOW).next_back().unwrap().id, id, "{order:?}");
            days += 1;
        }
        let later = Timestamp(NOW.0 + 1);
        insert(&database, "acme", &AccountKey { created_at: later, retires_at: None, ..key_of("a0") });
        run(&database, account_key::retire("acme", Purpose::Signing, "a0", later.plus(Duration::days(days)))).unwrap();
        let all = keys(&database, "acme");
        assert_eq!(ids(all.iter()), [order[0], order[1], order[2], "a0"]);
    }
}

#[test]
fn keys_of_one_millisecond_without_a_successor_are_in_the_order_of_their_ids() {
    let database = scene();
    for id in ["k2", "k3", "k1"] {
        insert(&database, "acme", &key_of(id));
    }
    assert_eq!(ids(keys(&database, "acme").iter()), ["k1", "k2", "k3"]);
}
