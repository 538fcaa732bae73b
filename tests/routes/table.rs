//! The table of routes: what is in it answers, and what is not does not.

use crate::scene::{Site, body, problem};
use postern::deployment::PublicUrl;
use postern::http::{AnswerBody, Method};
use postern::journey::{Needs, ROUTES, body_limit};
use std::collections::BTreeMap;

const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Patch, Method::Delete, Method::Other];

/// Each path with its methods, parameters filled in.
fn paths() -> BTreeMap<String, Vec<Method>> {
    let mut paths: BTreeMap<String, Vec<Method>> = BTreeMap::new();
    for (method, path, _, _) in ROUTES {
        let path = path.replace("{account}", "acme").replace("{id}", "none").replace("{*path}", "a/b.css");
        paths.entry(path).or_default().push(*method);
    }
    paths
}

fn is_api(path: &str) -> bool {
    path.starts_with("/api/") || path == "/whoami"
}

#[test]
fn every_route_answers_its_methods_and_allows_no_other() {
    let site = Site::with_provider();
    for (path, methods) in paths() {
        for method in METHODS {
            let answer = site.call(method, &path).admin().send();
            if methods.contains(&method) {
                assert!(!matches!(answer.status, 405 | 500..), "{method:?} {path}: {}", answer.status);
                continue;
            }
            let allow: Vec<_> = methods.iter().map(|method| method.name()).collect();
            assert_eq!(answer.status, 405, "{method:?} {path}");
            assert_eq!(answer.header("allow"), Some(allow.join(", ").as_str()), "{path}");
            if is_api(&path) {
                problem(&answer, 405);
            } else {
                assert!(answer.body_text().contains("<h1>Not allowed</h1>"), "{path}");
            }
        }
    }
}

#[test]
fn nothing_is_at_other_paths() {
    let site = Site::with_provider();
    for path in [
        "//",
        "/nothing",
        "/healthz/",
        "/Healthz",
        "/whoami/x",
        "/saml",
        "/saml/acme",
        "/saml/acme/",
        "/saml/acme/acs/",
        "/saml/acme/nothing",
        "/saml//acs",
        "/gateway/api/users/saml-login/",
        "/gateway",
        "/admin2",
        "/pages",
        "/index.html",
        "/%61dmin/",
        "/.well-known/x",
        "/saml/a/b/acs",
    ] {
        let answer = site.get(path).send();
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body_text().contains("<h1>Not found</h1>"), "{path}");
    }
    for path in
        ["/api/", "/api/v1", "/api/v1/", "/api/v1/accounts/", "/api/v1/accounts/acme/nothing", "/api/v2/accounts"]
    {
        problem(&site.get(path).admin().send(), 404);
    }
}

#[test]
fn accounts_that_cannot_be_are_not_looked_up() {
    let site = Site::with_provider();
    site.database.watch(&[]);
    for target in [
        "/gateway/api/users/saml-login",
        "/gateway/api/users/saml-login?accountId=",
        "/gateway/api/users/saml-login?accountId=a%20b",
        "/gateway/api/users/saml-login?accountid=acme",
        "/saml/a%20b/acs",
        "/saml/a.b/acs",
    ] {
        assert_eq!(site.post(target).response("AAAA").send().status, 404, "{target}");
    }
    problem(&site.get("/api/v1/accounts/a.b").admin().send(), 404);
    assert_eq!(site.database.batches(), 0);
    for target in ["/gateway/api/users/saml-login?accountId=nobody", "/saml/nobody/acs"] {
        assert_eq!(site.post(target).response("AAAA").send().status, 404, "{target}");
    }
    assert_eq!(site.database.count("sign_ins"), 0);
}

#[test]
fn health_needs_nothing_and_readiness_the_database() {
    use crate::support::database::Fault::Before;
    let site = Site::new();
    site.database.watch(&[(1, Before)]);
    let health = site.get("/healthz").send();
    assert_eq!((health.status, body(&health)), (200, serde_json::json!({ "status": "ok" })));
    assert_eq!(site.database.batches(), 0);
    let ready = site.get("/readyz").send();
    assert_eq!((ready.status, ready.header("retry-after")), (503, Some("5")));
    let ready = site.get("/readyz").send();
    assert_eq!((ready.status, body(&ready)), (200, serde_json::json!({ "status": "ok" })));
}

#[test]
fn the_admin_page_and_its_files_are_static() {
    let site = Site::new();
    let redirect = site.get("/admin").send();
    assert_eq!((redirect.status, redirect.header("location")), (308, Some("/admin/")));
    for (path, file) in [
        ("/admin/", "/admin/"),
        ("/admin/js/main.js", "/admin/js/main.js"),
        ("/pages/page.css", "/pages/page.css"),
        ("/api/v1/openapi.json", "/openapi.json"),
    ] {
        let answer = site.get(path).send();
        assert!(matches!(&answer.body, AnswerBody::Asset(asset) if asset == file), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.contains("require-trusted-types-for 'script'") && policy.contains("connect-src 'self'"),
            "{policy}"
        );
    }
    assert_eq!(site.database.batches(), 0);
}

#[test]
fn a_path_prefix_is_part_of_every_url_and_may_be_taken_off_by_a_proxy() {
    let site = Site::at("https://sp.example/gratis");
    site.create_account("acme");
    for path in ["/gratis/healthz", "/healthz"] {
        assert_eq!(site.get(path).send().status, 200, "{path}");
    }
    for path in ["/gratishealthz", "/other/healthz", "/gratis/gratis/healthz"] {
        assert_eq!(site.get(path).send().status, 404, "{path}");
    }
    assert_eq!(site.get("/gratis/admin").send().header("location"), Some("/gratis/admin/"));
    let provider = site.create_provider(serde_json::json!({}));
    assert_eq!(provider["sp"]["acsUrl"], "https://sp.example/gratis/gateway/api/users/saml-login?accountId=acme");
    assert_eq!(provider["sp"]["entityId"], "sp.example");
    assert!(site.get("/gratis/").send().body_text().contains("href=\"/gratis/pages/page.css\""));
}

#[test]
fn forms_and_documents_have_a_bound_each() {
    let (form, document) = (256 * 1024, 1024 * 1024);
    for (path, bound) in [
        ("/saml/acme/acs", form),
        ("/saml/acme/slo", form),
        ("/gateway/api/users/saml-login", form),
        ("/saml/scim/acs", form),
        ("/saml/scim/slo", form),
        ("/x/api/v1/accounts", form),
        ("/x/scim/v2/acme/Users", form),
        ("/gratis/saml/scim/acs", form),
        ("/gratisscim/v2/acme/Users", form),
        ("/api/v1/accounts", document),
        ("/gratis/api/v1/accounts", document),
        ("/scim/v2/acme/Users", document),
        ("/gratis/scim/v2/acme/Users", document),
        ("/gateway/ng/api/scim/account/acme/Bulk", document),
    ] {
        let public_url = PublicUrl::parse("https://sp.example/gratis").unwrap();
        assert_eq!(body_limit(&public_url, path), bound, "{path}");
    }
}

#[test]
fn nothing_of_the_admin_api_is_open_to_everyone() {
    for (_, path, _, needs) in ROUTES.iter().filter(|route| route.1.starts_with("/api/")) {
        assert_eq!(*needs == Needs::Nothing, *path == "/api/v1/openapi.json", "{path}");
    }
}
