//! What the cron does: forgetting what has no use any more, in bounded steps.

use crate::store::{self, Store, StoreError};
use crate::time::{Duration, Timestamp};

/// How long a pending request and a session are kept after their end: an answer can say that it came too late.
const GRACE: Duration = Duration::hours(1);

/// So many rounds at most: 50 queries are what an invocation has on the free plan, and others are made besides.
const ROUNDS: usize = 5;

/// Removes what has expired, in rounds of bounded statements, until nothing is left or this call has done its share.
pub async fn upkeep<S: Store>(store: &S, now: Timestamp) -> Result<(), StoreError> {
    for _ in 0..ROUNDS {
        let statements = vec![
            store::spent::purge(now),
            store::pending_request::purge(now.minus(GRACE)),
            store::pending_logout::purge(now.minus(GRACE)),
            store::session::purge(now.minus(GRACE)),
            store::account_key::purge(now.minus(GRACE)),
            store::invitation::purge(now.minus(GRACE)),
            store::recording::purge(now),
        ];
        let removed = store.batch(statements).await?;
        if removed.iter().all(|rows| rows.len() < store::PURGED_AT_ONCE) {
            break;
        }
    }
    Ok(())
}
