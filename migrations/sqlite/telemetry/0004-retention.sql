-- Retention. Days are those of the events (UTC, since 1970), but age also counts from receipt: imported history counts from
-- the import.

CREATE TABLE kept_day (
  kind TEXT NOT NULL,              -- function, log-group, gateway, traces, network, flow
  scope INTEGER NOT NULL,          -- function.id, log_group.id, or 0
  day INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,    -- when its newest event was received, to the hour
  dropped INTEGER NOT NULL DEFAULT 0, -- 1: raw events were deleted, rollups remain; further events would count twice
  PRIMARY KEY (kind, scope, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_day_by_day ON kept_day (dropped, day);

INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'function', function_id, bucket / 86400000, unixepoch() * 1000 FROM rollup_1d GROUP BY function_id, bucket;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'function', function_id, at_ms / 86400000, unixepoch() * 1000 FROM resource_use;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'log-group', log_group_id, hour_ms / 86400000, unixepoch() * 1000 FROM log_volume;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'gateway', log_group_id, at_ms / 86400000, unixepoch() * 1000 FROM gateway_request;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'traces', 0, start_ns / 86400000000000, unixepoch() * 1000 FROM trace_segment;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'network', 0, at_ms / 86400000, unixepoch() * 1000 FROM network_event;
INSERT OR IGNORE INTO kept_day (kind, scope, day, received_ms)
  SELECT 'flow', 0, from_ms / 86400000, unixepoch() * 1000 FROM flow_record;

-- Retention deletes by time.
CREATE INDEX trace_segment_by_time ON trace_segment (start_ns);
CREATE INDEX flow_record_by_time ON flow_record (from_ms);
