//! Users and their links.

use crate::scene::{NOW, create_user, link, provider_of, run, scene, user_of};
use postern::directory::{Change, Email, User};
use postern::store::user::FoundByEmail;
use postern::store::{Page, provider, user};
use postern::time::Duration;

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

#[test]
fn a_user_is_read_as_they_were_written() {
    let database = scene();
    let found: Option<User> = run(&database, user::find("acme", "u1")).unwrap().first().unwrap();
    assert_eq!(found, Some(user_of("u1", "Ada@Example.com")));
    assert!(run(&database, user::find("acme", "u2")).unwrap().is_empty());
    assert!(run(&database, user::find("nobody", "u1")).unwrap().is_empty());
}

#[test]
fn a_name_id_finds_the_user_whom_this_provider_of_this_account_means() {
    let database = scene();
    let found = |account, provider, name_id| {
        let rows = run(&database, user::find_by_link(account, provider, Some(name_id))).unwrap();
        rows.first::<User>().unwrap().map(|user| user.id)
    };
    assert_eq!(found("acme", "p1", "n1").as_deref(), Some("u1"));
    for (account, provider, name_id) in
        [("acme", "p1", "N1"), ("acme", "p1", ""), ("acme", "p2", "n1"), ("nobody", "p1", "n1")]
    {
        assert_eq!(found(account, provider, name_id), None, "{account} {provider} {name_id}");
    }
}

#[test]
fn an_email_finds_its_user_whatever_its_case_and_tells_how_they_are_linked() {
    let database = scene();
    run(&database, provider::insert("acme", &provider_of("p2", "https://two.example")).unwrap()).unwrap();
    create_user(&database, "acme", "u2", "bob@example.com").unwrap();
    let found = |text, provider| {
        let rows = run(&database, user::find_by_email("acme", Some(&email(text)), provider)).unwrap();
        rows.first::<FoundByEmail>().unwrap().map(|found| (found.user.id.clone(), found.is_linked_to_other_provider()))
    };
    let user = |id: &str, elsewhere| Some((id.to_owned(), elsewhere));
    assert_eq!(found("ADA@example.COM", "p1"), user("u1", false));
    assert_eq!(found("ada@example.com", "p2"), user("u1", true));
    assert_eq!(found("bob@example.com", "p1"), user("u2", false));
    assert_eq!(found("eve@example.com", "p1"), None);

    // Linked to both: the other provider's link does not shut this one out.
    let change =
        Change::LinkUser { user: "u1".into(), provider: "p2".into(), name_id: "n9".into(), beside_others: true };
    run(&database, user::change("acme", &change, NOW)).unwrap();
    assert_eq!(found("ada@example.com", "p2"), user("u1", false));
}

#[test]
fn users_are_listed_by_id_or_by_email() {
    let database = scene();
    for id in ["u3", "u2"] {
        create_user(&database, "acme", id, &format!("{id}@example.com")).unwrap();
    }
    let ids = |wanted: Option<&str>, after: Option<&str>, limit| {
        let page = Page { after: after.map(str::to_owned), limit };
        let rows = run(&database, user::list("acme", wanted.map(email).as_ref(), &page)).unwrap();
        rows.all::<User>().unwrap().into_iter().map(|user| user.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(None, None, 50), ["u1", "u2", "u3"]);
    assert_eq!(ids(None, None, 1), ["u1", "u2"], "one more than asked for tells of a next page");
    assert_eq!(ids(None, Some("u2"), 50), ["u3"]);
    assert_eq!(ids(Some("U2@EXAMPLE.com"), None, 50), ["u2"]);
    assert_eq!(ids(Some("u2@example.com"), Some("u2"), 50), [""; 0]);
    assert_eq!(ids(Some("eve@example.com"), None, 50), [""; 0]);
}

#[test]
fn a_sign_in_is_remembered_and_makes_no_version() {
    let database = scene();
    let later = NOW.plus(Duration::seconds(9));
    run(&database, user::change("acme", &Change::SignedIn { user: "u1".into() }, later)).unwrap();
    let read = |account| run(&database, user::find(account, "u1")).unwrap().first::<User>().unwrap().unwrap();
    assert_eq!(read("acme"), User { last_sign_in_at: Some(later), ..user_of("u1", "Ada@Example.com") });
    assert_eq!(read("other").last_sign_in_at, None);
}

#[test]
fn one_user_can_have_several_name_ids() {
    let database = scene();
    link(&database, "acme", "n2", "u1").unwrap();
    assert_eq!(database.select("SELECT name_id FROM user_links WHERE account_id = 'acme' ORDER BY 1"), ["n1", "n2"]);
}
