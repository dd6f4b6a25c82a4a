-- People whom only other records name, counted. Depends on: ops.source_count, ops.generation_source.
ALTER TABLE ops.source_count
    ADD COLUMN derived bigint NOT NULL DEFAULT 0 CHECK (derived >= 0),
    ADD COLUMN kept    bigint,
    ADD CONSTRAINT source_count_kept CHECK (kept = accepted + unchanged + derived);
COMMENT ON COLUMN ops.source_count.derived IS
    'Rows kept that no record of their own was received for: people whom only facts name; not part of received. / Baris turunan: orang yang hanya disebut oleh rekaman lain.';
COMMENT ON COLUMN ops.source_count.kept IS
    'Rows of the batch = accepted + unchanged + derived; NULL before they were entered. / Baris dalam batch.';
COMMENT ON CONSTRAINT source_count_kept ON ops.source_count IS
    'Every row of the batch is a received record or a derived one. / Setiap baris batch berasal dari rekaman diterima atau turunan.';

ALTER TABLE ops.generation_source
    ADD COLUMN person_records bigint CHECK (person_records >= 0);
COMMENT ON COLUMN ops.generation_source.person_records IS
    'Person rows of the batch by its counts, derived ones among them: each stands in the crosswalk once; NULL before they were entered. / Baris orang dalam batch; masing-masing sekali dalam tautan.';
