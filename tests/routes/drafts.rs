//! A draft of a provider is tried: what is shown to the browser that began, and that nothing comes of it.

use crate::permitted::{call, errors};
use crate::scene::{LONG_ACS, Site, body, cookie, problem, provider_input};
use crate::support::corpus::{self, ISSUER};
use crate::support::database::Fault::{After, Before};
use crate::support::keys::metadata;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postern::http::{Answer, Method};
use postern::time::Duration;
use serde_json::{Value, json};

const ANSWER: &str = "accept/policy/answer";

fn site(settings: Value) -> Site {
    let site = Site::new();
    site.create_account("acme");
    let mut settings = settings;
    settings["draft"] = json!(true);
    site.create_provider(settings);
    site
}

fn test_url(site: &Site) -> String {
    let list = body(&call(site, Method::Get, "providers").admin().send());
    let url = list["items"][0]["sp"]["testUrl"].as_str().unwrap().to_owned();
    url.strip_prefix("https://sp.example").unwrap().to_owned()
}

/// Begins a test, under the name by which the responses of the corpus answer it.
fn begin(site: &Site) -> String {
    let answer = site.get(&test_url(site)).send();
    assert_eq!(answer.status, 302, "{}", answer.body_text());
    site.database.execute("UPDATE pending_requests SET id = '_request'");
    cookie(&answer)
}

fn post(site: &Site, browser: &str, response: &str) -> Answer {
    site.post(LONG_ACS).cookie(browser).response(response).send()
}

/// Begins a test, posts a response of the corpus, and answers with the page.
fn tried(site: &Site, case: &str) -> String {
    let browser = begin(site);
    let answer = post(site, &browser, &corpus::case(case).form_field());
    assert_eq!((answer.status, answer.header("set-cookie")), (200, None), "{}", answer.body_text());
    answer.body_text().to_owned()
}

/// What a sign-in makes, none of which a test may.
fn made(site: &Site) -> Vec<usize> {
    let tables = ["users", "user_links", "sessions", "group_members", "recordings", "changes"];
    tables.map(|table| site.database.count(table)).to_vec()
}

