-- Tables that everything goes into are merged many parts at a time: fewer merges carry the same rows, and what is taken in has
-- the machine to itself. Whoever reads merges by key anyway.
ALTER TABLE {own invocation_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;

ALTER TABLE {own raw_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;

ALTER TABLE {own volume_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;

ALTER TABLE {own stream_fact} MODIFY SETTING min_parts_to_merge_at_once = 16;

ALTER TABLE {own pending} MODIFY SETTING min_parts_to_merge_at_once = 16;
