-- A sign-in that tries a draft of a provider: its answer is shown to the browser that began it, and opens no session.
ALTER TABLE pending_requests ADD COLUMN is_test INTEGER NOT NULL DEFAULT 0;
