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
