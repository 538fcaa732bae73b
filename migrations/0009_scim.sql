-- What SCIM knows of a user: `user_name` is unique as the e-mail is, and is the e-mail where nobody said otherwise. `scim` is the
-- JSON of what was sent, but for what has a column; NULL where the user came otherwise. `external_id` is the id that
-- `external_owner`, the owner of the token, has for them.
ALTER TABLE users ADD COLUMN user_name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN user_name_folded TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN external_id TEXT;
ALTER TABLE users ADD COLUMN external_owner TEXT;
ALTER TABLE users ADD COLUMN scim TEXT;
UPDATE users SET user_name = email, user_name_folded = email_folded;
CREATE UNIQUE INDEX users_user_name ON users (account_id, user_name_folded);
CREATE UNIQUE INDEX users_external_id ON users (account_id, external_owner, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX users_updated_at ON users (account_id, updated_at, id);

-- A Worker of the version before goes on making users until the new one is deployed.
CREATE TRIGGER users_are_named AFTER INSERT ON users WHEN NEW.user_name_folded = '' BEGIN
  UPDATE users SET user_name = NEW.email, user_name_folded = NEW.email_folded
    WHERE account_id = NEW.account_id AND id = NEW.id;
END;

-- The e-mails of a user beside the one that they sign in with, to be found by.
CREATE TABLE user_emails (
  account_id   TEXT NOT NULL,
  email_folded TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  PRIMARY KEY (account_id, email_folded, user_id),
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX user_emails_user ON user_emails (account_id, user_id);

ALTER TABLE groups ADD COLUMN external_id TEXT;
ALTER TABLE groups ADD COLUMN external_owner TEXT;
CREATE UNIQUE INDEX groups_external_id ON groups (account_id, external_owner, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX groups_scim ON groups (account_id, id) WHERE managed_by = 'scim';
CREATE INDEX groups_scim_updated_at ON groups (account_id, updated_at, id) WHERE managed_by = 'scim';

-- Whether SCIM takes over users who were made just in time.
ALTER TABLE accounts ADD COLUMN adopt_jit_users INTEGER NOT NULL DEFAULT 0;

-- How many users, and how many groups of SCIM, an account has: to count them is to read them all.
CREATE TABLE counts (
  account_id TEXT    NOT NULL,
  kind       TEXT    NOT NULL CHECK (kind IN ('user', 'scim_group')),
  n          INTEGER NOT NULL,
  PRIMARY KEY (account_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO counts (account_id, kind, n) SELECT account_id, 'user', COUNT(*) FROM users GROUP BY account_id;
INSERT INTO counts (account_id, kind, n)
  SELECT account_id, 'scim_group', COUNT(*) FROM groups WHERE managed_by = 'scim' GROUP BY account_id;

CREATE TRIGGER users_count_one_more AFTER INSERT ON users BEGIN
  INSERT INTO counts (account_id, kind, n) VALUES (NEW.account_id, 'user', 1)
    ON CONFLICT (account_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER users_count_one_less AFTER DELETE ON users BEGIN
  UPDATE counts SET n = n - 1 WHERE account_id = OLD.account_id AND kind = 'user';
END;

CREATE TRIGGER groups_count_one_more AFTER INSERT ON groups WHEN NEW.managed_by = 'scim' BEGIN
  INSERT INTO counts (account_id, kind, n) VALUES (NEW.account_id, 'scim_group', 1)
    ON CONFLICT (account_id, kind) DO UPDATE SET n = n + 1;
END;

CREATE TRIGGER groups_count_one_less AFTER DELETE ON groups WHEN OLD.managed_by = 'scim' BEGIN
  UPDATE counts SET n = n - 1 WHERE account_id = OLD.account_id AND kind = 'scim_group';
END;

-- Each write over SCIM, in its transaction, and each request that was refused or failed. `detail` is JSON: what was corrected of
-- a client's way to speak, which ids were skipped, why it was refused. Nothing in here is personal. Names, not references, but
-- for the account: the log outlives what it speaks of.
CREATE TABLE provisioning_log (
  account_id TEXT    NOT NULL REFERENCES accounts (id),
  id         TEXT    NOT NULL,
  at         INTEGER NOT NULL,
  client     TEXT    NOT NULL,
  method     TEXT    NOT NULL,
  path       TEXT    NOT NULL,
  status     INTEGER NOT NULL,
  outcome    TEXT    NOT NULL CHECK (outcome IN ('done', 'refused', 'failed')),
  actor      TEXT,
  resource   TEXT,
  detail     TEXT    NOT NULL,
  PRIMARY KEY (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX provisioning_log_resource ON provisioning_log (account_id, resource, id) WHERE resource IS NOT NULL;
CREATE INDEX provisioning_log_actor ON provisioning_log (account_id, actor, id) WHERE actor IS NOT NULL;
CREATE INDEX provisioning_log_outcome ON provisioning_log (account_id, outcome, id);
CREATE INDEX provisioning_log_at ON provisioning_log (at);

-- Where a client is that walks through a list by startIndex: the next page begins after `after_id`, at `position`; the last one
-- began after `previous_after_id`, for a client that asks again. Good for a while after `at`.
CREATE TABLE import_walks (
  account_id        TEXT    NOT NULL,
  token_id          TEXT    NOT NULL,
  kind              TEXT    NOT NULL CHECK (kind IN ('user', 'scim_group')),
  at                INTEGER NOT NULL,
  position          INTEGER NOT NULL,
  after_id          TEXT    NOT NULL,
  previous_position INTEGER NOT NULL,
  previous_after_id TEXT    NOT NULL,
  PRIMARY KEY (account_id, token_id, kind),
  FOREIGN KEY (account_id, token_id) REFERENCES api_tokens (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A condition of a plan: what does not hold cannot be inserted, and the plan is not carried out. Empty between plans.
CREATE TABLE guards (
  account_id TEXT    NOT NULL,
  resource   TEXT    NOT NULL,
  held       INTEGER NOT NULL CONSTRAINT version_moved CHECK (held = 1),
  PRIMARY KEY (account_id, resource)
) STRICT, WITHOUT ROWID;
