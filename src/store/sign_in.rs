//! The sign-in log: each attempt, with why it ended as it did (SPEC section 12).

use super::log::{Filter, Log, Takes};
use super::{Plan, Rows, Statement, StoreError, Value, json, millis, optional_json};
use crate::directory::Email;
use crate::jit::Step;
use crate::refusal::Explanation;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An attempt to sign in. It names what it speaks of as it was then; only verified values are named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct SignIn {
    /// The reference id that a refused user is shown.
    pub id: String,
    /// When.
    #[serde(deserialize_with = "millis")]
    pub at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// Where it began, once that is known.
    pub initiated_by: Option<Initiator>,
    /// The provider that the issuer names.
    pub provider_id: Option<String>,
    /// Its name then.
    pub provider_name: Option<String>,
    /// The user who signed in.
    pub user_id: Option<String>,
    /// The asserted e-mail.
    pub email: Option<String>,
    /// The asserted NameID.
    pub name_id: Option<String>,
    /// How the user came to be signed in.
    pub decision: Option<String>,
    /// Why it was refused.
    #[serde(deserialize_with = "optional_json")]
    pub error: Option<Explanation>,
    /// How the decision was reached.
    #[serde(deserialize_with = "json")]
    pub trace: Vec<Step>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With a session.
    SignedIn,
    /// Without.
    Refused,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::Refused => "refused",
        }
    }
}

/// Where a sign-in began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initiator {
    /// At the identity provider.
    Idp,
    /// Here.
    Sp,
}

impl Initiator {
    fn name(self) -> &'static str {
        match self {
            Self::Idp => "idp",
            Self::Sp => "sp",
        }
    }
}

impl SignIn {
    /// An attempt of which nothing is known yet.
    pub fn begun(id: String, at: Timestamp) -> Self {
        Self {
            id,
            at,
            outcome: Outcome::Refused,
            initiated_by: None,
            provider_id: None,
            provider_name: None,
            user_id: None,
            email: None,
            name_id: None,
            decision: None,
            error: None,
            trace: Vec::new(),
        }
    }

    /// A plan whose log row is this attempt.
    pub fn plan<T>(&self, account: &str, outcome: T) -> Result<Plan<T>, StoreError> {
        Ok(Plan::new(self.insert(account)?, find(account, &self.id), outcome))
    }

    fn insert(&self, account: &str) -> Result<Statement, StoreError> {
        let json = |value: serde_json::Result<String>| value.map_err(|error| StoreError::Row(error.to_string()));
        let error = self.error.as_ref().map(serde_json::to_string).map(json).transpose()?;
        let trace = json(serde_json::to_string(&self.trace))?;
        Ok(Statement::new(
            "INSERT INTO sign_ins (account_id, id, at, outcome, initiated_by, provider_id, provider_name, user_id, \
             email, email_folded, name_id, decision, error, trace) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            [
                account.into(),
                self.id.as_str().into(),
                self.at.into(),
                self.outcome.name().into(),
                self.initiated_by.map(Initiator::name).into(),
                self.provider_id.as_deref().into(),
                self.provider_name.as_deref().into(),
                self.user_id.as_deref().into(),
                self.email.as_deref().into(),
                self.email.as_deref().and_then(|email| Email::parse(email).ok()).as_ref().map(Email::folded).into(),
                self.name_id.as_deref().into(),
                self.decision.as_deref().into(),
                error.as_deref().into(),
                Value::Text(trace),
            ],
        ))
    }
}

/// One attempt.
pub fn find(account: &str, id: &str) -> Statement {
    Statement::new(
        "SELECT id, at, outcome, initiated_by, provider_id, provider_name, user_id, email, name_id, decision, error, \
         trace FROM sign_ins WHERE account_id = ?1 AND id = ?2",
        [account.into(), id.into()],
    )
}

/// The log. Most attempts are of one provider or of few, so that it needs no index.
pub static LOG: Log = Log {
    table: "sign_ins",
    columns: "id, at, outcome, initiated_by, provider_id, provider_name, user_id, email, name_id, decision, error, trace",
    filters: &[
        Filter::indexed("userId", "user_id", Takes::Text, "sign_ins_user"),
        Filter::indexed("email", "email_folded", Takes::Email, "sign_ins_email"),
        Filter::indexed("code", "error ->> '$.code'", Takes::Text, "sign_ins_code"),
        Filter::indexed("outcome", "outcome", Takes::OneOf(&["signed_in", "refused"]), "sign_ins_outcome"),
        Filter::scanned("providerId", "provider_id", Takes::Text),
    ],
    days_variable: "SIGN_IN_LOG_DAYS",
};

/// Reads what [`find`] or a page of [`LOG`] found.
pub fn read(rows: &Rows) -> Result<Vec<SignIn>, StoreError> {
    rows.all()
}
