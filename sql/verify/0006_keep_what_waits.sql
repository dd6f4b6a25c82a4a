-- Raises unless the ledger can say what a night landed and what an unpublished run made.
DO $$
BEGIN
    PERFORM landed_key FROM ops.source_run WHERE false;
    PERFORM link_key, merge_key, score_key FROM ops.run WHERE false;
END
$$;
