//! The seam on the `rsa`, `p256` and `p384` crates: for tests and tools, and as the oracle that WebCrypto is compared with. It verifies only;
//! no private-key operation is ever done with it (RUSTSEC-2023-0071).

use super::{
    Crypto, CryptoError, DigestAlgorithm, Encrypted, KeyKind, KeyPair, MasterKey, PrivateKey, PublicKey,
    SignatureAlgorithm,
};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs8::DecodePublicKey;
use sha1::Sha1;
use sha2::digest::{FixedOutputReset, const_oid::AssociatedOid};
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
        let digest = algorithm.digest().digest(message);
        match (key.kind(), algorithm) {
            (KeyKind::P256, _) => {
                let key = p256::ecdsa::VerifyingKey::from_public_key_der(key.spki()).map_err(failed)?;
                let signature = p256::ecdsa::Signature::from_slice(signature);
                Ok(signature.is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok()))
            }
            (KeyKind::P384, _) => {
                let key = p384::ecdsa::VerifyingKey::from_public_key_der(key.spki()).map_err(failed)?;
                let signature = p384::ecdsa::Signature::from_slice(signature);
                Ok(signature.is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok()))
            }
            (KeyKind::Rsa { .. }, _) => {
                let key = rsa::PublicKey::from_public_key_der(key.spki()).map_err(failed)?;
                let verify = match algorithm.digest() {
                    DigestAlgorithm::Sha1 => verify_rsa::<Sha1>,
                    DigestAlgorithm::Sha256 => verify_rsa::<Sha256>,
                    DigestAlgorithm::Sha384 => verify_rsa::<Sha384>,
                    DigestAlgorithm::Sha512 => verify_rsa::<Sha512>,
                };
                Ok(verify(&key, algorithm, &digest, signature))
            }
        }
    }

    async fn generate(&self, _: &MasterKey, _: &str) -> Result<KeyPair, CryptoError> {
        Err(without_private_keys())
    }

    async fn sign(&self, _: PrivateKey<'_>, _: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Err(without_private_keys())
    }

    async fn decrypt(&self, _: PrivateKey<'_>, _: Encrypted<'_>) -> Result<Option<Vec<u8>>, CryptoError> {
        Err(without_private_keys())
    }

    #[allow(clippy::disallowed_methods, reason = "this is the seam")]
    fn random(&self, buffer: &mut [u8]) {
        assert!(getrandom::fill(buffer).is_ok(), "the platform has no randomness");
    }
}

fn verify_rsa<D>(key: &rsa::PublicKey, algorithm: SignatureAlgorithm, digest: &[u8], signature: &[u8]) -> bool
where
    D: sha2::Digest + FixedOutputReset + AssociatedOid,
{
    match algorithm {
        SignatureAlgorithm::RsaPss(_) => key.pss_verify_prehash::<D>(digest, signature).is_ok(),
        _ => key.pkcs1v15_verify_prehash::<D>(digest, signature).is_ok(),
    }
}

/// The `rsa` crate is not trusted with a private key, in tests neither.
fn without_private_keys() -> CryptoError {
    CryptoError("private keys live in WebCrypto only".into())
}

fn failed(error: impl std::fmt::Display) -> CryptoError {
    CryptoError(error.to_string())
}
