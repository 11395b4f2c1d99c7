-- The architecture since each update of $LATEST, and of published versions: prices depend on it, and history keeps its own.
CREATE TABLE architecture_fact (
  function_id INTEGER NOT NULL,
  version TEXT NOT NULL,           -- '' for $LATEST
  since_ms INTEGER NOT NULL,       -- of the update; of the observation if no source states it; 0 for a published version
  architecture TEXT NOT NULL,
  PRIMARY KEY (function_id, version, since_ms)
) STRICT, WITHOUT ROWID;

INSERT OR REPLACE INTO architecture_fact (function_id, version, since_ms, architecture)
  SELECT function_id, '', ifnull(json_extract(facts, '$.lastModifiedMs'), from_ms), json_extract(facts, '$.architecture')
  FROM function_fact WHERE json_extract(facts, '$.architecture') IS NOT NULL ORDER BY function_id, from_ms;

-- 1: times or versions of the function differ in architecture.
ALTER TABLE function ADD COLUMN moved INTEGER NOT NULL DEFAULT 0;
UPDATE function SET moved = 1 WHERE id IN (
  SELECT function_id FROM architecture_fact GROUP BY function_id HAVING count(DISTINCT architecture) > 1
);
CREATE INDEX function_moved ON function (id) WHERE moved = 1;
