-- Causes follow new rules: hours whose invocations are still stored are attributed again.
INSERT INTO pending (queue, function_id, item, mark, from_ms, to_ms, n)
  SELECT 'slot', function_id, slot_ms, 10, slot_ms, slot_ms + 3600000, 1 FROM derived_slot FINAL
  WHERE runs > 0 AND (function_id, slot_ms) GLOBAL IN (
    SELECT function_id, intDiv(end_ms, 3600000) * 3600000 FROM invocation_fact);
