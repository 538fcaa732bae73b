//! `/api/v1/accounts/{account}/providers`

use super::rule_groups::Named;
use super::{Caller, etag, if_match, json_object, keys, not_found, stale};
use crate::access::{Permission, Permissions};
use crate::crypto::{Certificate, Crypto};
use crate::http::{Answer, Call};
use crate::journey::metadata::Look;
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::provider::{Generation, Provider, Settings};
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::{self, Constraint, Plan, Store, StoreError};
use serde_json::{Value, json};

/// `GET`
pub(crate) async fn list<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str) -> Result<Answer, Ending> {
    let statements = vec![store::account::find(account), store::provider::of_account(account)];
    let [found, providers] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    let providers = store::provider::read(&providers)?;
    let items: Vec<Value> = providers.iter().map(|provider| shown(postern, account, provider)).collect();
    Ok(Answer::json(200, &json!({ "items": items, "nextCursor": null })))
}

/// `POST`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let named = Named::of(&input);
    let statements = named.statements(account);
    let rows = if statements.is_empty() { Vec::new() } else { postern.store.batch(statements).await? };
    let groups = named.read(&mut rows.into_iter())?;
    let metadata = postern.metadata(&input, None).await?;
    let provider = Provider::create(&input, metadata, postern.fresh_id(), postern.now);
    let provider = groups.check(caller, provider)?;
    let keys = keys::missing(postern, account, provider.settings()).await?;
    let insert = store::provider::insert(account, &provider)?;
    let mut plan =
        change_plan(postern, caller, account, "provider.created", provider.version(), None, Some(&provider))?;
    plan.push(insert);
    plan.extend(keys.iter().map(|key| store::account_key::insert(account, key)));
    let location = format!("/api/v1/accounts/{account}/providers/{}", provider.id());
    let location = postern.deployment.public_url.path(&location);
    Ok(saved(postern, account, 201, plan, &provider).await?.with("location", location))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    Ok(match find(postern, account, id).await? {
        Some(provider) => answer(postern, account, 200, &provider),
        None => not_found("provider"),
    })
}

/// `PATCH …/{id}`
pub(crate) async fn update<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let (expected, patch) = (if_match(call)?, json_object(call)?);
    let named = Named::of(&patch);
    let mut statements = vec![store::provider::find(account, id)];
    statements.extend(named.statements(account));
    let mut rows = postern.store.batch(statements).await?.into_iter();
    let before = rows.next().map(|rows| store::provider::read(&rows)).transpose()?;
    let groups = named.read(&mut rows)?;
    let Some(before) = before.and_then(|found| found.into_iter().next()) else { return Ok(not_found("provider")) };
    if !expected.is(before.version()) {
        return Ok(stale());
    }
    let metadata = postern.metadata(&patch, Some(&before)).await?;
    let after = groups.check(caller, before.update(&patch, metadata, postern.now))?;
    concerns_others(caller, before.settings(), Some(after.settings()))?;
    let keys = keys::missing(postern, account, after.settings()).await?;
    let update = store::provider::update(account, &after)?;
    let mut plan =
        change_plan(postern, caller, account, "provider.updated", after.version(), Some(&before), Some(&after))?;
    plan.push(update);
    plan.extend(keys.iter().map(|key| store::account_key::insert(account, key)));
    Ok(saved(postern, account, 200, plan, &after).await?)
}

/// What changes at one provider, or goes with it, and concerns the others, or their users, is for who manages all of them.
fn concerns_others(caller: &Caller, before: &Settings, after: Option<&Settings>) -> Result<(), Answer> {
    let authenticates_instead = |settings: &Settings| settings.enabled && settings.generation == Generation::Legacy;
    let manages = Permissions::of(&[Permission::ProvidersManage]);
    if authenticates_instead(before) != after.is_some_and(authenticates_instead) {
        let pointer = match after {
            None => "",
            Some(after) if after.generation == before.generation => "/enabled",
            Some(_) => "/generation",
        };
        caller.may_grant(manages, pointer)?;
    }
    if after.is_some_and(|after| after.accept_users_of_other_providers) && !before.accept_users_of_other_providers {
        caller.may_grant(manages, "/acceptUsersOfOtherProviders")?;
    }
    Ok(())
}

/// `DELETE …/{id}`
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let expected = if_match(call)?;
    let statements = vec![store::provider::find(account, id), store::group::linked_names(account, id)];
    let [found, linked] = store::take(postern.store.batch(statements).await?)?;
    let Some(before) = store::provider::read(&found)?.into_iter().next() else { return Ok(not_found("provider")) };
    if !expected.is(before.version()) {
        return Ok(stale());
    }
    let linked = store::group::read_ids(&linked)?;
    if !linked.is_empty() {
        return Ok(has_linked_groups(&linked));
    }
    concerns_others(caller, before.settings(), None)?;
    let mut plan =
        change_plan(postern, caller, account, "provider.deleted", before.version() + 1, Some(&before), None)?;
    plan.push(store::provider::delete(account, id));
    plan.push(store::recording::delete_of_provider(account, id));
    let committed = store::commit(postern.store, plan).await;
    postern.configurations.forget(account);
    match committed {
        Ok(_) => Ok(Answer::empty(204)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(stale()),
        // A group was linked meanwhile.
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(has_linked_groups(&[])),
        Err(error) => Err(error.into()),
    }
}

