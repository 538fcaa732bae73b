//! A sign-in that begins here: the browser is sent to an identity provider with a request that only this browser can
//! have answered.

use super::configuration::Configuration;
use super::sign_in::is_local_path;
use super::{Ending, Postern, page};
use crate::access::{Cookie, browser_secret};
use crate::account_key::{Purpose, live};
use crate::crypto::{Crypto, CryptoError};
use crate::http::{Answer, Call};
use crate::id::Secret;
use crate::jit;
use crate::provider::{AttributeMapping, Encryption, NameIdFormat, Provider};
use crate::saml::{AuthnRequest, Binding, Carried, Outgoing, Side, Signer, SpMetadata};
use crate::store::pending_request::{self, PendingRequest};
use crate::store::{self, Constraint, Store, StoreError};
use crate::time::Duration;
use form_urlencoded::Serializer;
use quick_xml::escape::escape;

/// How long a user may take at the identity provider.
pub(super) const LIFETIME: Duration = Duration::seconds(600);

/// `GET /saml/{account}/login?return_to=/path&provider=id`; with `&test=1` it tries a draft.
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
    let is_test = call.query_parameter("test").is_some_and(|test| test == "1");
    let mut fresh = false;
    loop {
        let configuration = match fresh {
            false => postern.configuration(account).await?,
            true => postern.fresh_configuration(account).await?,
        };
        let Some(configuration) = configuration else {
            return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such account."));
        };
        let found = match is_test {
            true => draft(&configuration, wanted.as_deref()),
            false => candidates(&configuration, wanted.as_deref()),
        };
        match found.as_slice() {
            // It may have been added a moment ago.
            [] if !fresh => {}
            [] if is_test => {
                return Ok(page::sentence(
                    404,
                    &postern.deployment.public_url,
                    "There is no draft here that can be tried.",
                ));
            }
            [] => {
                return Ok(page::sentence(
                    404,
                    &postern.deployment.public_url,
                    "No identity provider that a sign-in can begin with is set up here.",
                ));
            }
            [provider] => match send(postern, call, &configuration, provider, return_to.clone(), is_test).await {
                // It has been deleted since it was read.
                Err(Ending::Store(StoreError::Constraint(Constraint::Reference))) if !fresh => {}
                sent => return sent,
            },
            several => return Ok(choose(postern, account, several, &return_to)),
        }
        fresh = true;
    }
}

/// Where one integration authenticates instead of another, the sign-in begins there, whichever was asked for.
fn candidates<'c>(configuration: &'c Configuration, wanted: Option<&str>) -> Vec<&'c Provider> {
    let authenticates = |provider: &&Provider| {
        provider.settings().enabled && configuration.authenticates_instead_of(provider).is_none()
    };
    let all: Vec<_> = configuration.providers.iter().filter(authenticates).collect();
    let is_wanted = |provider: &&Provider| wanted.is_none_or(|id| id == provider.id());
    let instead = wanted.and_then(|id| configuration.provider(id)).filter(|provider| provider.settings().enabled);
    match instead.and_then(|provider| configuration.authenticates_instead_of(provider)) {
        Some(_) => all,
        None => all.into_iter().filter(is_wanted).collect(),
    }
}

/// The provider of this id, if it is a draft. One that signs people in tells them nothing of what is decided and why.
fn draft<'c>(configuration: &'c Configuration, wanted: Option<&str>) -> Vec<&'c Provider> {
    let named = wanted.and_then(|id| configuration.provider(id));
    named.into_iter().filter(|provider| provider.settings().draft).collect()
}

