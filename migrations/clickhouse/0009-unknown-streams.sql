-- Lines whose log stream is unknown have stream 0, which is not an environment. Counts of its invocations, and of cold starts
-- among them: rates of user-felt cold starts exclude them.
ALTER TABLE {each rollup_5m} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
ALTER TABLE {each rollup_1h} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
ALTER TABLE {each rollup_1d} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
