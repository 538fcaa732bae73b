//! What the directory is asked about a person before it is decided whether they come in.

use crate::directory::Email;
use crate::jit::Known;
use crate::provider::Provider;
use crate::store::{self, Rows, Statement, StoreError};
use crate::time::Timestamp;

/// The person of a NameID and an e-mail, as a provider sees them.
pub(super) struct Asked<'q> {
    pub(super) account: &'q str,
    pub(super) provider: &'q Provider,
    /// The NameID as users are linked to it, if it lasts.
    pub(super) name_id: Option<&'q str>,
    pub(super) email: Option<&'q Email>,
    pub(super) now: Timestamp,
}

impl Asked<'_> {
    /// To be part of one batch.
    pub(super) fn statements(&self) -> Vec<Statement> {
        let Self { account, provider, name_id, email, now } = *self;
        let mut statements = vec![
            store::user::find_by_link(account, provider.id(), name_id),
            store::user::find_by_email(account, email, provider.id()),
            store::invitation::of_email(account, email, now),
            store::tombstone::find(account, provider.id(), name_id, email),
        ];
        if provider.settings().authorization.enabled {
            statements.push(store::group::linked(account, provider.id(), name_id, email));
        }
        statements
    }

    /// Reads what [`Asked::statements`] found, which come next.
    pub(super) fn read(&self, rows: &mut impl Iterator<Item = Rows>) -> Result<Known, StoreError> {
        let mut next = || rows.next().ok_or_else(|| StoreError::Row("too few results".into()));
        Ok(Known {
            linked: next()?.first()?,
            by_email: next()?.first()?,
            invitation: next()?.first()?,
            tombstone: next()?.first()?,
            linked_groups: if self.provider.settings().authorization.enabled { next()?.all()? } else { Vec::new() },
        })
    }
}
