//! A deployment on a database in memory, and a browser or a program that calls it.

use crate::support::corpus::{self, ISSUER};
use crate::support::crypto::{TestCrypto, master_key};
use crate::support::database::Database;
use crate::support::keys::metadata;
use crate::support::outbound::Servers;
use postern::deployment::{Deployment, PublicUrl, SetupToken};
use postern::http::{Answer, AnswerBody, Call, CallBody, Method};
use postern::journey::{Configurations, Postern, route};
use postern::time::{Duration, Timestamp};
use serde_json::{Value, json};
use std::cell::Cell;

pub(crate) const TOKEN: &str = "0123456789abcdef";

pub(crate) const LONG_ACS: &str = "/gateway/api/users/saml-login?accountId=acme";

pub(crate) struct Site {
    pub(crate) database: Database,
    pub(crate) crypto: TestCrypto,
    pub(crate) servers: Servers,
    pub(crate) deployment: Deployment,
    configurations: Configurations,
    now: Cell<Timestamp>,
}

impl Site {
    /// What a journey is given.
    pub(crate) fn postern(&self) -> Postern<'_, Database, TestCrypto> {
        Postern {
            store: &self.database,
            crypto: &self.crypto,
            outbound: &self.servers,
            deployment: &self.deployment,
            configurations: &self.configurations,
            now: self.now.get(),
        }
    }

    /// Without an account, at the time of the corpus.
    pub(crate) fn new() -> Self {
        Self::at("https://sp.example")
    }

    pub(crate) fn at(public_url: &str) -> Self {
        Self {
            database: Database::new(),
            crypto: TestCrypto::default(),
            servers: Servers::default(),
            deployment: Deployment {
                public_url: PublicUrl::parse(public_url).unwrap(),
                setup_token: SetupToken::new(TOKEN),
                master_key: Some(master_key()),
            },
            configurations: Configurations::default(),
            now: Cell::new(Timestamp::parse(corpus::NOW).unwrap()),
        }
    }

    /// With the account `acme` and the identity provider of the corpus, JIT on.
    pub(crate) fn with_provider() -> Self {
        let site = Self::new();
        site.create_account("acme");
        site.create_provider(json!({}));
        site
    }

    pub(crate) fn create_account(&self, id: &str) {
        let answer = self.post("/api/v1/accounts").admin().json(&json!({ "id": id, "name": "Acme Inc." })).send();
        assert_eq!(answer.status, 201, "{}", answer.body_text());
    }

    /// Creates the provider of the corpus in `acme`, with some settings of its own. Answers with how it is shown.
    pub(crate) fn create_provider(&self, settings: Value) -> Value {
        let answer = self.post("/api/v1/accounts/acme/providers").admin().json(&provider_input(settings)).send();
        assert_eq!(answer.status, 201, "{}", answer.body_text());
        body(&answer)
    }

    /// Changes the provider of the corpus.
    pub(crate) fn change_provider(&self, patch: &Value) {
        let list = body(&self.get("/api/v1/accounts/acme/providers").admin().send());
        let provider = &list["items"][0];
        let path = format!("/api/v1/accounts/acme/providers/{}", provider["id"].as_str().unwrap());
        let version = format!("\"{}\"", provider["version"]);
        let answer = self.call(Method::Patch, &path).admin().header("if-match", &version).json(patch).send();
        assert_eq!(answer.status, 200, "{}", answer.body_text());
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub(crate) fn set_now(&self, now: Timestamp) {
        self.now.set(now);
    }

    pub(crate) fn wait(&self, duration: Duration) {
        self.now.set(self.now.get().plus(duration));
    }

    /// As another isolate would: nothing is remembered.
    pub(crate) fn forget(&mut self) {
        self.configurations = Configurations::default();
    }

    pub(crate) fn get(&self, target: &str) -> Request<'_> {
        self.call(Method::Get, target)
    }

    pub(crate) fn post(&self, target: &str) -> Request<'_> {
        self.call(Method::Post, target)
    }

    pub(crate) fn call(&self, method: Method, target: &str) -> Request<'_> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let call = Call {
            method,
            path: path.into(),
            query: query.into(),
            headers: Vec::new(),
            body: CallBody::Whole(Vec::new()),
        };
        Request { site: self, call }
    }

    /// Posts a response of the corpus to the long form of the ACS URL.
    pub(crate) fn sign_in(&self, case: &str) -> Answer {
        self.post(LONG_ACS).response(&corpus::case(case).form_field()).send()
    }

    /// The cookie of a session that was opened with a sound response.
    pub(crate) fn signed_in(&self) -> String {
        let answer = self.sign_in("accept/policy/assertion-signed");
        assert_eq!(answer.status, 303, "{}", answer.body_text());
        cookie(&answer)
    }

    /// What the sign-in log says last: the code of the refusal, or `signed_in`. Ids of one millisecond are in no order, so
    /// a test that signs in twice moves the clock between.
    pub(crate) fn last_sign_in(&self) -> String {
        let last =
            "SELECT COALESCE(error ->> '$.code', outcome) FROM sign_ins WHERE at = (SELECT MAX(at) FROM sign_ins)";
        let rows = self.database.select(last);
        assert!(rows.len() < 2, "two attempts at one time: {rows:?}");
        rows.into_iter().next().unwrap_or_else(|| "nothing logged".into())
    }
}

