-- What platform.runtimeDone, or platform.report on Managed Instances, says about the response of an invocation. JSON logs only.
CREATE TABLE {table response by function_id} (
  function_id UInt64,
  at_ms Int64,
  request_id String,
  first_byte_us Nullable(UInt64),    -- from START to the first byte
  response_us Nullable(UInt64),      -- from the first byte to the last
  bytes Nullable(UInt64)
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, at_ms, request_id);

-- Lines of a durable execution that name one of its operations, or none.
CREATE TABLE {table durable_line by function_id} (
  function_id UInt64,
  execution String,                  -- name and id, as the ARN has them
  request_id String,
  operation String,                  -- '' where the line names none
  first_ms SimpleAggregateFunction(min, Int64),
  last_ms SimpleAggregateFunction(max, Int64)
) {engine AggregatingMergeTree}
ORDER BY (function_id, execution, request_id, operation);
