-- Lines whose log stream is unknown belong to no environment: their rows carry the negated id of the function instead.

-- Finds a request in every environment of its function.
CREATE INDEX pending_start_by_request ON pending_start (request_id);
CREATE INDEX fault_by_request ON fault (request_id) WHERE request_id <> '';

-- Invocations, and cold starts among them, without an environment: rates of user-felt cold starts exclude them.
ALTER TABLE rollup_5m ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_5m ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1h ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1h ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1d ADD COLUMN unplaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rollup_1d ADD COLUMN unplaced_cold INTEGER NOT NULL DEFAULT 0;
