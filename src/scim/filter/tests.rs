use super::*;
use serde_json::json;

fn filter(text: &str) -> Filter {
    Filter::parse(text, ResourceType::User).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn ada() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u1",
        "externalId": "Ext-1",
        "userName": "Ada@Example.com",
        "active": true,
        "displayName": "Ada \"the first\" \u{e9}",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "emails": [
            {"value": "ada@example.com", "type": "work", "primary": true},
            {"value": "ada@home.example", "type": "home"},
        ],
        "groups": [{"value": "g1", "display": "Eng"}],
        "x509Certificates": [{"value": "AAEC"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "R&D", "manager": {"value": "u2"},
        },
        "meta": {"resourceType": "User", "created": "2026-01-01T00:00:00.000Z", "lastModified": "2026-06-01T12:00:00.000Z"},
    })
}

#[test]
fn finds_who_is_meant() {
    for text in [
        r#"userName eq "ada@example.com""#,
        r#"USERNAME EQ "ADA@EXAMPLE.COM""#,
        r#"userName Eq ada@example.com"#,
        r#"userName  eq   "ada@example.com"  "#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com""#,
        r#"userName sw "ADA" and userName co "@" and userName ew ".com""#,
        r#"userName ne "bob""#,
        r#"userName gt "aaa" and userName lt "b" and userName ge "ada@example.com" and userName le "ada@example.com""#,
        r#"externalId eq "Ext-1""#,
        r#"externalId eq Ext-1"#,
        r#"id eq "u1""#,
        r#"active eq true"#,
        r#"active eq "True""#,
        r#"active ne false"#,
        r#"displayName eq "ada \"The First\" \u00e9""#,
        r#"displayName co "\"the""#,
        r#"name.familyName co "LOVE""#,
        r#"name pr and emails pr and groups pr and meta pr"#,
        r#"not (title pr)"#,
        r#"not(title pr)"#,
        r#"title eq null and userName ne null and nickName ne "x""#,
        r#"emails eq "ADA@HOME.example""#,
        r#"emails.value eq "ada@home.example" and emails.type eq "work""#,
        r#"emails[type eq "work"]"#,
        r#"emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work"].value eq "ada@example.com""#,
        r#"emails[type eq "WORK" and primary eq true].value sw "ada""#,
        r#"emails[type eq "home"].primary ne true"#,
        r#"emails[type eq "home" and primary eq false].value eq "ada@home.example""#,
        r#"emails.primary eq false and emails.primary ne false"#,
        r#"phoneNumbers.primary ne true"#,
        r#"emails[not (type eq "work")]"#,
        r#"emails.value ne "ada@example.com""#,
        r#"groups eq "g1" and groups.value eq "g1" and groups.display eq "eng" and groups[value eq "g1"]"#,
        r#"manager eq "u2""#,
        r#"manager.value eq "u2""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "u2""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value pr"#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User pr"#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "r&d""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User""#,
        r#"meta.resourceType eq "User""#,
        r#"meta.lastModified gt "2026-06-01T11:59:59Z""#,
        r#"meta.lastModified eq "2026-06-01T14:00:00+02:00""#,
        r#"meta.lastModified ge "2026-06-01T12:00:00Z" and meta.lastModified le "2026-06-01T12:00:00Z""#,
        r#"meta.created lt 2026-06-01T12:00:00Z"#,
        r#"x509Certificates eq "AAEC""#,
        r#"userName eq "bob" or userName eq "ada@example.com""#,
        r#"userName eq "bob" and active eq false or id eq "u1""#,
        r#"id eq "u1" or userName eq "bob" and active eq false"#,
        r#"(id eq "u1" or userName eq "bob") and active eq true"#,
        r#"((((((((((id eq "u1"))))))))))"#,
        r#"not (not (id eq "u1"))"#,
    ] {
        assert!(filter(text).matches(&ada()), "{text}");
    }
}

