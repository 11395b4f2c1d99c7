-- Updates of $LATEST, from inventory (LastModified) and CloudTrail. The same update from both is two rows with one time.
CREATE TABLE deploy (
  function_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  source TEXT NOT NULL,            -- inventory, cloudtrail
  event TEXT,                      -- CloudTrail's name: CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration
  code_sha256 TEXT,
  PRIMARY KEY (function_id, at_ms, source)
) STRICT, WITHOUT ROWID;

-- Environments of functions with tenant isolation: each serves one tenant.
CREATE TABLE environment_tenant (
  function_id INTEGER NOT NULL,
  tenant_id INTEGER NOT NULL,      -- label.id
  environment_id INTEGER NOT NULL,
  PRIMARY KEY (function_id, tenant_id, environment_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX environment_tenant_by_environment ON environment_tenant (environment_id);

INSERT OR IGNORE INTO environment_tenant (function_id, tenant_id, environment_id)
  SELECT function_id, tenant_id, environment_id FROM invocation WHERE tenant_id IS NOT NULL GROUP BY environment_id;
