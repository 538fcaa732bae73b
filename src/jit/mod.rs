//! Whether and as whom somebody signs in: from a verified assertion, the provider's settings and what the directory
//! knows of them, to a [`Decision`] with its trace. Pure: no store, no HTTP, no clock of its own.

mod asked;
mod decide;
mod profile;
mod rule;

pub use asked::{Asked, Facts};
pub use decide::{Admission, Decision, Known, Preview, Reason, Step, decide, preview};
pub use profile::{Missing, Person, person, requested_attributes};
pub use rule::{Condition, Effect, Operator, Rule, Subject};
pub(crate) use rule::{EFFECTS, MAX_SEARCHES, OPERATORS};
