//! Whether and as whom somebody signs in: from a verified assertion, the provider's settings and what the directory
//! knows of them, to a [`Decision`] with its trace. Pure: no store, no HTTP, no clock of its own.

mod decide;
mod groups;
mod profile;

pub use decide::{Admission, Decision, Known, Reason, Step, decide, preview};
pub use groups::asserted_groups;
pub use profile::{REQUESTED_ATTRIBUTES, profile};
