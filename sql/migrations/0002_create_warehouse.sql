-- Golden people, posts, scores and their evidence, one partition per generation. Depends on: ops.
CREATE SCHEMA warehouse;
COMMENT ON SCHEMA warehouse IS 'Golden people, posts, scores and evidence, by generation. / Data emas, jabatan, skor dan buktinya.';

CREATE TABLE warehouse.person (
    generation    bigint NOT NULL,
    person_key    bigint NOT NULL,
    full_name     text,
    front_titles  text,
    back_titles   text,
    birth_date    date,
    sex           text,
    deceased_on   date,
    agency        text,
    status        text,
    legal_status  int,
    rank          int,
    education     int,
    title         text,
    tier          text,
    echelon       int,
    jf_grade      text,
    in_post_since date,
    retire_on     date,
    records       int NOT NULL,
    field_record  int[] NOT NULL,
    PRIMARY KEY (generation, person_key)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.person IS
    'One golden record per person. / Satu rekaman emas per orang.';
COMMENT ON COLUMN warehouse.person.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.person.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.person.full_name IS
    'Name without titles; NULL = no source told it. / Nama tanpa gelar.';
COMMENT ON COLUMN warehouse.person.front_titles IS
    'Titles before the name. / Gelar depan.';
COMMENT ON COLUMN warehouse.person.back_titles IS
    'Titles after the name. / Gelar belakang.';
COMMENT ON COLUMN warehouse.person.birth_date IS
    'Birth date. / Tanggal lahir.';
COMMENT ON COLUMN warehouse.person.sex IS
    'male or female; for identity checks and statistics only, never scored. / Jenis kelamin; tidak pernah dinilai.';
COMMENT ON COLUMN warehouse.person.deceased_on IS
    'Date of death; NULL = not reported. / Tanggal meninggal.';
COMMENT ON COLUMN warehouse.person.agency IS
    'Quick code of the home agency. / Kode cepat instansi induk.';
COMMENT ON COLUMN warehouse.person.status IS
    'Employment status: pns, cpns, pppk, ... / Status kepegawaian.';
COMMENT ON COLUMN warehouse.person.legal_status IS
    'BKN code of legal standing. / Kode kedudukan hukum BKN.';
COMMENT ON COLUMN warehouse.person.rank IS
    'BKN rank id 11..45. / Kode golongan BKN.';
COMMENT ON COLUMN warehouse.person.education IS
    'BKN education level id 5..50. / Kode tingkat pendidikan BKN.';
COMMENT ON COLUMN warehouse.person.title IS
    'Title of the present post. / Nama jabatan sekarang.';
COMMENT ON COLUMN warehouse.person.tier IS
    'Tier of the present post. / Jenjang jabatan.';
COMMENT ON COLUMN warehouse.person.echelon IS
    'BKN echelon id. / Kode eselon BKN.';
COMMENT ON COLUMN warehouse.person.jf_grade IS
    'Grade of a functional post. / Jenjang jabatan fungsional.';
COMMENT ON COLUMN warehouse.person.in_post_since IS
    'Start of the present post. / TMT jabatan.';
COMMENT ON COLUMN warehouse.person.retire_on IS
    'Retirement date as told. / Tanggal pensiun menurut sumber.';
COMMENT ON COLUMN warehouse.person.records IS
    'Source records joined into this person. / Jumlah rekaman sumber.';
COMMENT ON COLUMN warehouse.person.field_record IS
    'For each person field, in the order of the record catalogue: record_no in warehouse.crosswalk that gave it; -1 = unknown. / Rekaman asal tiap bidang.';
CREATE INDEX ON warehouse.person (generation, agency);
CREATE INDEX ON warehouse.person (generation, tier);

CREATE TABLE warehouse.crosswalk (
    generation    bigint NOT NULL,
    record_no     int NOT NULL,
    source        text NOT NULL,
    source_key    text,
    record_key    bigint NOT NULL,
    person_key    bigint NOT NULL,
    pass          text NOT NULL,
    weight        int NOT NULL,
    via_record_no int NOT NULL,
    landing_body  bigint NOT NULL,
    body_record   bigint NOT NULL,
    PRIMARY KEY (generation, record_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.crosswalk IS
    'Which source record is which person, with the evidence. / Padanan rekaman sumber ke orang.';
COMMENT ON COLUMN warehouse.crosswalk.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.crosswalk.record_no IS
    'Number of the record within the generation. / Nomor rekaman.';
COMMENT ON COLUMN warehouse.crosswalk.source IS
    'Source id. / Kode sumber.';
COMMENT ON COLUMN warehouse.crosswalk.source_key IS
    'Key of the record in the source; may hold an identifier: restricted. / Kunci rekaman pada sumber; terbatas.';
COMMENT ON COLUMN warehouse.crosswalk.record_key IS
    'Hash of source and key, stable across nights. / Hash sumber dan kunci.';
COMMENT ON COLUMN warehouse.crosswalk.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.crosswalk.pass IS
    'What joined it: nip, nik, siasn, exact, ... or alone. / Cara penggabungan.';
COMMENT ON COLUMN warehouse.crosswalk.weight IS
    'Weight of evidence in 1/1024 bit; 0 = not weighed. / Bobot bukti, 1/1024 bit.';
COMMENT ON COLUMN warehouse.crosswalk.via_record_no IS
    'Record it was joined to. / Rekaman pasangan.';
COMMENT ON COLUMN warehouse.crosswalk.landing_body IS
    'Body in the source''s landing, from 0. / Nomor badan pesan.';
COMMENT ON COLUMN warehouse.crosswalk.body_record IS
    'Ordinal of the record in the body, from 0. / Urutan dalam badan pesan.';
CREATE INDEX ON warehouse.crosswalk (generation, person_key);

CREATE TABLE warehouse.person_score (
    generation          bigint NOT NULL,
    person_key          bigint NOT NULL,
    ip_qualification    int,
    ip_competence       int,
    ip_performance      int,
    ip_discipline       int,
    ip_asn              int,
    ip_category         text,
    potential_x         int,
    performance_y       int,
    x_parts             int[] NOT NULL,
    y_parts             int[] NOT NULL,
    talent_value        int,
    box                 int NOT NULL,
    box_alternative     int NOT NULL,
    x_complete_bp       int NOT NULL,
    y_complete_bp       int NOT NULL,
    jpm                 int,
    jpm_category        text,
    assessment_validity text NOT NULL,
    agency_pool         text NOT NULL,
    national_pool       text NOT NULL,
    reasons             text[] NOT NULL,
    rule_results        text NOT NULL,
    PRIMARY KEY (generation, person_key)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.person_score IS
    'Indices, axes and box of each person. / Indeks, sumbu dan kotak tiap orang.';
COMMENT ON COLUMN warehouse.person_score.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.person_score.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.person_score.ip_qualification IS
    'IP ASN qualification, tenths of a point 0..250; NULL = not measured. / Dimensi kualifikasi, persepuluh.';
COMMENT ON COLUMN warehouse.person_score.ip_competence IS
    'IP ASN competence, tenths 0..400. / Dimensi kompetensi, persepuluh.';
COMMENT ON COLUMN warehouse.person_score.ip_performance IS
    'IP ASN performance, tenths 0..300. / Dimensi kinerja, persepuluh.';
COMMENT ON COLUMN warehouse.person_score.ip_discipline IS
    'IP ASN discipline, tenths 0..50. / Dimensi disiplin, persepuluh.';
COMMENT ON COLUMN warehouse.person_score.ip_asn IS
    'Professionalism index, tenths 0..1000; sum of its four dimensions. / Indeks profesionalitas, persepuluh.';
COMMENT ON COLUMN warehouse.person_score.ip_category IS
    'Category of the index. / Kategori IP ASN.';
COMMENT ON COLUMN warehouse.person_score.potential_x IS
    'Potential axis X, hundredths 0..10000; NULL = not mapped. / Sumbu potensial, perseratus.';
COMMENT ON COLUMN warehouse.person_score.performance_y IS
    'Performance axis Y, hundredths 0..10000; NULL = not mapped. / Sumbu kinerja, perseratus.';
COMMENT ON COLUMN warehouse.person_score.x_parts IS
    'Contributions to X in hundredths, in rule order; they add up to potential_x; empty = not mapped. / Rincian sumbu X.';
COMMENT ON COLUMN warehouse.person_score.y_parts IS
    'Contributions to Y in hundredths, in rule order; they add up to performance_y; empty = not mapped. / Rincian sumbu Y.';
COMMENT ON COLUMN warehouse.person_score.talent_value IS
    'Talent value NT, hundredths; NULL = not mapped. / Nilai talenta, perseratus.';
COMMENT ON COLUMN warehouse.person_score.box IS
    'Talent box 1..9; 0 = not mapped. / Kotak talenta; 0 = belum terpetakan.';
COMMENT ON COLUMN warehouse.person_score.box_alternative IS
    'Box if missing awards and team roles are dropped instead of counted as none. / Kotak alternatif.';
COMMENT ON COLUMN warehouse.person_score.x_complete_bp IS
    'Known share of the weight of X, basis points. / Kelengkapan X.';
COMMENT ON COLUMN warehouse.person_score.y_complete_bp IS
    'Known share of the weight of Y, basis points. / Kelengkapan Y.';
COMMENT ON COLUMN warehouse.person_score.jpm IS
    'Job person match against the present post, hundredths, not capped; NULL = unknown. / JPM jabatan sekarang, perseratus.';
COMMENT ON COLUMN warehouse.person_score.jpm_category IS
    'Category of the JPM for mapping; NULL = unknown. / Kategori pemetaan.';
COMMENT ON COLUMN warehouse.person_score.assessment_validity IS
    'State of the assessment used: valid, valid_unaccredited, expired, incomplete, none. / Keabsahan asesmen.';
COMMENT ON COLUMN warehouse.person_score.agency_pool IS
    'In the agency''s pool: met, failed, unknown, na. / Keanggotaan kelompok instansi.';
COMMENT ON COLUMN warehouse.person_score.national_pool IS
    'In the national pool: met, failed, unknown, na. / Keanggotaan kelompok nasional.';
COMMENT ON COLUMN warehouse.person_score.reasons IS
    'Reason words; meanings in warehouse.reason. / Kata alasan.';
COMMENT ON COLUMN warehouse.person_score.rule_results IS
    'One letter per slot of warehouse.rule_slot: T met, F violated, U undetermined, N not applicable. / Hasil aturan per slot.';
CREATE INDEX ON warehouse.person_score (generation, box);

CREATE TABLE warehouse.post (
    generation      bigint NOT NULL,
    post_no         int NOT NULL,
    position_id     text,
    title           text,
    agency          text,
    unit            text,
    tier            text,
    echelon         int,
    vacant_since    date,
    effective_on    date,
    holder          bigint,
    scored          boolean NOT NULL,
    eligible        int NOT NULL,
    conditional     int NOT NULL,
    undetermined    int NOT NULL,
    not_recommended int NOT NULL,
    waivable        int NOT NULL,
    not_eligible    int NOT NULL,
    not_considered  int NOT NULL,
    unranked        int NOT NULL,
    rule_results    text,
    PRIMARY KEY (generation, post_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.post IS
    'Senior posts with their profile. / Jabatan pimpinan tinggi dan syaratnya.';
COMMENT ON COLUMN warehouse.post.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.post.post_no IS
    'Number of the post within the generation. / Nomor jabatan.';
COMMENT ON COLUMN warehouse.post.position_id IS
    'Key of the post in its source; NULL = none told. / Kode jabatan.';
COMMENT ON COLUMN warehouse.post.title IS
    'Title. / Nama jabatan.';
COMMENT ON COLUMN warehouse.post.agency IS
    'Quick code of the agency. / Kode cepat instansi.';
COMMENT ON COLUMN warehouse.post.unit IS
    'Unit. / Unit organisasi.';
COMMENT ON COLUMN warehouse.post.tier IS
    'Tier. / Jenjang.';
COMMENT ON COLUMN warehouse.post.echelon IS
    'BKN echelon id. / Kode eselon.';
COMMENT ON COLUMN warehouse.post.vacant_since IS
    'Vacant since; NULL = held or not told. / Lowong sejak.';
COMMENT ON COLUMN warehouse.post.effective_on IS
    'Date the rules were applied for; NULL = not scored. / Tanggal berlaku penilaian.';
COMMENT ON COLUMN warehouse.post.holder IS
    'person_key of the holder; NULL = none or unknown. / Pemangku.';
COMMENT ON COLUMN warehouse.post.scored IS
    'True when candidates were sought: vacant, or soon to be. / Benar bila dicari calon.';
COMMENT ON COLUMN warehouse.post.eligible IS
    'People eligible. / Memenuhi syarat.';
COMMENT ON COLUMN warehouse.post.conditional IS
    'People eligible with approvals. / Memenuhi dengan persetujuan.';
COMMENT ON COLUMN warehouse.post.undetermined IS
    'People whose data do not suffice. / Belum dapat ditentukan.';
COMMENT ON COLUMN warehouse.post.not_recommended IS
    'People barred by policy. / Terhalang kebijakan.';
COMMENT ON COLUMN warehouse.post.waivable IS
    'People barred unless the President waives. / Terhalang, dapat dikecualikan.';
COMMENT ON COLUMN warehouse.post.not_eligible IS
    'People barred. / Tidak memenuhi.';
COMMENT ON COLUMN warehouse.post.not_considered IS
    'The holder, and people of a higher level. / Tidak dipertimbangkan.';
COMMENT ON COLUMN warehouse.post.unranked IS
    'Undetermined people without a fit: no assessment or no predicate. / Belum pasti dan tanpa nilai.';
COMMENT ON COLUMN warehouse.post.rule_results IS
    'Results of the rules on agency and post for a promotion, one letter per rule in the order of warehouse.rule; NULL = not scored. / Hasil aturan instansi dan jabatan.';
CREATE INDEX ON warehouse.post (generation, position_id);
CREATE INDEX ON warehouse.post (generation, agency);

CREATE TABLE warehouse.post_gate (
    generation bigint NOT NULL,
    post_no    int NOT NULL,
    rule_id    text NOT NULL,
    barred     int NOT NULL,
    unknown    int NOT NULL,
    PRIMARY KEY (generation, post_no, rule_id)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.post_gate IS
    'How many people fell at each rule, per post. / Jumlah orang gugur per aturan.';
COMMENT ON COLUMN warehouse.post_gate.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.post_gate.post_no IS
    'Post. / Jabatan.';
COMMENT ON COLUMN warehouse.post_gate.rule_id IS
    'Rule; see warehouse.rule. / Aturan.';
COMMENT ON COLUMN warehouse.post_gate.barred IS
    'People for whom this was the first rule that barred them. / Gugur pertama di aturan ini.';
COMMENT ON COLUMN warehouse.post_gate.unknown IS
    'Undetermined people for whom this was the first rule not known. / Belum pasti pertama di aturan ini.';

CREATE TABLE warehouse.shortlist (
    generation    bigint NOT NULL,
    post_no       int NOT NULL,
    listing       text NOT NULL,
    row_no        int NOT NULL,
    rank          int NOT NULL,
    person_key    bigint NOT NULL,
    action        text NOT NULL,
    verdict       text NOT NULL,
    rank_group    int NOT NULL,
    fit           int NOT NULL,
    fit_parts     int[] NOT NULL,
    talent_value  int NOT NULL,
    technical     int,
    potential_x   int NOT NULL,
    x_parts       int[] NOT NULL,
    performance_y int NOT NULL,
    jpm           int NOT NULL,
    tenure_days   int NOT NULL,
    notes         text[] NOT NULL,
    rule_results  text NOT NULL,
    PRIMARY KEY (generation, post_no, listing, row_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.shortlist IS
    'The best candidates of each post, with every part of the score. / Daftar calon terbaik per jabatan.';
COMMENT ON COLUMN warehouse.shortlist.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.shortlist.post_no IS
    'Post. / Jabatan.';
COMMENT ON COLUMN warehouse.shortlist.listing IS
    'proposed, or verify = data are missing. / Diusulkan atau perlu verifikasi.';
COMMENT ON COLUMN warehouse.shortlist.row_no IS
    'Place in the listing, unique, from 1. / Urutan unik.';
COMMENT ON COLUMN warehouse.shortlist.rank IS
    'Rank in the listing; equals share one. / Peringkat.';
COMMENT ON COLUMN warehouse.shortlist.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.shortlist.action IS
    'PRO promotion or MUT move. / Promosi atau mutasi.';
COMMENT ON COLUMN warehouse.shortlist.verdict IS
    'Verdict of the screening rules; meanings in warehouse.reason. / Putusan penyaringan.';
COMMENT ON COLUMN warehouse.shortlist.rank_group IS
    '1 = complete, 2 = technical competency missing. / Kelompok peringkat.';
COMMENT ON COLUMN warehouse.shortlist.fit IS
    'Fit, hundredths 0..10000. / Nilai kecocokan, perseratus.';
COMMENT ON COLUMN warehouse.shortlist.fit_parts IS
    'Contributions of X, Y and technical competency in hundredths; they add up to fit. / Rincian kecocokan.';
COMMENT ON COLUMN warehouse.shortlist.talent_value IS
    'NT against this post, hundredths. / Nilai talenta.';
COMMENT ON COLUMN warehouse.shortlist.technical IS
    'Technical competency, hundredths; NULL = missing. / Kompetensi teknis.';
COMMENT ON COLUMN warehouse.shortlist.potential_x IS
    'X against this post, hundredths. / Sumbu X.';
COMMENT ON COLUMN warehouse.shortlist.x_parts IS
    'Contributions to X; they add up to potential_x. / Rincian X.';
COMMENT ON COLUMN warehouse.shortlist.performance_y IS
    'Y, hundredths. / Sumbu Y.';
COMMENT ON COLUMN warehouse.shortlist.jpm IS
    'JPM against this post, hundredths, not capped. / JPM terhadap jabatan.';
COMMENT ON COLUMN warehouse.shortlist.tenure_days IS
    'Days at the present level. / Lama di jenjang, hari.';
COMMENT ON COLUMN warehouse.shortlist.notes IS
    'Note words; meanings in warehouse.reason. / Catatan.';
COMMENT ON COLUMN warehouse.shortlist.rule_results IS
    'One letter per rule in the order of warehouse.rule: T, F, U, N. / Hasil tiap aturan.';
CREATE INDEX ON warehouse.shortlist (generation, person_key);

CREATE TABLE warehouse.best_post (
    generation bigint NOT NULL,
    person_key bigint NOT NULL,
    row_no     int NOT NULL,
    post_no    int NOT NULL,
    fit        int NOT NULL,
    verdict    text NOT NULL,
    PRIMARY KEY (generation, person_key, row_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.best_post IS
    'The best posts of each person. / Jabatan terbaik tiap orang.';
COMMENT ON COLUMN warehouse.best_post.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.best_post.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.best_post.row_no IS
    'Place, from 1. / Urutan.';
COMMENT ON COLUMN warehouse.best_post.post_no IS
    'Post. / Jabatan.';
COMMENT ON COLUMN warehouse.best_post.fit IS
    'Fit, hundredths. / Nilai kecocokan.';
COMMENT ON COLUMN warehouse.best_post.verdict IS
    'Verdict. / Putusan.';

CREATE TABLE warehouse.agency_merit (
    generation bigint NOT NULL,
    agency     text NOT NULL,
    year       int,
    scheme     int NOT NULL,
    total      int,
    index_bp   int,
    category   text,
    PRIMARY KEY (generation, agency)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.agency_merit IS
    'Merit index of each agency. / Indeks sistem merit instansi.';
COMMENT ON COLUMN warehouse.agency_merit.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.agency_merit.agency IS
    'Quick code. / Kode cepat.';
COMMENT ON COLUMN warehouse.agency_merit.year IS
    'Year assessed; NULL = not told. / Tahun penilaian.';
COMMENT ON COLUMN warehouse.agency_merit.scheme IS
    'Rule set: 2018 or 2025. / Skema.';
COMMENT ON COLUMN warehouse.agency_merit.total IS
    'Total, hundredths of points (2018) or of the index (2025); NULL = incomplete. / Nilai total, perseratus.';
COMMENT ON COLUMN warehouse.agency_merit.index_bp IS
    'Share of the maximum, basis points. / Indeks, basis poin.';
COMMENT ON COLUMN warehouse.agency_merit.category IS
    'Category; NULL = incomplete. / Kategori.';

CREATE TABLE warehouse.agency (
    generation bigint NOT NULL,
    agency     text NOT NULL,
    name       text NOT NULL,
    scope      text,
    kind       text,
    region     text,
    PRIMARY KEY (generation, agency)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.agency IS
    'Names of agencies, from the list of agencies. / Nama instansi menurut daftar instansi.';
COMMENT ON COLUMN warehouse.agency.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.agency.agency IS
    'Quick code. / Kode cepat.';
COMMENT ON COLUMN warehouse.agency.name IS
    'Official name. / Nama resmi.';
COMMENT ON COLUMN warehouse.agency.scope IS
    'P central, D regional; NULL = not told. / Pusat atau daerah.';
COMMENT ON COLUMN warehouse.agency.kind IS
    'Kind: KEMENT, LPNK, LNS, KO, PROV, KAB, KOT; NULL = not told. / Jenis instansi.';
COMMENT ON COLUMN warehouse.agency.region IS
    'Home Affairs region code; NULL for central agencies. / Kode wilayah.';

CREATE TABLE warehouse.review (
    generation bigint NOT NULL,
    review_no  int NOT NULL,
    record_a   int NOT NULL,
    record_b   int NOT NULL,
    reason     text NOT NULL,
    weight     int NOT NULL,
    PRIMARY KEY (generation, review_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.review IS
    'Pairs of records that wait for a person to look. / Pasangan rekaman yang menunggu pemeriksaan.';
COMMENT ON COLUMN warehouse.review.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.review.review_no IS
    'Number within the generation. / Nomor.';
COMMENT ON COLUMN warehouse.review.record_a IS
    'record_no of one side. / Rekaman pertama.';
COMMENT ON COLUMN warehouse.review.record_b IS
    'record_no of the other. / Rekaman kedua.';
COMMENT ON COLUMN warehouse.review.reason IS
    'Why. / Alasan.';
COMMENT ON COLUMN warehouse.review.weight IS
    'Weight of evidence, 1/1024 bit. / Bobot bukti.';

CREATE TABLE warehouse.identity_event (
    generation bigint NOT NULL,
    event_no   int NOT NULL,
    kind       text NOT NULL,
    person_key bigint NOT NULL,
    other_key  bigint,
    PRIMARY KEY (generation, event_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.identity_event IS
    'People who are new, merged, split or gone against the last earlier night. / Peristiwa identitas.';
COMMENT ON COLUMN warehouse.identity_event.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.identity_event.event_no IS
    'Number within the generation. / Nomor.';
COMMENT ON COLUMN warehouse.identity_event.kind IS
    'new, merged, split, gone. / Jenis.';
COMMENT ON COLUMN warehouse.identity_event.person_key IS
    'Person, stable from night to night; the last digit is a check digit. / Kunci orang yang tetap.';
COMMENT ON COLUMN warehouse.identity_event.other_key IS
    'The other person of a merge or split. / Orang lain yang terkait.';

CREATE TABLE warehouse.rule (
    generation bigint NOT NULL,
    rule_no    int NOT NULL,
    rule_id    text NOT NULL,
    severity   text NOT NULL,
    screening  boolean NOT NULL,
    enabled    boolean NOT NULL,
    reason     text NOT NULL,
    regulation text NOT NULL,
    PRIMARY KEY (generation, rule_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.rule IS
    'Rules in force, in the order of rule_results. / Aturan yang berlaku.';
COMMENT ON COLUMN warehouse.rule.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.rule.rule_no IS
    'Place in warehouse.shortlist.rule_results, from 1. / Urutan.';
COMMENT ON COLUMN warehouse.rule.rule_id IS
    'Rule id. / Kode aturan.';
COMMENT ON COLUMN warehouse.rule.severity IS
    'Strictest severity over actions and levels: HARD, WAIV, COND, POL, FLAG, NONE. / Tingkat paling ketat.';
COMMENT ON COLUMN warehouse.rule.screening IS
    'True when the rule is part of the screening verdict; else it belongs to the appointment alone. / Benar bila bagian dari penyaringan.';
COMMENT ON COLUMN warehouse.rule.enabled IS
    'False for a policy (POL) whose violation is only a warning. / Salah bila hanya peringatan.';
COMMENT ON COLUMN warehouse.rule.reason IS
    'Reason shown when it is violated, Indonesian. / Teks alasan.';
COMMENT ON COLUMN warehouse.rule.regulation IS
    'Regulation and article. / Peraturan dan pasal.';

CREATE TABLE warehouse.rule_slot (
    generation bigint NOT NULL,
    slot       int NOT NULL,
    rule_id    text NOT NULL,
    tier       text,
    PRIMARY KEY (generation, slot)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.rule_slot IS
    'Meaning of the letters of person_score.rule_results. / Arti huruf pada person_score.rule_results.';
COMMENT ON COLUMN warehouse.rule_slot.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.rule_slot.slot IS
    'Place in rule_results, from 1. / Urutan.';
COMMENT ON COLUMN warehouse.rule_slot.rule_id IS
    'Rule id. / Kode aturan.';
COMMENT ON COLUMN warehouse.rule_slot.tier IS
    'Target level; NULL = any. / Jenjang sasaran.';

CREATE TABLE warehouse.reason (
    generation bigint NOT NULL,
    word       text NOT NULL,
    kind       text NOT NULL,
    meaning    text NOT NULL,
    PRIMARY KEY (generation, kind, word)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.reason IS
    'Meaning of reason, note and verdict words and of boxes. / Arti kata alasan, catatan, putusan dan kotak.';
COMMENT ON COLUMN warehouse.reason.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.reason.word IS
    'Word. / Kata.';
COMMENT ON COLUMN warehouse.reason.kind IS
    'person, pair, verdict or box: whose word it is. / Pemilik kata: orang, pasangan, putusan, kotak.';
COMMENT ON COLUMN warehouse.reason.meaning IS
    'Meaning: English for person and pair, Indonesian for verdict and box. / Arti.';

CREATE TABLE warehouse.merit_calendar (
    generation bigint NOT NULL,
    entry_no   int NOT NULL,
    kind       text NOT NULL,
    region     text NOT NULL,
    on_date    date,
    term_end   date,
    PRIMARY KEY (generation, entry_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.merit_calendar IS
    'Regional windows: inaugurations and elections. / Kalender pelantikan dan pemilihan.';
COMMENT ON COLUMN warehouse.merit_calendar.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.merit_calendar.entry_no IS
    'Number within the generation. / Nomor.';
COMMENT ON COLUMN warehouse.merit_calendar.kind IS
    'inauguration or election. / Jenis.';
COMMENT ON COLUMN warehouse.merit_calendar.region IS
    'Home Affairs region code. / Kode wilayah.';
COMMENT ON COLUMN warehouse.merit_calendar.on_date IS
    'Day of inauguration, or day candidates are fixed. / Tanggal.';
COMMENT ON COLUMN warehouse.merit_calendar.term_end IS
    'End of the term. / Akhir masa jabatan.';
CREATE INDEX ON warehouse.merit_calendar (generation, region);
