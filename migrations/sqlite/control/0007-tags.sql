-- Tags of functions: those that AWS has, and those that people set here. Tags of a file (THERMOCLINE_TAGS) are not stored.
CREATE TABLE function_tag (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('inventory', 'manual')),
  tags TEXT NOT NULL,              -- JSON: an object of text, by key
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, name, source)
) STRICT, WITHOUT ROWID;
