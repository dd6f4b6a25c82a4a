-- One row per agency that has people or a merit assessment. Read by agency dashboards. Means are
-- over people with an index; people without a home agency stand in no row (mart.talent_pool_summary
-- has them under NULL); sources counts the sources that told of its people.
CREATE OR REPLACE VIEW mart.agency AS
SELECT a.agency AS agency,
       g.name AS name,
       g.scope AS scope,
       g.kind AS kind,
       g.region AS region,
       coalesce(n.people, 0) AS people,
       coalesce(n.mapped, 0) AS mapped,
       coalesce(n.in_agency_pool, 0) AS in_agency_pool,
       coalesce(n.in_national_pool, 0) AS in_national_pool,
       n.mean_ip_asn AS mean_ip_asn,
       m.year AS merit_year,
       m.scheme AS merit_scheme,
       (m.total / 100.0)::numeric(6, 2) AS merit_total,
       (m.index_bp / 100.0)::numeric(6, 2) AS merit_index,
       m.category AS merit_category,
       coalesce(x.sources, 0) AS sources
  FROM (SELECT q.agency FROM warehouse.person q WHERE q.generation = (SELECT c.generation FROM ops.current_generation c) AND q.agency IS NOT NULL
        UNION
        SELECT q.agency FROM warehouse.agency_merit q WHERE q.generation = (SELECT c.generation FROM ops.current_generation c)) a
  LEFT JOIN warehouse.agency g ON g.generation = (SELECT c.generation FROM ops.current_generation c) AND g.agency = a.agency
  LEFT JOIN warehouse.agency_merit m ON m.generation = (SELECT c.generation FROM ops.current_generation c) AND m.agency = a.agency
  LEFT JOIN (SELECT p.agency, count(*) AS people, count(*) FILTER (WHERE s.box > 0) AS mapped,
                    count(*) FILTER (WHERE s.agency_pool = 'met') AS in_agency_pool,
                    count(*) FILTER (WHERE s.national_pool = 'met') AS in_national_pool,
                    (avg(s.ip_asn) / 10)::numeric(6, 2) AS mean_ip_asn
               FROM warehouse.person p
               LEFT JOIN warehouse.person_score s
                      ON s.generation = p.generation AND s.person_key = p.person_key AND s.generation = (SELECT c.generation FROM ops.current_generation c)
              WHERE p.generation = (SELECT c.generation FROM ops.current_generation c)
              GROUP BY p.agency) n ON n.agency = a.agency
  LEFT JOIN (SELECT p.agency, count(DISTINCT c.source) AS sources
               FROM warehouse.crosswalk c
               JOIN warehouse.person p ON p.generation = c.generation AND p.person_key = c.person_key
                    AND p.generation = (SELECT c.generation FROM ops.current_generation c)
              WHERE c.generation = (SELECT c.generation FROM ops.current_generation c)
              GROUP BY p.agency) x ON x.agency = a.agency;
COMMENT ON VIEW mart.agency IS
    'Agencies: people, pools, mean index and merit index; people without a home agency are in none (see mart.talent_pool_summary). / Instansi: jumlah orang, kelompok talenta dan indeks merit.';
COMMENT ON COLUMN mart.agency.agency IS
    'Quick code. / Kode cepat.';
COMMENT ON COLUMN mart.agency.name IS
    'Name; NULL = not in the list of agencies. / Nama instansi.';
COMMENT ON COLUMN mart.agency.scope IS
    'P central or D regional. / Pusat atau daerah.';
COMMENT ON COLUMN mart.agency.kind IS
    'Kind of agency. / Jenis instansi.';
COMMENT ON COLUMN mart.agency.region IS
    'Home Affairs region code; NULL for central agencies. / Kode wilayah.';
COMMENT ON COLUMN mart.agency.people IS
    'People. / Jumlah orang.';
COMMENT ON COLUMN mart.agency.mapped IS
    'Of them mapped to a box. / Sudah terpetakan.';
COMMENT ON COLUMN mart.agency.in_agency_pool IS
    'Of them in its own pool. / Anggota kelompok instansi.';
COMMENT ON COLUMN mart.agency.in_national_pool IS
    'Of them in the national pool. / Anggota kelompok nasional.';
COMMENT ON COLUMN mart.agency.mean_ip_asn IS
    'Mean professionalism index, points; NULL = nobody measured. / Rata-rata IP ASN.';
COMMENT ON COLUMN mart.agency.merit_year IS
    'Year of the merit assessment; NULL = none. / Tahun penilaian merit.';
COMMENT ON COLUMN mart.agency.merit_scheme IS
    'Rule set: 2018 or 2025. / Skema.';
COMMENT ON COLUMN mart.agency.merit_total IS
    'Total of the assessment, points (2018) or index (2025); NULL = incomplete. / Nilai total.';
COMMENT ON COLUMN mart.agency.merit_index IS
    'Share of the maximum, percent; NULL = incomplete. / Indeks sistem merit, persen.';
COMMENT ON COLUMN mart.agency.merit_category IS
    'Category; NULL = incomplete. / Kategori.';
COMMENT ON COLUMN mart.agency.sources IS
    'Sources that told of its people. / Jumlah sumber.';
