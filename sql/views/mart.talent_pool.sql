-- One row per person with indices, axes and box. Read by talent pool dashboards. Points are the
-- stored integers divided by ten (index) or a hundred (axes).
CREATE OR REPLACE VIEW mart.talent_pool AS
SELECT p.person_key AS person_key,
       nullif(concat_ws(', ', nullif(concat_ws(' ', p.front_titles, p.full_name), ''), p.back_titles), '') AS name,
       p.agency AS agency,
       g.name AS agency_name,
       p.tier AS tier,
       p.title AS title,
       s.box AS box,
       s.box_alternative AS box_alternative,
       b.meaning AS recommendation,
       (s.potential_x / 100.0)::numeric(6, 2) AS potential_x,
       (s.performance_y / 100.0)::numeric(6, 2) AS performance_y,
       (s.talent_value / 100.0)::numeric(6, 2) AS talent_value,
       (s.x_complete_bp / 100.0)::numeric(6, 2) AS x_complete,
       (s.y_complete_bp / 100.0)::numeric(6, 2) AS y_complete,
       (s.ip_asn / 10.0)::numeric(5, 1) AS ip_asn,
       (s.ip_qualification / 10.0)::numeric(5, 1) AS ip_qualification,
       (s.ip_competence / 10.0)::numeric(5, 1) AS ip_competence,
       (s.ip_performance / 10.0)::numeric(5, 1) AS ip_performance,
       (s.ip_discipline / 10.0)::numeric(5, 1) AS ip_discipline,
       s.ip_category AS ip_category,
       (s.jpm / 100.0)::numeric(6, 2) AS jpm,
       s.jpm_category AS jpm_category,
       s.assessment_validity AS assessment_validity,
       s.agency_pool AS agency_pool,
       s.national_pool AS national_pool,
       s.reasons AS reasons
  FROM warehouse.person_score s
  JOIN warehouse.person p ON p.generation = s.generation AND p.person_key = s.person_key
        AND p.generation = (SELECT c.generation FROM ops.current_generation c)
  LEFT JOIN warehouse.agency g ON g.generation = p.generation AND g.agency = p.agency
  LEFT JOIN warehouse.reason b ON b.generation = s.generation AND b.kind = 'box' AND b.word = s.box::text
 WHERE s.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.talent_pool IS
    'Indices, axes, box and pool membership of each person. / Indeks, sumbu, kotak dan keanggotaan kelompok talenta.';
COMMENT ON COLUMN mart.talent_pool.person_key IS
    'Person, stable from night to night; not an official number. / Kunci orang yang tetap; bukan nomor resmi.';
COMMENT ON COLUMN mart.talent_pool.name IS
    'Name with titles. / Nama dengan gelar.';
COMMENT ON COLUMN mart.talent_pool.agency IS
    'Quick code of the home agency; NULL = unknown. / Kode cepat instansi induk.';
COMMENT ON COLUMN mart.talent_pool.agency_name IS
    'Name of the home agency; NULL = not in the list of agencies. / Nama instansi induk.';
COMMENT ON COLUMN mart.talent_pool.tier IS
    'Tier of the present post. / Jenjang jabatan.';
COMMENT ON COLUMN mart.talent_pool.title IS
    'Title of the present post. / Nama jabatan sekarang.';
COMMENT ON COLUMN mart.talent_pool.box IS
    'Talent box 1..9; 0 = not mapped. / Kotak talenta; 0 = belum terpetakan.';
COMMENT ON COLUMN mart.talent_pool.box_alternative IS
    'Box if missing awards and team roles were dropped instead of counted as none. / Kotak alternatif.';
COMMENT ON COLUMN mart.talent_pool.recommendation IS
    'What the box recommends. / Rekomendasi kotak.';
COMMENT ON COLUMN mart.talent_pool.potential_x IS
    'Potential axis, points 0..100; NULL = not mapped. / Sumbu potensial.';
COMMENT ON COLUMN mart.talent_pool.performance_y IS
    'Performance axis, points 0..100; NULL = not mapped. / Sumbu kinerja.';
COMMENT ON COLUMN mart.talent_pool.talent_value IS
    'Talent value NT, points 0..100; NULL = not mapped. / Nilai talenta.';
COMMENT ON COLUMN mart.talent_pool.x_complete IS
    'Known share of the weight of the potential axis, percent. / Kelengkapan sumbu potensial, persen.';
COMMENT ON COLUMN mart.talent_pool.y_complete IS
    'Known share of the weight of the performance axis, percent. / Kelengkapan sumbu kinerja, persen.';
COMMENT ON COLUMN mart.talent_pool.ip_asn IS
    'Professionalism index, points 0..100; NULL = not measured. / Indeks profesionalitas ASN.';
COMMENT ON COLUMN mart.talent_pool.ip_qualification IS
    'Its qualification part, 0..25. / Dimensi kualifikasi.';
COMMENT ON COLUMN mart.talent_pool.ip_competence IS
    'Its competence part, 0..40. / Dimensi kompetensi.';
COMMENT ON COLUMN mart.talent_pool.ip_performance IS
    'Its performance part, 0..30. / Dimensi kinerja.';
COMMENT ON COLUMN mart.talent_pool.ip_discipline IS
    'Its discipline part, 0..5. / Dimensi disiplin.';
COMMENT ON COLUMN mart.talent_pool.ip_category IS
    'Category of the index. / Kategori IP ASN.';
COMMENT ON COLUMN mart.talent_pool.jpm IS
    'Job person match against the present post, percent, not capped; NULL = unknown. / JPM jabatan sekarang.';
COMMENT ON COLUMN mart.talent_pool.jpm_category IS
    'Category of the match. / Kategori JPM.';
COMMENT ON COLUMN mart.talent_pool.assessment_validity IS
    'State of the assessment used: valid .. none. / Keabsahan asesmen.';
COMMENT ON COLUMN mart.talent_pool.agency_pool IS
    'In the pool of the agency: met, failed, unknown, na. / Keanggotaan kelompok instansi.';
COMMENT ON COLUMN mart.talent_pool.national_pool IS
    'In the national pool: met, failed, unknown, na. / Keanggotaan kelompok nasional.';
COMMENT ON COLUMN mart.talent_pool.reasons IS
    'Why the scores are as they are; meanings in mart.word. / Alasan nilai.';
