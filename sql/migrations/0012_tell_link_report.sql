-- What the link stage of a run has to tell. Depends on: ops.run.
CREATE TABLE ops.link_run (
    run_id           bigint PRIMARY KEY REFERENCES ops.run,
    records          bigint NOT NULL CHECK (records >= 0),
    units            bigint NOT NULL CHECK (units >= 0),
    people           bigint NOT NULL CHECK (people >= 0),
    largest          bigint NOT NULL CHECK (largest >= 0),
    adopted          bigint NOT NULL CHECK (adopted >= 0),
    vetoes           bigint NOT NULL CHECK (vetoes >= 0),
    junk_numbers     bigint NOT NULL CHECK (junk_numbers >= 0),
    questions        bigint NOT NULL CHECK (questions >= 0),
    decisions        bigint NOT NULL CHECK (decisions >= 0),
    decisions_lapsed bigint NOT NULL CHECK (decisions_lapsed >= 0),
    decisions_absent bigint NOT NULL CHECK (decisions_absent >= 0)
);
COMMENT ON TABLE ops.link_run IS
    'How records became people in a run; of a run whose results were there already, what they say. / Ringkasan penautan.';
COMMENT ON COLUMN ops.link_run.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.link_run.records IS
    'Person records of all batches. / Rekaman orang.';
COMMENT ON COLUMN ops.link_run.units IS
    'What is left once equal, corroborated numbers are joined. / Satuan setelah penggabungan nomor.';
COMMENT ON COLUMN ops.link_run.people IS
    'People found. / Jumlah orang.';
COMMENT ON COLUMN ops.link_run.largest IS
    'Records of the person with most. / Rekaman terbanyak pada satu orang.';
COMMENT ON COLUMN ops.link_run.adopted IS
    'Rows with a name and an office only that found their person. / Baris nama yang diadopsi.';
COMMENT ON COLUMN ops.link_run.vetoes IS
    'Joins refused although the evidence was enough; by kind in ops.link_count. / Penggabungan yang ditolak.';
COMMENT ON COLUMN ops.link_run.junk_numbers IS
    'Numbers borne by too many records that disagree: they join nobody. / Nomor yang tidak dipercaya.';
COMMENT ON COLUMN ops.link_run.questions IS
    'Open questions, also those beyond the limit; by reason in ops.link_count. / Pertanyaan terbuka.';
COMMENT ON COLUMN ops.link_run.decisions IS
    'Decisions of reviewers in force. / Keputusan pemeriksa yang berlaku.';
COMMENT ON COLUMN ops.link_run.decisions_lapsed IS
    'Decisions not in force because the evidence they saw has changed. / Keputusan yang gugur.';
COMMENT ON COLUMN ops.link_run.decisions_absent IS
    'Decisions not in force because a record of theirs is not there. / Keputusan tanpa rekaman.';

CREATE TABLE ops.link_pass (
    run_id         bigint NOT NULL REFERENCES ops.run,
    pass           text NOT NULL,
    blocks         bigint NOT NULL CHECK (blocks >= 0),
    pairs          bigint NOT NULL CHECK (pairs >= 0),
    skipped_blocks bigint NOT NULL CHECK (skipped_blocks >= 0),
    skipped_units  bigint NOT NULL CHECK (skipped_units >= 0),
    PRIMARY KEY (run_id, pass)
);
COMMENT ON TABLE ops.link_pass IS
    'Which pairs each candidate pass of a run proposed. / Pasangan calon per lintasan.';
COMMENT ON COLUMN ops.link_pass.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.link_pass.pass IS
    'Candidate pass: x1, n1, ... (docs/linking.md). / Lintasan.';
COMMENT ON COLUMN ops.link_pass.blocks IS
    'Blocks of equal keys that were compared. / Jumlah blok.';
COMMENT ON COLUMN ops.link_pass.pairs IS
    'Pairs compared. / Pasangan yang dibandingkan.';
COMMENT ON COLUMN ops.link_pass.skipped_blocks IS
    'Blocks too large however refined: not compared. / Blok yang dilewati.';
COMMENT ON COLUMN ops.link_pass.skipped_units IS
    'Units in skipped blocks. / Satuan dalam blok yang dilewati.';

CREATE TABLE ops.link_count (
    run_id bigint NOT NULL REFERENCES ops.run,
    topic  text NOT NULL CHECK (topic IN ('veto', 'question')),
    name   text NOT NULL,
    n      bigint NOT NULL CHECK (n >= 0),
    PRIMARY KEY (run_id, topic, name)
);
COMMENT ON TABLE ops.link_count IS
    'Vetoes and open questions of a run by kind. / Larangan dan pertanyaan menurut jenis.';
COMMENT ON COLUMN ops.link_count.run_id IS
    'Run. / Proses.';
COMMENT ON COLUMN ops.link_count.topic IS
    'veto: joins refused; question: open ones. / Topik.';
COMMENT ON COLUMN ops.link_count.name IS
    'Which veto, or the reason of the question. / Jenis.';
COMMENT ON COLUMN ops.link_count.n IS
    'How many. / Jumlah.';
