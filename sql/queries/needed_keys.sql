-- Keys of every artefact that a generation still kept was made from, and of landed bodies younger
-- than the time they are kept.
SELECT s.landing_key FROM ops.generation_source s JOIN ops.generation g USING (generation)
 WHERE g.dropped_at IS NULL
 UNION SELECT s.batch_key FROM ops.generation_source s JOIN ops.generation g USING (generation)
 WHERE g.dropped_at IS NULL
 UNION SELECT link_key FROM ops.generation WHERE dropped_at IS NULL
 UNION SELECT merge_key FROM ops.generation WHERE dropped_at IS NULL
 UNION SELECT score_key FROM ops.generation WHERE dropped_at IS NULL
