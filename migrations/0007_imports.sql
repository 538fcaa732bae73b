-- How far the import of an account is: chunk by chunk, each in order. `lines` of the file have been taken, the last chunk
-- began at line `first` and has the SHA-256 `digest`, so that it is known when it comes again. `id` is of that chunk's
-- commit. Until `ended_at` nobody signs in.
CREATE TABLE imports (
  account_id TEXT    NOT NULL PRIMARY KEY REFERENCES accounts (id),
  id         TEXT    NOT NULL,
  actor      TEXT    NOT NULL,
  began_at   INTEGER NOT NULL,
  first      INTEGER NOT NULL,
  lines      INTEGER NOT NULL,
  digest     TEXT    NOT NULL,
  ended_at   INTEGER
) STRICT, WITHOUT ROWID;
