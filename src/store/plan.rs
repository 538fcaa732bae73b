//! What a journey decided, and that it has happened.

use super::{Rows, Statement, Store, StoreError};

/// Statements that are to be carried out together, and what will be true when they were.
///
/// Every plan writes one row under an id that nobody else has: a log row. `proof` looks for it, so that after an error
/// of unknown effect the plan can tell whether it was carried out.
#[derive(Debug)]
#[must_use = "a plan does nothing until it is committed"]
pub struct Plan<T> {
    statements: Vec<Statement>,
    proof: Statement,
    outcome: T,
}

/// What is true because a plan was carried out.
#[derive(Debug)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    /// Looks at it.
    pub fn get(&self) -> &T {
        &self.0
    }

    /// Takes it.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Plan<T> {
    /// A plan with its log row, and the statement that finds that row.
    pub(super) fn new(log_row: Statement, proof: Statement, outcome: T) -> Self {
        Self { statements: vec![log_row], proof, outcome }
    }

    /// What will be true.
    pub fn outcome(&self) -> &T {
        &self.outcome
    }

    /// Adds a statement. They run in the order they are added, after the log row.
    pub fn push(&mut self, statement: Statement) {
        self.statements.push(statement);
    }

    /// Adds statements.
    pub fn extend(&mut self, statements: impl IntoIterator<Item = Statement>) {
        self.statements.extend(statements);
    }
}

/// Carries a plan out. An error whose effect is unknown is followed by one more try: the log row's id makes the second
/// fail as a whole if the first was carried out, and then the proof finds it.
pub async fn commit<S: Store, T>(store: &S, plan: Plan<T>) -> Result<Committed<T>, StoreError> {
    commit_reading(store, plan).await.map(|(committed, _)| committed)
}

/// The same, with the rows that the last statement answered with. `None`: they are lost, because it had been carried out
/// when the store failed.
pub async fn commit_reading<S: Store, T>(store: &S, plan: Plan<T>) -> Result<(Committed<T>, Option<Rows>), StoreError> {
    let Plan { statements, proof, outcome } = plan;
    match store.batch(statements.clone()).await {
        Ok(mut rows) => return Ok((Committed(outcome), rows.pop())),
        Err(StoreError::Unavailable(_)) => {}
        Err(error) => return Err(error),
    }
    match store.batch(statements).await {
        Ok(mut rows) => Ok((Committed(outcome), rows.pop())),
        Err(error @ StoreError::Constraint(_)) => {
            let found = store.batch(vec![proof]).await?;
            if found.iter().any(|rows| !rows.is_empty()) { Ok((Committed(outcome), None)) } else { Err(error) }
        }
        Err(error) => Err(error),
    }
}
