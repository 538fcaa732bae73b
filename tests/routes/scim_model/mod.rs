//! Any sequence of operations of SCIM leaves what a plain model of RFC 7644 in memory has, and answers as it does.

use crate::permitted::token_with;
use crate::scene::{Site, body};
use model::Model;
use operations::{Attribute, ENTERPRISE, GROUP, Operation, USER, UserChange, operation, user, user_change};
use postern::http::{Answer, Method};
use postern::scim::{Patch, ResourceType, UserDocument};
use postern::time::Duration;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

mod model;
mod operations;

/// The same sequences in every run; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` ask for others and more.
fn config() -> ProptestConfig {
    let given = ProptestConfig::default();
    ProptestConfig {
        cases: if given.cases == 256 { 100 } else { given.cases },
        rng_seed: if given.rng_seed == RngSeed::Random { RngSeed::Fixed(1) } else { given.rng_seed },
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..given
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20 * config().cases, ..config() })]

    #[test]
    fn a_patch_of_a_user_leaves_what_a_plain_model_has(user in user(), changes in vec(user_change(), 1..6)) {
        let document = UserDocument::parse(&user.body()).unwrap();
        let sent = operations::patch(changes.iter().map(UserChange::operation).collect());
        let patched = Patch::parse(&sent, ResourceType::User).unwrap().apply_user(document).unwrap();
        let mut expected = user.object();
        changes.iter().for_each(|change| model::patched(&mut expected, change));
        prop_assert_eq!(patched.object(), &expected);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_sequence_of_operations_leaves_what_a_plain_model_has(operations in vec(operation(), 1..40)) {
        let client = Client::new();
        let mut model = Model::default();
        for operation in &operations {
            model = client.carry_out(model, operation);
            client.is_as(&model);
        }
        client.finds_as(&model);
    }
}

struct Client {
    site: Site,
    token: String,
}

impl Client {
    fn new() -> Self {
        let site = Site::new();
        site.create_account("acme");
        let token = token_with(&site, "acme", &["Provisioner"]);
        Self { site, token }
    }

    fn send(&self, method: &str, path: &str, sent: Option<&Value>) -> Answer {
        let method = match method {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            _ => Method::Delete,
        };
        let call = self.site.call(method, &format!("/scim/v2/acme{path}"));
        let call = call.header("authorization", &format!("Bearer {}", self.token));
        match sent {
            Some(sent) => call.body("application/scim+json", sent.to_string()).send(),
            None => call.send(),
        }
    }

    /// Sends it, and holds the answer against what the model expects. Resolves to what there is now.
    fn carry_out(&self, model: Model, operation: &Operation) -> Model {
        self.site.wait(Duration::seconds(1));
        let expected = model.expect(operation);
        let version = self.version(&expected.path);
        let answer = self.send(expected.method, &expected.path, expected.body.as_ref());
        assert_eq!(answer.status, expected.status, "{operation:?}: {}", answer.body_text());
        let id = (answer.status == 201).then(|| body(&answer)["id"].as_str().unwrap().to_owned());
        let path = expected.path.clone();
        let next = expected.into_model(id.as_deref());
        if let (Some(before), Some(after)) = (version, self.version(&path)) {
            let is_same = [model.users(), model.groups()] == [next.users(), next.groups()];
            assert_eq!(before == after, is_same, "the version moves if and only if something does: {operation:?}");
        }
        next
    }

    /// The version of the resource of a path, if there is one.
    fn version(&self, path: &str) -> Option<Value> {
        let answer = (path.len() > "/Groups/".len()).then(|| self.send("GET", path, None))?;
        (answer.status == 200).then(|| body(&answer)["meta"]["version"].clone())
    }

    /// Everything that is listed is what the model has.
    fn is_as(&self, model: &Model) {
        assert_eq!(self.listed("/Users", "groups"), model.users());
        assert_eq!(self.listed("/Groups", "members"), model.groups());
    }

    /// Attributes by id, and what the others are that it belongs to or that belong to it.
    fn listed(&self, path: &str, related: &str) -> BTreeMap<String, (Value, BTreeSet<String>)> {
        let list = self.list(&format!("{path}?count=200"));
        list.into_iter()
            .map(|mut resource| {
                let object = resource.as_object_mut().unwrap();
                let id = object.remove("id").unwrap().as_str().unwrap().to_owned();
                assert!(object.remove("meta").is_some_and(|meta| meta["location"].as_str().unwrap().ends_with(&id)));
                let has_extension = object.contains_key(ENTERPRISE);
                let schemas = match (path, has_extension) {
                    ("/Groups", _) => json!([GROUP]),
                    (_, true) => json!([USER, ENTERPRISE]),
                    (_, false) => json!([USER]),
                };
                assert_eq!(object.remove("schemas"), Some(schemas));
                let others = object.remove(related).unwrap_or_else(|| json!([]));
                let others = others.as_array().unwrap().iter().map(|other| other["value"].as_str().unwrap().to_owned());
                let others: BTreeSet<_> = others.collect();
                (id, (resource, others))
            })
            .collect()
    }

    fn list(&self, path: &str) -> Vec<Value> {
        let answer = self.send("GET", path, None);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body_text());
        let mut list = body(&answer);
        let resources = list["Resources"].take().as_array().cloned().unwrap_or_default();
        assert_eq!((&list["totalResults"], &list["itemsPerPage"]), (&json!(resources.len()), &json!(resources.len())));
        resources
    }

    /// Filters find what the model does.
    fn finds_as(&self, model: &Model) {
        let ids = |filter: &str, path: &str| -> BTreeSet<String> {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
            let found = self.list(&format!("{path}?count=200&{query}"));
            found.iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect()
        };
        for attribute in Attribute::ALL {
            for value in 0..5 {
                let filter = format!("{} eq \"{}\"", attribute.path(), operations::text(value).to_uppercase());
                assert_eq!(ids(&filter, "/Users"), model.users_with(attribute, value), "{filter}");
            }
        }
        for (id, (user, groups)) in model.users() {
            let only = BTreeSet::from([id.clone()]);
            assert_eq!(ids(&format!("userName eq {}", user["userName"]), "/Users"), only);
            if user["externalId"].is_string() {
                assert_eq!(ids(&format!("externalId eq {}", user["externalId"]), "/Users"), only);
            }
            for email in user["emails"].as_array().map_or(&[][..], Vec::as_slice) {
                assert!(
                    ids(&format!("emails[type eq {}].value eq {}", email["type"], email["value"]), "/Users")
                        .contains(&id)
                );
            }
            assert_eq!(ids(&format!("members.value eq \"{id}\""), "/Groups"), groups);
        }
        for (id, (group, members)) in model.groups() {
            assert_eq!(
                ids(&format!("displayName eq {}", group["displayName"]), "/Groups"),
                BTreeSet::from([id.clone()])
            );
            assert_eq!(ids(&format!("groups.value eq \"{id}\""), "/Users"), members);
        }
    }
}
