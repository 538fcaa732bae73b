//! The decision of a sign-in (SPEC section 4; seed 000).

use super::asked::{Asked, Facts};
use super::profile::{Missing, Person};
use super::rule::{Effect, Rule};
use crate::directory::{AssertedGroups, ENTRA_GROUPS_LINK, LinkedGroup, Membership, Profile, User, follow};
use crate::provider::{Jit, Provider};
use crate::refusal::bounded;
use crate::saml::{Attribute, NameId, VerifiedAssertion};
use crate::store::invitation::Listed;
use crate::store::tombstone::Tombstone;
use crate::store::user::FoundByEmail;
use serde::{Deserialize, Serialize};

/// What the directory knows of the person whom an assertion is about.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The user whom the provider means by the NameID.
    pub linked: Option<User>,
    /// The user of the asserted e-mail.
    pub by_email: Option<FoundByEmail>,
    /// The open invitation of the asserted e-mail.
    pub invitation: Option<Listed>,
    /// Somebody of the NameID or the e-mail, who was removed.
    pub tombstone: Option<Tombstone>,
    /// The groups that are linked to the provider, where they follow it.
    pub linked_groups: Vec<LinkedGroup>,
}

/// How somebody may come in.
#[derive(Clone, Debug)]
pub enum Admission {
    /// As a user who exists. `link`: the provider's NameID does not mean them yet.
    Existing {
        /// The user.
        user: User,
        /// Whether to link the NameID to them.
        link: bool,
    },
    /// As a user who is to be created.
    Create {
        /// What the assertion says of them.
        profile: Profile,
        /// Ids of native groups to join: those of the invitation, or of the rule that admitted them.
        groups: Vec<String>,
        /// Id of the invitation that is accepted by it; none if it is just in time.
        invitation: Option<String>,
    },
}

/// Whether somebody may come in, and how that was decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The outcome.
    pub outcome: Result<Admission, Reason>,
    /// Which linked groups the user joins and leaves, if they come in.
    pub membership: Membership,
    /// Every rule that was asked, in order; the last one decided.
    pub trace: Vec<Step>,
}

/// Why somebody may not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A required attribute did not come.
    MissingAttribute(Missing),
    /// Neither an attribute nor the NameID is an e-mail address.
    MissingEmail,
    /// Unknown, and nobody is created just in time.
    NotInvited,
    /// An admin or SCIM removed them: JIT brings nobody back.
    UserRemoved,
    /// A user who may not sign in.
    UserDeactivated,
    /// A user whom another provider signs in.
    LinkedToOtherProvider,
    /// The JIT validation key has not the required value.
    JitValidationFailed {
        /// JIT validation key.
        key: String,
        /// JIT validation value.
        wanted: String,
        /// The values that came under the key.
        got: Vec<String>,
    },
    /// The first rule that matches denies.
    DeniedByRule {
        /// Which one.
        rule: String,
    },
    /// There are rules, and none matches.
    NoRuleMatched,
    /// The asserted e-mail is of another domain than those that are allowed.
    EmailDomainNotAllowed {
        /// The domains that are.
        allowed: Vec<String>,
        /// The domain of the e-mail.
        got: String,
    },
}

/// One rule that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Stable name of the rule.
    pub rule: String,
    /// What it wants.
    pub wanted: String,
    /// What it got.
    pub got: String,
    /// Whether it was met.
    pub matched: bool,
}

/// What would be decided, as text: nobody comes in by it.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Stable name of the outcome.
    pub outcome: &'static str,
    /// Why somebody would not come in.
    pub reason: Option<Reason>,
    /// Every rule that was asked, in order.
    pub trace: Vec<Step>,
    /// What asking them took: bytes that were compared or told, and what costs as much.
    pub work: usize,
}

/// Decides. An existing user signs in as they are; only for an unknown one are JIT and its rules asked.
pub fn decide(provider: &Provider, assertion: &VerifiedAssertion, person: &Person, known: Known) -> Decision {
    let about = About { name_id: assertion.name_id(), attributes: assertion.attributes(), person };
    decision(provider, about, known, &mut 0)
}

/// What would be decided of what an identity provider said, verified or not.
pub fn preview(
    provider: &Provider,
    name_id: &NameId,
    attributes: &[Attribute],
    person: &Person,
    known: Known,
) -> Preview {
    let mut work = 0;
    let decision = decision(provider, About { name_id, attributes, person }, known, &mut work);
    Preview { outcome: decision.outcome_name(), reason: decision.outcome.err(), trace: decision.trace, work }
}

