-- Frames of an error that a runtime reported, one per line, innermost first.
ALTER TABLE {each fault_fact} ADD COLUMN IF NOT EXISTS stack SimpleAggregateFunction(max, Nullable(String));

-- Days (UTC, since 1970) on which an error that a runtime reports would have been received: lines came that only a complete
-- log contains, or the status is part of the record. The days beside such a day count as well.
CREATE TABLE {table error_day by function_id} (
  function_id UInt64,
  day Int32
) {engine ReplacingMergeTree}
ORDER BY (function_id, day);
