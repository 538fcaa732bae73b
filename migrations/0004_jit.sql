-- What was decided upon in the sign-ins of the last weeks: what a dry run of other rules is tried on. Values of attributes, as
-- `[{"name", "friendlyName", "values"}]`; never a signature, never XML. `id` is that of the sign-in. `whole` is 0 where there
-- was more than is kept. `outcome` is how the user came in, or the code of the refusal.
CREATE TABLE recordings (
  account_id     TEXT    NOT NULL REFERENCES accounts (id),
  provider_id    TEXT    NOT NULL,
  id             TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  name_id        TEXT    NOT NULL,
  name_id_format TEXT,
  link_key       TEXT,
  email          TEXT,
  email_folded   TEXT,
  attributes     TEXT    NOT NULL,
  whole          INTEGER NOT NULL,
  outcome        TEXT    NOT NULL,
  expires_at     INTEGER NOT NULL,
  PRIMARY KEY (account_id, provider_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX recordings_expires_at ON recordings (expires_at);
