//! `/.search` (RFC 7644, 3.4.3): a list that is asked for by a body, so that no filter is in a URL.

use super::list::{Listed, answer, listed};
use super::{Failure, Reply, Request};
use crate::crypto::Crypto;
use crate::scim::{ListQuery, Page, ResourceType, ScimError};
use crate::store::Store;
use serde_json::Value;

/// `POST`; of one type of resource, or of both.
pub(super) async fn search<S: Store, C: Crypto>(
    request: &Request<'_, S, C>,
    resource: Option<ResourceType>,
    body: &Value,
) -> Result<Reply, Failure> {
    if let Some(resource) = resource {
        let query = ListQuery::of_search(body, resource)?;
        return Ok(answer(&query.page, listed(request, resource, &query).await?));
    }
    // An attribute that only one type has asks for that type alone.
    let mut all: Option<Listed> = None;
    let mut page = None;
    let mut refused = None;
    for resource in ResourceType::ALL {
        let mut query = match ListQuery::of_search(body, resource) {
            Ok(query) => query,
            Err(error @ ScimError::FilterAttribute { .. }) => {
                refused = Some(error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let Page::Index { start, count } = query.page else {
            let detail = "Of users and groups at once there are pages by startIndex alone. Ask /Users or /Groups.";
            return Err(ScimError::protocol(400, Some("invalidCursor"), detail).into());
        };
        page.get_or_insert(query.page.clone());
        match &mut all {
            None => all = Some(listed(request, resource, &query).await?),
            Some(all) => {
                // The groups follow the users.
                let before = all.total.unwrap_or_default();
                let left = count.saturating_sub(all.resources.len() as u32);
                query.page = Page::Index { start: start.saturating_sub(before).max(1), count: left };
                let more = listed(request, resource, &query).await?;
                all.total = Some(before + more.total.unwrap_or_default());
                all.resources.extend(more.resources);
            }
        }
    }
    match (all, page, refused) {
        (Some(all), Some(page), _) => Ok(answer(&page, all)),
        (_, _, Some(error)) => Err(error.into()),
        _ => Err(ScimError::InvalidCursor.into()),
    }
}
