-- Imports that can be undone. What a function held before its first import, and what was delivered since by any way, are kept
-- until no import of it can be undone any more: an undo stores the function again without the import (docs/decisions/0021).

CREATE TABLE import (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,              -- of the newest file
  started_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('stored', 'undoing', 'undone', 'kept')),
  accepted INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0,
  ignored INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  loose INTEGER NOT NULL DEFAULT 0,  -- records that name no function: an undo leaves them
  done INTEGER NOT NULL DEFAULT 0,   -- pieces that an undo has stored again, of total
  total INTEGER NOT NULL DEFAULT 0,
  undone_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE import_function (
  import_id TEXT NOT NULL,
  function_id INTEGER NOT NULL,
  PRIMARY KEY (function_id, import_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_base (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL,
  name TEXT NOT NULL,              -- of the table
  entries BLOB NOT NULL            -- its rows of the function
) STRICT;
CREATE INDEX import_base_by_function ON import_base (function_id);

CREATE TABLE import_piece (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL,
  import_id TEXT,                  -- NULL for other ways
  received_ms INTEGER NOT NULL,
  source TEXT NOT NULL,            -- JSON
  batch BLOB NOT NULL
) STRICT;
CREATE INDEX import_piece_by_function ON import_piece (function_id, id);

CREATE TABLE import_reject (
  import_id TEXT NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (import_id, digest)
) STRICT, WITHOUT ROWID;
