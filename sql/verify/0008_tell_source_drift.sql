-- Raises unless drift can be entered.
DO $$
BEGIN
    PERFORM run_id, source, ordinal, change, place, was_bp, is_bp, detail FROM ops.source_drift WHERE false;
    IF NOT EXISTS (SELECT FROM pg_constraint
                    WHERE conrelid = 'ops.source_drift'::regclass AND contype = 'f') THEN
        RAISE EXCEPTION 'ops.source_drift does not belong to runs';
    END IF;
END
$$;
