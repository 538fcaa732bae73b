-- What says who may do what: roles, resource groups, role bindings, organizations, projects, service accounts and API keys.
-- One table, because all are made, read, changed and logged alike. `settings` is the JSON of what a kind has besides its
-- name; what it refers to is taken out of that as columns, so that the database holds the references. Ids that begin with
-- `_` are built in and have no row.
CREATE TABLE records (
  account_id           TEXT    NOT NULL REFERENCES accounts (id),
  id                   TEXT    NOT NULL,
  kind                 TEXT    NOT NULL CHECK (kind IN
    ('role', 'resourceGroup', 'roleBinding', 'organization', 'project', 'serviceAccount', 'apiKey')),
  name                 TEXT    NOT NULL,
  settings             TEXT    NOT NULL,
  created_at           INTEGER NOT NULL,
  updated_at           INTEGER NOT NULL,
  version              INTEGER NOT NULL,
  group_id             TEXT AS (CASE settings ->> '$.principal.type' WHEN 'group' THEN settings ->> '$.principal.id' END),
  service_account_id   TEXT AS (CASE 'serviceAccount' WHEN settings ->> '$.principal.type' THEN settings ->> '$.principal.id'
                                                      WHEN settings ->> '$.owner.type' THEN settings ->> '$.owner.id' END),
  user_id              TEXT AS (CASE settings ->> '$.owner.type' WHEN 'user' THEN settings ->> '$.owner.id' END),
  role_id              TEXT AS (CASE WHEN settings ->> '$.role' NOT LIKE '\_%' ESCAPE '\' THEN settings ->> '$.role' END),
  resource_group_id    TEXT AS (CASE WHEN settings ->> '$.resourceGroup' NOT LIKE '\_%' ESCAPE '\' THEN settings ->> '$.resourceGroup' END),
  organization_id      TEXT AS (CASE settings ->> '$.scope.type' WHEN 'organization' THEN settings ->> '$.scope.id'
                                                                 ELSE settings ->> '$.organization' END),
  project_id           TEXT AS (CASE settings ->> '$.scope.type' WHEN 'project' THEN settings ->> '$.scope.id' END),
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, group_id) REFERENCES groups (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, user_id) REFERENCES users (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, service_account_id) REFERENCES records (account_id, id) ON DELETE CASCADE,
  FOREIGN KEY (account_id, role_id) REFERENCES records (account_id, id),
  FOREIGN KEY (account_id, resource_group_id) REFERENCES records (account_id, id),
  FOREIGN KEY (account_id, organization_id) REFERENCES records (account_id, id),
  FOREIGN KEY (account_id, project_id) REFERENCES records (account_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX records_kind ON records (account_id, kind, id);
-- A binding and an API key need no name of their own; a project's is its organization's.
CREATE UNIQUE INDEX records_name ON records (account_id, kind, name COLLATE NOCASE, COALESCE(organization_id, ''))
  WHERE kind NOT IN ('roleBinding', 'apiKey');
CREATE UNIQUE INDEX records_binding ON records (account_id, COALESCE(group_id, service_account_id), settings ->> '$.role',
  settings ->> '$.resourceGroup', COALESCE(settings ->> '$.scope.id', '')) WHERE kind = 'roleBinding';
CREATE INDEX records_group ON records (account_id, group_id);
CREATE INDEX records_user ON records (account_id, user_id);
CREATE INDEX records_service_account ON records (account_id, service_account_id);
CREATE INDEX records_role ON records (account_id, role_id);
CREATE INDEX records_resource_group ON records (account_id, resource_group_id);
CREATE INDEX records_organization ON records (account_id, organization_id);
CREATE INDEX records_project ON records (account_id, project_id);

-- Tokens of API keys. The holder has a secret; here is its SHA-256.
CREATE TABLE api_tokens (
  account_id TEXT    NOT NULL,
  id         TEXT    NOT NULL,
  api_key_id TEXT    NOT NULL,
  name       TEXT    NOT NULL,
  digest     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (account_id, id),
  FOREIGN KEY (account_id, api_key_id) REFERENCES records (account_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX api_tokens_key ON api_tokens (account_id, api_key_id, id);
