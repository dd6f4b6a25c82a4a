-- One row per senior post with the number of people per verdict. Read by vacancy dashboards. Counts
-- are 0 where scored is false: no candidates were sought.
CREATE OR REPLACE VIEW mart.post AS
SELECT t.post_no AS post_no,
       t.position_id AS position_id,
       t.title AS title,
       t.agency AS agency,
       g.name AS agency_name,
       t.unit AS unit,
       t.tier AS tier,
       t.echelon AS echelon,
       t.vacant_since AS vacant_since,
       t.effective_on AS effective_on,
       t.holder AS holder,
       t.scored AS scored,
       t.eligible AS eligible,
       t.conditional AS conditional,
       t.undetermined AS undetermined,
       t.not_recommended AS not_recommended,
       t.waivable AS waivable,
       t.not_eligible AS not_eligible,
       t.not_considered AS not_considered,
       t.unranked AS unranked
  FROM warehouse.post t
  LEFT JOIN warehouse.agency g ON g.generation = t.generation AND g.agency = t.agency
 WHERE t.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.post IS
    'Senior posts with the number of people per verdict. / Jabatan pimpinan tinggi dengan jumlah orang per putusan.';
COMMENT ON COLUMN mart.post.post_no IS
    'Number of the post within the generation. / Nomor jabatan.';
COMMENT ON COLUMN mart.post.position_id IS
    'Key of the post in its source. / Kode jabatan.';
COMMENT ON COLUMN mart.post.title IS
    'Title. / Nama jabatan.';
COMMENT ON COLUMN mart.post.agency IS
    'Quick code of the agency; NULL = unknown. / Kode cepat instansi.';
COMMENT ON COLUMN mart.post.agency_name IS
    'Name of the agency; NULL = not in the list of agencies. / Nama instansi.';
COMMENT ON COLUMN mart.post.unit IS
    'Unit. / Unit organisasi.';
COMMENT ON COLUMN mart.post.tier IS
    'Tier: jpt_utama, jpt_madya, jpt_pratama. / Jenjang.';
COMMENT ON COLUMN mart.post.echelon IS
    'BKN echelon id. / Kode eselon.';
COMMENT ON COLUMN mart.post.vacant_since IS
    'Vacant since; NULL = held or not told. / Lowong sejak.';
COMMENT ON COLUMN mart.post.effective_on IS
    'Date the rules were applied for; NULL = not scored. / Tanggal berlaku penilaian.';
COMMENT ON COLUMN mart.post.holder IS
    'person_key of the holder; NULL = none or unknown. / Pemangku.';
COMMENT ON COLUMN mart.post.scored IS
    'True when candidates were sought. / Benar bila dicari calon.';
COMMENT ON COLUMN mart.post.eligible IS
    'People eligible. / Memenuhi syarat.';
COMMENT ON COLUMN mart.post.conditional IS
    'People eligible with approvals. / Memenuhi dengan persetujuan.';
COMMENT ON COLUMN mart.post.undetermined IS
    'People whose data do not suffice. / Belum dapat ditentukan.';
COMMENT ON COLUMN mart.post.not_recommended IS
    'People barred by policy. / Terhalang kebijakan.';
COMMENT ON COLUMN mart.post.waivable IS
    'People barred unless the President waives. / Terhalang, dapat dikecualikan.';
COMMENT ON COLUMN mart.post.not_eligible IS
    'People barred. / Tidak memenuhi.';
COMMENT ON COLUMN mart.post.not_considered IS
    'The holder, and people of a higher level. / Tidak dipertimbangkan.';
COMMENT ON COLUMN mart.post.unranked IS
    'Undetermined people without a fit. / Belum pasti dan tanpa nilai.';
