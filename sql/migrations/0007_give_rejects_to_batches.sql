-- Rejects and their totals belong to a batch, which several runs may use; what reading and asking came to.
-- Depends on: ops.run, ops.source_run, ops.reject. mart.reject_summary is made again after the migrations.
DROP VIEW IF EXISTS mart.reject_summary;

CREATE TABLE ops.batch (
    batch_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source         text NOT NULL,
    batch_key      text NOT NULL,
    run_id         bigint NOT NULL REFERENCES ops.run,
    pruned_at      timestamptz,
    ragged         bigint NOT NULL DEFAULT 0,
    not_records    bigint NOT NULL DEFAULT 0,
    fallback_bytes bigint NOT NULL DEFAULT 0,
    replaced       bigint NOT NULL DEFAULT 0,
    no_line_end    bigint NOT NULL DEFAULT 0,
    UNIQUE (source, batch_key)
);
COMMENT ON TABLE ops.batch IS
    'Canonical batches that runs used or held back; rejects are told once per batch. / Batch kanonik yang dipakai atau ditahan.';
COMMENT ON COLUMN ops.batch.batch_id IS
    'Number of the batch. / Nomor batch.';
COMMENT ON COLUMN ops.batch.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.batch.batch_key IS
    'Key of the batch artefact, 64 hex digits. / Kunci artefak batch.';
COMMENT ON COLUMN ops.batch.run_id IS
    'First run that entered it. / Proses pertama yang mencatatnya.';
COMMENT ON COLUMN ops.batch.pruned_at IS
    'When its rows of ops.reject were removed; NULL = they are there. Totals stay. / Waktu rincian penolakan dihapus.';
COMMENT ON COLUMN ops.batch.ragged IS
    'CSV rows whose number of cells is not that of the header. / Baris CSV dengan jumlah sel berbeda.';
COMMENT ON COLUMN ops.batch.not_records IS
    'Plain values where a record was expected. / Nilai biasa di tempat rekaman.';
COMMENT ON COLUMN ops.batch.fallback_bytes IS
    'Bytes that are not UTF-8, read in the declared fallback. / Byte bukan UTF-8.';
COMMENT ON COLUMN ops.batch.replaced IS
    'Characters lost on the way, U+FFFD in their place. / Karakter yang hilang.';
COMMENT ON COLUMN ops.batch.no_line_end IS
    'Bodies whose last row has no line end, of known length. / Badan pesan tanpa akhir baris.';

INSERT INTO ops.batch (source, batch_key, run_id)
SELECT source, batch_key, min(run_id)
  FROM (SELECT source, batch_key, run_id FROM ops.source_run WHERE batch_key IS NOT NULL
        UNION ALL
        SELECT source, held_batch_key, run_id FROM ops.source_run WHERE held_batch_key IS NOT NULL) u
 GROUP BY source, batch_key;

ALTER TABLE ops.reject ADD COLUMN batch_id bigint REFERENCES ops.batch;
COMMENT ON COLUMN ops.reject.batch_id IS
    'Batch the record or value belongs to. / Batch asal.';
UPDATE ops.reject j SET batch_id = b.batch_id
  FROM ops.source_run s
  JOIN ops.batch b ON b.source = s.source AND b.run_id = s.run_id
 WHERE s.run_id = j.run_id AND s.source = j.source
   AND b.batch_key = CASE WHEN j.held THEN s.held_batch_key ELSE s.batch_key END;
DELETE FROM ops.reject WHERE batch_id IS NULL;
DROP INDEX ops.reject_run;
ALTER TABLE ops.reject
    ALTER COLUMN batch_id SET NOT NULL,
    DROP COLUMN run_id,
    DROP COLUMN source,
    DROP COLUMN held;
CREATE INDEX reject_batch ON ops.reject (batch_id);

CREATE TABLE ops.reject_total (
    batch_id    bigint NOT NULL REFERENCES ops.batch,
    record_kind text NOT NULL,
    code        text NOT NULL,
    field       text,
    outcome     text NOT NULL,
    n           bigint NOT NULL CHECK (n > 0),
    UNIQUE NULLS NOT DISTINCT (batch_id, record_kind, code, field, outcome)
);
COMMENT ON TABLE ops.reject_total IS
    'How often each field of a batch met each fault: complete, where ops.reject holds the first by place. / Jumlah lengkap per alasan.';
COMMENT ON COLUMN ops.reject_total.batch_id IS
    'Batch. / Batch.';
COMMENT ON COLUMN ops.reject_total.record_kind IS
    'Record kind. / Jenis rekaman.';
COMMENT ON COLUMN ops.reject_total.code IS
    'Reason code. / Kode alasan.';
COMMENT ON COLUMN ops.reject_total.field IS
    'Field; NULL = the record as a whole. / Bidang.';
COMMENT ON COLUMN ops.reject_total.outcome IS
    'record = set aside, blanked, flagged. / Akibatnya.';
COMMENT ON COLUMN ops.reject_total.n IS
    'How often. / Jumlah.';
INSERT INTO ops.reject_total (batch_id, record_kind, code, field, outcome, n)
SELECT batch_id, record_kind, code, field, outcome, count(*) FROM ops.reject GROUP BY 1, 2, 3, 4, 5;

ALTER TABLE ops.source_run
    ADD COLUMN requests bigint,
    ADD COLUMN retries  bigint,
    ADD COLUMN waits    bigint,
    ADD COLUMN renewals bigint,
    ADD COLUMN skipped  bigint;
COMMENT ON COLUMN ops.source_run.requests IS
    'Requests sent in this run, repeats included; NULL = nothing was asked for. / Permintaan yang dikirim.';
COMMENT ON COLUMN ops.source_run.retries IS
    'Of those, sent again after a failure. / Permintaan ulang.';
COMMENT ON COLUMN ops.source_run.waits IS
    'Times the source asked to wait. / Kali diminta menunggu.';
COMMENT ON COLUMN ops.source_run.renewals IS
    'Tokens renewed because a request was refused. / Token yang diperbarui.';
COMMENT ON COLUMN ops.source_run.skipped IS
    'Keys that the outcome table left out: asked for, nothing landed. / Kunci yang dilewati.';
