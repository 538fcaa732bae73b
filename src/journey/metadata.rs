//! A provider's metadata: read for an admin, and looked at again for upkeep.

use super::{Ending, Postern};
use crate::crypto::{Certificate, Crypto};
use crate::outbound::{OutboundError, RemoteUrl};
use crate::provider::{DocumentInput, Given, MetadataInput, NOTICE, Provider};
use crate::saml::{IdpMetadata, MetadataError, Reading, SamlError};
use crate::store::change::Change;
use crate::store::event::{self, Event};
use crate::store::{self, Constraint, Store, StoreError};
use crate::time::{Duration, Timestamp};
use serde_json::{Map, Value, json};

/// So many providers at most are looked at in one go. A look takes four requests at most and seldom more than three
/// queries: with what else upkeep does, that is within the 50 of each that an invocation has on the free plan.
const AT_ONCE: i64 = 5;

/// So many certificates at most are told of in one look.
const TOLD: usize = 4;

/// When a provider is looked at again, if this look comes to no end.
const TAKEN_ON: Duration = Duration::hours(1);

/// Who is logged as having done it.
const UPKEEP: &str = "upkeep";

/// What a look came to.
#[derive(Debug)]
pub(super) enum Look {
    /// The provider as it is now.
    Done(Box<Provider>),
    /// Its metadata was not taken; why, in a sentence.
    Failed(String),
    /// Somebody changed the provider meanwhile. Nothing was written.
    Overtaken,
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// Reads what an admin sent of a provider's metadata, and fetches it where that is asked for.
    pub(super) async fn metadata(
        &self,
        input: &Map<String, Value>,
        before: Option<&Provider>,
    ) -> Result<Given, Ending> {
        let input = MetadataInput::read(input, before, self.deployment.public_url.is_local());
        let reading = Reading {
            wanted: input.wanted.as_deref(),
            preferred: before.map(Provider::entity_id),
            pinned: input.pinned.as_ref(),
            now: self.now,
        };
        let document = match &input.document {
            None => None,
            Some(DocumentInput::Xml(xml)) => Some(Ok(xml.as_bytes().to_vec())),
            Some(DocumentInput::Url(url)) => Some(url.fetch(self.outbound).await),
        };
        let metadata = match document {
            None => None,
            Some(Err(error)) => Some(Err(error.to_string())),
            Some(Ok(xml)) => Some(self.read(&xml, &reading).await?.map_err(|error| error.to_string())),
        };
        Ok(input.given(metadata))
    }

