-- Telemetry from log lines. One row per invocation, clustered by function and end, so that a redelivery has
-- the same key and a time range of a function is one scan. Times are epoch milliseconds; durations are whole
-- microseconds (Lambda prints at most three decimals of a millisecond).

CREATE TABLE log_group (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,           -- '' until a source names it
  region TEXT NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX log_group_identity ON log_group (name, account, region);

CREATE TABLE function (
  id INTEGER PRIMARY KEY,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  labelled INTEGER NOT NULL,       -- 1: the name was inferred from a custom log group
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  latest_ms INTEGER NOT NULL DEFAULT 0,   -- of the invocation that memory_mb and version were read from
  memory_mb INTEGER,
  version TEXT,
  runtime_ms INTEGER NOT NULL DEFAULT 0,  -- of the INIT_START that runtime_version was read from
  runtime_version TEXT
) STRICT;
CREATE UNIQUE INDEX function_identity ON function (name, account, region);

-- What rollups are split by. Memory, version and architecture change over a function's life.
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL REFERENCES function,
  version TEXT,
  memory_mb INTEGER,
  architecture TEXT
) STRICT;
CREATE UNIQUE INDEX series_identity
  ON series (function_id, ifnull(version, ''), ifnull(memory_mb, -1), ifnull(architecture, ''));

