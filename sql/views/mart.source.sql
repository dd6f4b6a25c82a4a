-- One row per source of the last run that looked at sources. Read by operators and agency stewards.
-- age_days is the night of the run less the night of the batch in use. The counts are those of the batch in
-- use; held_received and the others are those of tonight's batch when its gate held it back.
CREATE OR REPLACE VIEW mart.source AS
SELECT s.source AS source,
       s.run_id AS run_id,
       r.night AS night,
       s.state AS state,
       s.batch_night AS batch_night,
       r.night - s.batch_night AS age_days,
       s.bodies AS bodies,
       s.bytes AS bytes,
       coalesce(n.received, 0) AS received,
       coalesce(n.accepted, 0) AS accepted,
       coalesce(n.unchanged, 0) AS unchanged,
       coalesce(n.duplicate, 0) AS duplicate,
       coalesce(n.removed, 0) AS removed,
       coalesce(n.rejected, 0) AS rejected,
       coalesce(n.flagged, 0) AS flagged,
       EXISTS (SELECT FROM ops.generation_source x
             WHERE x.source = s.source AND x.generation = (SELECT c.generation FROM ops.current_generation c)) AS in_current,
       s.reason AS reason,
       coalesce(n.derived, 0) AS derived,
       s.held_batch_key IS NOT NULL AS held,
       coalesce(h.received, 0) AS held_received,
       coalesce(h.accepted, 0) AS held_accepted,
       coalesce(h.unchanged, 0) AS held_unchanged,
       coalesce(h.duplicate, 0) AS held_duplicate,
       coalesce(h.removed, 0) AS held_removed,
       coalesce(h.rejected, 0) AS held_rejected
  FROM ops.source_run s
  JOIN ops.run r ON r.run_id = s.run_id
  LEFT JOIN (SELECT n.run_id, n.source, sum(n.received)::bigint AS received, sum(n.accepted)::bigint AS accepted,
                    sum(n.unchanged)::bigint AS unchanged, sum(n.duplicate)::bigint AS duplicate,
                    sum(n.removed)::bigint AS removed, sum(n.rejected)::bigint AS rejected,
                    sum(n.flagged)::bigint AS flagged, sum(n.derived)::bigint AS derived
               FROM ops.source_count n WHERE NOT n.held GROUP BY n.run_id, n.source) n
         ON n.run_id = s.run_id AND n.source = s.source
  LEFT JOIN (SELECT h.run_id, h.source, sum(h.received)::bigint AS received, sum(h.accepted)::bigint AS accepted,
                    sum(h.unchanged)::bigint AS unchanged, sum(h.duplicate)::bigint AS duplicate,
                    sum(h.removed)::bigint AS removed, sum(h.rejected)::bigint AS rejected
               FROM ops.source_count h WHERE h.held GROUP BY h.run_id, h.source) h
         ON h.run_id = s.run_id AND h.source = s.source
 WHERE s.run_id = (SELECT max(l.run_id) FROM ops.source_run l);
COMMENT ON VIEW mart.source IS
    'State of each source in the last run. / Keadaan setiap sumber pada proses terakhir.';
COMMENT ON COLUMN mart.source.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN mart.source.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN mart.source.night IS
    'As-of date of that run. / Tanggal acuan.';
COMMENT ON COLUMN mart.source.state IS
    'fresh, reused, stale or missing. / Keadaan sumber.';
COMMENT ON COLUMN mart.source.batch_night IS
    'Night of the batch in use; NULL = none. / Tanggal batch yang dipakai.';
COMMENT ON COLUMN mart.source.age_days IS
    'Age of the batch in days; NULL = none. / Umur batch, hari.';
COMMENT ON COLUMN mart.source.bodies IS
    'Bodies landed. / Jumlah badan pesan.';
COMMENT ON COLUMN mart.source.bytes IS
    'Bytes landed. / Jumlah byte.';
COMMENT ON COLUMN mart.source.received IS
    'Records received. / Rekaman diterima.';
COMMENT ON COLUMN mart.source.accepted IS
    'New or changed records. / Rekaman baru atau berubah.';
COMMENT ON COLUMN mart.source.unchanged IS
    'Records equal to the last published earlier night. / Rekaman tidak berubah.';
COMMENT ON COLUMN mart.source.duplicate IS
    'Records whose key came more than once. / Rekaman ganda.';
COMMENT ON COLUMN mart.source.removed IS
    'Deletions received. / Penghapusan diterima.';
COMMENT ON COLUMN mart.source.rejected IS
    'Records set aside with a reason. / Rekaman ditolak.';
COMMENT ON COLUMN mart.source.flagged IS
    'Records kept with a value blanked or doubtful; not part of the balance. / Rekaman bercatatan.';
COMMENT ON COLUMN mart.source.in_current IS
    'True when the current generation was made with it. / Benar bila dipakai generasi berjalan.';
COMMENT ON COLUMN mart.source.reason IS
    'Why it is stale or missing. / Alasan bila tidak segar.';
COMMENT ON COLUMN mart.source.derived IS
    'People whom only its other records name: rows kept beyond those received. / Orang yang hanya disebut oleh rekaman lain.';
COMMENT ON COLUMN mart.source.held IS
    'True when the batch of this night was held back by its gate: counted, not used. / Benar bila batch malam ini ditahan.';
COMMENT ON COLUMN mart.source.held_received IS
    'Records received in the held batch; 0 when none was held. / Rekaman diterima dalam batch yang ditahan.';
COMMENT ON COLUMN mart.source.held_accepted IS
    'New or changed records of the held batch; 0 when none was held. / Rekaman baru atau berubah dalam batch yang ditahan.';
COMMENT ON COLUMN mart.source.held_unchanged IS
    'Records of the held batch equal to the last published earlier night; 0 when none was held. / Rekaman tidak berubah dalam batch yang ditahan.';
COMMENT ON COLUMN mart.source.held_duplicate IS
    'Records of the held batch whose key came more than once; 0 when none was held. / Rekaman ganda dalam batch yang ditahan.';
COMMENT ON COLUMN mart.source.held_removed IS
    'Deletions in the held batch; 0 when none was held. / Penghapusan dalam batch yang ditahan.';
COMMENT ON COLUMN mart.source.held_rejected IS
    'Records of the held batch set aside with a reason; 0 when none was held. / Rekaman ditolak dalam batch yang ditahan.';
