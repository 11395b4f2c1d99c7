-- The import that brought a row, so that an undo can delete what it added: a hash of its id, 0 for what came another way, 1 for what is
-- computed from other rows. Part of the key: what came several ways is one row for each of them, and they are merged when they are read.
ALTER TABLE {own stream_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, account, region, function_name, log_group, log_stream, import_id);
ALTER TABLE {each stream_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own invocation_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, end_ms, request_id, stream_id, import_id);
ALTER TABLE {each invocation_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own start_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, request_id, start_ms, import_id);
ALTER TABLE {each start_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own init_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, at_ms, kind, import_id);
ALTER TABLE {each init_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own fault_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, at_ms, kind, request_id, import_id);
ALTER TABLE {each fault_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own extension_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, kind, name, state, import_id);
ALTER TABLE {each extension_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own runtime_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, request_id, at_ms, import_id);
ALTER TABLE {each runtime_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own raw_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, stream_id, first_ms, digest, import_id);
ALTER TABLE {each raw_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own volume_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (log_group_id, hour_ms, digest, import_id);
ALTER TABLE {each volume_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own error_day} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, day, import_id);
ALTER TABLE {each error_day} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own response} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, at_ms, request_id, import_id);
ALTER TABLE {each response} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own durable_line} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, execution, request_id, operation, import_id);
ALTER TABLE {each durable_line} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own resource_use} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, at_ms, request_id, import_id);
ALTER TABLE {each resource_use} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own tuning_run} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, digest, import_id);
ALTER TABLE {each tuning_run} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own load_test} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, digest, import_id);
ALTER TABLE {each load_test} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own deploy} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, at_ms, source, import_id);
ALTER TABLE {each deploy} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own inventory_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, at_ms, source, import_id);
ALTER TABLE {each inventory_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own reject} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (reject_id, source_kind, source_name, reason, size, import_id);
ALTER TABLE {each reject} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own lambda_function} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, account, region, name, import_id);
ALTER TABLE {each lambda_function} ADD COLUMN IF NOT EXISTS import_id UInt64;

-- Imports of files. Counts are of log events as they arrived.
CREATE TABLE {table import_total by import_id} (
  import_id UInt64,
  id String,
  name SimpleAggregateFunction(max, String),           -- of the newest file: 13 digits of epoch ms, then its name
  started_ms SimpleAggregateFunction(min, Int64),
  last_ms SimpleAggregateFunction(max, Int64),
  accepted SimpleAggregateFunction(sum, UInt64),
  ignored SimpleAggregateFunction(sum, UInt64),
  rejected SimpleAggregateFunction(sum, UInt64),
  loose SimpleAggregateFunction(sum, UInt64)           -- records that an undo keeps
) {engine AggregatingMergeTree}
ORDER BY (import_id, id);

CREATE TABLE {table import_function by import_id} (
  import_id UInt64,
  function_id UInt64,
  name String
) {engine ReplacingMergeTree}
ORDER BY (import_id, function_id);

CREATE TABLE {table import_state by import_id} (
  import_id UInt64,
  state LowCardinality(String),      -- stored, undoing, undone
  done UInt32,                       -- steps of the undo
  at_ms Int64,
  written UInt64
) {engine ReplacingMergeTree(written)}
ORDER BY import_id;

-- What has to be computed again after an undo, listed before it deletes anything.
CREATE TABLE {table import_scope by import_id} (
  import_id UInt64,
  kind LowCardinality(String),       -- stream; bucket: five minutes; explained: five minutes of which no event was deleted
  function_id UInt64,
  item Int64                         -- stream id, or start of the five minutes
) {engine ReplacingMergeTree}
ORDER BY (import_id, kind, function_id, item);
