//! Key pairs of an account. Identity providers know the certificates from our metadata; a successor is published before the
//! key before it retires, so that nobody is cut off by a change.

use crate::crypto::{
    Certificate, ContentCipher, Crypto, CryptoError, Encrypted, KeyTransport, MasterKey, PrivateKey, WrappedKey,
    self_signed,
};
use crate::time::{Duration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a key pair is for. One is never used for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Requests and logout messages are signed with it.
    Signing,
    /// Assertions are encrypted to it.
    Encryption,
}

impl Purpose {
    /// Its name in the API and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signing => "signing",
            Self::Encryption => "encryption",
        }
    }
}

/// A key pair of an account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountKey {
    /// Id.
    pub id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The public key.
    pub certificate: Certificate,
    /// The private key.
    pub wrapped: WrappedKey,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is not used any more, if it has a successor.
    pub retires_at: Option<Timestamp>,
}

impl AccountKey {
    /// So long two keys are good beside each other if nothing else is said: identity providers that read our metadata do so
    /// every day, and people have to be told.
    pub const OVERLAP: Duration = Duration::days(7);

    /// A new key pair.
    pub async fn generate<C: Crypto>(
        crypto: &C,
        master: &MasterKey,
        account: &str,
        id: String,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Self, CryptoError> {
        let name = format!("Postern {account} {}", purpose.name());
        let (certificate, wrapped) = self_signed(crypto, master, &owner(account, &id), &name, now).await?;
        Ok(Self { id, purpose, certificate, wrapped, created_at: now, retires_at: None })
    }

    /// Whether it is used.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.retires_at.is_none_or(|end| end > now)
    }

    /// Keys in this order are the oldest first, whenever they were made: by time, then by retirement, then by id. A
    /// successor retires last, since keys before it never retire later than it does.
    pub fn age(&self) -> (Timestamp, bool, Option<Timestamp>, &str) {
        (self.created_at, self.retires_at.is_none(), self.retires_at, &self.id)
    }

    /// What the wrapping of the private key is bound to.
    pub fn owner(&self, account: &str) -> String {
        owner(account, &self.id)
    }

    /// Whether the private key can be unwrapped. One that was wrapped with another key, or damaged, cannot.
    pub async fn is_usable<C: Crypto>(&self, crypto: &C, master: &MasterKey, account: &str) -> bool {
        let owner = self.owner(account);
        let key = self.private(&owner, master);
        match self.purpose {
            Purpose::Signing => crypto.sign(key, b"").await.is_ok(),
            // Nothing is encrypted to it here: that it does not open is no failure of the key.
            Purpose::Encryption => {
                let (transport, cipher) = (KeyTransport::OaepSha256, ContentCipher::AesGcm(256));
                crypto.decrypt(key, Encrypted { transport, label: b"", key: b"", cipher, content: b"" }).await.is_ok()
            }
        }
    }

    /// The private key, as the seam takes it. `owner` is what [`AccountKey::owner`] says.
    pub fn private<'k>(&'k self, owner: &'k str, master: &'k MasterKey) -> PrivateKey<'k> {
        PrivateKey { wrapped: &self.wrapped, master, owner }
    }
}

/// Those keys of a purpose that are in use, the oldest first: the first signs, the last is encrypted to.
pub fn live(keys: &[AccountKey], purpose: Purpose, now: Timestamp) -> impl DoubleEndedIterator<Item = &AccountKey> {
    keys.iter().filter(move |key| key.purpose == purpose && key.is_live(now))
}

fn owner(account: &str, id: &str) -> String {
    format!("{account}/{id}")
}
