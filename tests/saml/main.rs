//! The verifier on responses as they come: a corpus of cases, each with its expected outcome.
