-- Raises unless rejects are told once per batch, with complete totals, and runs say what they asked for.
DO $$
BEGIN
    PERFORM batch_id, source, batch_key, run_id, pruned_at, ragged, not_records, fallback_bytes, replaced, no_line_end
       FROM ops.batch WHERE false;
    PERFORM batch_id, record_kind, code, field, outcome, n FROM ops.reject_total WHERE false;
    PERFORM batch_id, record_kind, code, field, outcome, body, record FROM ops.reject WHERE false;
    PERFORM requests, retries, waits, renewals, skipped FROM ops.source_run WHERE false;
    IF EXISTS (SELECT FROM information_schema.columns
                WHERE table_schema = 'ops' AND table_name = 'reject' AND column_name = 'run_id') THEN
        RAISE EXCEPTION 'rows of ops.reject still belong to runs';
    END IF;
END
$$;
