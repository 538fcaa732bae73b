//! `/api/v1/accounts/{account}/users`

use super::{etag, list_answer, not_found, page_of};
use crate::crypto::Crypto;
use crate::directory::{Email, User};
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::{self, Store};
use serde::Serialize;

/// A user as the API shows them.
#[derive(Serialize)]
struct Shown<'u> {
    #[serde(flatten)]
    user: &'u User,
    groups: [(); 0],
}

impl<'u> Shown<'u> {
    fn of(user: &'u User) -> Self {
        Self { user, groups: [] }
    }
}

/// `GET`, all or `?email=`
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let email = match call.query_parameter("email").filter(|email| !email.is_empty()).map(|text| Email::parse(&text)) {
        None => None,
        Some(Ok(email)) => Some(email),
        Some(Err(error)) => return Ok(Problem::new(400, format!("email is {error}.")).answer()),
    };
    let statements = vec![store::account::find(account), store::user::list(account, email.as_ref(), &page)];
    let [found, users] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    let users: Vec<User> = users.all()?;
    let shown = |user: &User| serde_json::to_value(Shown::of(user)).unwrap_or_default();
    Ok(list_answer(users, &page, |user| &user.id, shown))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![store::user::find(account, id)]).await?)?;
    Ok(match rows.first::<User>()? {
        Some(user) => Answer::json(200, &Shown::of(&user)).with("etag", etag(user.version)),
        None => not_found("user"),
    })
}
