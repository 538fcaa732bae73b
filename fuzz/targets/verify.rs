//! Responses of an honest identity provider, bent in every way: whatever we accept, it has said and signed.
#![no_main]

use fuzz::honest::{ACS_URL, AUDIENCE, Honest, ISSUER, NOW, REQUEST, Said};
use fuzz::mutate::mutate;
use fuzz::random::Random;
use fuzz::scheme::certificate;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use postern::crypto::TrustedKeys;
use postern::provider::Encryption;
use postern::saml::{Decryption, Expectations, ReceivedResponse, Request, SamlError, Unsolicited, VerifiedAssertion};
use postern::store::pending_request::PendingRequest;
use postern::time::{Duration, Timestamp};
use std::sync::LazyLock;

static HONEST: LazyLock<Honest> = LazyLock::new(honest);
/// Nothing is encrypted here: what would come out is a document like any other.
const DECRYPTION: Decryption<'static> =
    Decryption { policy: Encryption::Off, account: "", keys: &[], master: None, now: Timestamp(0) };
static TRUSTED: LazyLock<TrustedKeys> =
    LazyLock::new(|| TrustedKeys::new([&certificate()], true).expect("a strong key"));

/// Everything that the identity provider has said; as it came, each response is accepted if it should be.
fn honest() -> Honest {
    let honest = Honest::new();
    for (name, xml) in &honest.documents {
        let said = honest.said.values().find(|said| said.holds && said.id == format!("_{name}"));
        let accepted = pollster::block_on(verify(xml.as_bytes(), &honest));
        assert_eq!(accepted.as_ref().ok().map(|(_, verified)| understood(verified)).as_ref(), said, "{name}");
    }
    honest
}

fuzz_target!(|data: &[u8]| {
    let Ok((canonical, verified)) = pollster::block_on(verify(data, &HONEST)) else { return };
    let said = HONEST.said.get(&canonical).expect("accepted, although nobody signed these bytes");
    assert!(said.holds, "accepted, although it does not hold here and now: {said:?}");
    assert_eq!(understood(&verified), *said, "accepted as something else than what was said");
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(seed);
    if random.below(8) > 0 {
        let text = String::from_utf8_lossy(&data[..size]);
        let changed = mutate(&text, &HONEST.documents, &mut random);
        if (1..=max_size).contains(&changed.len()) {
            data[..changed.len()].copy_from_slice(changed.as_bytes());
            return changed.len();
        }
    }
    fuzzer_mutate(data, size, max_size)
});

/// Verifies a response as a sign-in does; with the canonical bytes that were signed.
async fn verify(xml: &[u8], honest: &Honest) -> Result<(String, VerifiedAssertion), SamlError> {
    let readable = ReceivedResponse::parse(xml)?.decrypt(&DECRYPTION, &TRUSTED, &honest.scheme).await?;
    let authentic = readable.authenticate(&TRUSTED, &honest.scheme).await?;
    let canonical = authentic.signed().0.canonical().to_owned();
    let checked = authentic.check(&Expectations {
        issuer: ISSUER,
        audience: AUDIENCE,
        acs_url: ACS_URL,
        authn_context: &[],
        clock_skew: Duration::seconds(120),
        now: Timestamp::parse(NOW).expect("a time"),
    });
    let unsolicited = Unsolicited { allowed: true, may_name_unknown_request: false };
    let pending = PendingRequest { id: REQUEST.to_owned(), return_to: "/".to_owned(), is_test: false };
    Ok((canonical, checked?.answering(Some(&pending), unsolicited)?))
}

/// What we take a response to say.
fn understood(verified: &VerifiedAssertion) -> Said {
    Said {
        id: verified.id().to_owned(),
        name_id: verified.name_id().value.clone(),
        format: verified.name_id().format.clone(),
        attributes: verified.attributes().iter().map(|a| (a.name.clone(), a.values.clone())).collect(),
        session_index: verified.session_index().map(str::to_owned),
        session_end: verified.session_not_on_or_after().map(Timestamp::to_rfc3339),
        answers: match verified.request() {
            Request::Unsolicited => None,
            Request::Answered(id) => Some(id.clone()),
        },
        holds: true,
    }
}
