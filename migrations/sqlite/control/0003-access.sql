-- Audit log: control-plane changes and sign-ins. Without bodies, which may hold secrets.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  token_id TEXT,                   -- NULL: not authenticated
  name TEXT NOT NULL,
  client TEXT NOT NULL,            -- IP address of the client
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  status INTEGER NOT NULL
) STRICT;
CREATE INDEX audit_by_time ON audit (at_ms);
