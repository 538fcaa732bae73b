-- Times are milliseconds since 1970-01-01T00:00:00Z. Every row belongs to one account and no statement joins accounts.
-- Ids begin with their time, so that primary keys are in order of creation and a page of a log is one range of it.

CREATE TABLE accounts (
  id         TEXT    NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  version    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `settings` is the JSON of `provider::Settings`: everything that no statement needs to search by.
CREATE TABLE providers (
  account_id TEXT    NOT NULL REFERENCES accounts (id),
  id         TEXT    NOT NULL,
  entity_id  TEXT    NOT NULL,
  settings   TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  version    INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX providers_entity_id ON providers (account_id, entity_id);

CREATE TABLE users (
  account_id      TEXT    NOT NULL REFERENCES accounts (id),
  id              TEXT    NOT NULL,
  email           TEXT    NOT NULL,
  email_folded    TEXT    NOT NULL,
  given_name      TEXT,
  family_name     TEXT,
  display_name    TEXT,
  active          INTEGER NOT NULL,
  managed_by      TEXT    NOT NULL CHECK (managed_by IN ('jit', 'scim', 'invitation', 'admin')),
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  last_sign_in_at INTEGER,
  version         INTEGER NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX users_email ON users (account_id, email_folded);

-- Who the identity provider means by a NameID.
CREATE TABLE user_links (
  account_id  TEXT    NOT NULL,
  provider_id TEXT    NOT NULL,
  name_id     TEXT    NOT NULL,
  user_id     TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider_id, name_id),
  FOREIGN KEY (account_id, provider_id) REFERENCES providers (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX user_links_user ON user_links (account_id, user_id);

-- Single use as a constraint: an assertion or a request that is in here cannot be used again.
CREATE TABLE spent (
  account_id TEXT    NOT NULL,
  kind       TEXT    NOT NULL CHECK (kind IN ('assertion', 'request')),
  id         TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_expires_at ON spent (expires_at);

-- Sign-ins that began here: bound to a browser by the digest of a cookie.
CREATE TABLE pending_requests (
  account_id     TEXT    NOT NULL,
  id             TEXT    NOT NULL,
  provider_id    TEXT    NOT NULL,
  browser_digest TEXT    NOT NULL,
  return_to      TEXT    NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, provider_id) REFERENCES providers (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_requests_expires_at ON pending_requests (expires_at);

-- The cookie holds a secret; here is its SHA-256.
CREATE TABLE sessions (
  account_id    TEXT    NOT NULL,
  digest        TEXT    NOT NULL,
  id            TEXT    NOT NULL,
  user_id       TEXT    NOT NULL,
  provider_id   TEXT    NOT NULL,
  name_id       TEXT    NOT NULL,
  session_index TEXT,
  created_at    INTEGER NOT NULL,
  seen_at       INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL,
  PRIMARY KEY (account_id, digest),
  FOREIGN KEY (account_id, provider_id) REFERENCES providers (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_user ON sessions (account_id, user_id);
CREATE INDEX sessions_provider ON sessions (account_id, provider_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);

-- Each attempt to sign in. `error` and `trace` are JSON. Names, not references: the log outlives what it speaks of.
CREATE TABLE sign_ins (
  account_id    TEXT    NOT NULL REFERENCES accounts (id),
  id            TEXT    NOT NULL,
  at            INTEGER NOT NULL,
  outcome       TEXT    NOT NULL CHECK (outcome IN ('signed_in', 'refused')),
  initiated_by  TEXT    CHECK (initiated_by IN ('idp', 'sp')),
  provider_id   TEXT,
  provider_name TEXT,
  user_id       TEXT,
  email         TEXT,
  name_id       TEXT,
  decision      TEXT,
  error         TEXT,
  trace         TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_ins_outcome ON sign_ins (account_id, outcome, id);

-- What admins changed: one row a change, in the transaction of the change. `resource` and `version` are unique together,
-- which makes this log the optimistic lock as well: two changes of one version cannot both be committed.
CREATE TABLE changes (
  account_id TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  actor      TEXT    NOT NULL,
  action     TEXT    NOT NULL,
  resource   TEXT    NOT NULL,
  version    INTEGER NOT NULL,
  before     TEXT,
  after      TEXT,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX changes_resource_version ON changes (account_id, resource, version);
