-- Metrics: points that CloudWatch aggregated, and values in lines of the embedded metric format (docs/decisions/0030). They are not
-- summed when they are stored: points replace each other, and lines come again, until they are read. `function_id` is 0 for metrics
-- of no function.
CREATE TABLE {table metric_series by function_id} (
  function_id UInt64,
  series_id UInt64,                  -- hash of what follows, within the function; without the unit where the name says it
  source LowCardinality(String),     -- cloudwatch, emf
  account LowCardinality(String),
  region LowCardinality(String),
  namespace String,
  name String,
  unit SimpleAggregateFunction(max, String),           -- '' if it is not stated
  dimensions String,                 -- JSON: [[name, value], ...], by name
  first_ms SimpleAggregateFunction(min, Int64),
  last_ms SimpleAggregateFunction(max, Int64),
  import_id UInt64
) {engine AggregatingMergeTree}
ORDER BY (function_id, series_id, source, account, region, namespace, name, dimensions, import_id);

-- One period of a metric as CloudWatch states it. The newest of several replaces the others.
CREATE TABLE {table metric_point by function_id} (
  function_id UInt64,
  series_id UInt64,
  start_ms Int64 CODEC(DoubleDelta, ZSTD),
  period_ms UInt32 CODEC(ZSTD),
  origin LowCardinality(String),     -- stream, pull
  count Float64 CODEC(ZSTD),
  sum Float64 CODEC(ZSTD),
  min Nullable(Float64) CODEC(ZSTD),
  max Nullable(Float64) CODEC(ZSTD),
  percentiles String CODEC(ZSTD),    -- JSON: [[percent, value], ...]; '' if there are none
  import_id UInt64 CODEC(ZSTD),
  stored_ms Int64 CODEC(ZSTD)
) {engine ReplacingMergeTree(stored_ms)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(start_ms))
ORDER BY (function_id, series_id, start_ms, period_ms, import_id);

-- Values of one series in one line of the embedded metric format; in five minutes or an hour, of a store that was moved.
CREATE TABLE {table metric_value by function_id} (
  function_id UInt64,
  series_id UInt64,
  at_ms Int64 CODEC(DoubleDelta, ZSTD),
  identity String CODEC(ZSTD),
  count Float64 CODEC(ZSTD),
  sum Float64 CODEC(ZSTD),
  min Float64 CODEC(ZSTD),
  max Float64 CODEC(ZSTD),
  sketch Map(Int32, UInt64) CODEC(ZSTD),
  import_id UInt64 CODEC(ZSTD),
  received_ms Int64 CODEC(ZSTD)
) {engine ReplacingMergeTree(received_ms)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, series_id, at_ms, identity, import_id);

-- Values that were not stored, by the reason.
CREATE TABLE {table metric_drop by function_id} (
  function_id UInt64,
  source LowCardinality(String),
  namespace String,
  name String,
  reason LowCardinality(String),
  n SimpleAggregateFunction(sum, UInt64),
  first_ms SimpleAggregateFunction(min, Int64),
  last_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (function_id, source, namespace, name, reason);
