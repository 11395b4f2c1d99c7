-- Configuration and heartbeats that processes share.

-- Published by the server for ingest workers: digests of ingest tokens.
CREATE TABLE {table published by name_key} (
  name_key UInt64,
  name LowCardinality(String),
  value String,                      -- JSON
  written UInt64
) {engine ReplacingMergeTree(written)}
ORDER BY (name_key, name);

-- Heartbeats of attribution workers: functions are divided among those that are alive.
CREATE TABLE {table worker by name_key} (
  name_key UInt64,
  name String,
  at DateTime64(3) DEFAULT now64(3)
) {engine ReplacingMergeTree(at)}
ORDER BY (name_key, name)
TTL toDateTime(at) + INTERVAL 1 DAY;
