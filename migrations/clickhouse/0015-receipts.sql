-- When a row was received: one whose time is in the future is kept as long after its receipt as others after their event. Rows of
-- before count from the first merge that stores the column.
ALTER TABLE {each gateway_request} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each network_event} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each resource_use} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each response} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each durable_line} ADD COLUMN IF NOT EXISTS stored_ms SimpleAggregateFunction(max, Int64) DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each flow_record} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each trace_segment} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each volume_fact} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
ALTER TABLE {each environment} ADD COLUMN IF NOT EXISTS stored_ms Int64 DEFAULT toUnixTimestamp64Milli(now64(3));
