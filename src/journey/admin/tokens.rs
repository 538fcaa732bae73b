//! `/api/v1/accounts/{account}/api-keys/{id}/tokens`

use super::caller::TOKEN_PREFIX;
use super::{Caller, json_object, list_answer, not_found, page_of};
use crate::access::permissions_anywhere;
use crate::access::record::Kind;
use crate::crypto::Crypto;
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::id::Secret;
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::api_token::ApiToken;
use crate::store::change::Change;
use crate::store::grant::Whose;
use crate::store::{self, Constraint, Store, StoreError};
use crate::time::{Duration, Timestamp};
use serde::Serialize;

/// How long a token lasts if nothing is said (SPEC section 9).
const LIFETIME: Duration = Duration::days(90);

/// `GET`: those that have expired too, so that somebody can see why.
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
    key: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::record::find(account, Kind::ApiKey, key), store::api_token::list(account, key, &page)];
    let [found, tokens] = store::take(postern.store.batch(statements).await?)?;
    if found.is_empty() {
        return Ok(not_found("API key"));
    }
    Ok(list_answer(tokens.all::<ApiToken>()?, &page, |token| &token.id, ApiToken::clone))
}

/// What a token is answered with, once.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'t> {
    id: &'t str,
    token: String,
    expires_at: Option<Timestamp>,
}

/// `POST {name, expiresAt?}`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    (account, key): (&str, &str),
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let name = fields.text("name", 100).over_option(None);
    if name.is_none() {
        fields.required("name");
    }
    let expires_at = match fields.text("expiresAt", 40) {
        Patch::Keep => Some(postern.now.plus(LIFETIME)),
        Patch::Reset => None,
        Patch::Set(text) => {
            let end = Timestamp::parse(&text);
            match end {
                None => {
                    fields.error("expiresAt", "malformed", "A time such as 2027-01-31T00:00:00Z, or null for no end.")
                }
                Some(end) if end <= postern.now => fields.error("expiresAt", "out_of_range", "This time has passed."),
                Some(_) => {}
            }
            end
        }
    };
    let errors = fields.into_errors();
    let (Some(name), true) = (name, errors.is_empty()) else { return Ok(Problem::fields(errors).answer()) };
    let statements =
        vec![store::record::find(account, Kind::ApiKey, key), store::grant::of(account, Whose::ApiKey(key))];
    let [found, grants] = store::take(postern.store.batch(statements).await?)?;
    if found.is_empty() {
        return Ok(not_found("API key"));
    }
    caller.may_grant(permissions_anywhere(&store::grant::read_one(&grants)?), "")?;
    let token = ApiToken { id: postern.fresh_id(), name, created_at: postern.now, expires_at };
    let secret = Secret::fresh(postern.crypto);
    let insert = store::api_token::insert(account, key, &token, &secret.digest());
    let mut plan = change(postern, caller, None, Some(&token)).plan(account, secret)?;
    plan.push(insert);
    match store::commit(postern.store, plan).await {
        Ok(made) => {
            let secret = format!("{TOKEN_PREFIX}{}_{}", token.id, made.get().expose());
            Ok(Answer::json(201, &Shown { id: &token.id, token: secret, expires_at }))
        }
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(not_found("API key")),
        Err(error) => Err(error.into()),
    }
}

/// `DELETE …/{token}`: revokes it. A token has one version, so there is no If-Match.
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &Caller,
    (account, key): (&str, &str),
    id: &str,
) -> Result<Answer, Ending> {
    let [found] = store::take(postern.store.batch(vec![store::api_token::find(account, key, id)]).await?)?;
    let Some(token) = found.first::<ApiToken>()? else { return Ok(not_found("token")) };
    let mut plan = change(postern, caller, Some(&token), None).plan(account, ())?;
    plan.push(store::api_token::delete(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(not_found("token")),
        Err(error) => Err(error.into()),
    }
}

fn change<'t, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &'t Caller,
    before: Option<&'t ApiToken>,
    after: Option<&'t ApiToken>,
) -> Change<'t, ApiToken> {
    let id = before.or(after).map_or("", |token| &token.id);
    let (action, version) = if after.is_some() { ("token.created", 1) } else { ("token.revoked", 2) };
    let resource = format!("token/{id}");
    Change { id: postern.fresh_id(), at: postern.now, actor: caller.actor(), action, resource, version, before, after }
}
