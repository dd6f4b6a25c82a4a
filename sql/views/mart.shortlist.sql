-- One row per candidate listed for a post. Read by selection dashboards. fit = fit_potential +
-- fit_performance + fit_technical exactly; undetermined people stand in their own listing, never
-- above proposed ones.
CREATE OR REPLACE VIEW mart.shortlist AS
SELECT t.post_no AS post_no,
       t.position_id AS position_id,
       t.title AS title,
       t.agency AS agency,
       g.name AS agency_name,
       t.tier AS tier,
       l.listing AS listing,
       l.row_no AS row_no,
       l.rank AS rank,
       l.person_key AS person_key,
       nullif(concat_ws(', ', nullif(concat_ws(' ', p.front_titles, p.full_name), ''), p.back_titles), '') AS name,
       p.agency AS person_agency,
       pg.name AS person_agency_name,
       l.action AS action,
       l.verdict AS verdict,
       w.meaning AS verdict_text,
       l.rank_group AS rank_group,
       (l.fit / 100.0)::numeric(6, 2) AS fit,
       (l.fit_parts[1] / 100.0)::numeric(6, 2) AS fit_potential,
       (l.fit_parts[2] / 100.0)::numeric(6, 2) AS fit_performance,
       (l.fit_parts[3] / 100.0)::numeric(6, 2) AS fit_technical,
       (l.talent_value / 100.0)::numeric(6, 2) AS talent_value,
       (l.technical / 100.0)::numeric(6, 2) AS technical,
       (l.potential_x / 100.0)::numeric(6, 2) AS potential_x,
       (l.performance_y / 100.0)::numeric(6, 2) AS performance_y,
       (l.jpm / 100.0)::numeric(6, 2) AS jpm,
       l.tenure_days AS tenure_days,
       l.notes AS notes,
       ARRAY(SELECT r.rule_id FROM warehouse.rule r
             WHERE r.generation = l.generation AND substr(l.rule_results, r.rule_no, 1) = 'F'
             ORDER BY r.rule_no) AS rules_failed,
       ARRAY(SELECT r.rule_id FROM warehouse.rule r
             WHERE r.generation = l.generation AND substr(l.rule_results, r.rule_no, 1) = 'U'
             ORDER BY r.rule_no) AS rules_unknown
  FROM warehouse.shortlist l
  JOIN warehouse.post t ON t.generation = l.generation AND t.post_no = l.post_no AND t.generation = (SELECT c.generation FROM ops.current_generation c)
  JOIN warehouse.person p ON p.generation = l.generation AND p.person_key = l.person_key
        AND p.generation = (SELECT c.generation FROM ops.current_generation c)
  LEFT JOIN warehouse.agency g ON g.generation = t.generation AND g.agency = t.agency
  LEFT JOIN warehouse.agency pg ON pg.generation = p.generation AND pg.agency = p.agency
  LEFT JOIN warehouse.reason w ON w.generation = l.generation AND w.kind = 'verdict'
        AND w.word = l.verdict
 WHERE l.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.shortlist IS
    'The best candidates of each post, with every part of the fit. / Daftar calon terbaik per jabatan beserta rinciannya.';
COMMENT ON COLUMN mart.shortlist.post_no IS
    'Number of the post within the generation. / Nomor jabatan.';
COMMENT ON COLUMN mart.shortlist.position_id IS
    'Key of the post in its source. / Kode jabatan.';
COMMENT ON COLUMN mart.shortlist.title IS
    'Title of the post. / Nama jabatan.';
COMMENT ON COLUMN mart.shortlist.agency IS
    'Quick code of the agency of the post; NULL = unknown. / Kode cepat instansi jabatan.';
COMMENT ON COLUMN mart.shortlist.agency_name IS
    'Name of the agency of the post; NULL = not in the list of agencies. / Nama instansi jabatan.';
COMMENT ON COLUMN mart.shortlist.tier IS
    'Tier of the post. / Jenjang jabatan.';
COMMENT ON COLUMN mart.shortlist.listing IS
    'proposed, or verify = data are missing. / Diusulkan, atau perlu verifikasi.';
COMMENT ON COLUMN mart.shortlist.row_no IS
    'Place in the listing, unique, from 1. / Urutan unik.';
COMMENT ON COLUMN mart.shortlist.rank IS
    'Rank in the listing; equals share one. / Peringkat.';
COMMENT ON COLUMN mart.shortlist.person_key IS
    'Person, stable from night to night; not an official number. / Kunci orang yang tetap.';
COMMENT ON COLUMN mart.shortlist.name IS
    'Name with titles. / Nama dengan gelar.';
COMMENT ON COLUMN mart.shortlist.person_agency IS
    'Quick code of the home agency; NULL = unknown. / Kode cepat instansi induk.';
COMMENT ON COLUMN mart.shortlist.person_agency_name IS
    'Name of the home agency; NULL = not in the list of agencies. / Nama instansi induk.';
COMMENT ON COLUMN mart.shortlist.action IS
    'PRO promotion or MUT move at the same level. / Promosi atau mutasi.';
COMMENT ON COLUMN mart.shortlist.verdict IS
    'Verdict of the screening rules. / Putusan penyaringan.';
COMMENT ON COLUMN mart.shortlist.verdict_text IS
    'The verdict in words, Indonesian. / Putusan dalam kata-kata.';
COMMENT ON COLUMN mart.shortlist.rank_group IS
    '1 = complete, 2 = technical competency missing. / Kelompok peringkat.';
COMMENT ON COLUMN mart.shortlist.fit IS
    'Fit, points 0..100. / Nilai kecocokan.';
COMMENT ON COLUMN mart.shortlist.fit_potential IS
    'Part of the fit from potential. / Bagian potensial.';
COMMENT ON COLUMN mart.shortlist.fit_performance IS
    'Part of the fit from performance. / Bagian kinerja.';
COMMENT ON COLUMN mart.shortlist.fit_technical IS
    'Part of the fit from technical competency. / Bagian kompetensi teknis.';
COMMENT ON COLUMN mart.shortlist.talent_value IS
    'NT against this post, points. / Nilai talenta terhadap jabatan.';
COMMENT ON COLUMN mart.shortlist.technical IS
    'Technical competency, points; NULL = missing. / Kompetensi teknis.';
COMMENT ON COLUMN mart.shortlist.potential_x IS
    'Potential axis against this post, points. / Sumbu potensial.';
COMMENT ON COLUMN mart.shortlist.performance_y IS
    'Performance axis, points. / Sumbu kinerja.';
COMMENT ON COLUMN mart.shortlist.jpm IS
    'Job person match against this post, percent, not capped. / JPM terhadap jabatan.';
COMMENT ON COLUMN mart.shortlist.tenure_days IS
    'Days at the present level. / Lama di jenjang, hari.';
COMMENT ON COLUMN mart.shortlist.notes IS
    'Notes; meanings in mart.word. / Catatan.';
COMMENT ON COLUMN mart.shortlist.rules_failed IS
    'Rules the person violates, in order of evaluation. / Aturan yang dilanggar.';
COMMENT ON COLUMN mart.shortlist.rules_unknown IS
    'Rules for which data are missing. / Aturan yang datanya belum ada.';
