-- Updates of $LATEST, from inventory (LastModified) and CloudTrail. The same update from both is two rows with one time.
CREATE TABLE {table deploy by function_id} (
  function_id UInt64,
  at_ms Int64,
  source LowCardinality(String),     -- inventory, cloudtrail
  event LowCardinality(Nullable(String)),
  code_sha256 Nullable(String)
) {engine ReplacingMergeTree}
ORDER BY (function_id, at_ms, source);

-- Each environment of a function with tenant isolation serves one tenant.
ALTER TABLE {each environment} ADD COLUMN IF NOT EXISTS tenant Nullable(String);
