-- Attribution of cold starts, per function and hour. Everything here can be computed again from the other tables,
-- with the same result (server/analytics/cold-starts/hour.ts).

-- Hours whose rows changed since they were last attributed. Written in the transaction of the rows.
CREATE TABLE dirty_slot (
  function_id INTEGER NOT NULL,
  slot_ms INTEGER NOT NULL,        -- start of the hour
  changes INTEGER NOT NULL,        -- number of rows or facts added or changed
  since_ms INTEGER NOT NULL,       -- time of the first change
  PRIMARY KEY (function_id, slot_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE derived_slot (
  function_id INTEGER NOT NULL,
  slot_ms INTEGER NOT NULL,
  runs INTEGER NOT NULL,
  idle_times TEXT NOT NULL,        -- JSON: [bin, reused, terminated] of idle times that ended in this hour
  closing TEXT NOT NULL,           -- JSON: state carried into the next hour
  PRIMARY KEY (function_id, slot_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE cold_start (
  function_id INTEGER NOT NULL,
  slot_ms INTEGER NOT NULL,        -- the hour of its START
  end_ms INTEGER NOT NULL,
  request_id ANY NOT NULL,         -- as in invocation
  environment_id INTEGER NOT NULL,
  series_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,          -- when the environment was requested
  kind INTEGER NOT NULL,
  user_felt INTEGER NOT NULL,
  cause INTEGER NOT NULL,          -- by the evidence and the function's idle window
  init_us INTEGER,
  init_billed INTEGER NOT NULL,    -- 1: the billed duration includes the init
  duration_us INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  platform_ms INTEGER,             -- START minus the end of init; negative where clocks disagree
  loop INTEGER NOT NULL,
  evidence TEXT NOT NULL,          -- JSON
  PRIMARY KEY (function_id, slot_ms, end_ms, request_id, environment_id)
) STRICT, WITHOUT ROWID;

-- Changes of the configuration or runtime of environments. One row per change.
CREATE TABLE change (
  function_id INTEGER NOT NULL,
  slot_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,              -- deploy, runtime-patch
  before TEXT NOT NULL,            -- JSON: configuration and runtime
  after TEXT NOT NULL,
  PRIMARY KEY (function_id, slot_ms, at_ms, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_time ON change (at_ms);

-- How long idle environments of a function are kept, as causes are decided by.
CREATE TABLE idle_window (
  function_id INTEGER PRIMARY KEY,
  window_ms INTEGER,               -- NULL while unknown
  surely_ms INTEGER NOT NULL,      -- up to this idle time hardly any is terminated
  estimated INTEGER NOT NULL,      -- 0: window_ms is the longest idle time survived
  source TEXT NOT NULL             -- own, fleet
) STRICT;

-- An init that ended longer than this before START is proactive; NULL: one second.
ALTER TABLE function ADD COLUMN proactive_gap_ms INTEGER;

-- From inventory, like architecture, runtime and VPC.
ALTER TABLE function ADD COLUMN package_type TEXT;
UPDATE function SET package_type = (
  SELECT json_extract(facts, '$.packageType') FROM function_fact WHERE function_id = function.id ORDER BY from_ms DESC LIMIT 1
);

-- Stored rows are attributed after this migration. An invocation may start in the hour before the one it ends in.
INSERT OR IGNORE INTO dirty_slot (function_id, slot_ms, changes, since_ms)
  SELECT function_id, bucket, sum(n), 0 FROM rollup_1h GROUP BY function_id, bucket;
INSERT OR IGNORE INTO dirty_slot (function_id, slot_ms, changes, since_ms)
  SELECT function_id, bucket - 3600000, 1, 0 FROM rollup_1h GROUP BY function_id, bucket;

-- Billed time of failed attempts.
ALTER TABLE rollup_5m ADD COLUMN failed_billed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1h ADD COLUMN failed_billed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1d ADD COLUMN failed_billed_ms INTEGER NOT NULL DEFAULT 0;
UPDATE rollup_5m SET failed_billed_ms = (
  SELECT ifnull(sum(invocation.billed_ms), 0) FROM invocation
  WHERE invocation.function_id = rollup_5m.function_id AND end_ms >= bucket AND end_ms < bucket + 300000
    AND invocation.series_id = rollup_5m.series_id AND status <> 0
) WHERE timeouts + errors + ooms + exits > 0;
UPDATE rollup_1h SET failed_billed_ms = (
  SELECT ifnull(sum(invocation.billed_ms), 0) FROM invocation
  WHERE invocation.function_id = rollup_1h.function_id AND end_ms >= bucket AND end_ms < bucket + 3600000
    AND invocation.series_id = rollup_1h.series_id AND status <> 0
) WHERE timeouts + errors + ooms + exits > 0;
UPDATE rollup_1d SET failed_billed_ms = (
  SELECT ifnull(sum(invocation.billed_ms), 0) FROM invocation
  WHERE invocation.function_id = rollup_1d.function_id AND end_ms >= bucket AND end_ms < bucket + 86400000
    AND invocation.series_id = rollup_1d.series_id AND status <> 0
) WHERE timeouts + errors + ooms + exits > 0;

-- Log volume of a log group as delivered. A repeated message is recognised by its digest.
CREATE TABLE log_volume (
  log_group_id INTEGER NOT NULL,
  hour_ms INTEGER NOT NULL,        -- of the message's first event
  events INTEGER NOT NULL,
  bytes INTEGER NOT NULL,          -- of the messages' texts, UTF-8
  PRIMARY KEY (log_group_id, hour_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_message (
  hour_ms INTEGER NOT NULL,
  log_group_id INTEGER NOT NULL,
  digest BLOB NOT NULL,            -- 8 bytes
  PRIMARY KEY (hour_ms, log_group_id, digest)
) STRICT, WITHOUT ROWID;

-- platform.runtimeDone: Duration in REPORT beyond it is the time of extensions. JSON logs only.
CREATE TABLE runtime_done (
  environment_id INTEGER NOT NULL,
  request_id ANY NOT NULL,         -- as in invocation
  at_ms INTEGER NOT NULL,
  runtime_us INTEGER NOT NULL,
  PRIMARY KEY (environment_id, request_id, at_ms)
) STRICT, WITHOUT ROWID;
