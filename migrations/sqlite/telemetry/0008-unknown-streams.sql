-- Lines whose log stream is unknown are of no environment: their rows carry the function's id, negated, in place of one.

-- A request is looked for in every environment of its function.
CREATE INDEX pending_start_by_request ON pending_start (request_id);
CREATE INDEX fault_by_request ON fault (request_id) WHERE request_id <> '';

-- How many invocations, and cold starts among them, have no environment: rates of user-felt cold starts leave them out.
ALTER TABLE rollup_5m ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_5m ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1h ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1h ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1d ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1d ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
