-- Raises unless the ledger is there and its balance is enforced.
DO $$
BEGIN
    PERFORM run_id, stage, seconds FROM ops.stage_run WHERE false;
    PERFORM run_id, source, state FROM ops.source_run WHERE false;
    PERFORM generation, fingerprint FROM ops.generation WHERE false;
    PERFORM generation FROM ops.current_generation WHERE false;
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'source_count_balance') THEN
        RAISE EXCEPTION 'ops.source_count has no balance constraint';
    END IF;
END
$$;
