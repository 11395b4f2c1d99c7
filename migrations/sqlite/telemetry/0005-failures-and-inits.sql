-- Frames of an error that a runtime reported, one per line, innermost first.
ALTER TABLE fault ADD COLUMN stack TEXT;

-- Init that ran inside the invocation: part of duration_us.
ALTER TABLE invocation ADD COLUMN hidden_init_us INTEGER;
-- 1: this init, or the one that it repeats, was stopped at its time limit.
ALTER TABLE invocation ADD COLUMN init_timed_out INTEGER;

-- The part of an init or restore that was billed; NULL: none.
ALTER TABLE cold_start ADD COLUMN billed_init_us INTEGER;
UPDATE cold_start SET billed_init_us = init_us WHERE init_billed = 1;
-- A restore is billed for a part of its time, which attribution reads from the invocation.
INSERT OR IGNORE INTO dirty_slot (function_id, slot_ms, changes, since_ms)
  SELECT DISTINCT function_id, slot_ms, 1, 0 FROM cold_start WHERE kind = 2;

-- Days (UTC, since 1970) on which an error that a runtime reports would have been received: lines came that only a complete
-- log contains, or the status is part of the record. The days beside such a day count as well.
CREATE TABLE error_day (
  function_id INTEGER NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (function_id, day)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO error_day (function_id, day)
  SELECT DISTINCT function_id, at_ms / 86400000 FROM runtime_done JOIN environment ON environment.id = environment_id;
INSERT OR IGNORE INTO error_day (function_id, day) SELECT function_id, day - 1 FROM error_day;
INSERT OR IGNORE INTO error_day (function_id, day)
  SELECT DISTINCT function_id, at_ms / 86400000 + 1 FROM runtime_done JOIN environment ON environment.id = environment_id;
