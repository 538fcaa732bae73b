//! What can be used once, and has been. The primary key is the guard: the second use breaks its transaction.

use super::Statement;
use crate::time::Timestamp;

/// The assertion of this id, of this provider.
pub fn assertion(account: &str, provider: &str, assertion: &str, until: Timestamp) -> Statement {
    insert(account, "assertion", &assertion_key(provider, assertion), until)
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
pub fn find_assertion(account: &str, provider: &str, assertion: &str) -> Statement {
    Statement::new(
        "SELECT 1 AS used FROM spent WHERE account_id = ?1 AND kind = 'assertion' AND id = ?2",
        [account.into(), assertion_key(provider, assertion).as_str().into()],
    )
}

/// Provider ids have no space, so the two parts can be told apart.
fn assertion_key(provider: &str, assertion: &str) -> String {
    format!("{provider} {assertion}")
}

/// Forgets what is refused for its time by now. At most so many rows a call.
pub fn purge(now: Timestamp) -> Statement {
    Statement::new(
        "DELETE FROM spent WHERE (account_id, kind, id) IN \
         (SELECT account_id, kind, id FROM spent WHERE expires_at <= ?1 LIMIT 1000)",
        [now.into()],
    )
}
