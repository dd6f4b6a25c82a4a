-- What the loader does to tables it does not own: make, attach and drop the parts of a generation.
-- Depends on: the partitioned tables of schema warehouse, ops.current_generation.
CREATE FUNCTION warehouse.begin_part(table_name text, generation bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text := format('%s_g%s', table_name, generation);
BEGIN
    IF NOT EXISTS (SELECT FROM pg_partitioned_table p
                    WHERE p.partrelid = to_regclass(format('warehouse.%I', table_name))) THEN
        RAISE EXCEPTION 'no table warehouse.% is kept by generation', table_name;
    END IF;
    EXECUTE format('CREATE TABLE warehouse.%I (LIKE warehouse.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
                   part, table_name);
    EXECUTE format('ALTER TABLE warehouse.%I ALTER COLUMN generation SET DEFAULT %s', part, generation);
    EXECUTE format('ALTER TABLE warehouse.%I ADD CONSTRAINT this_generation CHECK (generation = %s)',
                   part, generation);
END
$$;
COMMENT ON FUNCTION warehouse.begin_part(text, bigint) IS
    'Makes the part of a generation as a table of its own, which nobody reads yet. / Membuat bagian generasi.';

CREATE FUNCTION warehouse.attach_part(table_name text, generation bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text := format('%s_g%s', table_name, generation);
BEGIN
    EXECUTE format('ALTER TABLE warehouse.%I ATTACH PARTITION warehouse.%I FOR VALUES IN (%s)',
                   table_name, part, generation);
    EXECUTE format('ANALYZE warehouse.%I', part);
END
$$;
COMMENT ON FUNCTION warehouse.attach_part(text, bigint) IS
    'Makes a loaded part a partition and counts it for the planner. / Memasang bagian generasi.';

CREATE FUNCTION warehouse.drop_parts(dropped bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    parent regclass;
BEGIN
    IF EXISTS (SELECT FROM ops.current_generation WHERE generation = dropped) THEN
        RAISE EXCEPTION 'generation % is what readers see', dropped;
    END IF;
    FOR parent IN SELECT p.partrelid FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
                   WHERE c.relnamespace = 'warehouse'::regnamespace LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s_g%s', parent, dropped);
    END LOOP;
END
$$;
COMMENT ON FUNCTION warehouse.drop_parts(bigint) IS
    'Drops the parts of a generation that readers do not see. / Menghapus bagian generasi lama.';

REVOKE EXECUTE ON FUNCTION warehouse.begin_part(text, bigint), warehouse.attach_part(text, bigint),
    warehouse.drop_parts(bigint) FROM PUBLIC;
