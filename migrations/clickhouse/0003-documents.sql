-- Other data of a batch: raw lines, documents other than platform lines, and ingest statistics. Each row has a natural key, so
-- that a second delivery is the same row.

CREATE TABLE {table raw_fact by function_id} (
  function_id UInt64,
  stream_id UInt64,
  first_ms Int64,
  last_ms Int64,
  events UInt32,
  digest String,
  gzip String CODEC(NONE),           -- of a document or an array of events
  received_ms Int64
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(received_ms))
ORDER BY (function_id, stream_id, first_ms, digest);

CREATE TABLE {table volume_fact by log_group_id} (
  log_group_id UInt64,               -- of account, region and name
  hour_ms Int64,                     -- of the message's first event
  digest String,
  account LowCardinality(String),
  region LowCardinality(String),
  log_group String,
  events UInt32,
  bytes UInt64                       -- of the messages' texts, UTF-8
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(hour_ms))
ORDER BY (log_group_id, hour_ms, digest);

CREATE TABLE {table trace_segment by trace_key} (
  trace_key UInt64,                  -- hash of the trace id: rows of a trace are stored together
  trace_id String,
  id String,
  parent_id Nullable(String),
  function_id UInt64,                -- 0 if the resource is not a function
  name String,
  origin LowCardinality(Nullable(String)),
  start_ns Int64,
  end_ns Nullable(Int64),            -- NULL while in progress
  request_id Nullable(String),
  http_status Nullable(UInt16),
  outcome LowCardinality(Nullable(String)),
  detail String CODEC(ZSTD),         -- JSON: resourceArn, annotations, subsegments
  ended UInt64,                      -- a finished segment replaces one in progress, and a later end an earlier one
  INDEX by_function function_id TYPE bloom_filter(0.01) GRANULARITY 4
) {engine ReplacingMergeTree(ended)}
ORDER BY (trace_key, trace_id, id);

CREATE TABLE {table network_event by function_id} (
  at_ms Int64,
  id String,
  account LowCardinality(String),
  region LowCardinality(String),
  name LowCardinality(String),
  error_code LowCardinality(Nullable(String)),
  subnet_id Nullable(String),
  security_groups String,            -- JSON array
  eni_id Nullable(String),
  addresses Nullable(UInt32),
  function_id UInt64                 -- 0 where none is named
) {engine ReplacingMergeTree}
ORDER BY (at_ms, id);

CREATE TABLE {table gateway_request by log_group_id} (
  log_group_id UInt64,
  at_ms Int64,
  request_id String,
  lambda_request_id Nullable(String),
  route Nullable(String),
  status Nullable(UInt16),
  integration_latency_us Nullable(UInt64),
  response_latency_us Nullable(UInt64)
) {engine ReplacingMergeTree}
ORDER BY (at_ms, log_group_id, request_id);

CREATE TABLE {table resource_use by function_id} (
  function_id UInt64,
  at_ms Int64,
  request_id String,
  document String CODEC(ZSTD)        -- JSON: what Lambda Insights measured
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, at_ms, request_id);

CREATE TABLE {table flow_record by eni_key} (
  eni_key UInt64,
  from_ms Int64,
  eni_id String,
  account LowCardinality(String),
  outcome LowCardinality(String),
  source_address String,
  target_address String,
  target_port Int32,
  to_ms Int64,
  protocol Nullable(UInt8),
  packets Nullable(UInt64)
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(from_ms))
ORDER BY (eni_key, from_ms, eni_id, account, outcome, source_address, target_address, target_port);

-- Imported files. The first import is kept: `kept` is larger for earlier imports.
CREATE TABLE {table tuning_run by function_id} (
  digest String,
  function_id UInt64,
  imported_ms Int64,
  chosen_mb Nullable(UInt32),
  points String,
  kept UInt64
) {engine ReplacingMergeTree(kept)}
ORDER BY (function_id, digest);

CREATE TABLE {table load_test by function_id} (
  digest String,
  function_id UInt64,                -- 0 where none is named
  imported_ms Int64,
  at_ms Nullable(Int64),
  tool LowCardinality(String),
  name String,
  result String CODEC(ZSTD),
  kept UInt64
) {engine ReplacingMergeTree(kept)}
ORDER BY (function_id, digest);

-- Configuration of functions as each source reported it. The known configuration is the merge of all rows.
CREATE TABLE {table inventory_fact by function_id} (
  function_id UInt64,
  at_ms Int64,
  source LowCardinality(String),
  given String CODEC(ZSTD)           -- JSON
) {engine ReplacingMergeTree}
ORDER BY (function_id, at_ms, source);

CREATE TABLE {table reject by reject_id} (
  reject_id UInt64,                  -- hash of payload and reason: the same record sent again is one dead letter
  received_ms SimpleAggregateFunction(max, Int64),
  source_kind LowCardinality(String),
  source_name LowCardinality(String),
  reason String,
  detail SimpleAggregateFunction(max, String),
  log_group SimpleAggregateFunction(max, Nullable(String)),
  seen SimpleAggregateFunction(sum, UInt64),
  size UInt64,
  payload SimpleAggregateFunction(max, String) CODEC(ZSTD),  -- base64
  replayed_ms SimpleAggregateFunction(max, Int64)            -- 0: not replayed
) {engine AggregatingMergeTree}
ORDER BY (reject_id, source_kind, source_name, reason, size);

CREATE TABLE {table ingest_counter by name_key} (
  name_key UInt64,
  kind LowCardinality(String),       -- counter, unknown-field
  name String,
  n SimpleAggregateFunction(sum, Int64)
) {engine AggregatingMergeTree}
ORDER BY (name_key, kind, name);

CREATE TABLE {table source_account by name_key} (
  name_key UInt64,
  kind LowCardinality(String),
  name String,
  first_seen_ms SimpleAggregateFunction(min, Int64),
  last_seen_ms SimpleAggregateFunction(max, Int64),
  last_data_ms SimpleAggregateFunction(max, Nullable(Int64)),
  requests SimpleAggregateFunction(sum, UInt64),
  events SimpleAggregateFunction(sum, UInt64),
  rejected SimpleAggregateFunction(sum, UInt64),
  lag SimpleAggregateFunction(sumMap, Map(Int32, UInt64))    -- received minus event time, ms: counts by bin
) {engine AggregatingMergeTree}
ORDER BY (name_key, kind, name);

CREATE TABLE {table pull_checkpoint by name_key} (
  name_key UInt64,
  account LowCardinality(String),
  region LowCardinality(String),
  log_group String,
  mode LowCardinality(String),
  checkpoint String,                 -- JSON
  updated_ms UInt64
) {engine ReplacingMergeTree(updated_ms)}
ORDER BY (name_key, account, region, log_group, mode);

CREATE TABLE {table trace_attempt by trace_key} (
  trace_key UInt64,
  trace_id String,
  tries SimpleAggregateFunction(sum, UInt64),
  last_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (trace_key, trace_id);
