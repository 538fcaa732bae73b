//! `/api/v1/accounts/{account}/invitations`, and the page that an invitation's link leads to (SPEC section 5; seed 000).

use super::rule_groups::unfit;
use super::{Caller, etag, if_match, json_object, list_answer, not_found, page_of, stale};
use crate::crypto::Crypto;
use crate::directory::{Email, Invitation};
use crate::fields::{Fields, Patch};
use crate::http::{Answer, Call};
use crate::id::Secret;
use crate::journey::{Ending, Postern, page};
use crate::outbound::{Mail, Mailed};
use crate::problem::Problem;
use crate::store::account::Account;
use crate::store::change::Change;
use crate::store::group::Joinable;
use crate::store::invitation::{self, Listed};
use crate::store::user::FoundByEmail;
use crate::store::{self, Constraint, Store, StoreError, grant, group};
use quick_xml::escape::escape;
use serde::Serialize;

/// `GET`
pub(crate) async fn list<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    account: &str,
) -> Result<Answer, Ending> {
    let page = page_of(call)?;
    let statements = vec![store::account::find(account), invitation::list(account, &page)];
    let [found, invitations] = store::take(postern.store.batch(statements).await?)?;
    if found.first::<Account>()?.is_none() {
        return Ok(not_found("account"));
    }
    Ok(list_answer(invitations.all::<Listed>()?, &page, |listed| &listed.id, Clone::clone))
}

/// `GET …/{id}`
pub(crate) async fn read<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let [rows] = store::take(postern.store.batch(vec![invitation::find(account, id)]).await?)?;
    Ok(rows.first::<Listed>()?.map_or_else(
        || not_found("invitation"),
        |listed| Answer::json(200, &listed).with("etag", etag(listed.version)),
    ))
}

/// An invitation with its link, as the one who made it sees it, once.
#[derive(Serialize)]
struct Made<'i> {
    #[serde(flatten)]
    listed: &'i Listed,
    link: String,
    /// Whether it is on its way to the one who is invited.
    mailed: bool,
}

/// `POST {email, groups?}`
pub(crate) async fn create<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
) -> Result<Answer, Ending> {
    let input = json_object(call)?;
    let mut fields = Fields::of(&input);
    let email = match fields.text("email", 254) {
        Patch::Set(text) => {
            Email::parse(&text).map_err(|error| fields.error("email", "malformed", format!("This is {error}."))).ok()
        }
        Patch::Keep | Patch::Reset => {
            fields.required("email");
            None
        }
    };
    let groups = fields.texts("groups", Invitation::MAX_GROUPS, 64).over(Vec::new(), Vec::new());
    let statements = vec![
        group::joinable(account, &groups),
        grant::roles_of_groups(account, &groups),
        store::user::find_by_email(account, email.as_ref(), ""),
        invitation::of_email(account, email.as_ref(), postern.now),
    ];
    let [joinable, roles, user, open] = store::take(postern.store.batch(statements).await?)?;
    let joinable: Vec<Joinable> = joinable.all()?;
    for (index, id) in groups.iter().enumerate() {
        if let Some((code, message)) = unfit(&joinable, id, None) {
            fields.error(&format!("groups/{index}"), code, message);
        }
    }
    let errors = fields.into_errors();
    let (Some(email), true) = (email, errors.is_empty()) else { return Ok(Problem::fields(errors).answer()) };
    caller.may_grant(grant::read_permissions(&roles)?, "/groups")?;
    if user.first::<FoundByEmail>()?.is_some() {
        return Ok(Problem::taken("/email", "A user of this account has this e-mail already.").answer());
    }
    if open.first::<Listed>()?.is_some() {
        return Ok(invited_already());
    }
    let secret = Secret::fresh(postern.crypto);
    let (created_at, expires_at) = (postern.now, postern.now.plus(Invitation::LIFETIME));
    let invitation = Invitation { id: postern.fresh_id(), email, groups, created_at, expires_at };
    let listed = Listed {
        id: invitation.id.clone(),
        email: invitation.email.as_given().to_owned(),
        groups: invitation.groups.clone(),
        created_at,
        expires_at,
        version: 1,
    };
    let mut plan = change(postern, caller, "invitation.created", None, Some(&listed)).plan(account, secret)?;
    plan.push(invitation::delete_expired(account, &invitation.email, postern.now));
    plan.push(invitation::insert(account, &invitation, &plan.outcome().digest()));
    match store::commit(postern.store, plan).await {
        Ok(committed) => {
            let public_url = &postern.deployment.public_url;
            let link = public_url.url(&format!("/invitations/{account}/{}", committed.get().expose()));
            let location = public_url.path(&format!("/api/v1/accounts/{account}/invitations/{}", listed.id));
            let mailed = mail(postern, account, &listed, &link).await;
            let fault = match &mailed {
                Mailed::Failed(reason) => Some(format!("an invitation was made and not mailed: {reason}")),
                Mailed::Sent | Mailed::NotConfigured => None,
            };
            let made = Made { listed: &listed, link, mailed: mailed == Mailed::Sent };
            let answer = Answer::json(201, &made).with("etag", etag(1)).with("location", location);
            Ok(Answer { fault, ..answer })
        }
        Err(StoreError::Constraint(Constraint::InvitationEmail)) => Ok(invited_already()),
        Err(StoreError::Constraint(Constraint::Reference)) => Ok(not_found("account")),
        Err(error) => Err(error.into()),
    }
}

