-- Raises unless places stand beside the crosswalk, one for each record, and no number stands in it.
DO $$
BEGIN
    PERFORM landing_body, body_record FROM warehouse.record_place WHERE false;
    IF EXISTS (SELECT FROM information_schema.columns
                WHERE table_schema = 'warehouse' AND table_name = 'crosswalk'
                  AND column_name IN ('landing_body', 'body_record')) THEN
        RAISE EXCEPTION 'the crosswalk still tells where its records stood';
    END IF;
    IF (SELECT count(*) FROM warehouse.crosswalk) <> (SELECT count(*) FROM warehouse.record_place) THEN
        RAISE EXCEPTION 'records without a place';
    END IF;
    IF EXISTS (SELECT FROM warehouse.crosswalk
                WHERE regexp_replace(source_key, '[ ./-]', '', 'g') ~ '[0-9]{9}') THEN
        RAISE EXCEPTION 'a key in the crosswalk may be an identifier';
    END IF;
END
$$;
