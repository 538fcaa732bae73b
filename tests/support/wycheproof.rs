//! Project Wycheproof's vectors for the signature algorithms that we accept, with the verdict that is right for us.

use postern::crypto::{DigestAlgorithm, SignatureAlgorithm};
use wycheproof::{EllipticCurve, HashFunction, TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

/// A signature to verify.
pub(crate) struct Vector {
    /// Set and number.
    pub(crate) name: String,
    /// SubjectPublicKeyInfo in DER.
    pub(crate) spki: Vec<u8>,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    /// What is right for us, whatever our own code makes of the key.
    pub(crate) verdict: Verdict,
}

/// What is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Valid,
    Invalid,
    /// The key is refused: its exponent is small, or it says itself which parameters of PSS it is for, which no platform
    /// reads.
    Untrusted,
}

impl Verdict {
    fn of(result: TestResult, trusted: bool) -> Self {
        match result {
            _ if !trusted => Self::Untrusted,
            TestResult::Valid => Self::Valid,
            // What is acceptable there is a DigestInfo without its NULL: not to the byte what PKCS #1 says.
            TestResult::Acceptable | TestResult::Invalid => Self::Invalid,
        }
    }
}

impl Vector {
    /// The identifier of the algorithm in XML Signature.
    pub(crate) fn uri(&self) -> &'static str {
        use DigestAlgorithm::{Sha256, Sha384, Sha512};
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(Sha256) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            SignatureAlgorithm::RsaPkcs1(Sha384) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            SignatureAlgorithm::RsaPkcs1(Sha512) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            SignatureAlgorithm::RsaPss(Sha256) => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            SignatureAlgorithm::RsaPss(Sha384) => "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            SignatureAlgorithm::RsaPss(Sha512) => "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
            SignatureAlgorithm::Ecdsa(Sha256) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            SignatureAlgorithm::Ecdsa(Sha384) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            SignatureAlgorithm::Ecdsa(Sha512) => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
            other => panic!("no vectors are made for {other:?}"),
        }
    }
}

/// Every vector of a digest and, for ECDSA, a curve that we accept.
pub(crate) fn vectors() -> Vec<Vector> {
    let mut all = Vec::new();
    pkcs1(&mut all);
    pss(&mut all);
    elliptic(&mut all);
    all
}

fn digest(hash: HashFunction) -> Option<DigestAlgorithm> {
    match hash {
        HashFunction::Sha2_256 => Some(DigestAlgorithm::Sha256),
        HashFunction::Sha2_384 => Some(DigestAlgorithm::Sha384),
        HashFunction::Sha2_512 => Some(DigestAlgorithm::Sha512),
        _ => None,
    }
}

/// At least 65537: of more than two bytes, in these vectors.
fn exponent_is_large(exponent: &[u8]) -> bool {
    exponent.iter().skip_while(|byte| **byte == 0).count() > 2
}

fn pkcs1(all: &mut Vec<Vector>) {
    for set in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let Some(digest) = digest(group.hash) else { continue };
            for test in group.tests {
                all.push(Vector {
                    name: format!("{set:?} {}", test.tc_id),
                    spki: group.der.to_vec(),
                    algorithm: SignatureAlgorithm::RsaPkcs1(digest),
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    verdict: Verdict::of(test.result, exponent_is_large(&group.key.e)),
                });
            }
        }
    }
}

/// Under the one name that XML Signature has for a digest, only a salt as long as it and its own mask are right.
fn pss(all: &mut Vec<Vector>) {
    for set in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let Some(digest) = digest(group.hash) else { continue };
            let plain = group.test_type == rsa_pss_verify::TestGroupTypeId::RsaPssVerify;
            let usual = group.mgf_hash == Some(group.hash) && group.salt_size == digest.length();
            // What is wrong for other parameters may be right for ours.
            for test in group.tests.into_iter().filter(|test| usual || test.result == TestResult::Valid) {
                all.push(Vector {
                    name: format!("{set:?} {}", test.tc_id),
                    spki: group.der.to_vec(),
                    algorithm: SignatureAlgorithm::RsaPss(digest),
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    verdict: match Verdict::of(test.result, plain && exponent_is_large(&group.key.e)) {
                        Verdict::Valid if !usual => Verdict::Invalid,
                        verdict => verdict,
                    },
                });
            }
        }
    }
}

/// Those whose signatures are the two numbers side by side, as XML Signature has them.
fn elliptic(all: &mut Vec<Vector>) {
    for set in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(set).unwrap().test_groups {
            let side_by_side = group.test_type == ecdsa::TestGroupTypeId::EcdsaP1363;
            let curve = matches!(group.key.curve, EllipticCurve::Secp256r1 | EllipticCurve::Secp384r1);
            let Some(digest) = digest(group.hash).filter(|_| side_by_side && curve) else { continue };
            for test in group.tests {
                all.push(Vector {
                    name: format!("{set:?} {}", test.tc_id),
                    spki: group.der.to_vec(),
                    algorithm: SignatureAlgorithm::Ecdsa(digest),
                    message: test.msg.to_vec(),
                    signature: test.sig.to_vec(),
                    verdict: Verdict::of(test.result, true),
                });
            }
        }
    }
}
