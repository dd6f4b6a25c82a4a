-- What a batch held back by its gate came to. Depends on: ops.source_run, ops.source_count, ops.reject.
ALTER TABLE ops.source_run ADD COLUMN held_batch_key text;
COMMENT ON COLUMN ops.source_run.held_batch_key IS
    'Key of the batch of this night when its gate held it back, 64 hex digits; NULL = none was. / Kunci batch yang ditahan.';

ALTER TABLE ops.source_count ADD COLUMN held boolean NOT NULL DEFAULT false;
ALTER TABLE ops.source_count DROP CONSTRAINT source_count_pkey;
ALTER TABLE ops.source_count ADD PRIMARY KEY (run_id, source, record_kind, held);
COMMENT ON COLUMN ops.source_count.held IS
    'False = the batch that stands for the source; true = the batch of this night that its gate held back: counted, not used. / Benar bila batch ditahan.';

ALTER TABLE ops.reject ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN ops.reject.held IS
    'True = of a batch that its gate held back. / Benar bila dari batch yang ditahan.';
