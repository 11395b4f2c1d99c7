-- Hours take the place of points and printed values that are older than their retention (docs/decisions/0036).
CREATE TABLE {table metric_hour by function_id} (
  function_id UInt64,
  series_id UInt64,
  bucket Int64 CODEC(DoubleDelta, ZSTD),
  count Float64 CODEC(ZSTD),
  sum Float64 CODEC(ZSTD),
  min Nullable(Float64) CODEC(ZSTD),   -- NULL if a point does not state it
  max Nullable(Float64) CODEC(ZSTD),
  sketch Map(Int32, UInt64) CODEC(ZSTD),   -- of printed values
  stored_ms Int64 CODEC(ZSTD)
) {engine ReplacingMergeTree(stored_ms)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(bucket))
ORDER BY (function_id, series_id, bucket);

-- Days whose points and lines are deleted, or are being deleted, in the order of the times: no more of them are stored from `expired_ms`
-- on, the hours are complete from `summed_ms` on, and the rest is deleted at `deleted_ms`. A function of 0 stands for metrics of none.
CREATE TABLE {table metric_day by function_id} (
  function_id UInt64,
  day Int32,                         -- days since 1970 (UTC)
  expired_ms SimpleAggregateFunction(max, Int64),
  summed_ms SimpleAggregateFunction(max, Int64),
  deleted_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (day, function_id);
