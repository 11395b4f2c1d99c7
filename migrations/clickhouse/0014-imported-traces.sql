-- Segments of traces and architectures that an import brought are deleted by its undo, as other rows are (0012).
ALTER TABLE {own trace_segment} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (trace_key, trace_id, id, import_id);
ALTER TABLE {each trace_segment} ADD COLUMN IF NOT EXISTS import_id UInt64;
ALTER TABLE {own architecture_fact} ADD COLUMN IF NOT EXISTS import_id UInt64 CODEC(ZSTD),
  MODIFY ORDER BY (function_id, version, since_ms, import_id);
ALTER TABLE {each architecture_fact} ADD COLUMN IF NOT EXISTS import_id UInt64;
