-- Finds the few functions whose inventory declares Managed Instances without reading the facts of all others.
CREATE INDEX function_fact_instances ON function_fact (function_id, from_ms)
  WHERE json_extract(facts, '$.instances') IS NOT NULL;
