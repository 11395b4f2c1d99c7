-- Log lines, one a row, which replace the chunks of raw_fact in the background (server/storage/clickhouse/lines). A line that came several
-- times, or by several imports, is merged by its key when it is read. Of 121 MB in a million lines, rows take 0.18 and the index 0.017.
CREATE TABLE {table log_line by function_id} (
  hour_ms Int64 CODEC(Delta, ZSTD),  -- hour of at_ms: searches read the newest hours first
  function_id UInt64 CODEC(ZSTD),
  stream_id UInt64 CODEC(ZSTD),
  at_ms Int64 CODEC(Delta, ZSTD),
  sequence Int64 CODEC(Delta, ZSTD), -- of the event id; -1: the source has none
  digest String CODEC(ZSTD),         -- of the text where there is no sequence, else ''
  occurrence UInt32 CODEC(ZSTD),     -- number of equal lines of the same time before it in its delivery
  place UInt32 CODEC(ZSTD),          -- among the lines of the same time in its delivery
  level UInt8 CODEC(ZSTD),           -- 0: none, then from trace to fatal
  is_platform UInt8 CODEC(ZSTD),
  received_ms Int64 CODEC(Delta, ZSTD),
  message String CODEC(ZSTD),
  import_id UInt64 CODEC(ZSTD),
  INDEX words lower(message) TYPE tokenbf_v1(16384, 5, 0) GRANULARITY 1
) {engine ReplacingMergeTree}
PARTITION BY toYYYYMMDD(fromUnixTimestamp64Milli(received_ms))
ORDER BY (hour_ms, function_id, stream_id, at_ms, sequence, digest, occurrence, import_id);

-- Names of log streams that hold application lines alone: without facts they are no environments, and stream_fact does not have them.
CREATE TABLE {table line_stream by function_id} (
  function_id UInt64,
  stream_id UInt64,
  account LowCardinality(String),
  region LowCardinality(String),
  function_name LowCardinality(String),
  log_group LowCardinality(String),
  log_stream String,
  import_id UInt64,
  received_ms Int64                  -- of the newest of its lines
) {engine ReplacingMergeTree(received_ms)}
ORDER BY (function_id, stream_id, account, region, function_name, log_group, log_stream, import_id);

-- What retention has deleted of log lines, by the limit that it reached. Lines up to `until_ms` are not shown, whether they are deleted yet or not.
CREATE TABLE {table line_loss by until_ms} (
  reason LowCardinality(String),     -- age or budget
  until_ms SimpleAggregateFunction(max, Int64),
  lines SimpleAggregateFunction(sum, UInt64)
) {engine AggregatingMergeTree}
ORDER BY reason;
