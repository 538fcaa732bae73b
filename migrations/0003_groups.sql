-- User groups. A native one can be linked to a group of an identity provider; `saml_group` is what that names it.
CREATE TABLE groups (
  account_id  TEXT    NOT NULL REFERENCES accounts (id),
  id          TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  name_folded TEXT    NOT NULL,
  identifier  TEXT    NOT NULL,
  managed_by  TEXT    NOT NULL CHECK (managed_by IN ('native', 'scim')),
  provider_id TEXT,
  saml_group  TEXT,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, provider_id) REFERENCES providers (account_id, id),
  CHECK ((provider_id IS NULL) = (saml_group IS NULL)),
  CHECK (managed_by = 'native' OR provider_id IS NULL)
) STRICT, WITHOUT ROWID;

-- A native group and one of SCIM may have one name; two of a kind may not.
CREATE UNIQUE INDEX groups_name ON groups (account_id, managed_by, name_folded);
CREATE UNIQUE INDEX groups_identifier ON groups (account_id, identifier);
CREATE UNIQUE INDEX groups_link ON groups (account_id, provider_id, saml_group) WHERE provider_id IS NOT NULL;

CREATE TABLE group_members (
  account_id TEXT    NOT NULL,
  group_id   TEXT    NOT NULL,
  user_id    TEXT    NOT NULL,
  added_at   INTEGER NOT NULL,
  PRIMARY KEY (account_id, group_id, user_id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX group_members_user ON group_members (account_id, user_id, group_id);

-- Who is to come: `groups` is a JSON list of ids to join. The link holds a secret; here is its SHA-256. One invitation of an
-- address is open at a time.
CREATE TABLE invitations (
  account_id   TEXT    NOT NULL REFERENCES accounts (id),
  id           TEXT    NOT NULL,
  email        TEXT    NOT NULL,
  email_folded TEXT    NOT NULL,
  groups       TEXT    NOT NULL,
  digest       TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  version      INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_email ON invitations (account_id, email_folded);
CREATE UNIQUE INDEX invitations_digest ON invitations (account_id, digest);
CREATE INDEX invitations_expires_at ON invitations (expires_at);

-- Who was removed, by what they would come back as: `email:…` or `name-id:{provider}:…`. JIT makes nobody of it anew.
CREATE TABLE tombstones (
  account_id TEXT    NOT NULL REFERENCES accounts (id),
  key        TEXT    NOT NULL,
  user_id    TEXT    NOT NULL,
  email      TEXT    NOT NULL,
  removed_at INTEGER NOT NULL,
  removed_by TEXT    NOT NULL,
  PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX tombstones_user ON tombstones (account_id, user_id);
