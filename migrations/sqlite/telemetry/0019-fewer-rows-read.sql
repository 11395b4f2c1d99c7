-- What pages ask of few functions is read here, not from every row of the others. For the function in parentheses, see 0018.
CREATE INDEX invocation_tenant ON invocation ((function_id + 0), end_ms) WHERE tenant_id IS NOT NULL;
CREATE INDEX environment_managed ON environment (function_id) WHERE initialization_type = 'lambda-managed-instances';
-- Bit 2: fault lines are stored. Environments of lines without a log stream, whose ids are negative, have no such bits.
CREATE INDEX environment_with_faults ON environment (function_id, last_seen_ms) WHERE odd & 2 <> 0 OR id < 0;

-- Environments of a range are counted and found in the index alone, without their rows. It is written as often as before.
DROP INDEX environment_by_function;
CREATE INDEX environment_by_function ON environment (function_id, last_seen_ms, first_seen_ms, init_start_ms);
