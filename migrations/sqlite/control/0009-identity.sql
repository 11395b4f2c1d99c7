-- Users of an identity provider, and tokens that may read some functions only. A user is a token without a text: its sessions and limits
-- are those of tokens. A condition of a column cannot be changed: tables are written anew.
CREATE TABLE new_token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('ingest', 'read', 'deploy', 'edit', 'admin')),
  sha256 BLOB NOT NULL UNIQUE,     -- of the whole token: it is random, so a fast hash suffices
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  last_used_ms INTEGER,
  revoked_ms INTEGER,
  restriction TEXT                 -- JSON: entries such as "function:payments-*"; NULL: every function
) STRICT;
INSERT INTO new_token (id, name, scope, sha256, created_ms, expires_ms, last_used_ms, revoked_ms)
  SELECT id, name, scope, sha256, created_ms, expires_ms, last_used_ms, revoked_ms FROM token;
CREATE TABLE new_session (
  sha256 BLOB PRIMARY KEY,         -- of the cookie's value
  token_id TEXT NOT NULL REFERENCES new_token,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  provider_session TEXT,           -- sid of the identity provider: it ends sessions by it
  id_token TEXT                    -- shown to the identity provider when its user signs out
) STRICT, WITHOUT ROWID;
INSERT INTO new_session (sha256, token_id, created_ms, last_used_ms, expires_ms)
  SELECT sha256, token_id, created_ms, last_used_ms, expires_ms FROM session;
DROP TABLE session;
DROP TABLE token;
ALTER TABLE new_token RENAME TO token;
ALTER TABLE new_session RENAME TO session;

CREATE TABLE user (
  id TEXT PRIMARY KEY REFERENCES token,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,           -- of the issuer
  name TEXT NOT NULL,
  email TEXT,
  claimed TEXT NOT NULL,           -- JSON: role and restriction by the last sign-in
  assigned TEXT,                   -- JSON: role and restriction that an admin set in their place
  created_ms INTEGER NOT NULL,
  signed_in_ms INTEGER NOT NULL,
  UNIQUE (issuer, subject)
) STRICT;
