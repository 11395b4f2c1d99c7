-- What processes tell one another.

-- By the server, for those that take in: digests of ingest tokens.
CREATE TABLE {table published by name_key} (
  name_key UInt64,
  name LowCardinality(String),
  value String,                      -- JSON
  written UInt64
) {engine ReplacingMergeTree(written)}
ORDER BY (name_key, name);

-- Who derives, and was there a moment ago: functions are shared out among those.
CREATE TABLE {table worker by name_key} (
  name_key UInt64,
  name String,
  at DateTime64(3) DEFAULT now64(3)
) {engine ReplacingMergeTree(at)}
ORDER BY (name_key, name)
TTL toDateTime(at) + INTERVAL 1 DAY;
