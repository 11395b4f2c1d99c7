-- What people decided about groups of failures. A function is named as in the API (account:region:name), because both stores of telemetry
-- have ids of their own.
CREATE TABLE error_state (
  function TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'ignored')),
  at_ms INTEGER NOT NULL,          -- of the decision; 0 if the group was only merged
  versions TEXT NOT NULL,          -- JSON: versions with failures until then; '' for an unknown one
  merged_into TEXT,                -- fingerprint of the group that contains this one
  PRIMARY KEY (function, fingerprint)
) STRICT, WITHOUT ROWID;
