-- Alerts: rules, their results, and notifications. Documents are JSON; their shapes are those of
-- server/storage/questions/alerts/types.ts. A transition and its event are written in one transaction.

CREATE TABLE alert_rule (
  id TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- End of the newest evaluated window of each rule; each window is evaluated once.
CREATE TABLE alert_watch (
  rule_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL,
  error TEXT,                      -- of the newest evaluation
  errors INTEGER NOT NULL,         -- consecutive
  late INTEGER NOT NULL,           -- windows that changed after they closed
  skipped INTEGER NOT NULL,        -- evaluations missed while the server was down
  took_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Series that are pending or firing.
CREATE TABLE alert_instance (
  rule_id TEXT NOT NULL,
  series TEXT NOT NULL,
  state TEXT NOT NULL,
  alert TEXT NOT NULL,
  PRIMARY KEY (rule_id, series)
) STRICT, WITHOUT ROWID;

-- Fired and resolved alerts: the outbox that notification groups are filled from, and the history.
CREATE TABLE alert_event (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  alert_id TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  status TEXT NOT NULL,            -- firing, resolved
  at_ms INTEGER NOT NULL,
  alert TEXT NOT NULL
) STRICT;
CREATE INDEX alert_event_by_alert ON alert_event (alert_id, seq);
CREATE INDEX alert_event_by_time ON alert_event (at_ms);

CREATE TABLE alert_group (
  id TEXT PRIMARY KEY,             -- receiver, route and common labels
  receiver_id TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_receiver (
  id TEXT PRIMARY KEY,
  receiver TEXT NOT NULL,
  secrets TEXT NOT NULL            -- returned once, when it is created
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_silence (
  id TEXT PRIMARY KEY,
  silence TEXT NOT NULL,
  ends_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alert_delivery (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,         -- webhook-id: the same for all attempts
  receiver_id TEXT NOT NULL,
  group_id TEXT NOT NULL,          -- '' for tests
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  state TEXT NOT NULL,             -- pending, delivered, superseded, exhausted, gone, cancelled
  attempts INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  first_ms INTEGER,                -- of the first attempt
  next_ms INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE INDEX alert_delivery_pending ON alert_delivery (receiver_id, seq) WHERE state = 'pending';

CREATE TABLE alert_attempt (
  delivery_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  took_ms INTEGER NOT NULL,
  status INTEGER,
  error TEXT,
  answer TEXT,                     -- its first KiB
  PRIMARY KEY (delivery_id, attempt)
) STRICT, WITHOUT ROWID;
