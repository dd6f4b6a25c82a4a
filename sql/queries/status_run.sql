-- The last run. One that is still running holds the run lock: its process tells by holding it.
SELECT run_id AS run, night::text,
       CASE WHEN outcome = 'running'
             AND NOT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                              WHERE l.locktype = 'advisory' AND l.granted
                                AND a.application_name LIKE 'talentpool run,%'
                                AND a.datname = current_database())
            THEN 'process gone' ELSE outcome END AS outcome,
       exit_status AS status, generation,
       to_char(started_at, 'YYYY-MM-DD HH24:MI:SS') AS started_utc,
       round(extract(epoch FROM coalesce(finished_at, clock_timestamp()) - started_at), 1)::text
           AS seconds,
       message
  FROM ops.run
 ORDER BY run_id DESC
 LIMIT 1
