-- The last run.
SELECT run_id AS run, night::text, outcome, exit_status AS status, generation,
       to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') AS started_utc,
       round(extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at), 1)::text
           AS seconds,
       message
  FROM ops.run
 ORDER BY run_id DESC
 LIMIT 1