#[test]
fn a_draft_shows_what_came_and_what_would_be_decided_and_creates_nothing() {
    let site =
        site(json!({ "jit": { "enabled": true, "validationKey": "department", "validationValue": "engineering" } }));
    let before = made(&site);
    let page = tried(&site, ANSWER);
    for text in [
        "<h1>Test of Corpus</h1>",
        "nobody was signed in, and nothing was created",
        "the user would be created just in time",
        "<td>NameID</td><td>ada@example.com</td>",
        "<td>E-mail</td><td>ada@example.com</td>",
        "<td>department</td><td></td><td>engineering</td>",
        "<td>jit validation</td><td>yes</td><td>department = engineering</td><td>department = engineering</td>",
        "<td>audience</td><td>passed</td><td>sp.example</td><td>sp.example</td>",
        "<td>request</td><td>passed</td>",
        "<td>enabled</td><td>passed</td><td>enabled</td><td>a draft, tried as if it were enabled</td>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(made(&site), before);
    assert_eq!(site.database.count("pending_requests"), 0);
    assert_eq!(site.database.select("SELECT kind FROM spent ORDER BY 1"), ["assertion", "request"]);
    let log = "SELECT outcome, initiated_by, email, name_id, user_id, decision, error ->> '$.code', error ->> '$.got' FROM sign_ins";
    assert_eq!(
        site.database.select(log),
        ["refused|sp|ada@example.com|ada@example.com|null|null|tested|it would be a sign-in: created_just_in_time"]
    );
    let reference = &site.database.select("SELECT id FROM sign_ins")[0];
    assert!(page.contains(&format!("Reference: <code>{reference}</code>")), "{page}");
}

#[test]
fn what_would_be_refused_is_told_with_what_to_do() {
    let department = json!({ "jit": { "enabled": true, "validationKey": "department", "validationValue": "sales" } });
    let other = json!({ "metadataXml": metadata(ISSUER, &["idp-next"]) });
    for (settings, code, texts) in [
        (
            department,
            "jit_validation_failed",
            vec!["<td>department = sales</td><td>department = engineering</td>", "send the attribute"],
        ),
        (json!({ "jit": { "enabled": false } }), "not_invited", vec!["Enable JIT Provisioning"]),
        (
            json!({ "spEntityId": "urn:other" }),
            "wrong_audience",
            vec![
                "<td>urn:other</td><td>sp.example</td>",
                "What would be decided if every check passed",
                "Audience URI",
            ],
        ),
        (
            other,
            "wrong_key",
            vec!["<td>signature</td><td>failed</td>", "<td>audience</td><td>would pass, if it were signed</td>"],
        ),
    ] {
        let site = site(settings);
        let before = made(&site);
        let page = tried(&site, ANSWER);
        for text in texts.into_iter().chain([format!("({code}).").as_str()]) {
            assert!(page.contains(text), "{text}: {page}");
        }
        let got = site.database.select("SELECT error ->> '$.code', error ->> '$.got' FROM sign_ins");
        assert_eq!(got, [format!("tested|it would be refused: {code}")]);
        assert_eq!(made(&site), before);
    }
}

#[test]
fn nothing_that_was_not_verified_is_logged_as_somebody() {
    let site = site(json!({ "metadataXml": metadata(ISSUER, &["idp-next"]) }));
    tried(&site, ANSWER);
    assert_eq!(site.database.select("SELECT email, name_id FROM sign_ins"), ["null|null"]);
    assert_eq!(site.database.select("SELECT kind FROM spent"), ["request"]);
}

#[test]
fn only_the_browser_that_began_is_shown_anything_once() {
    for (browser, case) in [
        (Some("__Host-postern-login=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), ANSWER),
        (None, ANSWER),
        (Some(""), "accept/policy/assertion-signed"),
    ] {
        let site = site(json!({}));
        let own = begin(&site);
        let browser = browser.map(|browser| if browser.is_empty() { own.as_str() } else { browser });
        let before = made(&site);
        let answer = post(&site, browser.unwrap_or_default(), &corpus::case(case).form_field());
        assert_eq!((answer.status, site.last_sign_in().as_str()), (403, "provider_is_draft"), "{browser:?}");
        assert!(answer.body_text().contains("<h1>Sign-in failed</h1>"));
        assert_eq!(
            (made(&site), site.database.count("pending_requests"), site.database.count("spent")),
            (before, 1, 0)
        );
        site.wait(Duration(1));
        assert_eq!(post(&site, &own, &corpus::case(ANSWER).form_field()).status, 200);
        site.wait(Duration(1));
        assert_eq!(post(&site, &own, &corpus::case(ANSWER).form_field()).status, 403, "once");
        assert_eq!(site.last_sign_in(), "provider_is_draft");
    }
}

#[test]
fn a_test_is_answered_in_time() {
    let site = site(json!({}));
    let browser = begin(&site);
    site.database.execute(&format!("UPDATE pending_requests SET expires_at = {}", site.now().0));
    assert_eq!(post(&site, &browser, &corpus::case(ANSWER).form_field()).status, 403);
    assert_eq!(site.last_sign_in(), "provider_is_draft");
}

#[test]
fn a_test_opens_no_session_although_the_provider_is_enabled_meanwhile() {
    let site = site(json!({ "allowUnknownInResponseTo": true }));
    let browser = begin(&site);
    site.change_provider(&json!({ "draft": false, "enabled": true }));
    let before = made(&site);
    let answer = post(&site, &browser, &corpus::case(ANSWER).form_field());
    assert_eq!((answer.status, site.last_sign_in().as_str()), (403, "tested"));
    assert_eq!(made(&site), before);
}

#[test]
fn a_response_that_was_tried_signs_nobody_in_afterwards() {
    let site = site(json!({ "allowUnknownInResponseTo": true }));
    let browser = begin(&site);
    let response = corpus::case(ANSWER).form_field();
    assert_eq!(post(&site, &browser, &response).status, 200);
    site.change_provider(&json!({ "draft": false, "enabled": true }));
    site.wait(Duration(1));
    assert_eq!(post(&site, &browser, &response).status, 403);
    assert_eq!(site.last_sign_in(), "replayed");
}

#[test]
fn a_sign_in_that_was_begun_is_over_when_the_provider_becomes_a_draft() {
    let site = Site::with_provider();
    let browser = cookie(&site.get("/saml/acme/login").send());
    site.database.execute("UPDATE pending_requests SET id = '_request'");
    site.change_provider(&json!({ "draft": true, "enabled": false }));
    assert_eq!(post(&site, &browser, &corpus::case(ANSWER).form_field()).status, 403);
    assert_eq!(site.last_sign_in(), "provider_is_draft");
}

#[test]
fn an_isolate_that_knows_the_provider_as_it_was_reads_it_again() {
    let change =
        |sql: &str| format!("UPDATE providers SET version = version + 1, settings = json_set(settings, {sql})");
    let site = site(json!({}));
    let browser = begin(&site);
    site.database.execute(&change("'$.draft', json('false'), '$.enabled', json('true')"));
    assert_eq!(post(&site, &browser, &corpus::case(ANSWER).form_field()).status, 403);
    assert_eq!(site.last_sign_in(), "tested");
    let other = Site::with_provider();
    other.get("/saml/acme/metadata").send();
    other.database.execute(&change("'$.draft', json('true'), '$.enabled', json('false')"));
    assert_eq!(
        (other.sign_in("accept/policy/assertion-signed").status, other.last_sign_in().as_str()),
        (403, "provider_is_draft")
    );
}

#[test]
fn only_a_draft_can_be_tried_and_only_at_its_test_url() {
    let site = site(json!({}));
    let url = test_url(&site);
    for path in [
        url.replace("&test=1", ""),
        url.replace("test=1", "test=2"),
        "/saml/acme/login?test=1".into(),
        "/saml/acme/login".into(),
    ] {
        assert_eq!(site.get(&path).send().status, 404, "{path}");
    }
    for settings in [json!({ "draft": false }), json!({ "enabled": true })] {
        site.change_provider(&settings);
        assert_eq!(site.get(&url).send().status, 404, "{settings}");
    }
    assert_eq!(site.database.count("pending_requests"), 0);
}

#[test]
fn values_are_escaped() {
    let site = site(json!({ "name": "<b>A & B</b>", "jit": { "enabled": true, "rules": [
        { "name": "<i>", "conditions": [{ "on": { "attribute": "<script>" }, "operator": "equals", "value": "\"><img>" }], "effect": "admit" },
    ] } }));
    let page = tried(&site, ANSWER);
    assert!(page.contains("Test of &lt;b&gt;A &amp; B&lt;/b&gt;") && page.contains("&lt;script&gt;"), "{page}");
    for raw in ["<b>", "<i>", "<img", "<script"] {
        assert!(!page.contains(raw), "{raw}: {page}");
    }
}

#[test]
fn linked_groups_that_would_be_joined_and_left_are_named() {
    let site = site(json!({ "authorization": { "enabled": true, "groupsAttribute": "department" } }));
    site.database.execute(
        "INSERT INTO users (account_id, id, email, email_folded, active, managed_by, created_at, updated_at, version) \
         VALUES ('acme', 'u1', 'ada@example.com', 'ada@example.com', 1, 'admin', 1, 1, 1); \
         INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, provider_id, saml_group, created_at, updated_at, version) SELECT 'acme', 'g1', 'Makers', 'makers', 'Makers', 'native', id, 'engineering', 1, 1, 1 FROM providers; \
         INSERT INTO groups (account_id, id, name, name_folded, identifier, managed_by, provider_id, saml_group, created_at, updated_at, version) SELECT 'acme', 'g2', 'Sellers', 'sellers', 'Sellers', 'native', id, 'sales', 1, 1, 1 FROM providers; \
         INSERT INTO group_members VALUES ('acme', 'g2', 'u1', 1);",
    );
    let before = made(&site);
    let page = tried(&site, ANSWER);
    for text in ["a sign-in of a user who exists", "Linked groups to join: Makers.", "Linked groups to leave: Sellers."]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert_eq!(made(&site), before);
    assert_eq!(site.database.select("SELECT group_id FROM group_members"), ["g2"]);
}

/// An answer, or the time it takes, would help to decrypt what was meant for another provider: the keys are the account's.
#[test]
fn whether_an_encrypted_assertion_opened_is_not_told_unless_a_signature_holds() {
    let case = corpus::case("accept/encryption/aes256-gcm-oaep-sha256-beside");
    let document = String::from_utf8(case.document.clone()).unwrap();
    let answering = STANDARD.encode(document.replacen(" Version=", " InResponseTo=\"_request\" Version=", 1));
    let mut seen = Vec::new();
    for (opens, code) in [(true, "wrong_key"), (false, "decryption_failed")] {
        let site = Site::new();
        site.create_account("acme");
        let made = call(&site, Method::Post, "keys").admin().json(&json!({ "purpose": "encryption" })).send();
        assert_eq!(made.status, 201, "{}", made.body_text());
        site.create_provider(
            json!({ "draft": true, "encryption": "accept", "metadataXml": metadata(ISSUER, &["idp-next"]) }),
        );
        if opens {
            case.header.decrypts.iter().for_each(|(content, plaintext)| site.crypto.knows(content, plaintext));
        }
        let browser = begin(&site);
        site.database.watch(&[]);
        let answer = post(&site, &browser, &answering);
        assert_eq!(answer.status, 200, "{}", answer.body_text());
        let got = site.database.select("SELECT id, error ->> '$.got' FROM sign_ins");
        let (id, got) = got[0].split_once('|').unwrap();
        assert_eq!(got, format!("it would be refused: {code}"));
        seen.push((answer.body_text().replace(id, ""), site.database.batches()));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].0.contains("cannot be opened, or no signature holds") && !seen[0].0.contains("<table>"));
}

#[test]
fn under_a_fault_at_any_call_it_was_used_up_or_nothing_happened() {
    for number in 1..=5 {
        for fault in [Before, After] {
            let mut site = site(json!({}));
            let browser = begin(&site);
            site.forget();
            site.database.watch(&[(number, fault)]);
            let answer = post(&site, &browser, &corpus::case(ANSWER).form_field());
            let left = ["sign_ins", "spent", "pending_requests"].map(|table| site.database.count(table));
            match answer.status {
                200 => assert_eq!(left, [1, 2, 0], "{number} {fault:?}"),
                503 => assert!(matches!(left, [0, 0, 1]), "{number} {fault:?}: {left:?}"),
                other => panic!("{other}: {}", site.last_sign_in()),
            }
            assert!(number != 4 || answer.status == 200, "a fault at the commit is made good");
        }
    }
}

#[test]
fn a_draft_is_not_enabled() {
    let site = Site::new();
    site.create_account("acme");
    let made = site.create_provider(json!({ "draft": true, "generation": "legacy" }));
    assert_eq!((&made["draft"], &made["enabled"]), (&json!(true), &json!(false)));
    let both = provider_input(json!({ "draft": true, "enabled": true }));
    let refused = call(&site, Method::Post, "providers").admin().json(&both).send();
    assert_eq!(errors(&refused), [("/enabled".into(), "not_allowed".into())]);
    assert!(problem(&refused, 422)["errors"][0]["message"].as_str().unwrap().contains("`draft`: false"));
    let path = format!("providers/{}", made["id"].as_str().unwrap());
    let patch = |version: i64, input: Value| {
        call(&site, Method::Patch, &path).admin().header("if-match", &format!("\"{version}\"")).json(&input).send()
    };
    assert_eq!(errors(&patch(1, json!({ "enabled": true }))), [("/enabled".into(), "not_allowed".into())]);
    let enabled = body(&patch(1, json!({ "enabled": true, "draft": false })));
    assert_eq!((&enabled["draft"], &enabled["enabled"]), (&json!(false), &json!(true)));
    assert_eq!(errors(&patch(2, json!({ "draft": true }))), [("/draft".into(), "not_allowed".into())]);
    let draft = body(&patch(2, json!({ "draft": true, "enabled": null })));
    assert_eq!((&draft["draft"], &draft["enabled"]), (&json!(true), &json!(false)));
    let neither = body(&patch(3, json!({ "draft": null })));
    assert_eq!((&neither["draft"], &neither["enabled"]), (&json!(false), &json!(false)));
}

#[test]
fn a_legacy_draft_authenticates_for_nobody() {
    let site = Site::with_provider();
    let legacy = metadata("https://legacy.example", &["idp-next"]);
    site.create_provider(json!({ "name": "Legacy", "generation": "legacy", "draft": true, "metadataXml": legacy }));
    assert_eq!(site.get("/saml/acme/login").send().status, 302, "there is no choice to make");
    assert_eq!(site.sign_in("accept/policy/assertion-signed").status, 303);
}

#[test]
fn the_debugger_says_that_it_is_a_draft() {
    let site = site(json!({}));
    let response = corpus::case("accept/policy/assertion-signed").form_field();
    let explained = call(&site, Method::Post, "saml/explain").admin().json(&json!({ "samlResponse": response })).send();
    let explained = body(&explained);
    assert_eq!((&explained["accepted"], &explained["error"]["code"]), (&json!(false), &json!("provider_is_draft")));
    assert_eq!(explained["decision"]["hypothetical"], true);
    assert!(explained["error"]["remedy"].as_str().unwrap().contains("test URL"), "{explained}");
}
