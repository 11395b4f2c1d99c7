-- Groups of failures, derived for each hour of a function with its cold starts (server/analytics/errors/hour.ts): the same rows give
-- the same groups. Kept as long as the other aggregates.

-- What the failures of a group have in common. It follows from the fingerprint.
CREATE TABLE error_group (
  function_id INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  kind TEXT NOT NULL,              -- handler, runtime, timeout, oom, init, rest
  error_type TEXT,
  message TEXT NOT NULL,           -- template; '' if there is none
  frame TEXT NOT NULL,             -- '' if there is none
  PRIMARY KEY (function_id, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE error_hour (
  function_id INTEGER NOT NULL,
  slot_ms INTEGER NOT NULL,        -- the hour in which the attempts ended
  fingerprint TEXT NOT NULL,
  version TEXT NOT NULL,           -- '' where it is unknown
  attempts INTEGER NOT NULL,
  invocations INTEGER NOT NULL,    -- different requests
  init_failures INTEGER NOT NULL,  -- without an invocation
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (function_id, slot_ms, fingerprint, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX error_hour_by_time ON error_hour (slot_ms);
CREATE INDEX error_hour_by_group ON error_hour (function_id, fingerprint, slot_ms);

-- Hours with failures whose invocations are still stored.
INSERT OR IGNORE INTO dirty_slot (function_id, slot_ms, changes, since_ms)
  SELECT function_id, bucket, 1, 0 FROM rollup_1h WHERE timeouts + errors + ooms + exits > 0 AND EXISTS (
    SELECT 1 FROM invocation WHERE invocation.function_id = rollup_1h.function_id AND end_ms >= bucket AND end_ms < bucket + 3600000)
  GROUP BY function_id, bucket;
