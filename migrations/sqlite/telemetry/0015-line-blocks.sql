-- Log lines in blocks, which replace chunks in the background: lines of one function and one day (UTC), in order, compressed together
-- (server/storage/sqlite/lines/block.ts). raw_chunk holds what was received since.
CREATE TABLE line_block (
  id INTEGER PRIMARY KEY,
  function_id INTEGER NOT NULL,
  first_ms INTEGER NOT NULL,
  last_ms INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,    -- newest receipt of its lines: start of its retention
  lines INTEGER NOT NULL,
  raw_bytes INTEGER NOT NULL,      -- size of the messages in UTF-8
  bytes INTEGER NOT NULL,          -- size of filter, head and body
  levels TEXT NOT NULL,            -- JSON: number of lines of no level, then of each level from trace to fatal
  filter BLOB,                     -- Bloom filter of words; NULL: to be rebuilt
  head BLOB NOT NULL,              -- times, environments, levels and events
  body BLOB NOT NULL               -- messages
) STRICT;
CREATE INDEX line_block_time ON line_block (function_id, last_ms, first_ms);
CREATE INDEX line_block_newest ON line_block (last_ms, first_ms, function_id);
CREATE INDEX line_block_receipt ON line_block (received_ms, bytes, lines);

-- What retention has deleted of log lines, by the limit that it reached.
CREATE TABLE line_loss (
  reason TEXT PRIMARY KEY,         -- 'age' or 'budget'
  until_ms INTEGER NOT NULL,       -- newest receipt of a deleted line
  lines INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
