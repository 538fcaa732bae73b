//! Who is signed in, and signing out.

use super::{Ending, Postern, page};
use crate::access::{IDLE, SessionSecret};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::problem::Problem;
use crate::store::session::OpenSession;
use crate::store::{self, Store, StoreError};
use crate::time::Duration;
use quick_xml::escape::escape;
use serde_json::json;

/// A session in use is written down no more often than this: a write costs more than the request.
const SEEN_EVERY: Duration = Duration::seconds(600);

/// The session of the browser that calls, if it is open.
async fn open_session<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
) -> Result<Option<(SessionSecret, OpenSession)>, StoreError> {
    let Some(secret) = call.header("cookie").and_then(SessionSecret::from_cookie_header) else { return Ok(None) };
    let (account, digest, now) = (secret.account(), secret.digest(), postern.now);
    let find = store::session::find(account, &digest, now, now.minus(IDLE));
    let [rows] = store::take(postern.store.batch(vec![find]).await?)?;
    let Some(session) = rows.first::<OpenSession>()? else { return Ok(None) };
    if session.seen_at.plus(SEEN_EVERY) <= now {
        postern.store.batch(vec![store::session::seen(account, &digest, now)]).await?;
    }
    Ok(Some((secret, session)))
}

/// `GET /whoami`
pub(super) async fn whoami<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let Some((secret, session)) = open_session(postern, call).await? else {
        return Ok(Problem::new(401, "Nobody is signed in in this browser.").answer());
    };
    let user = &session.user;
    Ok(Answer::json(
        200,
        &json!({
            "account": secret.account(),
            "user": {
                "id": user.id,
                "email": user.email,
                "givenName": user.given_name,
                "familyName": user.family_name,
                "displayName": user.display_name,
                "active": user.active,
                "managedBy": user.managed_by,
                "groups": [],
            },
            "session": { "id": session.session_id, "createdAt": session.opened_at, "expiresAt": session.expires_at },
            "provider": { "id": session.provider_id, "name": session.provider_name },
        }),
    ))
}

/// `GET /`
pub(super) async fn home<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let public_url = &postern.deployment.public_url;
    let Some((secret, session)) = open_session(postern, call).await? else {
        let body = "<p>Nobody is signed in in this browser. Begin at your company's portal, or at the sign-in link that your \
             administrator gave you.</p>";
        return Ok(page::page(200, "Not signed in", public_url, body));
    };
    let user = &session.user;
    let name = user.display_name.as_deref().unwrap_or(&user.email);
    let body = format!(
        "<p>You are <strong>{}</strong> ({}) in the account <strong>{}</strong>, through {}.</p>\n\
         <p>No application is set up here yet. Ask your administrator what you can use.</p>\n\
         <form method=\"post\" action=\"{}\"><button type=\"submit\">Sign out</button></form>",
        escape(name),
        escape(user.email.as_str()),
        escape(secret.account()),
        escape(session.provider_name.as_str()),
        escape(public_url.path("/sign-out")),
    );
    Ok(match &session.logout_url {
        Some(url) => page::leading_to(url, "Signed in", public_url, &body),
        None => page::page(200, "Signed in", public_url, &body),
    })
}

/// `GET /readyz`: whether the database answers.
pub(super) async fn ready<S: Store, C: Crypto>(postern: &Postern<'_, S, C>) -> Result<Answer, Ending> {
    postern.store.batch(vec![store::account::find("")]).await?;
    Ok(Answer::json(200, &json!({ "status": "ok" })))
}