    /// Looks at a provider again: at its metadata, if that can be fetched, and at its certificates. What changed is
    /// committed; what there is to tell is told.
    pub(super) async fn look_at(&self, account: &str, before: &Provider, actor: &str) -> Result<Look, Ending> {
        let (after, failure) = match before.metadata_url() {
            None => (before.looked_at(self.now), None),
            Some(url) => match self.fetch_again(url, before).await? {
                Ok(after) => (after, None),
                Err((kind, error)) => (before.not_refreshed(error.clone(), self.now), Some((kind, error))),
            },
        };
        let mut events = self.of_certificates(&after);
        // One episode of failing is told once: it begins with the last time that all was well.
        let since = before.watch().refreshed_at.map_or(0, |at| at.0);
        events.extend(failure.iter().map(|(kind, error)| {
            let detail =
                json!({ "providerName": before.settings().name, "url": before.metadata_url(), "error": error });
            self.event(kind, format!("{}/{since}", before.id()), detail)
        }));
        let events = events.iter().map(|event| event::tell(account, event));
        if after.version() == before.version() {
            let statements = std::iter::once(store::provider::looked_at(account, &after)).chain(events);
            self.store.batch(statements.collect()).await?;
        } else {
            let mut plan = Change {
                id: self.fresh_id(),
                at: self.now,
                actor,
                action: "provider.refreshed",
                resource: format!("provider/{}", after.id()),
                version: after.version(),
                before: Some(before.settings()),
                after: Some(after.settings()),
            }
            .plan(account, ())?;
            plan.push(store::provider::update(account, &after)?);
            plan.extend(events);
            let committed = store::commit(self.store, plan).await;
            self.configurations.forget(account);
            match committed {
                Ok(_) => {}
                Err(StoreError::Constraint(Constraint::ChangeVersion)) => return Ok(Look::Overtaken),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(failure.map_or(Look::Done(Box::new(after)), |(_, error)| Look::Failed(error)))
    }

    /// The provider with its metadata as it is now, or the kind of event and the sentence that say why not.
    async fn fetch_again(
        &self,
        url: &str,
        before: &Provider,
    ) -> Result<Result<Provider, (&'static str, String)>, Ending> {
        const FAILED: &str = "metadata.failed";
        let fetched = match RemoteUrl::saved(url) {
            Ok(url) => url.fetch(self.outbound).await,
            Err(error) => Err(OutboundError::Url(error)),
        };
        let xml = match fetched {
            Ok(xml) => xml,
            Err(error) => return Ok(Err((FAILED, error.to_string()))),
        };
        let wanted = Some(before.entity_id());
        let reading = Reading { wanted, preferred: None, pinned: before.pinned(), now: self.now };
        Ok(match self.read(&xml, &reading).await? {
            Ok(found) => before.refreshed(found, self.now).map_err(|error| (FAILED, error)),
            Err(error @ MetadataError::NoSuchEntity(_)) => {
                let remedy = "A changed entity ID is not taken over; where it is meant, save the metadata anew.";
                Err(("metadata.entity_changed", format!("{error} {remedy}")))
            }
            Err(error) => Err((FAILED, error.to_string())),
        })
    }

    /// That certificates will end within 30 days, and that they have: what there is to tell last, since the rest was told by
    /// earlier looks.
    fn of_certificates(&self, provider: &Provider) -> Vec<Event> {
        let mut news: Vec<_> = provider.certificates().iter().filter_map(|c| news(c, self.now)).collect();
        let mut events = Vec::new();
        // They are too few to bring in a sort.
        while events.len() < TOLD
            && let Some(last) = (0..news.len()).max_by_key(|index| news[*index].at)
        {
            let News { kind, certificate, .. } = news.swap_remove(last);
            let detail = json!({
                "providerName": provider.settings().name,
                "subject": certificate.subject(),
                "notAfter": certificate.not_after(),
            });
            events.push(self.event(kind, format!("{}/{}", provider.id(), certificate.fingerprint()), detail));
        }
        events
    }

    /// Reads metadata. The inner error is the document's, the outer is ours.
    async fn read(&self, xml: &[u8], reading: &Reading<'_>) -> Result<Result<IdpMetadata, MetadataError>, Ending> {
        match IdpMetadata::read(xml.trim_ascii(), reading, self.crypto).await {
            Err(MetadataError::Signature(SamlError::Crypto(error))) => Err(error.into()),
            read => Ok(read),
        }
    }

    fn event(&self, kind: &'static str, subject: String, detail: Value) -> Event {
        Event { id: self.fresh_id(), at: self.now, kind: kind.to_owned(), subject, detail }
    }
}

/// What there is to tell of a certificate, and since when.
struct News<'c> {
    at: Timestamp,
    kind: &'static str,
    certificate: &'c Certificate,
}

fn news(certificate: &Certificate, now: Timestamp) -> Option<News<'_>> {
    let end = certificate.not_after();
    let notice = end.minus(NOTICE);
    let (at, kind) = match now {
        now if now >= end => (end, "certificate.expired"),
        now if now >= notice => (notice, "certificate.expires"),
        _ => return None,
    };
    Some(News { at, kind, certificate })
}

/// Looks at the providers that are due, of all accounts: what the cron does beside [`super::upkeep`]. One that fails on our
/// side keeps no other from its turn; the first such failure is answered with.
pub async fn look_at_due<S: Store, C: Crypto>(postern: &Postern<'_, S, C>) -> Result<(), String> {
    let now = postern.now;
    let due = store::provider::take_due(now, now.plus(TAKEN_ON), AT_ONCE);
    let rows = postern.store.batch(vec![due]).await.and_then(store::take);
    let [rows] = rows.map_err(|error| error.to_string())?;
    let mut outcome = Ok(());
    for due in store::provider::read_due(&rows) {
        let looked = match due {
            Ok((account, provider)) => postern.look_at(&account, &provider, UPKEEP).await.map(drop),
            Err(error) => Err(error.into()),
        };
        outcome = outcome.and(looked.map_err(|ending| ending.to_string()));
    }
    outcome
}
