-- Who changed what: control-plane requests that were not reads, and sign-ins. No bodies: they may hold secrets.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  token_id TEXT,                   -- NULL: nobody who was known
  name TEXT NOT NULL,
  client TEXT NOT NULL,            -- address it came from
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at_ms);