async fn send<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    configuration: &Configuration,
    provider: &Provider,
    return_to: String,
    is_test: bool,
) -> Result<Answer, Ending> {
    let account = configuration.account.id.as_str();
    // One secret a browser, so that sign-ins in several tabs do not shut each other out.
    let known = call.header("cookie").and_then(browser_secret);
    let secret = known.unwrap_or_else(|| Secret::fresh(postern.crypto));
    let request = PendingRequest { id: format!("_{}", postern.fresh_id()), return_to, is_test };
    let plan = pending_request::plan(account, &request, provider.id(), secret, postern.now.plus(LIFETIME));
    let bound = store::commit(postern.store, plan).await?;

    let settings = provider.settings();
    let xml = AuthnRequest {
        id: &request.id,
        issued_at: postern.now,
        issuer: postern.sp_entity_id(provider),
        acs_url: &postern.acs_urls(account)[0],
        sso_url: &settings.sso_url,
        force_authn: settings.force_authn,
        name_id_format: settings.name_id_format.map(NameIdFormat::uri),
        authn_context: &settings.requested_authn_context,
    }
    .to_xml();
    let message =
        Outgoing { side: Side::Request, xml: &xml, id: &request.id, url: &settings.sso_url, relay_state: None };
    let carried = postern.carried(configuration, provider, settings.sso_binding, message).await?;
    let cookie = Cookie::bind_browser(&bound, LIFETIME).into_header();
    Ok(page::carry(&postern.deployment.public_url, &settings.sso_url, carried).with("set-cookie", cookie))
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
    // Without a provider's name, what all of them have in common.
    let of_account = configuration.providers.iter().any(|provider| provider.settings().encryption != Encryption::Off);
    let (entity_id, settings, encrypted) = match call.query_parameter("provider") {
        None => (postern.deployment.public_url.entity_id(), None, of_account),
        Some(id) => match configuration.provider(&id) {
            Some(provider) => {
                let settings = provider.settings();
                (postern.sp_entity_id(provider), Some(settings), settings.encryption != Encryption::Off)
            }
            None => return Ok(page::sentence(404, &postern.deployment.public_url, "There is no such provider.")),
        },
    };
    let acs_urls = postern.acs_urls(account);
    let usual = AttributeMapping::default();
    let mapping = settings.map_or(&usual, |settings| &settings.attribute_mapping);
    let certificates = |purpose| live(&configuration.keys, purpose, postern.now).map(|key| &key.certificate);
    let xml = SpMetadata {
        entity_id,
        signs_requests: settings.is_some_and(|settings| settings.sign_requests),
        signing: certificates(Purpose::Signing).collect(),
        // Who still has the one before may use it until it retires; whoever reads this shall take the newest.
        encryption: certificates(Purpose::Encryption).next_back().filter(|_| encrypted).into_iter().collect(),
        name_id_format: settings.and_then(|settings| settings.name_id_format).map(NameIdFormat::uri),
        slo_url: &postern.slo_url(account),
        acs_urls: &acs_urls,
        service_name: &configuration.account.name,
        requested_attributes: &jit::requested_attributes(mapping),
    }
    .to_xml();
    Ok(Answer::text(200, "application/samlmetadata+xml", xml).with("x-content-type-options", "nosniff"))
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// Puts a message to a provider into a binding, signed if its settings say so.
    pub(super) async fn carried(
        &self,
        configuration: &Configuration,
        provider: &Provider,
        binding: Binding,
        message: Outgoing<'_>,
    ) -> Result<Carried, Ending> {
        if !provider.settings().sign_requests {
            return Ok(message.carried(binding, None, self.crypto).await?);
        }
        let key = live(&configuration.keys, Purpose::Signing, self.now).next();
        let (Some(key), Some(master)) = (key, &self.deployment.master_key) else {
            return Err(CryptoError("requests are to be signed, and there is no key or no MASTER_KEY".into()).into());
        };
        let owner = key.owner(&configuration.account.id);
        let signer = Signer { key: key.private(&owner, master), certificate: &key.certificate };
        Ok(message.carried(binding, Some(signer), self.crypto).await?)
    }

    /// The URL for logout messages of an account.
    pub(super) fn slo_url(&self, account: &str) -> String {
        self.deployment.public_url.url(&format!("/saml/{account}/slo"))
    }

    /// The ACS URL of an account in its two forms; the long one is what the seeds have admins enter.
    pub(super) fn acs_urls(&self, account: &str) -> [String; 2] {
        let public_url = &self.deployment.public_url;
        [
            public_url.url(&format!("/gateway/api/users/saml-login?accountId={account}")),
            public_url.url(&format!("/saml/{account}/acs")),
        ]
    }
}
