-- Identity of the store and number of the last acknowledged commit, as in telemetry.db.
CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  commits INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL
) STRICT;
