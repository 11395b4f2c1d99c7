-- Lines whose log stream is unknown have stream 0, which is no environment. How many invocations, and cold starts among them, are
-- of it: rates of user-felt cold starts leave them out.
ALTER TABLE {each rollup_5m} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
ALTER TABLE {each rollup_1h} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
ALTER TABLE {each rollup_1d} ADD COLUMN IF NOT EXISTS unplaced UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER failed_billed_ms,
  ADD COLUMN IF NOT EXISTS unplaced_cold UInt64 DEFAULT 0 CODEC(T64, ZSTD) AFTER unplaced;
