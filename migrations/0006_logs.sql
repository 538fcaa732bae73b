-- Logs are filtered: a filter with an index here decides what is read, the others go over a bounded number of rows of that. Ids
-- begin with their time, so that a span of time is a range of ids. `at` is what retention goes by.
ALTER TABLE sign_ins ADD COLUMN email_folded TEXT;
UPDATE sign_ins SET email_folded = lower(email);

CREATE INDEX sign_ins_user ON sign_ins (account_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX sign_ins_email ON sign_ins (account_id, email_folded, id) WHERE email_folded IS NOT NULL;
CREATE INDEX sign_ins_code ON sign_ins (account_id, error ->> '$.code', id) WHERE error ->> '$.code' IS NOT NULL;
CREATE INDEX sign_ins_at ON sign_ins (at);

CREATE INDEX changes_resource ON changes (account_id, resource, id);
CREATE INDEX changes_actor ON changes (account_id, actor, id);
CREATE INDEX changes_action ON changes (account_id, action, id);
CREATE INDEX changes_at ON changes (at);

CREATE INDEX events_subject ON events (account_id, subject, id);
CREATE INDEX events_kind ON events (account_id, kind, id);
CREATE INDEX events_at ON events (at);

-- Each use of the set-up token is a row of the change log. One that changed nothing has version 0 and is no lock.
DROP INDEX changes_resource_version;
CREATE UNIQUE INDEX changes_resource_version ON changes (account_id, resource, version) WHERE version > 0;
