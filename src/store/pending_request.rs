//! Sign-ins that began here and are not answered.

use super::{Plan, Statement, Value, flag};
use crate::id::Secret;
use crate::time::Timestamp;
use serde::Deserialize;

/// A request that was sent to an identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PendingRequest {
    /// `ID` of the AuthnRequest.
    pub id: String,
    /// The path to come back to.
    pub return_to: String,
    /// Whether it tries a draft: its answer is shown, and signs nobody in.
    #[serde(deserialize_with = "flag")]
    pub is_test: bool,
}

impl PendingRequest {
    /// One of which nothing is known but its name, for the debugger: it counts as open.
    pub(crate) fn supposed(id: &str) -> Self {
        Self { id: id.to_owned(), return_to: "/".to_owned(), is_test: true }
    }
}

/// A plan that remembers a request until `expires_at`, for the browser that holds `secret`.
pub fn plan(
    account: &str,
    request: &PendingRequest,
    provider: &str,
    secret: Secret,
    expires_at: Timestamp,
) -> Plan<Secret> {
    let insert = Statement::new(
        "INSERT INTO pending_requests (account_id, id, provider_id, browser_digest, return_to, expires_at, is_test) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
            account.into(),
            request.id.as_str().into(),
            provider.into(),
            secret.digest().as_str().into(),
            request.return_to.as_str().into(),
            expires_at.into(),
            Value::Integer(i64::from(request.is_test)),
        ],
    );
    let proof = Statement::new(
        "SELECT id FROM pending_requests WHERE account_id = ?1 AND id = ?2",
        [account.into(), request.id.as_str().into()],
    );
    Plan::new(insert, proof, secret)
}

/// The open request of this id, if it is this browser's and this provider's.
pub fn find(account: &str, id: &str, provider: &str, browser_digest: &str, now: Timestamp) -> Statement {
    Statement::new(
        "SELECT id, return_to, is_test FROM pending_requests \
         WHERE account_id = ?1 AND id = ?2 AND provider_id = ?3 AND browser_digest = ?4 AND expires_at > ?5",
        [account.into(), id.into(), provider.into(), browser_digest.into(), now.into()],
    )
}

/// Removes a request that is answered. That it is answered once is guarded by `spent`.
pub fn delete(account: &str, id: &str) -> Statement {
    Statement::new("DELETE FROM pending_requests WHERE account_id = ?1 AND id = ?2", [account.into(), id.into()])
}

/// Removes what nobody answered in time. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM pending_requests WHERE (account_id, id) IN \
         (SELECT account_id, id FROM pending_requests WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
