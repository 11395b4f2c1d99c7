-- Frames of an error that a runtime reported, one a line, innermost first.
ALTER TABLE {each fault_fact} ADD COLUMN IF NOT EXISTS stack SimpleAggregateFunction(max, Nullable(String));

-- Days (UTC, since 1970) on which an error that a runtime reports would have been received: lines came that only a complete
-- log contains, or the status is part of the record. Each such day also vouches for the days beside it.
CREATE TABLE {table error_day by function_id} (
  function_id UInt64,
  day Int32
) {engine ReplacingMergeTree}
ORDER BY (function_id, day);
