//! Several keys of an account: which of them are tried for an encrypted assertion, and what becomes of one that cannot be used.

use crate::scene::{Site, body};
use crate::support::corpus::case;
use crate::support::crypto::master_key;
use postern::crypto::MasterKey;
use postern::http::Answer;
use postern::time::Duration;
use serde_json::{Value, json};

const ENCRYPTED: &str = "accept/encryption/aes256-gcm-mgf1p-sha1-inside";

/// So many keys are tried (`MAX_KEYS` of `src/saml/encryption.rs`).
const TRIED: usize = 5;

/// A site whose provider encrypts to one of so many keys, and the ids of these, the oldest first.
fn site(keys: usize) -> (Site, Vec<String>) {
    let site = Site::new();
    site.create_account("acme");
    let ids = (0..keys).map(|_| make_key(&site, "encryption")).collect();
    site.create_provider(json!({ "encryption": "require", "jit": { "enabled": true } }));
    (site, ids)
}

fn make_key(site: &Site, purpose: &str) -> String {
    let made = site.post("/api/v1/accounts/acme/keys").admin().json(&json!({ "purpose": purpose })).send();
    assert_eq!((made.status, &body(&made)["usable"]), (201, &json!(true)), "{}", made.body_text());
    // Keys of one time would be in the order of their ids.
    site.wait(Duration(1));
    body(&made)["id"].as_str().unwrap().to_owned()
}

/// As if it had been wrapped with another key.
fn damage(site: &Site, id: &str) {
    site.database.execute(&format!("UPDATE account_keys SET wrapped = '{}' WHERE id = '{id}'", "A".repeat(40)));
}

/// From now on the response decrypts.
fn decrypts(site: &Site) {
    for (content, plaintext) in &case(ENCRYPTED).header.decrypts {
        site.crypto.knows(content, plaintext);
    }
}

/// With which keys it was tried to decrypt the response, and what came of it.
fn sign_in(site: &mut Site) -> (Vec<String>, Answer) {
    site.forget();
    site.wait(Duration(1));
    site.crypto.tried();
    let answer = site.sign_in(ENCRYPTED);
    let tried = site.crypto.tried();
    (tried.iter().map(|owner| owner.strip_prefix("acme/").unwrap().to_owned()).collect(), answer)
}

fn newest_first(ids: &[String]) -> Vec<String> {
    ids.iter().rev().cloned().collect()
}

fn last_error(site: &Site) -> Value {
    let error = site.database.select("SELECT error FROM sign_ins ORDER BY at DESC LIMIT 1").remove(0);
    serde_json::from_str(&error).unwrap()
}

fn usable(site: &Site) -> Vec<(String, bool)> {
    let list = body(&site.get("/api/v1/accounts/acme/keys").admin().send());
    let item = |item: &Value| (item["id"].as_str().unwrap().to_owned(), item["usable"].as_bool().unwrap());
    list["items"].as_array().unwrap().iter().map(item).collect()
}

#[test]
fn the_newest_five_keys_are_tried_and_no_more() {
    for keys in [1, TRIED - 1, TRIED, TRIED + 1, TRIED + 3] {
        let (mut site, ids) = site(keys);
        let (tried, answer) = sign_in(&mut site);
        assert_eq!((answer.status, site.last_sign_in().as_str()), (403, "decryption_failed"));
        // Once with the remembered configuration or a fresh one: this one is fresh.
        assert_eq!(tried, newest_first(&ids)[..keys.min(TRIED)], "{keys} keys");
        decrypts(&site);
        let (tried, answer) = sign_in(&mut site);
        assert_eq!(answer.status, 303);
        assert_eq!(tried, newest_first(&ids)[..keys.min(TRIED)], "as many as where none opens it: {keys} keys");
    }
}

#[test]
fn keys_that_cannot_be_unwrapped_are_among_the_five() {
    let (mut site, ids) = site(TRIED + 1);
    decrypts(&site);
    for id in &ids[1..] {
        damage(&site, id);
    }
    let (tried, answer) = sign_in(&mut site);
    assert_eq!((tried.len(), answer.status), (TRIED, 503));
}

#[test]
fn a_key_that_cannot_be_unwrapped_does_not_keep_others_from_being_tried() {
    let (mut site, ids) = site(3);
    decrypts(&site);
    damage(&site, &ids[2]);
    damage(&site, &ids[1]);
    let (tried, answer) = sign_in(&mut site);
    assert_eq!((answer.status, site.last_sign_in().as_str()), (303, "signed_in"));
    assert_eq!(tried, newest_first(&ids));
}

#[test]
fn where_the_others_do_not_open_it_the_log_names_the_key_that_cannot_be_used() {
    let (mut site, ids) = site(2);
    damage(&site, &ids[0]);
    let (tried, answer) = sign_in(&mut site);
    assert_eq!((answer.status, tried), (403, newest_first(&ids)));
    let error = last_error(&site);
    assert_eq!(error["code"], "decryption_failed");
    assert!(error["expected"].as_str().unwrap().contains("; the private keys of "), "{error}");
    assert!(
        answer.fault.unwrap().contains("cannot be unwrapped: is MASTER_KEY another one?"),
        "the Worker's log has it"
    );
    let (_, sound) = {
        let (mut site, _) = self::site(2);
        sign_in(&mut site)
    };
    assert_eq!(sound.fault, None);
}

#[test]
fn only_where_no_key_can_be_used_it_is_our_failure() {
    let (mut site, ids) = site(2);
    decrypts(&site);
    for id in &ids {
        damage(&site, id);
    }
    let unavailable = |site: &mut Site| {
        let (_, answer) = sign_in(site);
        assert_eq!((answer.status, site.last_sign_in().as_str()), (503, "crypto_unavailable"));
        assert!(answer.fault.is_some());
    };
    unavailable(&mut site);
    let made = make_key(&site, "encryption");
    assert_eq!(sign_in(&mut site).1.status, 303);
    assert_eq!(usable(&site), [(ids[0].clone(), false), (ids[1].clone(), false), (made, true)]);

    for master in [None, MasterKey::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
        assert_ne!(master, Some(master_key()));
        let (mut site, _) = self::site(2);
        decrypts(&site);
        site.deployment.master_key = master;
        unavailable(&mut site);
    }
}

#[test]
fn without_any_key_it_is_refused_for_that() {
    let (mut site, _) = site(1);
    site.database.execute("DELETE FROM account_keys");
    let (tried, answer) = sign_in(&mut site);
    assert_eq!((tried.len(), answer.status, answer.fault.clone()), (0, 403, None));
    assert_eq!(last_error(&site)["expected"], "an encryption key of the account");
}

#[test]
fn the_list_says_which_keys_cannot_be_used_and_the_log_of_changes_does_not() {
    let (mut site, ids) = site(2);
    let signing = [make_key(&site, "signing"), make_key(&site, "signing")];
    damage(&site, &ids[1]);
    damage(&site, &signing[0]);
    let all = [(&ids[0], true), (&ids[1], false), (&signing[0], false), (&signing[1], true)];
    assert_eq!(usable(&site), all.map(|(id, usable)| (id.clone(), usable)));
    site.deployment.master_key = None;
    assert!(usable(&site).iter().all(|(_, usable)| !usable));
    let logged = site.database.select("SELECT after FROM changes WHERE action = 'key.created'");
    assert!(logged.len() == 4 && logged.iter().all(|after| !after.contains("usable")), "{logged:?}");
}
