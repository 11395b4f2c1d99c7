-- Control plane: tokens and sessions. A file of its own, so that damage to one file does not affect the other.

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('ingest', 'read', 'admin')),
  sha256 BLOB NOT NULL UNIQUE,     -- of the whole token: it is random, so a fast hash suffices
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
