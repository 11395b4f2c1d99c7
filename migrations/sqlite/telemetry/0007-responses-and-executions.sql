-- What platform.runtimeDone, or platform.report on Managed Instances, says about the response of an invocation. JSON logs only.
CREATE TABLE response (
  function_id INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  request_id ANY NOT NULL,         -- as in invocation
  first_byte_us INTEGER,           -- from START to the first byte
  response_us INTEGER,             -- from the first byte to the last
  bytes INTEGER,
  PRIMARY KEY (function_id, at_ms, request_id)
) STRICT, WITHOUT ROWID;

-- Lines of a durable execution that name one of its operations, or none.
CREATE TABLE durable_line (
  function_id INTEGER NOT NULL,
  execution TEXT NOT NULL,         -- name and id, as the ARN has them
  request_id TEXT NOT NULL,
  operation TEXT NOT NULL,         -- '' if the line names none
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  PRIMARY KEY (function_id, execution, request_id, operation)
) STRICT, WITHOUT ROWID;
CREATE INDEX durable_line_by_time ON durable_line (function_id, last_ms);
