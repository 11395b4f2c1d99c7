-- Lines of the embedded metric format whose values a move from SQLite brought as sums: one that is delivered again adds nothing.
-- `function_id` is 0 for lines of no function.
CREATE TABLE {table moved_metric_line by function_id} (
  function_id UInt64,
  at_ms Int64 CODEC(DoubleDelta, ZSTD),
  identity String CODEC(ZSTD),       -- as in metric_value
  stored_ms Int64 CODEC(ZSTD)
) {engine ReplacingMergeTree(stored_ms)}
PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(at_ms))
ORDER BY (function_id, at_ms, identity);
