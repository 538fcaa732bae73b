//! `/api/v1/accounts/{account}/sign-ins`

use super::{list_answer, not_found, page_of};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::sign_in::{Outcome, SignIn};
use crate::store::{self, Store};
use serde_json::{Value, json};

/// `GET`, the newest first, all or `?outcome=`
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let wanted = call.query_parameter("outcome").filter(|outcome| !outcome.is_empty());
    let outcome = wanted.as_deref().and_then(Outcome::from_name);
    if wanted.is_some() && outcome.is_none() {
        return Ok(Problem::new(400, "outcome must be signed_in or refused.").answer());
    }
    let statements = vec![store::account::find(account), store::sign_in::list(account, outcome, &page)];
    let [found, sign_ins] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(sign_ins.all::<SignIn>()?, &page, |sign_in| &sign_in.id, shown))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![store::sign_in::find(account, id)]).await?)?;
    Ok(match rows.first::<SignIn>()? {
        Some(sign_in) => Answer::json(200, &shown(&sign_in)),
        None => not_found("sign-in"),
    })
}

fn shown(sign_in: &SignIn) -> Value {
    let provider = sign_in.provider_id.as_ref().map(|id| json!({ "id": id, "name": sign_in.provider_name }));
    let user = sign_in.user_id.as_ref().map(|id| json!({ "id": id, "email": sign_in.email }));
    json!({
        "id": sign_in.id,
        "at": sign_in.at,
        "outcome": sign_in.outcome,
        "initiatedBy": sign_in.initiated_by,
        "provider": provider,
        "user": user,
        "email": sign_in.email,
        "nameId": sign_in.name_id,
        "decision": sign_in.decision,
        "error": sign_in.error,
        "trace": sign_in.trace,
    })
}
