-- One row per run, source, record kind, reason, field and batch (in use or held). Read by agency stewards. Complete:
-- ops.reject holds the places of the first hundred thousand records and ten thousand values of a batch. A batch that
-- several runs used stands once for each of them, for none of them twice: sum over one run, the last one say (last_run).
CREATE OR REPLACE VIEW mart.reject_summary AS
SELECT s.run_id AS run_id,
       r.night AS night,
       s.source AS source,
       t.record_kind AS record_kind,
       t.code AS code,
       t.field AS field,
       t.outcome AS outcome,
       t.n AS occurrences,
       b.batch_key IS NOT DISTINCT FROM s.held_batch_key AS held,
       s.run_id = (SELECT max(l.run_id) FROM ops.source_run l) AS last_run
  FROM ops.source_run s
  JOIN ops.run r ON r.run_id = s.run_id
  JOIN ops.batch b ON b.source = s.source AND b.batch_key IN (s.batch_key, s.held_batch_key)
  JOIN ops.reject_total t ON t.batch_id = b.batch_id;
COMMENT ON VIEW mart.reject_summary IS
    'Records and values set aside, by reason. / Rekaman dan nilai yang ditolak, per alasan.';
COMMENT ON COLUMN mart.reject_summary.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN mart.reject_summary.night IS
    'As-of date of the run. / Tanggal acuan.';
COMMENT ON COLUMN mart.reject_summary.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN mart.reject_summary.record_kind IS
    'Record kind. / Jenis rekaman.';
COMMENT ON COLUMN mart.reject_summary.code IS
    'Reason code; meanings in mart.word, kind reject. / Kode alasan.';
COMMENT ON COLUMN mart.reject_summary.field IS
    'Field; NULL = the record as a whole. / Bidang.';
COMMENT ON COLUMN mart.reject_summary.outcome IS
    'What became of it: record set aside, value blanked or flagged. / Akibatnya.';
COMMENT ON COLUMN mart.reject_summary.occurrences IS
    'How many. / Jumlah.';
COMMENT ON COLUMN mart.reject_summary.held IS
    'True when the batch was held back by its gate. / Benar bila batch ditahan.';
COMMENT ON COLUMN mart.reject_summary.last_run IS
    'True for the last run that looked at sources: sum over these, or over one run_id. / Benar untuk proses terakhir.';
