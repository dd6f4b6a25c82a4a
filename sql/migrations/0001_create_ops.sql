-- Ledger of runs, stages, sources, rejects and generations. Depends on: schema ops.
CREATE TABLE ops.run (
    run_id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    night           date        NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at     timestamptz,
    outcome         text        NOT NULL DEFAULT 'running'
        CHECK (outcome IN ('running', 'published', 'unchanged', 'held', 'failed', 'cancelled', 'abandoned')),
    exit_status     int,
    generation      bigint,
    program_version text        NOT NULL,
    arguments       text        NOT NULL,
    message         text
);
COMMENT ON TABLE ops.run IS
    'One row per start of the nightly run. / Satu baris per kali proses malam dijalankan.';
COMMENT ON COLUMN ops.run.run_id IS
    'Number of the run. / Nomor proses.';
COMMENT ON COLUMN ops.run.night IS
    'As-of date of the run. / Tanggal acuan proses.';
COMMENT ON COLUMN ops.run.started_at IS
    'Start, UTC. / Waktu mulai, UTC.';
COMMENT ON COLUMN ops.run.finished_at IS
    'End, UTC; NULL while it runs. / Waktu selesai, UTC; NULL selama berjalan.';
COMMENT ON COLUMN ops.run.outcome IS
    'How it ended; abandoned = the process was gone without a word. / Hasil akhir proses.';
COMMENT ON COLUMN ops.run.exit_status IS
    'Exit status of the program; NULL while it runs. / Status keluar program.';
COMMENT ON COLUMN ops.run.generation IS
    'Generation it published or found current; NULL if none. / Generasi yang diterbitkan.';
COMMENT ON COLUMN ops.run.program_version IS
    'Version of the program. / Versi program.';
COMMENT ON COLUMN ops.run.arguments IS
    'Command line without secrets. / Baris perintah tanpa rahasia.';
COMMENT ON COLUMN ops.run.message IS
    'Root cause when it failed. / Penyebab utama bila gagal.';

CREATE TABLE ops.stage_run (
    run_id   bigint NOT NULL REFERENCES ops.run,
    stage    text NOT NULL,
    ordinal  int NOT NULL,
    cached   boolean NOT NULL,
    seconds  double precision NOT NULL CHECK (seconds >= 0),
    rows_in  bigint NOT NULL CHECK (rows_in >= 0),
    rows_out bigint NOT NULL CHECK (rows_out >= 0),
    rejected bigint NOT NULL CHECK (rejected >= 0),
    peak_kib bigint NOT NULL CHECK (peak_kib >= 0),
    PRIMARY KEY (run_id, stage)
);
COMMENT ON TABLE ops.stage_run IS
    'One row per stage of a run that completed. / Satu baris per tahap yang selesai.';
COMMENT ON COLUMN ops.stage_run.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.stage_run.stage IS
    'Stage: extract, parse, normalise, link, merge, score, publish. / Tahap.';
COMMENT ON COLUMN ops.stage_run.ordinal IS
    'Place in the line, from 1. / Urutan tahap, mulai 1.';
COMMENT ON COLUMN ops.stage_run.cached IS
    'True when its artefacts were there already and nothing was computed. / Benar bila hasil lama dipakai.';
COMMENT ON COLUMN ops.stage_run.seconds IS
    'Wall-clock duration in seconds. / Lama dalam detik.';
COMMENT ON COLUMN ops.stage_run.rows_in IS
    'Rows or bodies taken. / Baris masuk.';
COMMENT ON COLUMN ops.stage_run.rows_out IS
    'Rows or bodies given. / Baris keluar.';
COMMENT ON COLUMN ops.stage_run.rejected IS
    'Records set aside with a reason. / Rekaman ditolak dengan alasan.';
COMMENT ON COLUMN ops.stage_run.peak_kib IS
    'Peak resident memory of the process so far, KiB. / Memori puncak, KiB.';

CREATE TABLE ops.source_run (
    run_id      bigint NOT NULL REFERENCES ops.run,
    source      text NOT NULL,
    state       text NOT NULL CHECK (state IN ('fresh', 'reused', 'stale', 'missing')),
    batch_night date,
    bodies      bigint NOT NULL,
    bytes       bigint NOT NULL,
    landing_key text,
    batch_key   text,
    reason      text,
    PRIMARY KEY (run_id, source)
);
COMMENT ON TABLE ops.source_run IS
    'What became of each source in a run. / Nasib setiap sumber dalam satu proses.';
