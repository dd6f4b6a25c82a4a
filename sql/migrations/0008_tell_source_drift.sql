-- What changed in what a source sends since its last good batch. Depends on: ops.run.
CREATE TABLE ops.source_drift (
    run_id  bigint NOT NULL REFERENCES ops.run,
    source  text NOT NULL,
    ordinal integer NOT NULL CHECK (ordinal >= 1),
    change  text NOT NULL CHECK (change IN ('new_name', 'vanished', 'appeared', 'fill', 'form', 'codes')),
    place   text NOT NULL,
    was_bp  integer CHECK (was_bp BETWEEN 0 AND 10000),
    is_bp   integer CHECK (is_bp BETWEEN 0 AND 10000),
    detail  text NOT NULL,
    PRIMARY KEY (run_id, source, ordinal)
);
COMMENT ON TABLE ops.source_drift IS
    'What changed in what a source sends since its last good batch. Holds no value of any record. / Perubahan isi sumber.';
COMMENT ON COLUMN ops.source_drift.run_id IS
    'Run that noticed it. / Proses.';
COMMENT ON COLUMN ops.source_drift.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.source_drift.ordinal IS
    'Number within run and source, by place, from 1. / Nomor urut.';
COMMENT ON COLUMN ops.source_drift.change IS
    'new_name: a name the description does not read; vanished, appeared: a place lost or got its values; fill: share of rows with a value; form: values read like something else; codes: a small set of values has new members. / Jenis perubahan.';
COMMENT ON COLUMN ops.source_drift.place IS
    'Fetch, select and path as the description writes them; for new_name the name met. / Tempat.';
COMMENT ON COLUMN ops.source_drift.was_bp IS
    'Share in the last good batch, basis points: of rows with a value, or of the form among the values; NULL = does not apply. / Porsi sebelumnya.';
COMMENT ON COLUMN ops.source_drift.is_bp IS
    'The same share in this batch, basis points. / Porsi sekarang.';
COMMENT ON COLUMN ops.source_drift.detail IS
    'Forms and shapes (9 a digit, A and a letters), never values; may be empty. / Bentuk nilai.';
