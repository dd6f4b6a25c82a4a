-- Keys of every artefact that must stay: what each kept generation and the one before it were made
-- from (its person keys and last good batches are where a night starts); what the newest run of
-- each kind that was not published made, so that it can be released; and what was landed for
-- nights after day $1 - $2. In order.
WITH kept AS (
    SELECT generation, night FROM ops.generation WHERE dropped_at IS NULL
), needed AS (
    SELECT generation FROM kept
     UNION
    SELECT before.generation
      FROM kept
     CROSS JOIN LATERAL (SELECT g.generation FROM ops.generation g WHERE g.night < kept.night
                           AND g.withdrawn_at IS NULL
                          ORDER BY g.night DESC, g.generation DESC LIMIT 1) before
), waiting AS (
    SELECT DISTINCT ON (outcome) run_id, link_key, merge_key, score_key
      FROM ops.run
     WHERE generation IS NULL AND outcome IN ('held', 'failed', 'cancelled')
     ORDER BY outcome, run_id DESC
), generation_key AS (
    SELECT k.key
      FROM needed JOIN ops.generation g USING (generation)
     CROSS JOIN LATERAL (VALUES (g.link_key), (g.merge_key), (g.score_key)) k (key)
     UNION ALL
    SELECT k.key
      FROM needed JOIN ops.generation_source s USING (generation)
     CROSS JOIN LATERAL (VALUES (s.landing_key), (s.batch_key)) k (key)
), waiting_key AS (
    SELECT k.key
      FROM waiting w
     CROSS JOIN LATERAL (VALUES (w.link_key), (w.merge_key), (w.score_key)) k (key)
     UNION ALL
    SELECT k.key
      FROM waiting JOIN ops.source_run s USING (run_id)
     CROSS JOIN LATERAL (VALUES (s.landing_key), (s.landed_key), (s.batch_key),
                                (s.held_batch_key)) k (key)
), young_key AS (
    SELECT k.key
      FROM ops.source_run s JOIN ops.run r USING (run_id)
     CROSS JOIN LATERAL (VALUES (s.landed_key, r.night), (s.landing_key, s.batch_night)) k (key, night)
     WHERE k.night > $1::date - $2::int
)
SELECT key FROM (SELECT key FROM generation_key
                  UNION SELECT key FROM waiting_key
                  UNION SELECT key FROM young_key) all_keys
 WHERE key IS NOT NULL
 ORDER BY key COLLATE "C"
