-- Control: who may do what. Kept apart from telemetry, so that neither file's damage is the other's.

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('ingest', 'read', 'admin')),
  sha256 BLOB NOT NULL UNIQUE,     -- of the whole token: random, so a fast hash is right
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  last_used_ms INTEGER,
  revoked_ms INTEGER
) STRICT;

CREATE TABLE session (
  sha256 BLOB PRIMARY KEY,         -- of the cookie's value
  token_id TEXT NOT NULL REFERENCES token,
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
