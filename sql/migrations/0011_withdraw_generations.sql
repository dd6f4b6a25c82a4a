-- A published result that was taken back. Depends on: ops.generation, ops.current_generation.
ALTER TABLE ops.generation
    ADD COLUMN withdrawn_at timestamptz,
    ADD COLUMN replaced_by  bigint REFERENCES ops.generation,
    ADD CONSTRAINT generation_replaced CHECK (replaced_by IS NULL OR withdrawn_at IS NOT NULL);
COMMENT ON COLUMN ops.generation.withdrawn_at IS
    'When it was taken back, UTC: no night starts from it and readers never see it again; NULL = it was not. / Waktu penarikan.';
COMMENT ON COLUMN ops.generation.replaced_by IS
    'Generation that readers were given instead when it was taken back; NULL = they did not see it then. / Generasi pengganti.';
COMMENT ON CONSTRAINT generation_replaced ON ops.generation IS
    'Only what was taken back is replaced. / Hanya yang ditarik yang diganti.';
