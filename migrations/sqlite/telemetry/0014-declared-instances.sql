-- Finds the few functions whose inventory declares Managed Instances without reading the facts of all others. A row whose facts are
-- damaged has no entry: without the check, the expression would fail, and the row could not even be deleted.
CREATE INDEX function_fact_instances ON function_fact (function_id, from_ms)
  WHERE CASE WHEN json_valid(facts) THEN json_extract(facts, '$.instances') END IS NOT NULL;
