-- One row per agency, tier and box. Read by overview dashboards. The mean is over people with an
-- index.
CREATE OR REPLACE VIEW mart.talent_pool_summary AS
SELECT p.agency AS agency,
       g.name AS agency_name,
       p.tier AS tier,
       s.box AS box,
       count(*) AS people,
       count(*) FILTER (WHERE s.agency_pool = 'met') AS in_agency_pool,
       count(*) FILTER (WHERE s.national_pool = 'met') AS in_national_pool,
       (avg(s.ip_asn) / 10)::numeric(6, 2) AS mean_ip_asn
  FROM warehouse.person_score s
  JOIN warehouse.person p ON p.generation = s.generation AND p.person_key = s.person_key
        AND p.generation = (SELECT c.generation FROM ops.current_generation c)
  LEFT JOIN warehouse.agency g ON g.generation = p.generation AND g.agency = p.agency
 WHERE s.generation = (SELECT c.generation FROM ops.current_generation c)
 GROUP BY p.agency, g.name, p.tier, s.box;
COMMENT ON VIEW mart.talent_pool_summary IS
    'Number of people by agency, tier and box. / Jumlah orang per instansi, jenjang dan kotak.';
COMMENT ON COLUMN mart.talent_pool_summary.agency IS
    'Quick code of the home agency; NULL = unknown. / Kode cepat instansi induk.';
COMMENT ON COLUMN mart.talent_pool_summary.agency_name IS
    'Name of the home agency; NULL = not in the list of agencies. / Nama instansi induk.';
COMMENT ON COLUMN mart.talent_pool_summary.tier IS
    'Tier of the present post; NULL = unknown. / Jenjang jabatan.';
COMMENT ON COLUMN mart.talent_pool_summary.box IS
    'Talent box 1..9; 0 = not mapped. / Kotak talenta.';
COMMENT ON COLUMN mart.talent_pool_summary.people IS
    'People. / Jumlah orang.';
COMMENT ON COLUMN mart.talent_pool_summary.in_agency_pool IS
    'Of them in the pool of their agency. / Anggota kelompok instansi.';
COMMENT ON COLUMN mart.talent_pool_summary.in_national_pool IS
    'Of them in the national pool. / Anggota kelompok nasional.';
COMMENT ON COLUMN mart.talent_pool_summary.mean_ip_asn IS
    'Mean professionalism index, points; NULL = nobody measured. / Rata-rata IP ASN.';
