-- Reports by schedule: when they are made and for whom, and those that were made. A report and its deliveries are written in one
-- transaction, so that each period is sent once.
CREATE TABLE report_schedule (
  id TEXT PRIMARY KEY,
  schedule TEXT NOT NULL,          -- JSON: server/storage/questions/reports/types.ts
  since_ms INTEGER NOT NULL,       -- what was due before is not made up for
  last_period TEXT,                -- of the last report made by schedule: each period has one, also after its report was deleted
  last_to_ms INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
  id TEXT PRIMARY KEY,
  schedule_id TEXT NOT NULL,
  name TEXT NOT NULL,
  period TEXT NOT NULL,            -- 2026-11, 2026-W48
  made_by TEXT NOT NULL CHECK (made_by IN ('schedule', 'request')),
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  due_ms INTEGER,                  -- NULL: made on request
  made_ms INTEGER NOT NULL,
  html_bytes INTEGER NOT NULL,     -- before compression
  csv_bytes INTEGER NOT NULL,
  html BLOB NOT NULL,              -- gzip
  csv BLOB NOT NULL                -- gzip
) STRICT;
CREATE INDEX report_by_time ON report (schedule_id, made_ms);
