-- Tables that receive every batch merge many parts at a time: fewer merges move the same rows and leave more of the machine to
-- ingest. Queries merge by key anyway.
ALTER TABLE {own invocation_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;
ALTER TABLE {own raw_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;
ALTER TABLE {own volume_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;
ALTER TABLE {own stream_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;
ALTER TABLE {own pending} MODIFY SETTING min_parts_to_merge_at_once = 16;

-- Pages wait for sketches and attributed hours, which are small compared with the rows: LZ4 takes twice the space of ZSTD and a
-- third of the time to read. Bins of a duration fit in sixteen bits (server/analytics/sketch/sketch.ts), and no bucket counts
-- billions.
ALTER TABLE {each rollup_5m} MODIFY COLUMN duration Map(Int16, UInt32) CODEC(LZ4),
  MODIFY COLUMN cold_init Map(Int32, UInt32) CODEC(LZ4), MODIFY COLUMN cold_total Map(Int32, UInt32) CODEC(LZ4);
ALTER TABLE {each rollup_1h} MODIFY COLUMN duration Map(Int16, UInt32) CODEC(LZ4),
  MODIFY COLUMN cold_init Map(Int32, UInt32) CODEC(LZ4), MODIFY COLUMN cold_total Map(Int32, UInt32) CODEC(LZ4);
ALTER TABLE {each rollup_1d} MODIFY COLUMN duration Map(Int16, UInt32) CODEC(LZ4),
  MODIFY COLUMN cold_init Map(Int32, UInt32) CODEC(LZ4), MODIFY COLUMN cold_total Map(Int32, UInt32) CODEC(LZ4);
ALTER TABLE {own derived_slot} MODIFY COLUMN cold_starts String CODEC(LZ4), MODIFY COLUMN changes String CODEC(LZ4),
  MODIFY COLUMN closing String CODEC(LZ4), MODIFY COLUMN idle_times String CODEC(LZ4);
