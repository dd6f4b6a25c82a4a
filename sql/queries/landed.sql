-- What a source ($1) landed for a night ($2) in the newest run that has it, with the batch it came to, used or held
-- back; no batch: nothing could be read of it.
SELECT s.landed_key,
       coalesce(s.held_batch_key, CASE WHEN s.state IN ('fresh', 'reused') THEN s.batch_key END) AS batch_key
  FROM ops.source_run s
  JOIN ops.run r USING (run_id)
 WHERE s.source = $1 AND r.night = $2::date AND s.landed_key IS NOT NULL
 ORDER BY s.run_id DESC
 LIMIT 1
