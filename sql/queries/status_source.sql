-- Sources of the last run with their counts over all record kinds; held_ = of the batch a gate held back.
SELECT s.source, s.state, s.batch_night::text AS night, s.bodies, s.bytes,
       sum(c.received) FILTER (WHERE NOT c.held) AS received,
       sum(c.accepted) FILTER (WHERE NOT c.held) AS accepted,
       sum(c.unchanged) FILTER (WHERE NOT c.held) AS unchanged,
       sum(c.duplicate) FILTER (WHERE NOT c.held) AS duplicate,
       sum(c.removed) FILTER (WHERE NOT c.held) AS removed,
       sum(c.rejected) FILTER (WHERE NOT c.held) AS rejected,
       sum(c.flagged) FILTER (WHERE NOT c.held) AS flagged,
       sum(c.received) FILTER (WHERE c.held) AS held_received,
       sum(c.rejected) FILTER (WHERE c.held) AS held_rejected, s.reason
  FROM ops.source_run s
  LEFT JOIN ops.source_count c USING (run_id, source)
 WHERE s.run_id = (SELECT max(run_id) FROM ops.run)
 GROUP BY s.source, s.state, s.batch_night, s.bodies, s.bytes, s.reason
 ORDER BY s.source
