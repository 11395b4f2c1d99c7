-- Cold starts and failures are few of the invocations: lists of them, and what is counted from them, read these instead of every
-- row. For SQLite the primary key is as good as an index that begins with the same columns; by the expression a query says which it
-- reads.
CREATE INDEX invocation_cold ON invocation ((function_id + 0), end_ms) WHERE cold IS NOT NULL;
CREATE INDEX invocation_failed ON invocation ((function_id + 0), end_ms, status) WHERE status <> 0;
