-- How a power tuning ran; null where its output does not contain it.
ALTER TABLE {each tuning_run} ADD COLUMN IF NOT EXISTS at_ms Nullable(Int64);
ALTER TABLE {each tuning_run} ADD COLUMN IF NOT EXISTS invocations Nullable(UInt32);
ALTER TABLE {each tuning_run} ADD COLUMN IF NOT EXISTS cold_starts Nullable(UInt8);
