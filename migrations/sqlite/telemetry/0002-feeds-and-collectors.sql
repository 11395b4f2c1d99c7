-- Documents other than platform lines, configuration of functions, and positions of the collectors.

-- One row per segment or span. A segment in progress is replaced by its finished form.
CREATE TABLE trace_segment (
  trace_id ANY NOT NULL,           -- BLOB(16), or TEXT where it is not canonical
  id TEXT NOT NULL,
  parent_id TEXT,
  function_id INTEGER,             -- where the resource is a function
  name TEXT NOT NULL,
  origin TEXT,
  start_ns INTEGER NOT NULL,       -- epoch nanoseconds: read as text, they exceed 2^53
  end_ns INTEGER,                  -- NULL while in progress
  request_id ANY,                  -- as in invocation
  http_status INTEGER,
  outcome TEXT,
  detail TEXT NOT NULL,            -- JSON: resourceArn, annotations, subsegments
  PRIMARY KEY (trace_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX trace_segment_by_function ON trace_segment (function_id, start_ns) WHERE function_id IS NOT NULL;

-- Traces that were requested and have not arrived completely.
CREATE TABLE trace_attempt (
  trace_id ANY PRIMARY KEY,
  tries INTEGER NOT NULL,
  last_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE network_event (
  id TEXT PRIMARY KEY,             -- CloudTrail's event id, or a hash of the record
  at_ms INTEGER NOT NULL,
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  name TEXT NOT NULL,
  error_code TEXT,
  subnet_id TEXT,
  security_groups TEXT NOT NULL,   -- JSON array
  eni_id TEXT,
  addresses INTEGER,
  function_id INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX network_event_by_time ON network_event (at_ms);

CREATE TABLE gateway_request (
  log_group_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  lambda_request_id ANY,           -- as in invocation
  route TEXT,
  status INTEGER,
  integration_latency_us INTEGER,
  response_latency_us INTEGER,
  PRIMARY KEY (log_group_id, at_ms, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE resource_use (
  function_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  request_id ANY NOT NULL,
  version TEXT,
  trace_id TEXT,
  cold_start INTEGER,
  timed_out INTEGER NOT NULL,
  duration_us INTEGER,
  init_us INTEGER,
  billed_mb_ms INTEGER,
  used_memory_max_mb REAL,
  total_memory_mb REAL,
  cpu_user_us INTEGER,
  cpu_system_us INTEGER,
  cpu_total_us INTEGER,
  rx_bytes INTEGER,
  tx_bytes INTEGER,
  tmp_free_bytes INTEGER,
  tmp_max_bytes INTEGER,
  fd_use INTEGER,
  threads_max INTEGER,
  shutdown_reason TEXT,
  PRIMARY KEY (function_id, at_ms, request_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE flow_record (
  account TEXT NOT NULL,
  eni_id TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  source_address TEXT NOT NULL,    -- '' where the record has none
  target_address TEXT NOT NULL,
  target_port INTEGER NOT NULL,    -- -1 where the record has none
  protocol INTEGER,
  packets INTEGER,
  PRIMARY KEY (account, eni_id, from_ms, outcome, source_address, target_address, target_port)
) STRICT, WITHOUT ROWID;

CREATE TABLE tuning_run (
  digest TEXT PRIMARY KEY,         -- a result that is imported twice is stored once
  function_id INTEGER NOT NULL,
  imported_ms INTEGER NOT NULL,
  chosen_mb INTEGER,
  points TEXT NOT NULL             -- JSON: memoryMb, durationMs, costUsd
) STRICT, WITHOUT ROWID;

CREATE TABLE load_test (
  digest TEXT PRIMARY KEY,
  function_id INTEGER,
  imported_ms INTEGER NOT NULL,
  at_ms INTEGER,
  tool TEXT NOT NULL,
  name TEXT NOT NULL,
  result TEXT NOT NULL             -- JSON: counts, latencies in ms, histogram, quantiles
) STRICT, WITHOUT ROWID;

-- Configuration of functions, with the time since which it is known: one row per change.
CREATE TABLE function_fact (
  function_id INTEGER NOT NULL,
  from_ms INTEGER NOT NULL,
  source TEXT NOT NULL,            -- lambda-api, list-functions, declared
  confirmed_ms INTEGER NOT NULL,   -- last time a source confirmed it
  facts TEXT NOT NULL,             -- JSON
  PRIMARY KEY (function_id, from_ms)
) STRICT, WITHOUT ROWID;
ALTER TABLE function ADD COLUMN architecture TEXT;
ALTER TABLE function ADD COLUMN runtime TEXT;
ALTER TABLE function ADD COLUMN vpc INTEGER;

-- How far pull has read a log group. Written in the transaction of the events that it covers.
CREATE TABLE pull_checkpoint (
  account TEXT NOT NULL,
  region TEXT NOT NULL,
  log_group TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('poll', 'backfill')),
  watermark_ms INTEGER,            -- everything up to here was read; NULL before the first complete scan
  scan TEXT,                       -- JSON of the scan in progress: window, next token, newest event
  wide_ms INTEGER,                 -- end of the last reconciliation scan
  state TEXT NOT NULL,
  message TEXT,
  events INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL,
  PRIMARY KEY (account, region, log_group, mode)
) STRICT, WITHOUT ROWID;
