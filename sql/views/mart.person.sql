-- One row per person. Read by dashboards and search. Name parts are joined here; rank and education
-- are the usual short forms of the BKN codes. No birth date and no official number stand here.
CREATE OR REPLACE VIEW mart.person AS
SELECT p.person_key AS person_key,
       nullif(concat_ws(', ', nullif(concat_ws(' ', p.front_titles, p.full_name), ''), p.back_titles), '') AS name,
       p.agency AS agency,
       g.name AS agency_name,
       p.status AS status,
       p.tier AS tier,
       p.jf_grade AS jf_grade,
       p.title AS title,
       CASE WHEN p.rank BETWEEN 11 AND 45 AND p.rank % 10 BETWEEN 1 AND 5
            THEN (ARRAY['I', 'II', 'III', 'IV'])[p.rank / 10] || '/'
                 || (ARRAY['a', 'b', 'c', 'd', 'e'])[p.rank % 10] END AS rank,
       CASE WHEN p.education = 5 THEN 'SD' WHEN p.education < 15 THEN 'SMP'
            WHEN p.education < 20 THEN 'SMA' WHEN p.education = 20 THEN 'D-I'
            WHEN p.education = 25 THEN 'D-II' WHEN p.education = 30 THEN 'D-III'
            WHEN p.education = 35 THEN 'D-IV' WHEN p.education = 40 THEN 'S-1'
            WHEN p.education = 42 THEN 'Profesi' WHEN p.education IN (45, 47, 49) THEN 'S-2'
            WHEN p.education = 50 THEN 'S-3' END AS education,
       p.in_post_since AS in_post_since,
       s.box AS box,
       p.records AS records
  FROM warehouse.person p
  LEFT JOIN warehouse.person_score s ON s.generation = p.generation AND s.person_key = p.person_key
        AND s.generation = (SELECT c.generation FROM ops.current_generation c)
  LEFT JOIN warehouse.agency g ON g.generation = p.generation AND g.agency = p.agency
 WHERE p.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.person IS
    'People of the current generation, without identifiers. / Orang pada generasi berjalan, tanpa nomor identitas.';
COMMENT ON COLUMN mart.person.person_key IS
    'Person, stable from night to night; not an official number. / Kunci orang yang tetap; bukan nomor resmi.';
COMMENT ON COLUMN mart.person.name IS
    'Name with titles; NULL = no source told it. / Nama dengan gelar.';
COMMENT ON COLUMN mart.person.agency IS
    'Quick code of the home agency; NULL = unknown. / Kode cepat instansi induk.';
COMMENT ON COLUMN mart.person.agency_name IS
    'Name of the home agency; NULL = not in the list of agencies. / Nama instansi induk.';
COMMENT ON COLUMN mart.person.status IS
    'Employment status: pns, cpns, pppk, tni, polri, non_asn. / Status kepegawaian.';
COMMENT ON COLUMN mart.person.tier IS
    'Tier of the present post: jpt_utama .. functional; NULL = unknown. / Jenjang jabatan.';
COMMENT ON COLUMN mart.person.jf_grade IS
    'Grade of a functional post; NULL = none or unknown. / Jenjang jabatan fungsional.';
COMMENT ON COLUMN mart.person.title IS
    'Title of the present post. / Nama jabatan sekarang.';
COMMENT ON COLUMN mart.person.rank IS
    'Rank I/a .. IV/e; NULL = unknown or another ladder. / Golongan ruang.';
COMMENT ON COLUMN mart.person.education IS
    'Highest education, short form; NULL = unknown. / Pendidikan tertinggi.';
COMMENT ON COLUMN mart.person.in_post_since IS
    'Start of the present post; NULL = unknown. / TMT jabatan.';
COMMENT ON COLUMN mart.person.box IS
    'Talent box 1..9; 0 = not mapped. / Kotak talenta; 0 = belum terpetakan.';
COMMENT ON COLUMN mart.person.records IS
    'Source records joined into this person. / Jumlah rekaman sumber.';
