//! `/api/v1/accounts/{account}/events`

use super::{list_answer, not_found, page_of};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::journey::{Ending, Postern};
use crate::store::account::Account;
use crate::store::event::Event;
use crate::store::{self, Store};

/// `GET`, the newest first
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::account::find(account), store::event::list(account, &page)];
    let [found, events] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(events.all::<Event>()?, &page, |event| &event.id, Event::clone))
}
