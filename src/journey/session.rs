//! Who is signed in, and signing out.

use super::{Ending, Postern, page};
use crate::access::{Grant, IDLE, SessionSecret, permissions_anywhere};
use crate::crypto::Crypto;
use crate::http::{Answer, Call};
use crate::problem::Problem;
use crate::store::grant::Whose;
use crate::store::session::OpenSession;
use crate::store::user::GroupName;
use crate::store::{self, Store, StoreError};
use crate::time::Duration;
use quick_xml::escape::escape;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A session in use is written down no more often than this: a write costs more than the request.
const SEEN_EVERY: Duration = Duration::seconds(600);

/// The session of a browser, with what its user may do.
struct SignedIn {
    secret: SessionSecret,
    session: OpenSession,
    groups: Vec<GroupName>,
    grants: Vec<Grant>,
}

/// The session of the browser that calls, if it is open.
async fn open_session<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
) -> Result<Option<SignedIn>, StoreError> {
    let Some(secret) = call.header("cookie").and_then(SessionSecret::from_cookie_header) else { return Ok(None) };
    let (account, digest, now) = (secret.account(), secret.digest(), postern.now);
    let statements = vec![
        store::session::find(account, &digest, now, now.minus(IDLE)),
        store::grant::groups_of_session(account, &digest),
        store::grant::of(account, Whose::Session(&digest)),
    ];
    let [session, groups, grants] = store::take(postern.store.batch(statements).await?)?;
    let Some(session) = session.first::<OpenSession>()? else { return Ok(None) };
    postern.keep_open(account, &digest, &session).await?;
    let (groups, grants) = (groups.all()?, store::grant::read_one(&grants)?);
    Ok(Some(SignedIn { secret, session, groups, grants }))
}

impl<S: Store, C: Crypto> Postern<'_, S, C> {
    /// Writes down that a session is in use, if that was not done lately.
    pub(super) async fn keep_open(&self, account: &str, digest: &str, session: &OpenSession) -> Result<(), StoreError> {
        if session.opened.seen_at.plus(SEEN_EVERY) <= self.now {
            self.store.batch(vec![store::session::seen(account, digest, self.now)]).await?;
        }
        Ok(())
    }
}

/// `GET /whoami`
pub(super) async fn whoami<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let Some(SignedIn { secret, session, groups, grants }) = open_session(postern, call).await? else {
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
                "groups": groups,
            },
            "roles": roles(&grants),
            "permissions": permissions_anywhere(&grants),
            "session": { "id": session.opened.session_id, "createdAt": session.opened.opened_at, "expiresAt": session.opened.expires_at },
            "provider": { "id": session.opened.provider_id, "name": session.opened.provider_name },
        }),
    ))
}

/// Each role that somebody has, once.
fn roles(grants: &[Grant]) -> Vec<Value> {
    let mut known = BTreeSet::new();
    let new = grants.iter().filter(|grant| known.insert(&grant.role));
    new.map(|grant| json!({ "id": grant.role, "name": grant.role_name })).collect()
}

/// `GET /`
pub(super) async fn home<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, call: &Call) -> Result<Answer, Ending> {
    let public_url = &postern.deployment.public_url;
    let Some(SignedIn { secret, session, grants, .. }) = open_session(postern, call).await? else {
        let body = "<p>Nobody is signed in in this browser. Begin at your company's portal, or at the sign-in link that your \
             administrator gave you.</p>";
        return Ok(page::page(200, "Not signed in", public_url, body));
    };
    let user = &session.user;
    let name = user.display_name.as_deref().unwrap_or(&user.email);
    let sentence = if permissions_anywhere(&grants).is_empty() {
        "You may not use anything here yet: no role reaches you. Ask your administrator to put you into a user group that has \
         one, and give them the address above."
    } else {
        "No application is set up here yet. Ask your administrator what you can use."
    };
    let body = format!(
        "<p>You are <strong>{}</strong> ({}) in the account <strong>{}</strong>, through {}.</p>\n\
         <p>{sentence}</p>\n\
         <form method=\"post\" action=\"{}\"><button type=\"submit\">Sign out</button></form>",
        escape(name),
        escape(user.email.as_str()),
        escape(secret.account()),
        escape(session.opened.provider_name.as_str()),
        escape(public_url.path("/sign-out")),
    );
    Ok(match &session.opened.logout_url {
        Some(url) => page::leading_to(url, "Signed in", public_url, &body),
        None => page::page(200, "Signed in", public_url, &body),
    })
}

/// `GET /readyz`: whether the database answers.
pub(super) async fn ready<S: Store, C: Crypto>(postern: &Postern<'_, S, C>) -> Result<Answer, Ending> {
    postern.store.batch(vec![store::account::find("")]).await?;
    Ok(Answer::json(200, &json!({ "status": "ok" })))
}
