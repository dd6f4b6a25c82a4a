-- One row per run, source, record kind, reason, field and batch (in use or held). Read by agency stewards. The first ten
-- thousand per source and run are kept one by one; the counts of mart.source are complete.
CREATE OR REPLACE VIEW mart.reject_summary AS
SELECT j.run_id AS run_id,
       r.night AS night,
       j.source AS source,
       j.record_kind AS record_kind,
       j.code AS code,
       j.field AS field,
       j.outcome AS outcome,
       count(*) AS occurrences,
       j.held AS held
  FROM ops.reject j
  JOIN ops.run r ON r.run_id = j.run_id
 GROUP BY j.run_id, r.night, j.source, j.record_kind, j.code, j.field, j.outcome, j.held;
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
    'Reason code. / Kode alasan.';
COMMENT ON COLUMN mart.reject_summary.field IS
    'Field; NULL = the record as a whole. / Bidang.';
COMMENT ON COLUMN mart.reject_summary.outcome IS
    'What became of it: record set aside, value blanked or flagged. / Akibatnya.';
COMMENT ON COLUMN mart.reject_summary.occurrences IS
    'How many of those kept one by one. / Jumlah.';
COMMENT ON COLUMN mart.reject_summary.held IS
    'True when the batch was held back by its gate. / Benar bila batch ditahan.';
