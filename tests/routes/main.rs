//! Every route, called natively.