fn has_linked_groups(names: &[String]) -> Answer {
    let detail = format!(
        "Groups are linked to this provider ({}). Unlink them first, or disable the provider.",
        if names.is_empty() { "one of them since a moment".to_owned() } else { names.join(", ") }
    );
    Problem::conflict("has_linked_groups", detail).answer()
}

/// `POST …/{id}/refresh`: looks at the metadata now, as upkeep does.
pub(crate) async fn refresh<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let Some(before) = find(postern, account, id).await? else { return Ok(not_found("provider")) };
    if before.metadata_url().is_none() {
        let detail = "The metadata of this provider was uploaded. Give its metadataUrl, and it is fetched from there.";
        return Ok(Problem::new(409, detail).answer());
    }
    Ok(match postern.look_at(account, &before, caller.actor()).await? {
        Look::Done(after) => {
            let answer = answer(postern, account, 200, &after);
            if after.version() == before.version() { answer.unchanged() } else { answer }
        }
        Look::Failed(sentence) => Problem::new(502, sentence).answer(),
        Look::Overtaken => Problem::new(409, "Somebody changed this provider meanwhile. Try again.").answer(),
    })
}

async fn find<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Option<Provider>, StoreError> {
    let [rows] = store::take(postern.store.batch(vec![store::provider::find(account, id)]).await?)?;
    Ok(store::provider::read(&rows)?.into_iter().next())
}

fn change_plan<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    account: &str,
    action: &'static str,
    version: i64,
    before: Option<&Provider>,
    after: Option<&Provider>,
) -> Result<Plan<()>, StoreError> {
    let id = before.or(after).map_or("", Provider::id);
    Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action,
        resource: format!("provider/{id}"),
        version,
        before: before.map(Provider::settings),
        after: after.map(Provider::settings),
    }
    .plan(account, ())
}

async fn saved<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    status: u16,
    plan: Plan<()>,
    provider: &Provider,
) -> Result<Answer, StoreError> {
    let committed = store::commit(postern.store, plan).await;
    postern.configurations.forget(account);
    match committed {
        Ok(_) => Ok(answer(postern, account, status, provider)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(stale()),
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(not_found("account")),
        Err(StoreError::Constraint(Constraint::ProviderEntityId)) => {
            let detail = format!("Another provider of this account has the entity ID {}.", provider.entity_id());
            let field = if provider.metadata_url().is_some() { "/metadataUrl" } else { "/metadataXml" };
            Ok(Problem::taken(field, detail).answer())
        }
        Err(error) => Err(error),
    }
}

fn answer<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str, status: u16, provider: &Provider) -> Answer {
    Answer::json(status, &shown(postern, account, provider)).with("etag", etag(provider.version()))
}

/// A provider as the API shows it, with what to copy into the identity provider.
fn shown<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str, provider: &Provider) -> Value {
    let settings = provider.settings();
    let public_url = &postern.deployment.public_url;
    let [acs_url, acs_url_short] = postern.acs_urls(account);
    let logout = settings.logout.as_ref();
    let pinned = provider.pinned().and_then(|keys| keys.certificates().first());
    let certificates: Vec<Value> = provider
        .trusted_keys()
        .certificates()
        .iter()
        .map(|certificate| {
            json!({
                "fingerprint": certificate.fingerprint(),
                "subject": certificate.subject(),
                "notBefore": certificate.not_before(),
                "notAfter": certificate.not_after(),
                "algorithm": certificate.key().kind().algorithm(),
                "bits": certificate.key().kind().bits(),
            })
        })
        .collect();
    let sp = json!({
        "entityId": postern.sp_entity_id(provider),
        "acsUrl": acs_url,
        "acsUrlShort": acs_url_short,
        "sloUrl": postern.slo_url(account),
        "metadataUrl": public_url.url(&format!("/saml/{account}/metadata?provider={}", provider.id())),
        "loginUrl": public_url.url(&format!("/saml/{account}/login?provider={}", provider.id())),
        "testUrl": public_url.url(&format!("/saml/{account}/login?provider={}&test=1", provider.id())),
    });
    let mut shown = settings.form();
    let more = json!({
        "id": provider.id(),
        "entityId": provider.entity_id(),
        "ssoUrl": settings.sso_url,
        "ssoBinding": settings.sso_binding,
        "sloUrl": logout.map(|logout| &logout.url),
        "sloResponseUrl": logout.and_then(|logout| logout.response_url.as_ref()),
        "sloBinding": logout.map(|logout| logout.binding),
        "certificates": certificates,
        "metadataUrl": settings.metadata_url,
        "metadataSigningCertificate": pinned.map(Certificate::to_pem),
        "metadataRefreshedAt": provider.watch().refreshed_at,
        "metadataError": provider.watch().error,
        "createdAt": provider.created_at(),
        "updatedAt": provider.updated_at(),
        "version": provider.version(),
        "sp": sp,
        "warnings": provider.warnings(postern.now),
    });
    if let Value::Object(more) = more {
        shown.extend(more);
    }
    Value::Object(shown)
}