pub(crate) fn provider_input(settings: Value) -> Value {
    let mut input = json!({
        "name": "Corpus",
        "kind": "okta",
        "metadataXml": metadata(ISSUER, &["idp"]),
        "jit": { "enabled": true },
    });
    for (key, value) in settings.as_object().unwrap() {
        input[key] = value.clone();
    }
    input
}

pub(crate) struct Request<'s> {
    site: &'s Site,
    call: Call,
}

impl Request<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.call.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn admin(self) -> Self {
        self.header("authorization", &format!("Bearer {TOKEN}"))
    }

    pub(crate) fn cookie(self, cookie: &str) -> Self {
        self.header("cookie", cookie)
    }

    pub(crate) fn body(mut self, media_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.call.body = CallBody::Whole(bytes.into());
        self.header("content-type", media_type)
    }

    pub(crate) fn too_large(mut self) -> Self {
        self.call.body = CallBody::TooLarge;
        self
    }

    pub(crate) fn json(self, value: &Value) -> Self {
        self.body("application/json", value.to_string())
    }

    pub(crate) fn form(self, fields: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.body("application/x-www-form-urlencoded", form)
    }

    pub(crate) fn response(self, saml_response: &str) -> Self {
        self.form(&[("SAMLResponse", saml_response)])
    }

    pub(crate) fn send(self) -> Answer {
        let answer = self.answer();
        is_guarded(&answer);
        answer
    }

    /// For what is answered with the page that has the browser post a message on: it has a script, and its form leads
    /// elsewhere.
    pub(crate) fn send_carrying(self) -> Answer {
        let answer = self.answer();
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for rule in ["default-src 'none'", "script-src 'self'", "form-action https:", "frame-ancestors 'none'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        answer
    }

    fn answer(self) -> Answer {
        pollster::block_on(route(&self.site.postern(), self.call))
    }
}

/// What every answer has, whatever it says.
fn is_guarded(answer: &Answer) {
    let header = |name| answer.header(name).unwrap_or_default();
    let names: Vec<_> = answer.headers.iter().map(|(name, _)| *name).collect();
    assert!(names.iter().all(|name| names.iter().filter(|other| *other == name).count() == 1), "{names:?}");
    if let AnswerBody::Asset(_) = answer.body {
        assert!(header("content-security-policy").contains("script-src 'self'; style-src 'self'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        return;
    }
    let media_type = header("content-type");
    if media_type != "application/samlmetadata+xml" && answer.status != 204 {
        assert_eq!(header("cache-control"), "no-store", "{} {media_type}", answer.status);
    }
    if !media_type.is_empty() {
        assert_eq!(header("x-content-type-options"), "nosniff", "{} {media_type}", answer.status);
    }
    if media_type.starts_with("text/html") {
        assert_eq!(media_type, "text/html; charset=utf-8");
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert!(!answer.body_text().contains("<script"), "pages work without script");
    }
}

/// The JSON of an answer.
pub(crate) fn body(answer: &Answer) -> Value {
    let text = answer.body_text();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{} {text}: {error}", answer.status))
}

/// The cookie that an answer sets, as the browser sends it back.
pub(crate) fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").expect("a cookie").split(';').next().unwrap().to_owned()
}

/// The detail of a problem, after its shape was checked.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16) -> Value {
    let problem = body(answer);
    assert_eq!(answer.status, status, "{problem}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(status)));
    assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty() && title != "Error"), "{problem}");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{problem}");
    problem
}

/// The names of the members of an object.
pub(crate) fn members(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}
