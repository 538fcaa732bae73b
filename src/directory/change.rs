//! What can happen to the directory. JIT, SCIM and admins decide; `store::user` makes it so.

use super::{Email, User};

/// Somebody as a provider means them.
#[derive(Clone, Debug)]
pub struct Meant {
    /// Id of the provider.
    pub provider: String,
    /// The NameID, if it lasts.
    pub name_id: Option<String>,
}

/// A change of the directory.
#[derive(Clone, Debug)]
pub enum Change {
    /// A user comes to be.
    CreateUser {
        /// The user.
        user: User,
        /// Their e-mail, as it is compared.
        email: Email,
        /// Whom a provider means, where it is just in time: nobody comes to be who was removed.
        unless_removed: Option<Meant>,
    },
    /// A provider's NameID means this user from now on.
    LinkUser {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
        /// The NameID.
        name_id: String,
        /// Whether they may be another provider's already.
        beside_others: bool,
    },
    /// A user is a provider's from now on, although it means them by no NameID that lasts: another one that asserts their
    /// e-mail is another one.
    BindUser {
        /// Id of the user.
        user: String,
        /// Id of the provider.
        provider: String,
        /// Whether they may be another provider's already.
        beside_others: bool,
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
