-- One row per published result. Read by operators and engineers.
CREATE OR REPLACE VIEW mart.generation AS
SELECT g.generation AS generation,
       g.night AS night,
       g.run_id AS run_id,
       g.published_at AS published_at,
       g.people AS people,
       g.row_count AS row_count,
       (SELECT count(*) FROM ops.generation_source s WHERE s.generation = g.generation) AS sources,
       g.fingerprint AS fingerprint,
       g.program_version AS program_version,
       g.generation IS NOT DISTINCT FROM (SELECT c.generation FROM ops.current_generation c) AS is_current,
       g.dropped_at AS dropped_at,
       g.withdrawn_at AS withdrawn_at,
       g.replaced_by AS replaced_by
  FROM ops.generation g;
COMMENT ON VIEW mart.generation IS
    'Published results. / Hasil yang diterbitkan.';
COMMENT ON COLUMN mart.generation.generation IS
    'Number of the result, ascending. / Nomor generasi.';
COMMENT ON COLUMN mart.generation.night IS
    'As-of date. / Tanggal acuan.';
COMMENT ON COLUMN mart.generation.run_id IS
    'Run that published it. / Proses yang menerbitkan.';
COMMENT ON COLUMN mart.generation.published_at IS
    'When, UTC. / Waktu terbit, UTC.';
COMMENT ON COLUMN mart.generation.people IS
    'People in it. / Jumlah orang.';
COMMENT ON COLUMN mart.generation.row_count IS
    'Rows in all its tables. / Jumlah baris.';
COMMENT ON COLUMN mart.generation.sources IS
    'Sources it was made from. / Jumlah sumber.';
COMMENT ON COLUMN mart.generation.fingerprint IS
    'SHA-256 of every published row in order. / Sidik jari isi.';
COMMENT ON COLUMN mart.generation.program_version IS
    'Version of the program. / Versi program.';
COMMENT ON COLUMN mart.generation.is_current IS
    'True for the one other views show. / Benar untuk generasi berjalan.';
COMMENT ON COLUMN mart.generation.dropped_at IS
    'When its rows were removed; NULL = still there. / Waktu isinya dihapus.';
COMMENT ON COLUMN mart.generation.withdrawn_at IS
    'When it was taken back, UTC; NULL = it was not. / Waktu penarikan.';
COMMENT ON COLUMN mart.generation.replaced_by IS
    'Generation readers were given instead; NULL = they did not see it then. / Generasi pengganti.';
