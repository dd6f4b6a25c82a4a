-- Sources of the last run with their counts over all record kinds.
SELECT s.source, s.state, s.batch_night::text AS night, s.bodies, s.bytes,
       sum(c.received) AS received, sum(c.accepted) AS accepted, sum(c.unchanged) AS unchanged,
       sum(c.duplicate) AS duplicate, sum(c.removed) AS removed, sum(c.rejected) AS rejected,
       s.reason
  FROM ops.source_run s
  LEFT JOIN ops.source_count c USING (run_id, source)
 WHERE s.run_id = (SELECT max(run_id) FROM ops.run)
 GROUP BY s.source, s.state, s.batch_night, s.bodies, s.bytes, s.reason
 ORDER BY s.source
