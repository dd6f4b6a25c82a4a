-- Who may read and write what. Applied again whenever this text changes; may be run at any time.
-- Roles belong to the whole server: they hold no password and cannot log in. An administrator grants
-- them to the accounts of people: GRANT talentpool_dashboard TO somebody.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['talentpool_owner', 'talentpool_loader',
                                     'talentpool_engineer', 'talentpool_dashboard'] LOOP
        IF to_regrole(role_name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL; -- another database of this server made it at the same moment
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'role % is missing and % may not make it; have an administrator run: CREATE ROLE % NOLOGIN',
                        role_name, current_user, role_name;
            END;
        END IF;
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA ops, warehouse, mart FROM PUBLIC;

-- owner: everything.
GRANT ALL ON SCHEMA ops, warehouse, mart TO talentpool_owner;
GRANT ALL ON ALL TABLES IN SCHEMA ops, warehouse, mart TO talentpool_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, warehouse, mart GRANT ALL ON TABLES TO talentpool_owner;

-- loader: writes the ledger, reads and fills the warehouse.
GRANT USAGE ON SCHEMA ops, warehouse, mart TO talentpool_loader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ops, warehouse TO talentpool_loader;
GRANT DELETE ON ops.reject TO talentpool_loader; -- of nights no longer kept
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO talentpool_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, warehouse
    GRANT SELECT, INSERT, UPDATE ON TABLES TO talentpool_loader;
ALTER DEFAULT PRIVILEGES IN SCHEMA mart GRANT SELECT ON TABLES TO talentpool_loader;

-- engineer: reads everything, writes nothing.
GRANT USAGE ON SCHEMA ops, warehouse, mart TO talentpool_engineer;
GRANT SELECT ON ALL TABLES IN SCHEMA ops, warehouse, mart TO talentpool_engineer;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, warehouse, mart
    GRANT SELECT ON TABLES TO talentpool_engineer;

-- dashboard: the views of mart and nothing else. The default also covers views made after this.
GRANT USAGE ON SCHEMA mart TO talentpool_dashboard;
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO talentpool_dashboard;
ALTER DEFAULT PRIVILEGES IN SCHEMA mart GRANT SELECT ON TABLES TO talentpool_dashboard;
