//! SCIM: what a client sends, and what is there afterwards.

mod access;
mod bulk;
mod faults;
mod groups;
mod lists;
mod users;

use crate::permitted::token_with;
use crate::scene::{Request, Site, body};
use postern::http::{Answer, Method};
use postern::time::Duration;
use serde_json::{Value, json};

pub(crate) const BASE: &str = "/scim/v2/acme";

/// A deployment, and a client with a token of its account.
pub(crate) struct Client {
    pub(crate) site: Site,
    pub(crate) token: String,
}

impl Client {
    pub(crate) fn new() -> Self {
        let site = Site::with_provider();
        let token = token_with(&site, "acme", &["Provisioner"]);
        Self { site, token }
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Request<'_> {
        self.with(&self.token, method, path)
    }

    pub(crate) fn with(&self, token: &str, method: Method, path: &str) -> Request<'_> {
        // Ids of one millisecond are in no order.
        self.site.wait(Duration(1));
        self.site.call(method, &format!("{BASE}{path}")).header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn send(&self, method: Method, path: &str, input: &Value) -> Answer {
        self.call(method, path).body("application/scim+json", input.to_string()).send()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let answer = self.call(Method::Get, path).send();
        assert_eq!(answer.status, 200, "{path}: {}", answer.body_text());
        body(&answer)
    }

    #[track_caller]
    pub(crate) fn make(&self, path: &str, input: &Value) -> Value {
        let answer = self.send(Method::Post, path, input);
        assert_eq!(answer.status, 201, "{input}: {}", answer.body_text());
        body(&answer)
    }

    /// A user, by userName. Answers with the id.
    #[track_caller]
    pub(crate) fn user(&self, name: &str) -> String {
        id(&self.make("/Users", &person(name)))
    }

    /// A group, by name. Answers with the id.
    #[track_caller]
    pub(crate) fn group(&self, name: &str, members: &[&str]) -> String {
        let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
        id(&self.make("/Groups", &json!({ "schemas": [], "displayName": name, "members": members })))
    }

    #[track_caller]
    pub(crate) fn patch(&self, path: &str, operations: Value) -> Answer {
        self.send(
            Method::Patch,
            path,
            &json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations,
            }),
        )
    }

    /// Ids of the members of a group, in order.
    pub(crate) fn members(&self, group: &str) -> Vec<String> {
        let group = self.get(&format!("/Groups/{group}"));
        let members = group["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|member| member["value"].as_str().unwrap().to_owned()).collect()
    }

    /// The ids that a filter finds.
    pub(crate) fn found(&self, path: &str, filter: &str) -> Vec<String> {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let list = self.get(&format!("{path}?filter={filter}"));
        let found: Vec<String> = list["Resources"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(list["totalResults"], found.len(), "{list}");
        found
    }

    /// The last row of the provisioning log: outcome, status and detail.
    pub(crate) fn logged(&self) -> (String, String, Value) {
        let sql = "SELECT outcome, status, detail FROM provisioning_log ORDER BY id DESC LIMIT 1";
        let row = self.site.database.select(sql).remove(0);
        let mut parts = row.splitn(3, '|').map(str::to_owned);
        let mut part = || parts.next().unwrap();
        (part(), part(), serde_json::from_str(&part()).unwrap())
    }
}

pub(crate) fn id(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

pub(crate) fn person(user_name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": user_name,
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "displayName": "Ada Lovelace",
        "emails": [{ "value": user_name, "type": "work", "primary": true }],
        "active": true,
    })
}

/// An error of SCIM: status and scimType.
#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, scim_type: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body_text());
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let body = body(answer);
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{body}");
    assert_eq!(body["status"], status.to_string(), "{body}");
    assert_eq!(body["scimType"].as_str().unwrap_or_default(), scim_type, "{body}");
    assert!(!body["detail"].as_str().unwrap().is_empty(), "{body}");
    body
}
