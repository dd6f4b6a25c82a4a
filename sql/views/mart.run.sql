-- One row per start of the nightly run. Read by operators. Counts are sums over sources and record
-- kinds of the batches in use: received = accepted + unchanged + duplicate + removed + rejected.
CREATE OR REPLACE VIEW mart.run AS
SELECT r.run_id AS run_id,
       r.night AS night,
       r.started_at AS started_at,
       r.finished_at AS finished_at,
       round(extract(epoch FROM r.finished_at - r.started_at), 3) AS seconds,
       r.outcome AS outcome,
       r.exit_status AS exit_status,
       r.generation AS generation,
       g.fingerprint AS fingerprint,
       g.people AS people,
       coalesce(s.sources, 0) AS sources,
       coalesce(s.stale, 0) AS stale,
       coalesce(n.received, 0) AS received,
       coalesce(n.accepted, 0) AS accepted,
       coalesce(n.unchanged, 0) AS unchanged,
       coalesce(n.duplicate, 0) AS duplicate,
       coalesce(n.removed, 0) AS removed,
       coalesce(n.rejected, 0) AS rejected,
       coalesce(n.flagged, 0) AS flagged,
       r.program_version AS program_version,
       r.message AS message,
       coalesce(s.held, 0) AS held
  FROM ops.run r
  LEFT JOIN ops.generation g ON g.generation = r.generation
  LEFT JOIN (SELECT x.run_id, count(*) AS sources,
                    count(*) FILTER (WHERE x.state IN ('stale', 'missing')) AS stale,
                    count(x.held_batch_key) AS held
               FROM ops.source_run x GROUP BY x.run_id) s ON s.run_id = r.run_id
  LEFT JOIN (SELECT n.run_id, sum(n.received)::bigint AS received, sum(n.accepted)::bigint AS accepted,
                    sum(n.unchanged)::bigint AS unchanged, sum(n.duplicate)::bigint AS duplicate,
                    sum(n.removed)::bigint AS removed, sum(n.rejected)::bigint AS rejected,
                    sum(n.flagged)::bigint AS flagged
               FROM ops.source_count n WHERE NOT n.held GROUP BY n.run_id) n ON n.run_id = r.run_id;
COMMENT ON VIEW mart.run IS
    'Runs with outcome, duration and counts. / Proses malam dengan hasil, lama dan jumlahnya.';
COMMENT ON COLUMN mart.run.run_id IS
    'Number of the run. / Nomor proses.';
COMMENT ON COLUMN mart.run.night IS
    'As-of date. / Tanggal acuan.';
COMMENT ON COLUMN mart.run.started_at IS
    'Start, UTC. / Waktu mulai, UTC.';
COMMENT ON COLUMN mart.run.finished_at IS
    'End, UTC; NULL while it runs. / Waktu selesai, UTC.';
COMMENT ON COLUMN mart.run.seconds IS
    'Duration in seconds; NULL while it runs. / Lama dalam detik.';
COMMENT ON COLUMN mart.run.outcome IS
    'How it ended: published, unchanged, held, failed, cancelled, abandoned. / Hasil akhir.';
COMMENT ON COLUMN mart.run.exit_status IS
    'Exit status of the program. / Status keluar.';
COMMENT ON COLUMN mart.run.generation IS
    'Generation it published or found; NULL if none. / Generasi.';
COMMENT ON COLUMN mart.run.fingerprint IS
    'Fingerprint of that generation. / Sidik jari generasi.';
COMMENT ON COLUMN mart.run.people IS
    'People in that generation. / Jumlah orang.';
COMMENT ON COLUMN mart.run.sources IS
    'Sources the run looked at. / Jumlah sumber.';
COMMENT ON COLUMN mart.run.stale IS
    'Of them stale or missing. / Sumber yang tidak segar.';
COMMENT ON COLUMN mart.run.received IS
    'Records received. / Rekaman diterima.';
COMMENT ON COLUMN mart.run.accepted IS
    'New or changed records. / Rekaman baru atau berubah.';
COMMENT ON COLUMN mart.run.unchanged IS
    'Records equal to the last published earlier night. / Rekaman tidak berubah.';
COMMENT ON COLUMN mart.run.duplicate IS
    'Records whose key came more than once. / Rekaman ganda.';
COMMENT ON COLUMN mart.run.removed IS
    'Deletions received. / Penghapusan diterima.';
COMMENT ON COLUMN mart.run.rejected IS
    'Records set aside with a reason. / Rekaman ditolak.';
COMMENT ON COLUMN mart.run.flagged IS
    'Records kept with a value blanked or doubtful; not part of the balance. / Rekaman bercatatan.';
COMMENT ON COLUMN mart.run.program_version IS
    'Version of the program. / Versi program.';
COMMENT ON COLUMN mart.run.message IS
    'Root cause when it failed. / Penyebab utama bila gagal.';
COMMENT ON COLUMN mart.run.held IS
    'Sources whose batch of this night their gate held back. / Sumber yang batch-nya ditahan.';
