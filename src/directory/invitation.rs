//! Somebody who is to come (SPEC section 5; seed 000).

use super::Email;
use crate::time::{Duration, Timestamp};

/// An invitation that is to be made.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Id.
    pub id: String,
    /// Whom.
    pub email: Email,
    /// Ids of the native groups to join.
    pub groups: Vec<String>,
    /// When it is made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// How long an invitation is good.
    pub const LIFETIME: Duration = Duration::days(7);
    /// So many groups can be joined by one.
    pub const MAX_GROUPS: usize = 100;
}
