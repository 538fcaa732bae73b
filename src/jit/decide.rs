//! The decision of a sign-in (SPEC section 4; seed 000).

use crate::directory::{Profile, User};
use crate::provider::{Jit, Provider};
use crate::refusal::bounded;
use crate::saml::{Attribute, AuthenticResponse, VerifiedAssertion};
use crate::store::user::FoundByEmail;
use serde::{Deserialize, Serialize};

/// What the directory knows of the person whom an assertion is about.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The user whom the provider means by the NameID.
    pub linked: Option<User>,
    /// The user of the asserted e-mail.
    pub by_email: Option<FoundByEmail>,
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
    },
}

/// Whether somebody may come in, and how that was decided.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The outcome.
    pub outcome: Result<Admission, Reason>,
    /// Every rule that was asked, in order; the last one decided.
    pub trace: Vec<Step>,
}

/// Why somebody may not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// Neither an attribute nor the NameID is an e-mail address.
    MissingEmail,
    /// Unknown, and nobody is created just in time.
    NotInvited,
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

/// Decides. An existing user signs in as they are; only for an unknown one are JIT and its rules asked.
pub fn decide(provider: &Provider, assertion: &VerifiedAssertion, profile: Option<Profile>, known: Known) -> Decision {
    let mut trace = Vec::with_capacity(3);
    let outcome = outcome(provider, assertion.attributes(), profile, known, &mut trace);
    Decision { outcome, trace }
}

/// What would be decided if the response met the policy too. Text for the debugger: nobody comes in by it.
pub fn preview(
    provider: &Provider,
    response: &AuthenticResponse,
    profile: Option<Profile>,
    known: Known,
) -> (&'static str, Vec<Step>) {
    let mut trace = Vec::with_capacity(3);
    let outcome = outcome(provider, response.attributes(), profile, known, &mut trace);
    let decision = Decision { outcome, trace };
    (decision.outcome_name(), decision.trace)
}

impl Decision {
    /// Stable name of the outcome, for the debugger.
    pub fn outcome_name(&self) -> &'static str {
        match self.outcome {
            Ok(Admission::Existing { .. }) => "existing_user",
            Ok(Admission::Create { .. }) => "created_just_in_time",
            Err(_) => "refused",
        }
    }
}

fn outcome(
    provider: &Provider,
    attributes: &[Attribute],
    profile: Option<Profile>,
    known: Known,
    trace: &mut Vec<Step>,
) -> Result<Admission, Reason> {
    let found = match (known.linked, known.by_email) {
        (Some(user), _) => Some((user, false, "the user linked to the NameID")),
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
    let Some(profile) = profile else {
        trace.push(Step::new("email", "an e-mail address in an attribute or as NameID", "none", false));
        return Err(Reason::MissingEmail);
    };
    just_in_time(&provider.settings().jit, attributes, trace)?;
    Ok(Admission::Create { profile })
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

impl Step {
    fn new(rule: &str, wanted: impl Into<String>, got: impl Into<String>, matched: bool) -> Self {
        Self { rule: rule.into(), wanted: bounded(wanted.into()), got: bounded(got.into()), matched }
    }
}
