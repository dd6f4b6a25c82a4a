-- Raises unless derived records are counted and the rows of a batch must balance.
DO $$
BEGIN
    PERFORM derived, kept FROM ops.source_count WHERE false;
    PERFORM person_records FROM ops.generation_source WHERE false;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'source_count_kept') THEN
        RAISE EXCEPTION 'ops.source_count does not tie its counts to the rows of the batch';
    END IF;
END
$$;
