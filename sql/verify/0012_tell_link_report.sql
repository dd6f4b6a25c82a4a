-- Raises unless the link stage can tell.
DO $$
BEGIN
    PERFORM run_id, records, units, people, largest, adopted, vetoes, junk_numbers, questions, decisions,
            decisions_lapsed, decisions_absent FROM ops.link_run WHERE false;
    PERFORM run_id, pass, blocks, pairs, skipped_blocks, skipped_units FROM ops.link_pass WHERE false;
    PERFORM run_id, topic, name, n FROM ops.link_count WHERE false;
    IF (SELECT count(*) FROM pg_constraint
         WHERE conrelid IN ('ops.link_run'::regclass, 'ops.link_pass'::regclass, 'ops.link_count'::regclass)
           AND contype = 'f') <> 3 THEN
        RAISE EXCEPTION 'what the link stage tells does not belong to runs';
    END IF;
END
$$;
