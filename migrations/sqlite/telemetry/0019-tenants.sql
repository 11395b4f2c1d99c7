-- Functions with tenant isolation are few: whether a range has invocations of tenants is read here, not from every row. For the
-- function in parentheses, see 0018.
CREATE INDEX invocation_tenant ON invocation ((function_id + 0), end_ms) WHERE tenant_id IS NOT NULL;
