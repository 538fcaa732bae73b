//! Which constraint a statement ran into: guards are constraints, so a journey has to know which one held.

/// A constraint of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Constraint {
    /// An account of this id exists.
    AccountId,
    /// Another provider of the account has this entity ID.
    ProviderEntityId,
    /// Another user of the account has this e-mail.
    UserEmail,
    /// Another user of the account has this userName.
    UserName,
    /// The owner of the token has this externalId for another user, or for another group.
    ExternalId,
    /// The NameID is linked already, or the user to another provider alone.
    UserLink,
    /// Who is to come to be just in time was removed.
    UserRemoved,
    /// Another group of the kind has this name.
    GroupName,
    /// Another group has this identifier.
    GroupIdentifier,
    /// Another group is linked to this group of the provider.
    GroupLink,
    /// An invitation of this e-mail is open.
    InvitationEmail,
    /// The assertion or request has been used.
    Spent,
    /// This event has been logged.
    Event,
    /// Somebody else made this version of the resource.
    ChangeVersion,
    /// The resource has another version than the plan is for, or is gone.
    VersionMoved,
    /// Another record of its kind has this name.
    RecordName,
    /// There is a role binding that says the same.
    RoleBinding,
    /// The account is not empty, or the chunk does not follow the one before.
    Import,
    /// What it refers to does not exist (any more).
    Reference,
    /// Nobody has this token, or it has ended. SQLite has no words for that: it was given `no token …` to read as JSON.
    Token,
    /// Any other, in SQLite's words.
    Other(String),
}

impl Constraint {
    /// SQLite names the columns: `UNIQUE constraint failed: users.account_id, users.email_folded`. D1 puts its own
    /// words around that.
    pub(super) fn from_message(message: &str) -> Option<Self> {
        if message.contains("FOREIGN KEY constraint failed") {
            return Some(Self::Reference);
        }
        if message.contains("malformed JSON") {
            return Some(Self::Token);
        }
        let (_, columns) = message.split_once("constraint failed: ")?;
        let columns = columns.split_once(": SQLITE").map_or(columns, |(columns, _)| columns);
        let last = columns.rsplit(", ").next().unwrap_or(columns).trim();
        Some(match (last, columns.split('.').next().unwrap_or_default()) {
            ("accounts.id", _) => Self::AccountId,
            ("providers.entity_id", _) => Self::ProviderEntityId,
            ("users.email_folded", _) => Self::UserEmail,
            ("users.user_name_folded", _) => Self::UserName,
            ("users.external_id" | "groups.external_id", _) => Self::ExternalId,
            ("user_links.name_id" | "user_links.user_id", _) => Self::UserLink,
            // Alone, it is NULL; as the last of the primary key, an id that is taken.
            ("users.id", _) if columns == last => Self::UserRemoved,
            ("groups.name_folded", _) => Self::GroupName,
            ("groups.identifier", _) => Self::GroupIdentifier,
            ("groups.saml_group", _) => Self::GroupLink,
            ("invitations.email_folded", _) => Self::InvitationEmail,
            ("events.subject", _) => Self::Event,
            ("changes.version", _) => Self::ChangeVersion,
            ("version_moved" | "sessions.user_id" | "sessions.provider_id", _) => Self::VersionMoved,
            ("index 'records_name'", _) => Self::RecordName,
            ("index 'records_binding'", _) => Self::RoleBinding,
            (_, "spent") => Self::Spent,
            (_, "imports") => Self::Import,
            _ => Self::Other(columns.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Constraint;

    #[test]
    fn is_known_by_its_columns() {
        for (message, constraint) in [
            ("UNIQUE constraint failed: accounts.id", Some(Constraint::AccountId)),
            (
                "D1_ERROR: UNIQUE constraint failed: spent.account_id, spent.kind, spent.id: SQLITE_CONSTRAINT",
                Some(Constraint::Spent),
            ),
            ("UNIQUE constraint failed: users.account_id, users.email_folded", Some(Constraint::UserEmail)),
            (
                "D1_ERROR: UNIQUE constraint failed: index 'records_name': SQLITE_CONSTRAINT",
                Some(Constraint::RecordName),
            ),
            ("UNIQUE constraint failed: index 'records_binding'", Some(Constraint::RoleBinding)),
            ("NOT NULL constraint failed: imports.first", Some(Constraint::Import)),
            ("CHECK constraint failed: version_moved", Some(Constraint::VersionMoved)),
            (
                "D1_ERROR: NOT NULL constraint failed: sessions.user_id: SQLITE_CONSTRAINT",
                Some(Constraint::VersionMoved),
            ),
            (
                "UNIQUE constraint failed: users.account_id, users.external_owner, users.external_id",
                Some(Constraint::ExternalId),
            ),
            ("NOT NULL constraint failed: user_links.user_id", Some(Constraint::UserLink)),
            ("D1_ERROR: NOT NULL constraint failed: users.id: SQLITE_CONSTRAINT", Some(Constraint::UserRemoved)),
            (
                "UNIQUE constraint failed: users.account_id, users.id",
                Some(Constraint::Other("users.account_id, users.id".into())),
            ),
            ("FOREIGN KEY constraint failed", Some(Constraint::Reference)),
            ("D1_ERROR: malformed JSON: SQLITE_ERROR", Some(Constraint::Token)),
            ("CHECK constraint failed: kind", Some(Constraint::Other("kind".into()))),
            ("Network connection lost.", None),
        ] {
            assert_eq!(Constraint::from_message(message), constraint, "{message}");
        }
    }
}
