-- Stages of the last run.
SELECT stage, rows_in, CASE WHEN cached AND rows_out = 0 THEN '-' ELSE rows_out::text END AS rows_out, rejected,
       round(seconds::numeric, 3)::text AS seconds,
       (peak_kib / 1024)::text AS peak_mib, CASE WHEN cached THEN '-' ELSE round((rows_out / nullif(seconds, 0))::numeric)::text END AS rows_per_s,
       CASE WHEN cached THEN 'skipped' ELSE 'done' END AS work
  FROM ops.stage_run
 WHERE run_id = (SELECT max(run_id) FROM ops.run)
 ORDER BY ordinal
