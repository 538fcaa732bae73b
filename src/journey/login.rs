//! A sign-in that begins here: the browser is sent to an identity provider with a request that only this browser can
//! have answered.

use super::configuration::Configuration;
use super::sign_in::is_local_path;
use super::{Ending, Postern, page};
use crate::access::{Cookie, browser_secret};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::id::Secret;
use crate::provider::Provider;
use crate::saml::{AuthnRequest, Binding, SpMetadata};
use crate::store::pending_request::{self, PendingRequest};
use crate::store::{self, Constraint, Store, StoreError};
use crate::time::Duration;
use form_urlencoded::Serializer;
use quick_xml::escape::escape;

/// How long a user may take at the identity provider.
const LIFETIME: Duration = Duration::seconds(600);

/// `GET /saml/{account}/login?return_to=/path&provider=id`
pub(super) async fn begin<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let return_to = call.query_parameter("return_to").unwrap_or_else(|| postern.deployment.public_url.path("/"));
    if !is_local_path(&return_to) {
        return Ok(page::sentence(
            400,
            &postern.deployment.public_url,
            "return_to must be a path of this origin that begins with one slash.",
        ));
    }
    let wanted = call.query_parameter("provider");
    let mut fresh = false;
    loop {
        let configuration = match fresh {
            false => postern.configuration(account).await?,
            true => postern.fresh_configuration(account).await?,
        };
        let Some(configuration) = configuration else {
            return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
        };
        match candidates(&configuration, wanted.as_deref()).as_slice() {
            // It may have been added a moment ago.
            [] if !fresh => {}
            [] => {
                return Ok(page::sentence(
                    404,
                    &postern.deployment.public_url,
                    "No identity provider that a sign-in can begin with is set up here.",
                ));
            }
            [provider] => match send(postern, call, account, provider, return_to.clone()).await {
                // It has been deleted since it was read.
                Err(StoreError::Constraint(Constraint::Reference)) if !fresh => {}
                sent => return Ok(sent?),
            },
            several => return Ok(choose(postern, account, several, &return_to)),
        }
        fresh = true;
    }
}

fn candidates<'c>(configuration: &'c Configuration, wanted: Option<&str>) -> Vec<&'c Provider> {
    let fits = |provider: &&Provider| {
        let settings = provider.settings();
        settings.enabled && settings.sso_binding == Binding::Redirect && wanted.is_none_or(|id| id == provider.id())
    };
    configuration.providers.iter().filter(fits).collect()
}

async fn send<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    provider: &Provider,
    return_to: String,
) -> Result<Answer, StoreError> {
    // One secret a browser, so that sign-ins in several tabs do not shut each other out.
    let known = call.header("cookie").and_then(browser_secret);
    let secret = known.unwrap_or_else(|| Secret::fresh(postern.crypto));
    let request = PendingRequest { id: format!("_{}", postern.fresh_id()), return_to };
    let plan = pending_request::plan(account, &request, provider.id(), secret, postern.now.plus(LIFETIME));
    let bound = store::commit(postern.store, plan).await?;

    let url = AuthnRequest {
        id: &request.id,
        issued_at: postern.now,
        issuer: postern.sp_entity_id(provider),
        acs_url: &postern.acs_urls(account)[0],
        sso_url: &provider.settings().sso_url,
    }
    .redirect_url(None);
    let cookie = Cookie::bind_browser(&bound, LIFETIME).into_header();
    Ok(Answer::redirect(302, url).with("set-cookie", cookie))
}

fn choose<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    providers: &[&Provider],
    return_to: &str,
) -> Answer {
    let public_url = &postern.deployment.public_url;
    let mut items = String::new();
    for provider in providers {
        let mut query = Serializer::new(String::new());
        let query = query.append_pair("provider", provider.id()).append_pair("return_to", return_to).finish();
        let path = public_url.path(&format!("/saml/{account}/login?{query}"));
        let (path, name) = (escape(path.as_str()), escape(provider.settings().name.as_str()));
        items.push_str(&format!("<li><a href=\"{path}\">{name}</a></li>\n"));
    }
    page::page(200, "Sign in", public_url, &format!("<p>Sign in with</p>\n<ul>\n{items}</ul>"))
}

/// `GET /saml/{account}/metadata[?provider=id]`
pub(super) async fn sp_metadata<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    // Identity providers keep what they read here, so it is read anew.
    let Some(configuration) = postern.fresh_configuration(account).await? else {
        return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
    };
    let entity_id = match call.query_parameter("provider") {
        None => postern.deployment.public_url.entity_id(),
        Some(id) => match configuration.provider(&id) {
            Some(provider) => postern.sp_entity_id(provider),
            None => return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such provider.")),
        },
    };
    let acs_urls = postern.acs_urls(account);
    let xml = SpMetadata { entity_id, acs_urls: &acs_urls }.to_xml();
    Ok(Answer::text(200, "application/samlmetadata+xml", xml).with("x-content-type-options", "nosniff"))
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// The ACS URL of an account in its two forms; the long one is what the seeds have admins enter.
    pub(super) fn acs_urls(&self, account: &str) -> [String; 2] {
        let public_url = &self.deployment.public_url;
        [
            public_url.url(&format!("/gateway/api/users/saml-login?accountId={account}")),
            public_url.url(&format!("/saml/{account}/acs")),
        ]
    }
}