CREATE TABLE label (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE environment (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL REFERENCES function,
  log_group_id INTEGER NOT NULL REFERENCES log_group,
  log_stream TEXT NOT NULL,
  version TEXT,
  memory_mb INTEGER,
  runtime_version TEXT,
  runtime_version_arn TEXT,
  initialization_type TEXT,
  init_start_ms INTEGER,
  init_us INTEGER,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  first_end_ms INTEGER,
  last_end_ms INTEGER,
  last_status INTEGER,
  invocations INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  max_memory_mb INTEGER,
  attributes TEXT,                 -- JSON of the delivery stream's common attributes
  odd INTEGER NOT NULL DEFAULT 0,  -- bit 1: a failure or failed init makes order matter; bit 2: fault lines are stored
  pending_starts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX environment_identity ON environment (log_group_id, log_stream);
CREATE INDEX environment_by_function ON environment (function_id, last_seen_ms);

CREATE TABLE invocation (
  function_id INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  request_id ANY NOT NULL,         -- BLOB(16) for a UUID, TEXT otherwise
  environment_id INTEGER NOT NULL,
  series_id INTEGER NOT NULL,
  run_ms INTEGER,                  -- end - START; NULL where START did not arrive
  duration_us INTEGER NOT NULL,
  billed_ms INTEGER,
  max_memory_mb INTEGER,
  status INTEGER NOT NULL,
  cold INTEGER,                    -- kind of cold start; NULL when warm
  user_felt INTEGER,
  init_us INTEGER,
  restore_us INTEGER,
  billed_restore_ms INTEGER,
  error_type_id INTEGER,
  sampled INTEGER,
  trace_id ANY,                    -- BLOB(16), or TEXT where it is not canonical
  segment_id TEXT,
  tenant_id INTEGER,
  PRIMARY KEY (function_id, end_ms, request_id, environment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE pending_start (
  environment_id INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  start_ms INTEGER NOT NULL,
  version TEXT,
  tenant TEXT,
  PRIMARY KEY (environment_id, request_id, start_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE init_event (
  environment_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  duration_us INTEGER,
  phase TEXT,
  status TEXT,
  error_type TEXT,
  initialization_type TEXT,
  PRIMARY KEY (environment_id, at_ms, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE fault (
  environment_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  request_id TEXT NOT NULL,        -- '' where the line carries none
  error_type TEXT,
  message TEXT,
  PRIMARY KEY (environment_id, at_ms, kind, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE extension (
  environment_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  detail TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (environment_id, kind, name, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_chunk (
  id INTEGER PRIMARY KEY,
  environment_id INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,    -- start of its retention: imported history counts from the import
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  events INTEGER NOT NULL,
  digest BLOB NOT NULL,
  gzip BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX raw_chunk_identity ON raw_chunk (environment_id, first_ms, digest);

-- Rollups at three widths with the same columns. Sketches are mergeable; no column is an average.
CREATE TABLE rollup_5m (
  function_id INTEGER NOT NULL,
  bucket INTEGER NOT NULL,         -- start of the bucket
  series_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  with_start INTEGER NOT NULL,
  timeouts INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  ooms INTEGER NOT NULL,
  exits INTEGER NOT NULL,
  cold_on_demand INTEGER NOT NULL,
  cold_provisioned INTEGER NOT NULL,
  cold_snap_start INTEGER NOT NULL,
  cold_suppressed INTEGER NOT NULL,
  cold_managed_instance INTEGER NOT NULL,
  user_felt INTEGER NOT NULL,
  billed_ms INTEGER NOT NULL,
  felt_init_us INTEGER NOT NULL,   -- init and restore time of user-felt cold starts
  max_memory_mb INTEGER,
  duration BLOB NOT NULL,          -- sketch of Duration in ms
  cold BLOB NOT NULL,              -- sketches of init and of init + Duration, by kind of cold start
  PRIMARY KEY (function_id, bucket, series_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_1h (
  function_id INTEGER NOT NULL, bucket INTEGER NOT NULL, series_id INTEGER NOT NULL,
  n INTEGER NOT NULL, with_start INTEGER NOT NULL,
  timeouts INTEGER NOT NULL, errors INTEGER NOT NULL, ooms INTEGER NOT NULL, exits INTEGER NOT NULL,
  cold_on_demand INTEGER NOT NULL, cold_provisioned INTEGER NOT NULL, cold_snap_start INTEGER NOT NULL,
  cold_suppressed INTEGER NOT NULL, cold_managed_instance INTEGER NOT NULL, user_felt INTEGER NOT NULL,
  billed_ms INTEGER NOT NULL, felt_init_us INTEGER NOT NULL, max_memory_mb INTEGER,
  duration BLOB NOT NULL, cold BLOB NOT NULL,
  PRIMARY KEY (function_id, bucket, series_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_1d (
  function_id INTEGER NOT NULL, bucket INTEGER NOT NULL, series_id INTEGER NOT NULL,
  n INTEGER NOT NULL, with_start INTEGER NOT NULL,
  timeouts INTEGER NOT NULL, errors INTEGER NOT NULL, ooms INTEGER NOT NULL, exits INTEGER NOT NULL,
  cold_on_demand INTEGER NOT NULL, cold_provisioned INTEGER NOT NULL, cold_snap_start INTEGER NOT NULL,
  cold_suppressed INTEGER NOT NULL, cold_managed_instance INTEGER NOT NULL, user_felt INTEGER NOT NULL,
  billed_ms INTEGER NOT NULL, felt_init_us INTEGER NOT NULL, max_memory_mb INTEGER,
  duration BLOB NOT NULL, cold BLOB NOT NULL,
  PRIMARY KEY (function_id, bucket, series_id)
) STRICT, WITHOUT ROWID;

-- Index of request ids, built in the background in sorted runs: a random index on the hot path would cost more than the row.
CREATE TABLE request_index_pending (
  id INTEGER PRIMARY KEY,
  entries BLOB NOT NULL            -- 20 bytes per entry: hash u32, function u32, environment u32, end f64
) STRICT;
CREATE TABLE request_index (
  day INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  function_id INTEGER NOT NULL,
  environment_id INTEGER NOT NULL,
  PRIMARY KEY (day, hash, end_ms, environment_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
  id INTEGER PRIMARY KEY,
  received_ms INTEGER NOT NULL,
  source_kind TEXT NOT NULL,
  source_name TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  log_group TEXT,
  digest BLOB NOT NULL UNIQUE,     -- the same record sent again is one dead letter
  seen INTEGER NOT NULL DEFAULT 1,
  size INTEGER NOT NULL,
  payload BLOB NOT NULL,
  replayed_ms INTEGER
) STRICT;

CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE unknown_field (
  key TEXT PRIMARY KEY,
  n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  last_data_ms INTEGER,            -- control messages show that a source is alive without data
  requests INTEGER NOT NULL,
  events INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  lag BLOB NOT NULL,               -- sketch of received - event time, in ms
  PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
