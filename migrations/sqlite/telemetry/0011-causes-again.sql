-- Causes follow new rules: hours whose invocations are still stored are attributed again.
INSERT OR IGNORE INTO dirty_slot (function_id, slot_ms, changes, since_ms)
  SELECT function_id, slot_ms, 1, unixepoch() * 1000 FROM derived_slot WHERE runs > 0 AND EXISTS (
    SELECT 1 FROM invocation WHERE invocation.function_id = derived_slot.function_id
    AND end_ms >= slot_ms AND end_ms < slot_ms + 3600000);
