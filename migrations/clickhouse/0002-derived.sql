-- Data derived from facts. Every row is replaced as a whole by one that is written later, so that repeated work changes
-- nothing.

-- An environment with everything its lines state. `known` is the number of facts that it is based on.
CREATE TABLE {table environment by function_id} (
  function_id UInt64,
  environment_id UInt64,             -- stream_id of the facts
  account LowCardinality(String),
  region LowCardinality(String),
  function_name LowCardinality(String),
  log_group LowCardinality(String),
  log_stream String,
  version Nullable(String),
  memory_mb Nullable(UInt32),
  runtime_version Nullable(String),
  runtime_version_arn Nullable(String),
  initialization_type Nullable(String),
  init_start_ms Nullable(Int64),
  init_us Nullable(UInt64),
  first_seen_ms Int64,
  last_seen_ms Int64,
  first_end_ms Nullable(Int64),
  last_end_ms Nullable(Int64),
  last_status Nullable(UInt8),
  invocations UInt64,
  failures UInt64,
  max_memory_mb Nullable(UInt32),
  extensions Array(String),          -- names of external ones, in order
  pending_starts Array(Int64),       -- STARTs without a REPORT
  attributes Nullable(String),
  known UInt64
) {engine ReplacingMergeTree(known)}
ORDER BY (function_id, environment_id);

-- A function. Versioned values are 13 digits of epoch ms followed by JSON, so that max() keeps the latest.
CREATE TABLE {table lambda_function by function_id} (
  function_id UInt64,
  account LowCardinality(String),
  region LowCardinality(String),
  name LowCardinality(String),
  named SimpleAggregateFunction(max, UInt8),
  first_seen_ms SimpleAggregateFunction(min, Int64),
  last_seen_ms SimpleAggregateFunction(max, Int64),
  latest SimpleAggregateFunction(max, String),    -- memory size and version of its newest invocation
  runtime SimpleAggregateFunction(max, String),   -- runtime version of its newest INIT_START
  architecture SimpleAggregateFunction(max, String), -- from here on: newest value of the inventory
  runtime_name SimpleAggregateFunction(max, String),
  vpc SimpleAggregateFunction(max, String),
  package_type SimpleAggregateFunction(max, String),
  gap SimpleAggregateFunction(max, String)        -- proactive threshold
) {engine AggregatingMergeTree}
ORDER BY (function_id, account, region, name);

-- Rollups at three widths with the same columns. `version` is '' and `memory_mb` -1 if no line states them. Sketches are counts by bin
-- (server/analytics/sketch/sketch.ts), zeros in the least bin; those of cold starts have the kind above sixteen bits of the bin.
CREATE TABLE {table rollup_5m by function_id} (
  function_id UInt64,
  bucket Int64,
  version LowCardinality(String),
  memory_mb Int32,
  n UInt64 CODEC(T64, ZSTD),
  with_start UInt64 CODEC(T64, ZSTD),
  timeouts UInt64 CODEC(T64, ZSTD),
  errors UInt64 CODEC(T64, ZSTD),
  ooms UInt64 CODEC(T64, ZSTD),
  exits UInt64 CODEC(T64, ZSTD),
  cold_on_demand UInt64 CODEC(T64, ZSTD),
  cold_provisioned UInt64 CODEC(T64, ZSTD),
  cold_snap_start UInt64 CODEC(T64, ZSTD),
  cold_suppressed UInt64 CODEC(T64, ZSTD),
  cold_managed_instance UInt64 CODEC(T64, ZSTD),
  user_felt UInt64 CODEC(T64, ZSTD),
  billed_ms UInt64 CODEC(T64, ZSTD),
  felt_init_us UInt64 CODEC(T64, ZSTD),
  failed_billed_ms UInt64 CODEC(T64, ZSTD),
  max_memory_mb Nullable(UInt32),
  duration Map(Int32, UInt64) CODEC(ZSTD),
  cold_init Map(Int32, UInt64) CODEC(ZSTD),
  cold_total Map(Int32, UInt64) CODEC(ZSTD),
  written UInt64 CODEC(Delta, ZSTD)
) {engine ReplacingMergeTree(written)}
PARTITION BY toMonday(fromUnixTimestamp64Milli(bucket))
ORDER BY (function_id, bucket, version, memory_mb);

