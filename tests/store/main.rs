//! Every statement against the real schema.
