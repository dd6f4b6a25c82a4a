-- Stages of the last run.
SELECT stage, rows_in, rows_out, rejected,
       round(seconds::numeric, 3)::text AS seconds,
       (peak_kib / 1024)::text AS peak_mib, CASE WHEN cached THEN 'skipped' ELSE 'done' END AS work
  FROM ops.stage_run
 WHERE run_id = (SELECT max(run_id) FROM ops.run)
 ORDER BY ordinal