impl Preview {
    /// The rule that decided: whom a rule admits, their e-mail's domain is asked about after it.
    pub fn decided_by(&self) -> Option<&str> {
        let mut steps = self.trace.iter().rev();
        let step =
            steps.find(|step| !(step.matched && [ALLOWED_EMAIL_DOMAINS, LINKED_GROUPS].contains(&step.rule.as_str())));
        step.map(|step| step.rule.as_str())
    }
}

/// Whom it is decided about.
#[derive(Clone, Copy)]
struct About<'a> {
    name_id: &'a NameId,
    attributes: &'a [Attribute],
    person: &'a Person,
}

fn decision(provider: &Provider, about: About<'_>, mut known: Known, work: &mut usize) -> Decision {
    let mut trace = Vec::with_capacity(4);
    let linked_groups = std::mem::take(&mut known.linked_groups);
    let outcome = outcome(provider, about, known, &mut trace, work);
    let authorization = &provider.settings().authorization;
    let mut membership = Membership::default();
    if outcome.is_ok() && authorization.enabled {
        let asserted = about.groups(authorization.groups_attribute.as_deref());
        membership = follow(linked_groups, &asserted);
        trace.push(Step::of_groups(&asserted, &membership));
    }
    Decision { outcome, membership, trace }
}

impl About<'_> {
    /// The groups that are named: by the attribute `named`, or, without, as the attribute mapping says.
    fn groups(self, named: Option<&str>) -> AssertedGroups {
        let called = |name| self.attributes.iter().filter(move |attribute| attribute.is_named(name));
        let names = match named {
            Some(name) => called(name).flat_map(|attribute| attribute.values.iter().cloned()).collect(),
            None => self.person.groups.clone(),
        };
        let only_link = names.is_empty() && called(ENTRA_GROUPS_LINK).next().is_some();
        AssertedGroups { names, only_link }
    }
}

impl Admission {
    /// Stable name, for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Existing { .. } => "existing_user",
            Self::Create { invitation: Some(_), .. } => "accepted_invitation",
            Self::Create { .. } => "created_just_in_time",
        }
    }
}

impl Decision {
    /// Stable name of the outcome, for the debugger.
    pub fn outcome_name(&self) -> &'static str {
        self.outcome.as_ref().map_or("refused", Admission::name)
    }
}

const ALLOWED_EMAIL_DOMAINS: &str = "allowed_email_domains";
const LINKED_GROUPS: &str = "linked_groups";

fn outcome(
    provider: &Provider,
    about: About<'_>,
    known: Known,
    trace: &mut Vec<Step>,
    work: &mut usize,
) -> Result<Admission, Reason> {
    if let Some(missing) = &about.person.missing {
        trace.push(Step::new("required_attributes", missing.wanted.as_str(), "nothing that can be used", false));
        return Err(Reason::MissingAttribute(missing.clone()));
    }
    let accepts_others = provider.settings().accept_users_of_other_providers;
    let found = match (known.linked, known.by_email) {
        (Some(user), _) => Some((user, false, "the user linked to the NameID")),
        (None, Some(found)) if found.is_linked_to_other_provider() && accepts_others => {
            Some((found.user, true, "the user of the asserted e-mail, whom another provider signs in too"))
        }
        (None, Some(found)) if found.is_linked_to_other_provider() => {
            trace.push(Step::new(
                "existing_user",
                "a user of this provider",
                "a user linked to another provider",
                false,
            ));
            return Err(Reason::LinkedToOtherProvider);
        }
        (None, Some(found)) => Some((found.user, true, "the user of the asserted e-mail")),
        (None, None) => None,
    };
    if let Some((user, link, how)) = found {
        trace.push(Step::new("existing_user", "a user of the account", how, true));
        trace.push(Step::new(
            "active",
            "an active user",
            if user.active { "active" } else { "deactivated" },
            user.active,
        ));
        return if user.active { Ok(Admission::Existing { user, link }) } else { Err(Reason::UserDeactivated) };
    }
    trace.push(Step::new("existing_user", "a user of the account", "nobody", false));
    let Some(profile) = &about.person.profile else {
        trace.push(Step::new("email", "an e-mail address in an attribute or as NameID", "none", false));
        return Err(Reason::MissingEmail);
    };
    if let Some(invitation) = known.invitation {
        trace.push(Step::new("invitation", "an open invitation of the e-mail", "invited", true));
        let Listed { id, groups, .. } = invitation;
        return Ok(Admission::Create { profile: profile.clone(), groups, invitation: Some(id) });
    }
    if let Some(Tombstone { removed_at, removed_by, .. }) = known.tombstone {
        let got = format!("removed by {removed_by} at {removed_at}");
        trace.push(Step::new("not_removed", "nobody who was removed", got, false));
        return Err(Reason::UserRemoved);
    }
    let jit = &provider.settings().jit;
    just_in_time(jit, about.attributes, trace)?;
    let facts = Facts { name_id: about.name_id, attributes: about.attributes, email: &profile.email };
    let mut asked = Asked::about(facts);
    let groups = first_match(&jit.rules, &mut asked, trace);
    *work += asked.work;
    let groups = groups?;
    email_domain(&provider.settings().allowed_email_domains, profile.email.domain(), trace)?;
    Ok(Admission::Create { profile: profile.clone(), groups, invitation: None })
}

