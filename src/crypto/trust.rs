//! The keys that somebody's signatures are checked with.

use super::{Certificate, DigestAlgorithm};

/// At least one key that is strong enough, and whether SHA-1 and RSA keys under 2048 bits are. There is no way around this
/// type to a verified signature, and no way to it without a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKeys {
    certificates: Vec<Certificate>,
    allow_sha1: bool,
}

impl TrustedKeys {
    /// Of these certificates those whose keys are strong enough. `None` if there is none.
    pub fn new<'c>(certificates: impl IntoIterator<Item = &'c Certificate>, allow_sha1: bool) -> Option<Self> {
        let strong = |certificate: &&Certificate| allow_sha1 || certificate.key().is_strong();
        let certificates: Vec<_> = certificates.into_iter().filter(strong).cloned().collect();
        (!certificates.is_empty()).then_some(Self { certificates, allow_sha1 })
    }

    /// The certificates, in the order in which they are tried.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Whether a digest may be part of a signature.
    pub fn allow(&self, digest: DigestAlgorithm) -> bool {
        self.allow_sha1 || digest != DigestAlgorithm::Sha1
    }
}
