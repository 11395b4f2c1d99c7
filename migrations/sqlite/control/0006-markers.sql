-- Deployments as pipelines and people reported them. Logs show that a version ran, not who deployed it and from which commit.
CREATE TABLE marker (
  id TEXT PRIMARY KEY,             -- of the sender, or a random one
  at_ms INTEGER NOT NULL,          -- of the deployment
  received_ms INTEGER NOT NULL,
  functions TEXT NOT NULL,         -- JSON: names, account:region:name, or patterns of them; [] for all
  label TEXT,
  version TEXT,
  revision TEXT,                   -- commit
  author TEXT,
  url TEXT,
  sender TEXT NOT NULL             -- name of the token
) STRICT, WITHOUT ROWID;
CREATE INDEX marker_time ON marker (at_ms, id);

-- Tokens of pipelines: they read, and report deployments. A condition of a column cannot be changed: both tables are written anew.
CREATE TABLE new_token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('ingest', 'read', 'deploy', 'admin')),
  sha256 BLOB NOT NULL UNIQUE,     -- of the whole token: it is random, so a fast hash suffices
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  last_used_ms INTEGER,
  revoked_ms INTEGER
) STRICT;
INSERT INTO new_token SELECT id, name, scope, sha256, created_ms, expires_ms, last_used_ms, revoked_ms FROM token;
CREATE TABLE new_session (
  sha256 BLOB PRIMARY KEY,         -- of the cookie's value
  token_id TEXT NOT NULL REFERENCES new_token,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO new_session SELECT sha256, token_id, created_ms, last_used_ms, expires_ms FROM session;
DROP TABLE session;
DROP TABLE token;
ALTER TABLE new_token RENAME TO token;
ALTER TABLE new_session RENAME TO session;