COMMENT ON COLUMN ops.source_run.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.source_run.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.source_run.state IS
    'fresh = fetched now; reused = this night had landed it; stale = the last good batch stands; missing = nothing at all. / Keadaan sumber.';
COMMENT ON COLUMN ops.source_run.batch_night IS
    'Night the batch in use was landed for; NULL when missing. / Tanggal batch yang dipakai.';
COMMENT ON COLUMN ops.source_run.bodies IS
    'Bodies landed. / Jumlah badan pesan yang diterima.';
COMMENT ON COLUMN ops.source_run.bytes IS
    'Bytes landed. / Jumlah byte yang diterima.';
COMMENT ON COLUMN ops.source_run.landing_key IS
    'Key of the landing file, 64 hex digits. / Kunci berkas pendaratan.';
COMMENT ON COLUMN ops.source_run.batch_key IS
    'Key of the canonical batch, 64 hex digits. / Kunci batch kanonik.';
COMMENT ON COLUMN ops.source_run.reason IS
    'Why it is stale or missing. / Alasan bila tidak segar.';

CREATE TABLE ops.source_count (
    run_id      bigint NOT NULL REFERENCES ops.run,
    source      text NOT NULL,
    record_kind text NOT NULL,
    received    bigint NOT NULL,
    accepted    bigint NOT NULL,
    unchanged   bigint NOT NULL,
    duplicate   bigint NOT NULL,
    removed     bigint NOT NULL,
    rejected    bigint NOT NULL,
    flagged     bigint NOT NULL,
    gone        bigint NOT NULL,
    PRIMARY KEY (run_id, source, record_kind),
    CONSTRAINT source_count_balance CHECK (received = accepted + unchanged + duplicate + removed + rejected)
);
COMMENT ON TABLE ops.source_count IS
    'Counts per source and record kind of a run; they balance or the run fails. / Jumlah per sumber dan jenis rekaman; harus seimbang.';
COMMENT ON COLUMN ops.source_count.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.source_count.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.source_count.record_kind IS
    'Record kind: person, education, ... / Jenis rekaman.';
COMMENT ON COLUMN ops.source_count.received IS
    'Records received. / Rekaman diterima.';
COMMENT ON COLUMN ops.source_count.accepted IS
    'New or changed against the last published earlier night. / Baru atau berubah.';
COMMENT ON COLUMN ops.source_count.unchanged IS
    'Equal to the last published earlier night. / Tidak berubah.';
COMMENT ON COLUMN ops.source_count.duplicate IS
    'Same key received more than once. / Kunci ganda.';
COMMENT ON COLUMN ops.source_count.removed IS
    'Deletions received. / Penghapusan diterima.';
COMMENT ON COLUMN ops.source_count.rejected IS
    'Unusable, with a reason. / Ditolak dengan alasan.';
COMMENT ON COLUMN ops.source_count.flagged IS
    'Kept, with a value blanked or doubtful; not part of the balance. / Diterima dengan catatan.';
COMMENT ON COLUMN ops.source_count.gone IS
    'Keys of the earlier night that did not come again; not part of the balance. / Kunci lama yang tidak datang lagi.';
COMMENT ON CONSTRAINT source_count_balance ON ops.source_count IS
    'Every record received stands in exactly one class. / Setiap rekaman masuk tepat satu kelas.';

CREATE TABLE ops.reject (
    run_id      bigint NOT NULL REFERENCES ops.run,
    source      text NOT NULL,
    record_kind text NOT NULL,
    code        text NOT NULL,
    field       text,
    outcome     text NOT NULL CHECK (outcome IN ('record', 'blanked', 'flagged')),
    body        bigint NOT NULL,
    record      bigint NOT NULL
);
COMMENT ON TABLE ops.reject IS
    'Records and values set aside, the first ten thousand per source and run. / Rekaman dan nilai yang ditolak.';
COMMENT ON COLUMN ops.reject.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.reject.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.reject.record_kind IS
    'Record kind. / Jenis rekaman.';
COMMENT ON COLUMN ops.reject.code IS
    'Reason code. / Kode alasan.';
