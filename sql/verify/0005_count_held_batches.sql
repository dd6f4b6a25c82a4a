-- Raises unless the counts of a held batch can stand beside those of the batch in use.
DO $$
BEGIN
    PERFORM held_batch_key FROM ops.source_run WHERE false;
    PERFORM held FROM ops.source_count WHERE false;
    PERFORM held FROM ops.reject WHERE false;
    IF (SELECT array_length(conkey, 1) FROM pg_constraint
         WHERE conrelid = 'ops.source_count'::regclass AND contype = 'p') <> 4 THEN
        RAISE EXCEPTION 'the key of ops.source_count does not tell held batches apart';
    END IF;
END
$$;
