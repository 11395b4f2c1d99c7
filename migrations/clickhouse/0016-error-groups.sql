-- Groups of failures, derived for each hour of a function with its cold starts (server/analytics/errors/hour.ts).

-- What the failures of a group have in common. It follows from the fingerprint.
CREATE TABLE {table error_group by function_id} (
  function_id UInt64,
  fingerprint String,
  kind LowCardinality(String),
  error_type Nullable(String),
  message String,
  frame String,
  stored_ms Int64                    -- of the newest hour that has it
) {engine ReplacingMergeTree(stored_ms)}
ORDER BY (function_id, fingerprint);

-- The groups of one hour of a function in one row, which is replaced as a whole. `version` is '' where it is unknown.
CREATE TABLE {table error_hour by function_id} (
  function_id UInt64,
  slot_ms Int64,
  fingerprints Array(String) CODEC(ZSTD),
  versions Array(String) CODEC(ZSTD),
  attempts Array(UInt32) CODEC(ZSTD),
  invocations Array(UInt32) CODEC(ZSTD),
  init_failures Array(UInt32) CODEC(ZSTD),
  first_ms Array(Int64) CODEC(ZSTD),
  last_ms Array(Int64) CODEC(ZSTD),
  written UInt64
) {engine ReplacingMergeTree(written)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(slot_ms))
ORDER BY (function_id, slot_ms);

-- Hours with failures whose invocations are still stored.
INSERT INTO pending (queue, function_id, item, mark, from_ms, to_ms, n)
  SELECT 'slot', function_id, bucket, 17, bucket, bucket + 3600000, 1 FROM rollup_1h FINAL
  WHERE timeouts + errors + ooms + exits > 0 AND (function_id, bucket) GLOBAL IN (
    SELECT function_id, intDiv(end_ms, 3600000) * 3600000 FROM invocation_fact)
  GROUP BY function_id, bucket;
