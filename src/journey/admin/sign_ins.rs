//! `/api/v1/accounts/{account}/sign-ins/{id}`

use super::not_found;
use crate::crypto::Crypto;
use crate::http::Answer;
use crate::journey::{Ending, Postern};
use crate::store::sign_in::SignIn;
use crate::store::{self, Store};
use serde_json::{Value, json};

/// `GET`
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

pub(super) fn shown(sign_in: &SignIn) -> Value {
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
