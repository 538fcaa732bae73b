//! Lists, filters and pages.

use super::Client;

#[test]
fn a_filter_finds_by_an_index() {
    let client = Client::new();
    let [one, two] = ["one@x.example", "two@x.example"].map(|name| client.user(name));
    let group = client.group("A team", &[&one]);
    for (path, filter, found) in [
        ("/Users", r#"userName eq "ONE@X.example""#.to_owned(), vec![&one]),
        ("/Users", format!(r#"id eq "{two}""#), vec![&two]),
        ("/Users", r#"emails[type eq "work"].value eq "two@x.example""#.to_owned(), vec![&two]),
        ("/Users", r#"userName sw "o""#.to_owned(), vec![&one]),
        ("/Users", r#"userName co "x.example""#.to_owned(), vec![&one, &two]),
        ("/Users", r#"meta.lastModified ge "2020-01-01T00:00:00Z""#.to_owned(), vec![&one, &two]),
        ("/Users", format!(r#"groups eq "{group}""#), vec![&one]),
        ("/Users", r#"userName eq "nobody""#.to_owned(), vec![]),
        ("/Groups", r#"displayName eq "a TEAM""#.to_owned(), vec![&group]),
        ("/Groups", format!(r#"members eq "{one}""#), vec![&group]),
        ("/Groups", format!(r#"id eq "{group}" and members eq "{two}""#), vec![]),
    ] {
        client.site.database.watch(&[]);
        assert_eq!(client.found(path, &filter).iter().collect::<Vec<_>>(), found, "{filter}");
        assert!(client.site.database.batches() <= 2, "{filter}");
    }
}
