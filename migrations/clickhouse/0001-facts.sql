-- Facts as log lines state them, unclassified. Keys are the natural keys of the SQLite schema; all other columns merge by max, so that
-- the same fact twice, in parts, in any order and from any process is one row (docs/decisions/0012). Times are epoch milliseconds,
-- durations whole microseconds. NULL: no line says.

CREATE TABLE {table stream_fact by function_id} (
  function_id UInt64,                -- hash of account, region and name; 53 bits, like all ids: JavaScript numbers hold them
  stream_id UInt64,                  -- of account, region, log group and log stream; unique within a function
  account LowCardinality(String),
  region LowCardinality(String),
  function_name LowCardinality(String),
  log_group LowCardinality(String),
  log_stream String,
  named SimpleAggregateFunction(max, UInt8),           -- 0 while the name is only inferred from a custom log group
  version SimpleAggregateFunction(max, Nullable(String)),
  attributes SimpleAggregateFunction(max, Nullable(String)),
  first_ms SimpleAggregateFunction(min, Int64),        -- of its events
  last_ms SimpleAggregateFunction(max, Int64),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (function_id, stream_id, account, region, function_name, log_group, log_stream);

CREATE TABLE {table invocation_fact by function_id} (
  function_id UInt64,
  end_ms Int64 CODEC(Delta, ZSTD),
  request_id String CODEC(ZSTD),
  stream_id UInt64 CODEC(ZSTD),
  start_ms SimpleAggregateFunction(max, Nullable(Int64)) CODEC(ZSTD),
  duration_us SimpleAggregateFunction(max, UInt64) CODEC(ZSTD),
  billed_ms SimpleAggregateFunction(max, Nullable(UInt32)) CODEC(ZSTD),
  memory_mb SimpleAggregateFunction(max, Nullable(UInt32)) CODEC(ZSTD),
  max_memory_mb SimpleAggregateFunction(max, Nullable(UInt32)) CODEC(ZSTD),
  init_us SimpleAggregateFunction(max, Nullable(UInt64)) CODEC(ZSTD),
  restore_us SimpleAggregateFunction(max, Nullable(UInt64)) CODEC(ZSTD),
  billed_restore_ms SimpleAggregateFunction(max, Nullable(UInt32)) CODEC(ZSTD),
  status SimpleAggregateFunction(max, UInt8) CODEC(ZSTD),
  error_type SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD),
  sampled SimpleAggregateFunction(max, Nullable(UInt8)) CODEC(ZSTD),
  trace_id SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD),
  segment_id SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD),
  tenant SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD),
  version SimpleAggregateFunction(max, Nullable(String)) CODEC(ZSTD),  -- of its lines, or of its log stream's name
  received_ms SimpleAggregateFunction(max, Int64) CODEC(Delta, ZSTD),
  -- Classification, where it differs from what this row states alone: the number of facts it is based on in hexadecimal digits,
  -- then its fields. A classification based on more facts is greater in the order of text.
  verdict SimpleAggregateFunction(max, String) CODEC(ZSTD),
  INDEX by_request request_id TYPE bloom_filter(0.01) GRANULARITY 4
) {engine AggregatingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(end_ms))
ORDER BY (function_id, end_ms, request_id, stream_id);

CREATE TABLE {table start_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  request_id String,
  start_ms Int64,
  version SimpleAggregateFunction(max, Nullable(String)),
  tenant SimpleAggregateFunction(max, Nullable(String)),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(start_ms))
ORDER BY (function_id, stream_id, request_id, start_ms);

CREATE TABLE {table init_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  at_ms Int64,
  kind LowCardinality(String),
  duration_us SimpleAggregateFunction(max, Nullable(UInt64)),
  phase SimpleAggregateFunction(max, Nullable(String)),
  status SimpleAggregateFunction(max, Nullable(String)),
  error_type SimpleAggregateFunction(max, Nullable(String)),
  initialization_type SimpleAggregateFunction(max, Nullable(String)),
  runtime_version SimpleAggregateFunction(max, Nullable(String)),
  runtime_version_arn SimpleAggregateFunction(max, Nullable(String)),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, stream_id, at_ms, kind);

CREATE TABLE {table fault_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  at_ms Int64,
  kind LowCardinality(String),
  request_id String,                 -- '' where the line carries none
  error_type SimpleAggregateFunction(max, Nullable(String)),
  message SimpleAggregateFunction(max, Nullable(String)),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, stream_id, at_ms, kind, request_id);

CREATE TABLE {table extension_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  kind LowCardinality(String),
  name String,
  state LowCardinality(String),
  detail SimpleAggregateFunction(max, String),
  at_ms SimpleAggregateFunction(max, Int64),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (function_id, stream_id, kind, name, state);

-- The runtime responded. Duration in REPORT beyond it is the time of extensions.
CREATE TABLE {table runtime_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  request_id String,
  at_ms Int64,
  runtime_us SimpleAggregateFunction(max, UInt64),
  received_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, stream_id, request_id, at_ms);

-- Work queue: a mark that is not settled is pending work. Marks are hashes of the batch that caused them.
CREATE TABLE {table pending by function_id} (
  queue LowCardinality(String),      -- environment, slot
  at DateTime64(3) DEFAULT now64(3),
  function_id UInt64,
  item Int64,                        -- stream_id, or the start of an hour
  mark UInt64,
  from_ms Int64,                     -- of the events that it covers
  to_ms Int64,
  n UInt32                           -- number of these events
) {engine ReplacingMergeTree}
PARTITION BY toDate(at)
ORDER BY (queue, toStartOfTenMinutes(at), function_id, item, mark)
TTL toDateTime(at) + INTERVAL 30 DAY;

CREATE TABLE {table settled by function_id} (
  queue LowCardinality(String),
  at DateTime64(3),                  -- of the mark
  function_id UInt64,
  item Int64,
  mark UInt64
) {engine ReplacingMergeTree}
PARTITION BY toDate(at)
ORDER BY (queue, toStartOfTenMinutes(at), function_id, item, mark)
TTL toDateTime(at) + INTERVAL 30 DAY;