fn just_in_time(jit: &Jit, attributes: &[Attribute], trace: &mut Vec<Step>) -> Result<(), Reason> {
    trace.push(Step::new("jit_enabled", "on", if jit.enabled { "on" } else { "off" }, jit.enabled));
    if !jit.enabled {
        return Err(Reason::NotInvited);
    }
    let Some(validation) = &jit.validation else {
        trace.push(Step::new(
            "jit_validation",
            "anyone whom the identity provider sends",
            "a verified assertion",
            true,
        ));
        return Ok(());
    };
    // Attribute names are compared exactly, as the seed's "SAML attribute name" is; so are values.
    let named = attributes.iter().filter(|attribute| attribute.name == validation.key);
    let got: Vec<String> = named.flat_map(|attribute| attribute.values.iter().cloned()).collect();
    let matched = got.contains(&validation.value);
    let wanted = format!("{} = {}", validation.key, validation.value);
    let seen = if got.is_empty() {
        "no such attribute".to_owned()
    } else {
        format!("{} = {}", validation.key, got.join(", "))
    };
    trace.push(Step::new("jit_validation", wanted, seen, matched));
    if matched {
        return Ok(());
    }
    Err(Reason::JitValidationFailed { key: validation.key.clone(), wanted: validation.value.clone(), got })
}

/// The first rule that matches decides; nobody comes in whom none matches, if there are any. Answers with the groups to
/// join.
fn first_match(rules: &[Rule], asked: &mut Asked<'_>, trace: &mut Vec<Step>) -> Result<Vec<String>, Reason> {
    for (index, rule) in rules.iter().enumerate() {
        let (matched, got) = rule.matches(asked);
        let label = match &rule.name {
            Some(name) => format!("rule {}, {name}", index + 1),
            None => format!("rule {}", index + 1),
        };
        let wanted = rule.to_string();
        asked.work += wanted.len();
        trace.push(Step::new(&label, wanted, got, matched));
        match (matched, rule.effect) {
            (false, _) => {}
            (true, Effect::Admit) => return Ok(rule.groups.clone()),
            (true, Effect::Deny) => return Err(Reason::DeniedByRule { rule: label }),
        }
    }
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    trace.push(Step::new("rules", "a rule that matches", "none", false));
    Err(Reason::NoRuleMatched)
}

fn email_domain(allowed: &[String], got: &str, trace: &mut Vec<Step>) -> Result<(), Reason> {
    if allowed.is_empty() {
        return Ok(());
    }
    let matched = allowed.iter().any(|domain| domain == got);
    trace.push(Step::new(ALLOWED_EMAIL_DOMAINS, allowed.join(", "), got, matched));
    if matched {
        return Ok(());
    }
    Err(Reason::EmailDomainNotAllowed { allowed: allowed.to_vec(), got: got.to_owned() })
}

impl Step {
    fn of_groups(asserted: &AssertedGroups, membership: &Membership) -> Self {
        let names = |groups: &[(String, String)]| {
            let names: Vec<_> = groups.iter().map(|(_, name)| name.as_str()).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        let Membership { join, leave } = membership;
        let said = format!("{} named; joins {}; leaves {}", asserted.names.len(), names(join), names(leave));
        let left_out = "a link in place of more than 150 groups: no linked group is joined or left";
        let got = if asserted.only_link { left_out.to_owned() } else { said };
        Self::new(LINKED_GROUPS, "the groups that the provider names", got, !asserted.only_link)
    }

    fn new(rule: &str, wanted: impl Into<String>, got: impl Into<String>, matched: bool) -> Self {
        Self { rule: rule.into(), wanted: bounded(wanted.into()), got: bounded(got.into()), matched }
    }
}
