//! The configuration of an account, as an isolate remembers it.

use super::Postern;
use crate::account_key::AccountKey;
use crate::crypto::Crypto;
use crate::provider::{Generation, Kind, Provider};
use crate::store::account::Account;
use crate::store::{self, Store, StoreError};
use crate::time::{Duration, Timestamp};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How long a configuration is used without a look. A sign-in looks at the provider's version in any case, in a batch
/// that it makes anyway; this is for all else.
const LIFETIME: Duration = Duration::seconds(10);

/// So many accounts are remembered; then all are forgotten. Bounds the memory of an isolate.
const CAPACITY: usize = 200;

/// An account with its providers and its keys.
#[derive(Debug, PartialEq)]
pub(super) struct Configuration {
    /// The account.
    pub(super) account: Account,
    /// Its providers, in order of creation.
    pub(super) providers: Vec<Provider>,
    /// Its own key pairs, the oldest first.
    pub(super) keys: Vec<AccountKey>,
}

impl Configuration {
    /// The provider of an id.
    pub(super) fn provider(&self, id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.id() == id)
    }

    /// The provider of an entity ID.
    pub(super) fn provider_of_issuer(&self, entity_id: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.entity_id() == entity_id)
    }

    /// The provider of the old integration that authenticates in the place of one of the new (SPEC section 6).
    pub(super) fn authenticates_instead_of(&self, provider: &Provider) -> Option<&Provider> {
        let is_legacy = |provider: &Provider| provider.settings().generation == Generation::Legacy;
        let legacy = self.providers.iter().find(|other| other.settings().enabled && is_legacy(other));
        legacy.filter(|_| !is_legacy(provider))
    }

    /// Whose words to explain a refusal in. Where it came before a provider was found: the kind of all of them, if they
    /// have one.
    pub(super) fn kind(&self, provider: Option<&Provider>) -> Kind {
        let kind = |provider: &Provider| provider.settings().kind;
        let mut kinds = self.providers.iter().map(kind);
        let common = kinds.next().filter(|first| kinds.all(|other| other == *first));
        provider.map(kind).or(common).unwrap_or(Kind::Other)
    }
}

/// What an isolate remembers. A clone is the same memory.
#[derive(Clone, Debug, Default)]
pub struct Configurations(Rc<RefCell<HashMap<String, Remembered>>>);

#[derive(Debug)]
struct Remembered {
    read_at: Timestamp,
    configuration: Rc<Configuration>,
}

impl Configurations {
    /// Whether a configuration of an account would come from memory.
    pub(super) fn remembers(&self, account: &str, now: Timestamp) -> bool {
        self.remembered(account, now).is_some()
    }

    fn remembered(&self, account: &str, now: Timestamp) -> Option<Rc<Configuration>> {
        let known = self.0.borrow();
        let Remembered { read_at, configuration } = known.get(account)?;
        (read_at.plus(LIFETIME) > now && *read_at <= now).then(|| Rc::clone(configuration))
    }

    fn remember(&self, account: &str, now: Timestamp, configuration: &Rc<Configuration>) {
        let mut known = self.0.borrow_mut();
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(account.to_owned(), Remembered { read_at: now, configuration: Rc::clone(configuration) });
    }

    /// Forgets an account, after a change of it.
    pub(super) fn forget(&self, account: &str) {
        self.0.borrow_mut().remove(account);
    }
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// The configuration of an account, remembered or read. `None`: no such account.
    pub(super) async fn configuration(&self, account: &str) -> Result<Option<Rc<Configuration>>, StoreError> {
        match self.configurations.remembered(account, self.now) {
            Some(configuration) => Ok(Some(configuration)),
            None => self.fresh_configuration(account).await,
        }
    }

    /// The configuration of an account, read now.
    pub(super) async fn fresh_configuration(&self, account: &str) -> Result<Option<Rc<Configuration>>, StoreError> {
        let statements = vec![
            store::account::find(account),
            store::provider::of_account(account),
            store::account_key::of_account(account),
        ];
        let [found, providers, keys] = store::take(self.store.batch(statements).await?)?;
        let Some(found) = found.first::<Account>()? else {
            self.configurations.forget(account);
            return Ok(None);
        };
        let configuration = Rc::new(Configuration {
            account: found,
            providers: store::provider::read(&providers)?,
            keys: store::account_key::read(&keys)?,
        });
        self.configurations.remember(account, self.now, &configuration);
        Ok(Some(configuration))
    }
}
