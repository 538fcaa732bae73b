use super::{read, read_row, read_strictly, read_text};
use crate::access::Scope;
use crate::directory::User;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, PartialEq, Deserialize)]
struct Name {
    name: String,
    #[serde(default)]
    nick: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Size {
    size: i64,
}

fn refusal(value: &Value) -> String {
    read::<Name>(value).unwrap_err().to_string()
}

#[test]
fn reads_an_object_and_passes_over_what_it_does_not_know() {
    let read: Name = read(&json!({ "name": "Ada", "nick": null, "later": [1] })).unwrap();
    assert_eq!(read, Name { name: String::from("Ada"), nick: None });
}

#[test]
fn says_what_is_wrong_of_an_object() {
    assert_eq!(refusal(&json!({})), "missing field `name`");
    assert_eq!(refusal(&json!({ "name": null })), "invalid type: null, expected a string");
    assert_eq!(refusal(&json!(["Ada", null])), "invalid type: sequence, expected struct Name");
    assert!(read::<User>(&json!({ "id": "1", "email": 1 })).is_err());
}

#[test]
fn reads_the_parts_of_a_row_from_the_whole_of_it() {
    let columns = ["size", "name", "later"].map(String::from);
    let cells = [json!(7), json!("Ada"), json!(null)];
    let (name, size): (Name, Size) = read_row(&columns, &cells).unwrap();
    assert_eq!((name.name.as_str(), size.size), ("Ada", 7));
    assert_eq!(read_row::<Value>(&columns, &cells).unwrap(), json!({ "size": 7, "name": "Ada", "later": null }));
    assert!(read_row::<Option<Size>>(&columns, &cells).unwrap().is_some());
    assert_eq!(read_row::<Name>(&columns, &cells).unwrap(), Name { name: String::from("Ada"), nick: None });
    let error = read_row::<(Name, Size)>(&columns[..1], &cells[..1]).unwrap_err();
    assert_eq!(error.to_string(), "missing field `name`");
    assert_eq!(read_row::<u8>(&columns, &cells).unwrap_err().to_string(), "invalid type: map, expected u8");
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Four {
    a_a: u8,
    b_b: Option<u8>,
    #[serde(rename = "see")]
    c_c: u8,
    #[serde(skip)]
    unread: u8,
    d_d: u8,
}

/// Fields are found in columns of any order, and columns that are no field's are passed over.
#[test]
fn reads_the_columns_of_a_row_in_any_order() {
    let names = ["aA", "bB", "see", "dD", "more"];
    for start in 0..5 {
        for step in [1, 2, 3, 4] {
            let order: Vec<usize> = (0..5).map(|n| (start + n * step) % 5).collect();
            let columns: Vec<String> = order.iter().map(|at| names[*at].to_owned()).collect();
            let cells: Vec<Value> = order.iter().map(|at| json!(at)).collect();
            let read: Four = read_row(&columns, &cells).unwrap();
            assert_eq!(read, Four { a_a: 0, b_b: Some(1), c_c: 2, unread: 0, d_d: 3 }, "{columns:?}");
            for (at, lacking) in order.iter().enumerate() {
                let (mut columns, mut cells) = (columns.clone(), cells.clone());
                columns.remove(at);
                cells.remove(at);
                let read = read_row::<Four>(&columns, &cells).map_err(|error| error.to_string());
                match lacking {
                    1 => assert_eq!(read.unwrap().b_b, None),
                    4 => assert!(read.is_ok()),
                    at => assert_eq!(read.unwrap_err(), format!("missing field `{}`", names[*at])),
                }
            }
        }
    }
}

#[test]
fn reads_lists_numbers_and_any_json_from_text() {
    assert_eq!(read_text::<Vec<Option<u8>>>("[1,null,255]").unwrap(), [Some(1), None, Some(255)]);
    assert!(read_text::<Vec<u8>>("[256]").is_err());
    assert!(read_text::<Vec<u8>>("{}").is_err());
    assert!(read_text::<Vec<u8>>("[1").is_err());
    assert_eq!(read_text::<Value>(r#"{"a":[1.5,"b"]}"#).unwrap(), json!({ "a": [1.5, "b"] }));
}

#[test]
fn reads_a_scope_with_an_id_where_it_needs_one() {
    let project = Scope::Project { id: String::from("7") };
    assert_eq!(read_text::<Scope>(r#"{"type":"project","id":"7"}"#).unwrap(), project);
    assert_eq!(read_text::<Scope>(r#"{"type":"account"}"#).unwrap(), Scope::Account);
    for text in [r#"{"type":"project"}"#, r#"{"type":"planet","id":"7"}"#, r#"{"id":"7"}"#] {
        assert!(read_text::<Scope>(text).is_err(), "{text}");
    }
}

#[test]
fn reads_strictly_what_has_each_member_once() {
    let text = r#"{"name":"Ada","nick":null,"later":[1,-1,1.5,true,{"a":"b"}]}"#;
    assert_eq!(read_strictly::<Value>(text).unwrap(), read_text::<Value>(text).unwrap());
    assert_eq!(read_strictly::<Name>(text).unwrap().name, "Ada");
    for twice in [r#"{"name":"Ada","name":"Bob"}"#, r#"{"name":"Ada","later":[{"a":1,"b":2,"a":1}]}"#] {
        assert!(read_strictly::<Name>(twice).unwrap_err().to_string().contains("` is given twice"), "{twice}");
    }
}
