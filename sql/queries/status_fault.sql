-- Why records and values of the last run's sources were set aside: totals per code, with its meaning.
SELECT t.code, t.outcome, sum(t.n) AS times, count(DISTINCT b.source) AS sources, w.meaning
  FROM ops.source_run s
  JOIN ops.batch b ON b.source = s.source AND b.batch_key IN (s.batch_key, s.held_batch_key)
  JOIN ops.reject_total t ON t.batch_id = b.batch_id
  LEFT JOIN mart.word w ON w.kind = 'reject' AND w.word = t.code
 WHERE s.run_id = (SELECT max(run_id) FROM ops.run)
 GROUP BY t.code, t.outcome, w.meaning
 ORDER BY sum(t.n) DESC, t.code, t.outcome