COMMENT ON COLUMN ops.reject.field IS
    'Field; NULL = the record as a whole. / Bidang; NULL = seluruh rekaman.';
COMMENT ON COLUMN ops.reject.outcome IS
    'What became of it. / Akibatnya.';
COMMENT ON COLUMN ops.reject.body IS
    'Body in the landing, from 0. / Nomor badan pesan, mulai 0.';
COMMENT ON COLUMN ops.reject.record IS
    'Ordinal of the record in the body, from 0. / Urutan rekaman, mulai 0.';
CREATE INDEX reject_run ON ops.reject (run_id, source);

CREATE TABLE ops.generation (
    generation      bigint PRIMARY KEY,
    night           date NOT NULL,
    run_id          bigint NOT NULL REFERENCES ops.run,
    published_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    publish_key     text NOT NULL,
    link_key        text NOT NULL,
    merge_key       text NOT NULL,
    score_key       text NOT NULL,
    fingerprint     text NOT NULL,
    people          bigint NOT NULL CHECK (people >= 0),
    row_count       bigint NOT NULL CHECK (row_count >= 0),
    program_version text NOT NULL,
    dropped_at      timestamptz
);
COMMENT ON TABLE ops.generation IS
    'Published results; the ledger of the warehouse. / Hasil yang diterbitkan.';
COMMENT ON COLUMN ops.generation.generation IS
    'Number of the result, ascending. / Nomor generasi.';
COMMENT ON COLUMN ops.generation.night IS
    'As-of date. / Tanggal acuan.';
COMMENT ON COLUMN ops.generation.run_id IS
    'Run that published it. / Proses yang menerbitkan.';
COMMENT ON COLUMN ops.generation.published_at IS
    'When, UTC. / Waktu terbit, UTC.';
COMMENT ON COLUMN ops.generation.publish_key IS
    'Hash of everything it was made from. / Hash seluruh masukan.';
COMMENT ON COLUMN ops.generation.link_key IS
    'Key of the crosswalk artefact. / Kunci artefak tautan.';
COMMENT ON COLUMN ops.generation.merge_key IS
    'Key of the pool artefact. / Kunci artefak kumpulan.';
COMMENT ON COLUMN ops.generation.score_key IS
    'Key of the score artefact. / Kunci artefak skor.';
COMMENT ON COLUMN ops.generation.fingerprint IS
    'SHA-256 of every published row in order, 64 hex digits. / Sidik jari isi.';
COMMENT ON COLUMN ops.generation.people IS
    'People in it. / Jumlah orang.';
COMMENT ON COLUMN ops.generation.row_count IS
    'Rows in all its tables. / Jumlah baris.';
COMMENT ON COLUMN ops.generation.program_version IS
    'Version of the program. / Versi program.';
COMMENT ON COLUMN ops.generation.dropped_at IS
    'When its rows were removed; NULL = still there. / Waktu isinya dihapus.';
CREATE INDEX generation_night ON ops.generation (night, generation);

CREATE TABLE ops.generation_source (
    generation  bigint NOT NULL REFERENCES ops.generation,
    source      text NOT NULL,
    batch_night date NOT NULL,
    landing_key text NOT NULL,
    batch_key   text NOT NULL,
    PRIMARY KEY (generation, source)
);
COMMENT ON TABLE ops.generation_source IS
    'Batches a generation was made from. / Batch penyusun generasi.';
COMMENT ON COLUMN ops.generation_source.generation IS
    'Generation. / Generasi.';
COMMENT ON COLUMN ops.generation_source.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN ops.generation_source.batch_night IS
    'Night the batch was landed for. / Tanggal batch.';
COMMENT ON COLUMN ops.generation_source.landing_key IS
    'Key of the landing file. / Kunci pendaratan.';
COMMENT ON COLUMN ops.generation_source.batch_key IS
    'Key of the canonical batch. / Kunci batch.';

CREATE TABLE ops.current_generation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation bigint NOT NULL REFERENCES ops.generation
);
COMMENT ON TABLE ops.current_generation IS
    'The one generation readers see. / Satu generasi yang dilihat pembaca.';
COMMENT ON COLUMN ops.current_generation.only_row IS
    'Always true: there is one row. / Selalu benar.';
COMMENT ON COLUMN ops.current_generation.generation IS
    'Current generation. / Generasi berjalan.';
