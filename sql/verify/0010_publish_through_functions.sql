-- Raises unless the functions act with the rights of their owner and refuse a table that is not there.
DO $$
BEGIN
    IF (SELECT count(*) FROM pg_proc WHERE pronamespace = 'warehouse'::regnamespace AND prosecdef
           AND proname IN ('begin_part', 'attach_part', 'drop_parts')) <> 3 THEN
        RAISE EXCEPTION 'the functions that publish do not act for their owner';
    END IF;
    BEGIN
        PERFORM warehouse.begin_part('person; DROP TABLE ops.run', 1);
    EXCEPTION
        WHEN raise_exception THEN
            RETURN;
    END;
    RAISE EXCEPTION 'begin_part takes any name for a table';
END
$$;
