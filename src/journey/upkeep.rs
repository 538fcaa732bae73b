//! What the cron does: forgetting what has no use any more, in bounded steps.

use crate::deployment::Retention;
use crate::store::{self, Store, StoreError};
use crate::time::{Duration, Timestamp};

/// How long a pending request and a session are kept after their end: an answer can say that it came too late.
const GRACE: Duration = Duration::hours(1);

/// So many rounds at most.
const ROUNDS: usize = 5;

/// So many queries at most: 50 are what an invocation has on the free plan, and others are made besides.
const QUERIES: usize = 35;

/// Removes what has expired, and of the logs what has been kept long enough, in rounds of bounded statements, until nothing
/// is left or this call has done its share.
pub async fn upkeep<S: Store>(store: &S, retention: &Retention, now: Timestamp) -> Result<(), StoreError> {
    let mut purges = vec![
        store::spent::purge(now),
        store::pending_request::purge(now.minus(GRACE)),
        store::pending_logout::purge(now.minus(GRACE)),
        store::session::purge(now.minus(GRACE)),
        store::account_key::purge(now.minus(GRACE)),
        store::invitation::purge(now.minus(GRACE)),
        store::recording::purge(now),
    ];
    purges.extend(retention.purges(now));
    let mut queries = QUERIES;
    for _ in 0..ROUNDS {
        purges.truncate(queries);
        if purges.is_empty() {
            break;
        }
        queries -= purges.len();
        let mut removed = store.batch(purges.clone()).await?.into_iter();
        // Those that are not at their end.
        purges.retain(|_| removed.next().is_some_and(|rows| rows.len() >= store::PURGED_AT_ONCE));
    }
    Ok(())
}
