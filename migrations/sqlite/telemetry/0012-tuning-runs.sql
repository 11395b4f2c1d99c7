-- How a power tuning ran; null where its output does not contain it.
ALTER TABLE tuning_run ADD COLUMN at_ms INTEGER;
ALTER TABLE tuning_run ADD COLUMN invocations INTEGER;   -- at each size
ALTER TABLE tuning_run ADD COLUMN cold_starts INTEGER;   -- 1 if most invocations were cold starts

CREATE INDEX tuning_run_function ON tuning_run (function_id, imported_ms);
