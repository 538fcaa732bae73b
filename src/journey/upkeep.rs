//! What the cron does: forgetting what has no use any more, in bounded steps.

use crate::store::{self, Store, StoreError};
use crate::time::{Duration, Timestamp};

/// How long a pending request and a session are kept after their end: an answer can say that it came too late.
const GRACE: Duration = Duration::hours(1);

/// Removes what has expired. One batch of bounded statements: what is left over waits for the next time.
pub async fn upkeep<S: Store>(store: &S, now: Timestamp) -> Result<(), StoreError> {
    store
        .batch(vec![
            store::spent::purge(now),
            store::pending_request::purge(now.minus(GRACE)),
            store::session::purge(now.minus(GRACE)),
        ])
        .await?;
    Ok(())
}