#[test]
fn finds_nobody_else() {
    for text in [
        r#"userName eq "ada""#,
        r#"userName eq """#,
        r#"externalId eq "EXT-1""#,
        r#"id eq "U1""#,
        r#"active eq false"#,
        r#"not (active eq true)"#,
        r#"title pr"#,
        r#"title eq "x""#,
        r#"title gt "a""#,
        r#"title ne null"#,
        r#"userName eq null"#,
        r#"emails[type eq "home" and primary eq true]"#,
        r#"emails[type eq "home" and primary pr]"#,
        r#"emails[type eq "work" and primary eq false]"#,
        r#"phoneNumbers.primary eq false"#,
        r#"emails[type eq "home"].value eq "ada@example.com""#,
        r#"emails[type eq "other"].value ne "x""#,
        r#"groups eq "G1""#,
        r#"manager eq "u1""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"meta.lastModified gt "2026-06-01T12:00:00Z""#,
        r#"x509Certificates eq "aaec""#,
        r#"(id eq "u1" or userName eq "bob") and active eq false"#,
        "userName eq \"\u{212A}ai\"",
        r#"userName eq "ada@example.com' OR '1'='1""#,
        r#"userName eq "%" or userName sw "_" or userName co "%""#,
    ] {
        assert!(!filter(text).matches(&ada()), "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_an_invalid_filter() {
    let deep = format!("{}id eq \"u1\"{}", "(".repeat(11), ")".repeat(11));
    let deep_not = format!("{}id eq \"u1\"{}", "not (".repeat(11), ")".repeat(11));
    let very_deep = "(".repeat(2000);
    let long = format!("userName eq \"{}\"", "x".repeat(2040));
    for text in [
        "",
        " ",
        "userName",
        "userName ",
        "userName eq",
        "userName eq ",
        "userName pr pr",
        "userName eq \"a\" \"b\"",
        "userName eq \"a\" and",
        "userName eq \"a\" and ",
        "userName eq \"a\" or or id pr",
        "and userName eq \"a\"",
        "userName eq \"a",
        "userName eq \"a\\\"",
        "userName eq \"\\x\"",
        "userName eq \"a\nb\"",
        "userName eq \"a\"b",
        "userName eq \"a\"and id pr",
        "userName eq a\"b",
        "userName eq [1]",
        "userName eq {}",
        "userName == \"a\"",
        "userName like \"a\"",
        "userName=\"a\"",
        "userName\teq\t\"a\"",
        "(userName eq \"a\"",
        "userName eq \"a\")",
        "()",
        "not userName eq \"a\"",
        "not (userName eq \"a\"",
        "not",
        "emails[",
        "emails[]",
        "emails[type eq \"work\"",
        "emails[type eq \"work\"]]",
        "emails[type eq \"work\"].",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"].value eq",
        "emails[type eq \"work\"].shoeSize eq 1",
        "emails[emails[type eq \"a\"]]",
        "emails[shoeSize eq 1]",
        "emails [type eq \"work\"]",
        "name[givenName eq \"x\"]",
        "userName[value eq \"x\"]",
        "shoeSize eq 42",
        "emails.shoeSize pr",
        "urn:example:User:userName eq \"x\"",
        "members eq \"u1\"",
        "password eq \"x\"",
        "password pr",
        "name eq \"x\"",
        "meta eq \"x\"",
        "active gt true",
        "active co \"t\"",
        "active eq \"yes\"",
        "active eq 1",
        "userName gt null",
        "meta.lastModified gt \"yesterday\"",
        "meta.lastModified sw \"2026\"",
        "x509Certificates gt \"AA\"",
        "userName eq \"a\"; DROP TABLE users",
        "userName eq 'a' or 1=1 --",
        "1 eq 1",
        "\u{0}",
        "userName eq \"\u{1F600}\" \u{1F600}",
        &deep,
        &deep_not,
        &very_deep,
        &long,
    ] {
        match Filter::parse(text, ResourceType::User) {
            Ok(filter) => panic!("{text}: {filter:?}"),
            Err(error) => assert_eq!(error.scim_type(), Some("invalidFilter"), "{text}: {error}"),
        }
    }
}

#[test]
fn an_index_finds_candidates() {
    let text = |text: &str| String::from(text);
    for (filter_text, lookup) in [
        (r#"userName eq "ADA""#, Some(Lookup::UserName(text("ada")))),
        (r#"active eq true and userName eq "ADA""#, Some(Lookup::UserName(text("ada")))),
        (r#"userName eq "ADA" and id eq "U1""#, Some(Lookup::Id(text("U1")))),
        (r#"(externalId eq "E") and userName sw "a""#, Some(Lookup::ExternalId(text("E")))),
        (r#"emails eq "A@x""#, Some(Lookup::Email(text("a@x")))),
        (r#"emails.value eq "A@x""#, Some(Lookup::Email(text("a@x")))),
        (r#"emails[type eq "work"].value eq "A@x""#, Some(Lookup::Email(text("a@x")))),
        (r#"emails[type eq "work" and value eq "A@x"]"#, Some(Lookup::Email(text("a@x")))),
        (r#"groups.value eq "G""#, Some(Lookup::MemberOf(text("G")))),
        (r#"userName sw "Ad""#, Some(Lookup::UserNameFrom { prefix: text("ad") })),
        (r#"meta.lastModified gt "1970-01-01T00:00:01Z""#, Some(Lookup::ChangedSince(Timestamp(1000)))),
        (r#"meta.lastModified le "1970-01-01T00:00:01Z""#, Some(Lookup::ChangedUntil(Timestamp(1000)))),
        (r#"userName sw """#, None),
        (r#"userName ne "a""#, None),
        (r#"userName eq null"#, None),
        (r#"userName eq "a" or id eq "b""#, None),
        (r#"not (userName eq "a")"#, None),
        (r#"not (not (userName eq "a"))"#, None),
        (r#"emails[type eq "work" or value eq "a@x"]"#, None),
        (r#"emails[not (value eq "a@x")]"#, None),
        (r#"emails.type eq "work""#, None),
        (r#"displayName eq "x""#, None),
        (r#"manager eq "u1""#, None),
        (r#"meta.created gt "1970-01-01T00:00:01Z""#, None),
        (r#"meta.lastModified ne "1970-01-01T00:00:01Z""#, None),
    ] {
        assert_eq!(filter(filter_text).lookup(), lookup, "{filter_text}");
    }
    let group = |text: &str| Filter::parse(text, ResourceType::Group).unwrap().lookup();
    assert_eq!(group(r#"displayName eq "Eng""#), Some(Lookup::DisplayName(text("eng"))));
    assert_eq!(group(r#"members eq "U""#), Some(Lookup::Member(text("U"))));
    assert_eq!(group(r#"members[value eq "U"]"#), Some(Lookup::Member(text("U"))));
}

#[test]
fn a_group_is_judged_by_the_members_that_the_filter_names() {
    let only = |values: &[&str]| Needed::Only(values.iter().map(|value| (*value).to_owned()).collect());
    for (text, needed) in [
        (r#"displayName eq "Eng""#, Needed::Nothing),
        (r#"id eq "g" and members eq "u1""#, only(&["u1"])),
        (r#"members eq "u1" or not (members.value eq "u2")"#, only(&["u1", "u2"])),
        (r#"members[value eq "u1" and type eq "User"]"#, only(&["u1"])),
        (r#"members eq "u1" and members pr"#, Needed::Everything),
        (r#"members pr or members eq "u1""#, Needed::Everything),
        (r#"members ne "u1""#, Needed::Everything),
        (r#"members eq null"#, Needed::Everything),
        (r#"members co "u""#, Needed::Everything),
        (r#"members.type eq "User""#, Needed::Everything),
        (r#"members[type eq "User"]"#, Needed::Everything),
        (r#"members[value eq "u1" or type eq "User"]"#, Needed::Everything),
    ] {
        assert_eq!(Filter::parse(text, ResourceType::Group).unwrap().needs("members"), needed, "{text}");
    }
}
