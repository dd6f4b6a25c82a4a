-- Raises unless the schema of the views is there.
DO $$
BEGIN
    IF to_regnamespace('mart') IS NULL THEN
        RAISE EXCEPTION 'schema mart is not there';
    END IF;
END
$$;
