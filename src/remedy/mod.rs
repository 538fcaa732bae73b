//! What an admin can do about a refusal, in the words of their identity provider's own screens where the step is taken
//! there. One table a kind; what is in none of them is the same for all (`other`).
//!
//! A new code needs a line in `other`, and one in each kind whose screens have something to say of it. The test beside
//! this file lists those that rightly have none.

mod entra;
mod jumpcloud;
mod keycloak;
mod logout;
mod okta;
mod onelogin;
mod other;
#[cfg(test)]
mod tests;

pub(crate) use logout::logout_remedy;

use crate::provider::Kind;

/// Codes, and the step to take for a refusal of one of them.
type Remedy = (&'static [&'static str], &'static str);

/// The step to take for a refusal of this code.
pub(crate) fn remedy(code: &str, kind: Kind) -> &'static str {
    own(code, kind).or_else(|| find(other::REMEDIES, code)).unwrap_or(other::UNKNOWN)
}

/// The step in the words of a kind's own screens.
fn own(code: &str, kind: Kind) -> Option<&'static str> {
    let remedies = match kind {
        Kind::Okta => okta::REMEDIES,
        Kind::Entra => entra::REMEDIES,
        Kind::Onelogin => onelogin::REMEDIES,
        Kind::Keycloak => keycloak::REMEDIES,
        Kind::Jumpcloud => jumpcloud::REMEDIES,
        Kind::Other => other::REMEDIES,
    };
    find(remedies, code)
}

fn find(remedies: &[Remedy], code: &str) -> Option<&'static str> {
    remedies.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, remedy)| *remedy)
}
