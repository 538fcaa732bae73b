//! The seam on the `rsa` crate: for tests and tools, and as the oracle that WebCrypto is compared with. It verifies only;
//! no private-key operation is ever done with it (RUSTSEC-2023-0071).

use super::{Crypto, CryptoError, DigestAlgorithm, PublicKey, SignatureAlgorithm};
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Sha256, Sha384, Sha512};

/// [`Crypto`] of a native build.
#[derive(Clone, Copy, Debug, Default)]
pub struct NativeCrypto;

impl Crypto for NativeCrypto {
    async fn verify(
        &self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, CryptoError> {
        let key = RsaPublicKey::from_public_key_der(key.spki()).map_err(|error| CryptoError(error.to_string()))?;
        let SignatureAlgorithm::RsaPkcs1(digest) = algorithm;
        let scheme = match digest {
            DigestAlgorithm::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            DigestAlgorithm::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            DigestAlgorithm::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        };
        Ok(key.verify(scheme, &digest.digest(message), signature).is_ok())
    }

    #[allow(clippy::disallowed_methods, reason = "this is the seam")]
    fn random(&self, buffer: &mut [u8]) {
        assert!(getrandom::fill(buffer).is_ok(), "the platform has no randomness");
    }
}
