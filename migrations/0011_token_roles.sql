-- What a token permits, beside the token: to follow its API key, the groups of the owner and their bindings takes longer than all
-- else that a lookup does. `roles` are those that reach the owner in all of the account, as JSON: each an id, and what it permits
-- unless it is built in. NULL asks for them to be found anew, which happens at once.
ALTER TABLE api_tokens ADD COLUMN user_id TEXT;
ALTER TABLE api_tokens ADD COLUMN service_account_id TEXT;
ALTER TABLE api_tokens ADD COLUMN roles TEXT;
CREATE INDEX api_tokens_user ON api_tokens (account_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX api_tokens_service_account ON api_tokens (account_id, service_account_id) WHERE service_account_id IS NOT NULL;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('api_tokens', 'api_tokens_user', '100000 1000 5'),
  ('api_tokens', 'api_tokens_service_account', '100000 1000 5');
ANALYZE sqlite_schema;

CREATE TRIGGER tokens_find_their_roles AFTER UPDATE OF roles ON api_tokens WHEN NEW.roles IS NULL BEGIN
  UPDATE api_tokens SET roles = (
    SELECT json_group_array(json_object('id', b.settings ->> '$.role', 'permissions', r.settings -> '$.permissions'))
    FROM records b LEFT JOIN records r ON r.account_id = b.account_id AND r.id = b.role_id
    WHERE b.account_id = NEW.account_id AND b.kind = 'roleBinding'
      AND b.settings ->> '$.resourceGroup' = '_all_resources' AND b.settings ->> '$.scope.type' = 'account'
      AND (b.service_account_id = NEW.service_account_id OR b.group_id IN
        (SELECT m.group_id FROM group_members m WHERE m.account_id = NEW.account_id AND m.user_id = NEW.user_id)))
    WHERE account_id = NEW.account_id AND id = NEW.id;
END;

CREATE TRIGGER tokens_are_their_owners AFTER INSERT ON api_tokens BEGIN
  UPDATE api_tokens SET roles = NULL, (user_id, service_account_id) =
    (SELECT k.user_id, k.service_account_id FROM records k WHERE k.account_id = NEW.account_id AND k.id = NEW.api_key_id)
    WHERE account_id = NEW.account_id AND id = NEW.id;
END;

CREATE TRIGGER tokens_follow_new_members AFTER INSERT ON group_members BEGIN
  UPDATE api_tokens SET roles = NULL WHERE account_id = NEW.account_id AND user_id = NEW.user_id;
END;

CREATE TRIGGER tokens_follow_former_members AFTER DELETE ON group_members BEGIN
  UPDATE api_tokens SET roles = NULL WHERE account_id = OLD.account_id AND user_id = OLD.user_id;
END;

CREATE TRIGGER tokens_follow_new_bindings AFTER INSERT ON records WHEN NEW.kind IN ('role', 'roleBinding') BEGIN
  UPDATE api_tokens SET roles = NULL WHERE account_id = NEW.account_id AND NEW.id IN (SELECT h.value ->> '$.id' FROM json_each(roles) h);
  UPDATE api_tokens SET roles = NULL WHERE account_id = NEW.account_id AND service_account_id = NEW.service_account_id;
  UPDATE api_tokens SET roles = NULL WHERE account_id = NEW.account_id AND user_id IS NOT NULL AND EXISTS
    (SELECT 1 FROM group_members m WHERE m.account_id = NEW.account_id AND m.group_id = NEW.group_id AND m.user_id = api_tokens.user_id);
END;

CREATE TRIGGER tokens_follow_former_bindings AFTER DELETE ON records WHEN OLD.kind = 'roleBinding' BEGIN
  UPDATE api_tokens SET roles = NULL WHERE account_id = OLD.account_id AND service_account_id = OLD.service_account_id;
  UPDATE api_tokens SET roles = NULL WHERE account_id = OLD.account_id AND user_id IS NOT NULL AND EXISTS
    (SELECT 1 FROM group_members m WHERE m.account_id = OLD.account_id AND m.group_id = OLD.group_id AND m.user_id = api_tokens.user_id);
END;

CREATE TRIGGER tokens_follow_changes AFTER UPDATE OF settings ON records WHEN NEW.kind IN ('role', 'roleBinding') BEGIN
  UPDATE api_tokens SET roles = NULL WHERE account_id = NEW.account_id
    AND (NEW.kind = 'roleBinding' OR NEW.id IN (SELECT h.value ->> '$.id' FROM json_each(roles) h));
END;

UPDATE api_tokens SET roles = NULL, (user_id, service_account_id) =
  (SELECT k.user_id, k.service_account_id FROM records k WHERE k.account_id = api_tokens.account_id AND k.id = api_tokens.api_key_id);
