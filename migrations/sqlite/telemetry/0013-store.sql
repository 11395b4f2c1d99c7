-- Identity of the store, which telemetry.db and control.db share, and the number and time of the last acknowledged commit:
-- a start compares them with the mark that is kept outside of the database. One row.
CREATE TABLE store (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  commits INTEGER NOT NULL,
  committed_ms INTEGER NOT NULL
) STRICT;

-- Key columns first, in the order of the key: the integrity check of older SQLite versions (3.40) reads the columns of
-- other tables without rowids in the wrong order, and reports NULL values in a healthy file.
CREATE TABLE request_index_2 (
  day INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  environment_id INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  PRIMARY KEY (day, hash, end_ms, environment_id)
) STRICT, WITHOUT ROWID;
INSERT INTO request_index_2 (day, hash, end_ms, environment_id, function_id)
  SELECT day, hash, end_ms, environment_id, function_id FROM request_index;
DROP TABLE request_index;
ALTER TABLE request_index_2 RENAME TO request_index;

CREATE TABLE import_function_2 (
  function_id INTEGER NOT NULL,
  import_id TEXT NOT NULL,
  PRIMARY KEY (function_id, import_id)
) STRICT, WITHOUT ROWID;
INSERT INTO import_function_2 (function_id, import_id) SELECT function_id, import_id FROM import_function;
DROP TABLE import_function;
ALTER TABLE import_function_2 RENAME TO import_function;

CREATE TABLE flow_record_2 (
  account TEXT NOT NULL,
  eni_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  source_address TEXT NOT NULL,    -- '' where the record has none
  target_address TEXT NOT NULL,
  target_port INTEGER NOT NULL,    -- -1 where the record has none
  to_ms INTEGER NOT NULL,
  protocol INTEGER,
  packets INTEGER,
  PRIMARY KEY (account, eni_id, from_ms, outcome, source_address, target_address, target_port)
) STRICT, WITHOUT ROWID;
INSERT INTO flow_record_2 (account, eni_id, from_ms, outcome, source_address, target_address, target_port, to_ms, protocol, packets)
  SELECT account, eni_id, from_ms, outcome, source_address, target_address, target_port, to_ms, protocol, packets FROM flow_record;
DROP TABLE flow_record;
ALTER TABLE flow_record_2 RENAME TO flow_record;
CREATE INDEX flow_record_by_time ON flow_record (from_ms);