CREATE TABLE {table rollup_1h by function_id} (
  function_id UInt64,
  bucket Int64,
  version LowCardinality(String),
  memory_mb Int32,
  n UInt64 CODEC(T64, ZSTD),
  with_start UInt64 CODEC(T64, ZSTD),
  timeouts UInt64 CODEC(T64, ZSTD),
  errors UInt64 CODEC(T64, ZSTD),
  ooms UInt64 CODEC(T64, ZSTD),
  exits UInt64 CODEC(T64, ZSTD),
  cold_on_demand UInt64 CODEC(T64, ZSTD),
  cold_provisioned UInt64 CODEC(T64, ZSTD),
  cold_snap_start UInt64 CODEC(T64, ZSTD),
  cold_suppressed UInt64 CODEC(T64, ZSTD),
  cold_managed_instance UInt64 CODEC(T64, ZSTD),
  user_felt UInt64 CODEC(T64, ZSTD),
  billed_ms UInt64 CODEC(T64, ZSTD),
  felt_init_us UInt64 CODEC(T64, ZSTD),
  failed_billed_ms UInt64 CODEC(T64, ZSTD),
  max_memory_mb Nullable(UInt32),
  duration Map(Int32, UInt64) CODEC(ZSTD),
  cold_init Map(Int32, UInt64) CODEC(ZSTD),
  cold_total Map(Int32, UInt64) CODEC(ZSTD),
  written UInt64 CODEC(Delta, ZSTD)
) {engine ReplacingMergeTree(written)}
PARTITION BY toMonday(fromUnixTimestamp64Milli(bucket))
ORDER BY (function_id, bucket, version, memory_mb);

CREATE TABLE {table rollup_1d by function_id} (
  function_id UInt64,
  bucket Int64,
  version LowCardinality(String),
  memory_mb Int32,
  n UInt64 CODEC(T64, ZSTD),
  with_start UInt64 CODEC(T64, ZSTD),
  timeouts UInt64 CODEC(T64, ZSTD),
  errors UInt64 CODEC(T64, ZSTD),
  ooms UInt64 CODEC(T64, ZSTD),
  exits UInt64 CODEC(T64, ZSTD),
  cold_on_demand UInt64 CODEC(T64, ZSTD),
  cold_provisioned UInt64 CODEC(T64, ZSTD),
  cold_snap_start UInt64 CODEC(T64, ZSTD),
  cold_suppressed UInt64 CODEC(T64, ZSTD),
  cold_managed_instance UInt64 CODEC(T64, ZSTD),
  user_felt UInt64 CODEC(T64, ZSTD),
  billed_ms UInt64 CODEC(T64, ZSTD),
  felt_init_us UInt64 CODEC(T64, ZSTD),
  failed_billed_ms UInt64 CODEC(T64, ZSTD),
  max_memory_mb Nullable(UInt32),
  duration Map(Int32, UInt64) CODEC(ZSTD),
  cold_init Map(Int32, UInt64) CODEC(ZSTD),
  cold_total Map(Int32, UInt64) CODEC(ZSTD),
  written UInt64 CODEC(Delta, ZSTD)
) {engine ReplacingMergeTree(written)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(bucket))
ORDER BY (function_id, bucket, version, memory_mb);

-- One attributed hour of a function in one row, which is replaced as a whole.
CREATE TABLE {table derived_slot by function_id} (
  function_id UInt64,
  slot_ms Int64,
  runs UInt64,
  idle_times String CODEC(ZSTD),     -- JSON: [bin, reused, terminated]
  closing String CODEC(ZSTD),        -- JSON: state carried into the next hour
  cold_starts String CODEC(ZSTD),    -- JSON array
  changes String CODEC(ZSTD),        -- JSON array
  written UInt64
) {engine ReplacingMergeTree(written)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(slot_ms))
ORDER BY (function_id, slot_ms);

-- How long idle environments of a function are kept, as causes are decided by.
CREATE TABLE {table idle_window by function_id} (
  function_id UInt64,
  window_ms Nullable(Float64),
  surely_ms Float64,
  estimated UInt8,
  source LowCardinality(String),
  written UInt64
) {engine ReplacingMergeTree(written)}
ORDER BY function_id;
