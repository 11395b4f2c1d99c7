-- The architecture since each update of $LATEST, and of published versions: prices depend on it, and history keeps its own.
CREATE TABLE {table architecture_fact by function_id} (
  function_id UInt64,
  version String,                    -- '' for $LATEST
  since_ms Int64,                    -- of the update; of the observation if no source states it; 0 for a published version
  architecture LowCardinality(String)
) {engine ReplacingMergeTree}
ORDER BY (function_id, version, since_ms);

INSERT INTO architecture_fact (function_id, version, since_ms, architecture)
  SELECT function_id, '', if(JSONHas(given, 'lastModifiedMs') AND JSONType(given, 'lastModifiedMs') != 'Null',
      JSONExtractInt(given, 'lastModifiedMs'), at_ms), JSONExtractString(given, 'architecture')
  FROM inventory_fact FINAL WHERE JSONExtractString(given, 'architecture') != '';