/// Mails an invitation that was made. Without, its link is handed over by the one who made it.
async fn mail<S: Store, C: Crypto>(postern: &Postern<'_, S, C>, account: &str, listed: &Listed, link: &str) -> Mailed {
    let text = format!(
        "You are invited to the account {account}.\n\nOpen this link, and sign in as {}:\n{link}\n\nIt is good until {}, and \
         once. If you do not know why you get this, you need not do anything.\n",
        listed.email, listed.expires_at
    );
    postern
        .outbound
        .mail(Mail { to: &listed.email, subject: &format!("You are invited to {account}"), text: &text })
        .await
}

fn invited_already() -> Answer {
    let detail =
        "An invitation of this e-mail is open. Its link was shown when it was made; delete it to make another.";
    Problem::taken("/email", detail).answer()
}

/// `DELETE …/{id}`: takes an invitation back.
pub(crate) async fn delete<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    call: &Call,
    caller: &Caller,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let expected = if_match(call)?;
    let [rows] = store::take(postern.store.batch(vec![invitation::find(account, id)]).await?)?;
    let Some(before) = rows.first::<Listed>()? else { return Ok(not_found("invitation")) };
    if !expected.is(before.version) {
        return Ok(stale());
    }
    let mut plan = change(postern, caller, "invitation.deleted", Some(&before), None).plan(account, ())?;
    plan.push(invitation::delete(account, id));
    match store::commit(postern.store, plan).await {
        Ok(_) => Ok(Answer::empty(204)),
        // It has been accepted meanwhile.
        Err(StoreError::Constraint(Constraint::ChangeVersion)) => Ok(not_found("invitation")),
        Err(error) => Err(error.into()),
    }
}

fn change<'i, S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    caller: &'i Caller,
    action: &'static str,
    before: Option<&'i Listed>,
    after: Option<&'i Listed>,
) -> Change<'i, Listed> {
    let listed = before.or(after);
    Change {
        id: postern.fresh_id(),
        at: postern.now,
        actor: caller.actor(),
        action,
        resource: format!("invitation/{}", listed.map_or("", |listed| listed.id.as_str())),
        version: if before.is_some() { 2 } else { 1 },
        before,
        after,
    }
}

/// `GET /invitations/{account}/{id}`: `id` is the secret of the link. It opens nothing: who is invited has to sign in.
pub(crate) async fn open<S: Store, C: Crypto>(
    postern: &Postern<'_, S, C>,
    account: &str,
    id: &str,
) -> Result<Answer, Ending> {
    let public_url = &postern.deployment.public_url;
    let over =
        || page::sentence(404, public_url, "This invitation is over, or has been accepted. Ask for another one.");
    let Some(secret) = Secret::presented(id) else { return Ok(over()) };
    let find = invitation::of_digest(account, &secret.digest(), postern.now);
    let statements = vec![store::account::find(account), find];
    let [accounts, rows] = store::take(postern.store.batch(statements).await?)?;
    let (Some(account), Some(listed)) = (accounts.first::<Account>()?, rows.first::<Listed>()?) else {
        return Ok(over());
    };
    let body = format!(
        "<p>You are invited to <strong>{}</strong> as <strong>{}</strong>. Sign in with your company's account of that \
         e-mail address; that accepts the invitation.</p>\n<p><a class=\"button\" href=\"{}\">Sign in</a></p>",
        escape(account.name.as_str()),
        escape(listed.email.as_str()),
        escape(public_url.path(&format!("/saml/{}/login", account.id))),
    );
    Ok(page::page(200, "You are invited", public_url, &body))
}
