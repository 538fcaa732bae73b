//! What can be used once, and has been. The primary key is the guard: the second use breaks its transaction.

use super::Statement;
use crate::id::hex;
use crate::time::Timestamp;
use sha2::{Digest, Sha256};

/// The assertion of this id, of this issuer.
pub fn assertion(account: &str, issuer: &str, assertion: &str, until: Timestamp) -> Statement {
    insert(account, "assertion", &key(issuer, assertion), until)
}

/// The logout request of this id, of this issuer.
pub fn logout_request(account: &str, issuer: &str, request: &str, until: Timestamp) -> Statement {
    insert(account, "request", &key(issuer, request), until)
}

/// The request of this id.
pub fn request(account: &str, request: &str, until: Timestamp) -> Statement {
    insert(account, "request", request, until)
}

fn insert(account: &str, kind: &str, id: &str, until: Timestamp) -> Statement {
    Statement::new(
        "INSERT INTO spent (account_id, kind, id, expires_at) VALUES (?1, ?2, ?3, ?4)",
        [account.into(), kind.into(), id.into(), until.into()],
    )
}

/// Finds an assertion that has been used.
pub fn find_assertion(account: &str, issuer: &str, assertion: &str) -> Statement {
    Statement::new(
        "SELECT 1 AS used FROM spent WHERE account_id = ?1 AND kind = 'assertion' AND id = ?2",
        [account.into(), key(issuer, assertion).as_str().into()],
    )
}

/// By the issuer's name, not our id of it: a provider that is deleted and made anew has not forgotten. A digest keeps the
/// key short, and the two parts apart.
fn key(issuer: &str, id: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(issuer);
    digest.update([0]);
    digest.update(id);
    hex(&digest.finalize())
}

/// Forgets what is refused for its time by now. At most [`super::PURGED_AT_ONCE`] rows.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM spent WHERE (account_id, kind, id) IN \
         (SELECT account_id, kind, id FROM spent WHERE expires_at <= ?1 LIMIT 1000) RETURNING 1 AS removed",
        [now.into()],
    )
}
