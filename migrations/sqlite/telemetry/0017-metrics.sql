-- Metrics: points that CloudWatch aggregated, and values in lines of the embedded metric format (docs/decisions/0030). Every table
-- has the function, so that a deletion and the undo of an import find its rows; 0 stands for metrics of no function.

CREATE TABLE metric_series (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL,
  digest BLOB NOT NULL UNIQUE,     -- of what follows; without the unit where the name says it
  source TEXT NOT NULL,            -- cloudwatch, emf
  account TEXT NOT NULL,           -- '' if unknown, as the region
  region TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  unit TEXT,
  dimensions TEXT NOT NULL,        -- JSON: [[name, value], ...], by name
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX metric_series_by_name ON metric_series (namespace, name);
CREATE INDEX metric_series_by_function ON metric_series (function_id);

-- One period of a metric as CloudWatch states it. The newest of several replaces the others.
CREATE TABLE metric_point (
  series_id INTEGER NOT NULL,
  start_ms INTEGER NOT NULL,
  period_ms INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  origin TEXT NOT NULL,            -- stream, pull
  count REAL NOT NULL,
  sum REAL NOT NULL,
  min REAL,
  max REAL,
  percentiles TEXT,                -- JSON: [[percent, value], ...]
  PRIMARY KEY (series_id, start_ms, period_ms)
) STRICT, WITHOUT ROWID;

-- Lines of the embedded metric format that are counted: one that is delivered again adds nothing.
CREATE TABLE metric_event (
  function_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  identity BLOB NOT NULL,
  PRIMARY KEY (function_id, at_ms, identity)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_5m (
  series_id INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  count REAL NOT NULL,
  sum REAL NOT NULL,
  min REAL,                        -- NULL if a point does not state it
  max REAL,
  sketch BLOB,                     -- NULL for points of CloudWatch
  PRIMARY KEY (series_id, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_1h (
  series_id INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  count REAL NOT NULL,
  sum REAL NOT NULL,
  min REAL,
  max REAL,
  sketch BLOB,
  PRIMARY KEY (series_id, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_1d (
  series_id INTEGER NOT NULL,
  bucket INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  count REAL NOT NULL,
  sum REAL NOT NULL,
  min REAL,
  max REAL,
  sketch BLOB,
  PRIMARY KEY (series_id, bucket)
) STRICT, WITHOUT ROWID;

-- Values that were not stored, by the reason.
CREATE TABLE metric_drop (
  function_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  namespace TEXT NOT NULL,         -- '' with the name: of metrics beyond the most that are listed
  name TEXT NOT NULL,
  reason TEXT NOT NULL,
  n INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,        -- of the receipt
  PRIMARY KEY (function_id, source, namespace, name, reason)
) STRICT, WITHOUT ROWID;
