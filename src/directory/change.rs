//! What can happen to the directory. JIT, SCIM and admins decide; `store::user` makes it so.

use super::{Email, User};

/// A change of the directory.
#[derive(Clone, Debug)]
pub enum Change {
    /// A user comes to be.
    CreateUser {
        /// The user.
        user: User,
        /// Their e-mail, as it is compared.
        email: Email,
    },
    /// A provider's NameID means this user from now on.
    LinkUser {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
        /// The NameID.
        name_id: String,
    },
    /// A user is a provider's from now on, although it means them by no NameID that lasts: another one that asserts their
    /// e-mail is another one.
    BindUser {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
    },
    /// A user joins native groups.
    JoinGroups {
        /// Id of the user.
        user: String,
        /// Ids of the groups.
        groups: Vec<String>,
    },
    /// A user joins groups that are linked to a provider.
    FollowInto {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
        /// What the groups are linked to.
        saml_groups: Vec<String>,
    },
    /// A user leaves groups that are linked to a provider.
    FollowOutOf {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
        /// What the groups are linked to.
        saml_groups: Vec<String>,
    },
    /// An invitation is accepted.
    AcceptInvitation {
        /// Its id.
        invitation: String,
    },
    /// It is forgotten that somebody of this e-mail was removed.
    ClearTombstone {
        /// The e-mail.
        email: Email,
    },
    /// A user signed in.
    SignedIn {
        /// Id of the user.
        user: String,
    },
}
