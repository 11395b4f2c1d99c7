-- What is derived from facts. Every row is replaced as a whole by one that was written later, so that doing the same work twice
-- changes nothing.

-- An environment: everything its lines say of it. `known` counts the facts it was judged by.
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
  pending_starts Array(Int64),       -- START of each that no REPORT is known of
  attributes Nullable(String),
  known UInt64
) {engine ReplacingMergeTree(known)}
ORDER BY (function_id, environment_id);

-- A function: of what is stamped, the later stands. A stamp is thirteen digits of epoch ms before JSON.
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
  architecture SimpleAggregateFunction(max, String), -- from here on as inventory told it last
  runtime_name SimpleAggregateFunction(max, String),
  vpc SimpleAggregateFunction(max, String),
  package_type SimpleAggregateFunction(max, String),
  gap SimpleAggregateFunction(max, String)        -- how long before START an init made ahead ends, at least
) {engine AggregatingMergeTree}
ORDER BY (function_id, account, region, name);

-- Rollups at three widths with one shape. `version` is '' and `memory_mb` -1 where no line says. Sketches are counts by bin
-- (server/analytics/sketch.ts), zeros in the least bin; those of cold starts have the kind above sixteen bits of the bin.
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

-- One hour of a function as it was derived, all of it in one row: it is replaced as a whole or not at all.
CREATE TABLE {table derived_slot by function_id} (
  function_id UInt64,
  slot_ms Int64,
  runs UInt64,
  idle_times String CODEC(ZSTD),     -- JSON: [bin, reused, gone]
  closing String CODEC(ZSTD),        -- JSON: what the hour leaves to the next
  cold_starts String CODEC(ZSTD),    -- JSON array
  changes String CODEC(ZSTD),        -- JSON array
  written UInt64
) {engine ReplacingMergeTree(written)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(slot_ms))
ORDER BY (function_id, slot_ms);

-- How long idle environments of a function are kept, as causes are judged by.
CREATE TABLE {table idle_window by function_id} (
  function_id UInt64,
  window_ms Nullable(Float64),
  surely_ms Float64,
  estimated UInt8,
  source LowCardinality(String),
  written UInt64
) {engine ReplacingMergeTree(written)}
ORDER BY function_id;
