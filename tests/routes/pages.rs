//! Pages that users meet, and the service provider's metadata.

use crate::scene::Site;
use postern::saml::Namespace;
use postern_xml::Document;
use serde_json::json;

#[test]
fn home_tells_who_is_signed_in() {
    let site = Site::with_provider();
    let nobody = site.get("/").send();
    assert_eq!(nobody.status, 200);
    assert!(nobody.body_text().contains("<h1>Not signed in</h1>"));
    let cookie = site.signed_in();
    let somebody = site.get("/").cookie(&cookie).send();
    assert_eq!(somebody.status, 200);
    let text = somebody.body_text();
    for part in ["<h1>Signed in</h1>", "ada@example.com", "<strong>acme</strong>", "action=\"/sign-out\"", "Corpus"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn names_are_escaped_in_pages() {
    let site = Site::with_provider();
    site.change_provider(&json!({ "name": "<img src=x>\"&'" }));
    let cookie = site.signed_in();
    site.database.execute("UPDATE users SET display_name = '<script>alert(1)</script>', email = 'a\"<b>@x.example'");
    let text = site.get("/").cookie(&cookie).send().body_text().to_owned();
    assert!(text.contains("&lt;script&gt;") && text.contains("&lt;img src=x&gt;"), "{text}");
    assert!(!text.contains("<img") && !text.contains("<b>"), "{text}");
}

#[test]
fn a_refusal_tells_a_reference_and_no_reason() {
    let site = Site::with_provider();
    let answer = site.sign_in("refuse/keys/stranger-without-key-info");
    assert_eq!(answer.status, 403);
    let text = answer.body_text();
    let reference = &site.database.select("SELECT id FROM sign_ins")[0];
    assert!(text.contains("<h1>Sign-in failed</h1>"), "{text}");
    assert!(text.contains(&format!("Reference: <code>{reference}</code>")), "{text}");
    for secret in ["wrong_key", "certificate", "signature", "ada@example.com", "Corpus", "idp.example"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert_eq!(answer.header("set-cookie"), None);
}

#[test]
fn metadata_tells_the_entity_id_and_both_acs_urls() {
    let site = Site::with_provider();
    let answer = site.get("/saml/acme/metadata").send();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/samlmetadata+xml")));
    let document = Document::parse(answer.body_text().as_bytes()).unwrap();
    let entity = document.root();
    assert!(entity.is(Namespace::METADATA, "EntityDescriptor"));
    assert_eq!(entity.attribute("entityID"), Some("sp.example"));
    let role = entity.child_elements().next().unwrap();
    assert!(role.is(Namespace::METADATA, "SPSSODescriptor"));
    assert_eq!(role.attribute("WantAssertionsSigned"), Some("true"));
    let services: Vec<_> = role.children_named(Namespace::METADATA, "AssertionConsumerService").collect();
    let locations: Vec<_> = services.iter().map(|service| service.attribute("Location").unwrap()).collect();
    assert_eq!(
        locations,
        ["https://sp.example/gateway/api/users/saml-login?accountId=acme", "https://sp.example/saml/acme/acs"]
    );
    assert_eq!(services[0].attribute("isDefault"), Some("true"));
}

#[test]
fn metadata_of_a_provider_tells_its_own_entity_id_of_ours() {
    let site = Site::new();
    site.create_account("acme");
    let provider = site.create_provider(json!({ "spEntityId": "urn:our:<own>" }));
    let target = format!("/saml/acme/metadata?provider={}", provider["id"].as_str().unwrap());
    assert_eq!(provider["sp"]["metadataUrl"], format!("https://sp.example{target}"));
    let answer = site.get(&target).send();
    let document = Document::parse(answer.body_text().as_bytes()).unwrap();
    assert_eq!(document.root().attribute("entityID"), Some("urn:our:<own>"));
    assert_eq!(site.get("/saml/acme/metadata?provider=none").send().status, 404);
    assert_eq!(site.get("/saml/nobody/metadata").send().status, 404);
}
