//! Logouts that began here and are not answered.

use super::{Plan, Statement};
use crate::time::Timestamp;

/// A plan that remembers a request to `provider` until `expires_at`.
pub fn plan(account: &str, id: &str, provider: &str, expires_at: Timestamp) -> Plan<()> {
    let insert = Statement::new(
        "INSERT INTO pending_logouts (account_id, id, provider_id, expires_at) VALUES (?1, ?2, ?3, ?4)",
        [account.into(), id.into(), provider.into(), expires_at.into()],
    );
    let proof =
        Statement::new("SELECT id FROM pending_logouts WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()]);
    Plan::new(insert, proof, ())
}

/// Finds the open request of this id to a provider.
pub fn find(account: &str, id: &str, provider: &str, now: Timestamp) -> Statement {
    Statement::new(
        "SELECT id FROM pending_logouts WHERE account_id = ?1 AND id = ?2 AND provider_id = ?3 AND expires_at > ?4",
        [account.into(), id.into(), provider.into(), now.into()],
    )
}

/// Removes a request that is answered.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM pending_logouts WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// Removes what nobody answered in time. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM pending_logouts WHERE (account_id, id) IN \
         (SELECT account_id, id FROM pending_logouts WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
