-- Key pairs of an account: what we send is signed with them, and assertions are encrypted to them. The private key is
-- wrapped under MASTER_KEY. A key that has a successor is good until it retires.
CREATE TABLE account_keys (
  account_id  TEXT    NOT NULL REFERENCES accounts (id),
  id          TEXT    NOT NULL,
  purpose     TEXT    NOT NULL CHECK (purpose IN ('signing', 'encryption')),
  certificate TEXT    NOT NULL,
  wrapped     TEXT    NOT NULL,
  created_at  INTEGER NOT NULL,
  retires_at  INTEGER,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX account_keys_retires_at ON account_keys (retires_at) WHERE retires_at IS NOT NULL;

-- Single logout names a person as the identity provider does, and finds the sessions by that.
ALTER TABLE sessions ADD COLUMN name_id_format TEXT;
CREATE INDEX sessions_name_id ON sessions (account_id, provider_id, name_id);
DROP INDEX sessions_provider;

-- Logouts that began here and are not answered.
CREATE TABLE pending_logouts (
  account_id  TEXT    NOT NULL,
  id          TEXT    NOT NULL,
  provider_id TEXT    NOT NULL,
  expires_at  INTEGER NOT NULL,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, provider_id) REFERENCES providers (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX pending_logouts_expires_at ON pending_logouts (expires_at);

-- When upkeep looks at a provider next: to fetch its metadata, or to tell of a certificate that ends. When it
-- was fetched last, and why not since: no change of the provider, so no version.
ALTER TABLE providers ADD COLUMN due_at INTEGER;
ALTER TABLE providers ADD COLUMN refreshed_at INTEGER;
ALTER TABLE providers ADD COLUMN refresh_error TEXT;
CREATE INDEX providers_due_at ON providers (due_at) WHERE due_at IS NOT NULL;

-- What happened without anybody asking for it. An event of one kind about one subject is told once.
CREATE TABLE events (
  account_id TEXT    NOT NULL REFERENCES accounts (id),
  id         TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  kind       TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  detail     TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_kind_subject ON events (account_id, kind, subject);
