-- Who may read and write what. Applied again whenever this text changes, after the views; may be run
-- at any time. Roles belong to the whole server: they hold no password and cannot log in. An
-- administrator grants them to the accounts of people: GRANT talentpool_dashboard TO somebody.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['talentpool_owner', 'talentpool_loader', 'talentpool_engineer',
                                     'talentpool_dashboard', 'talentpool_steward',
                                     'talentpool_supervisor', 'talentpool_expert'] LOOP
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

-- owner: everything, as the account that migrates has it.
GRANT ALL ON SCHEMA ops, warehouse, mart TO talentpool_owner;
GRANT ALL ON ALL TABLES IN SCHEMA ops, warehouse, mart TO talentpool_owner;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA warehouse TO talentpool_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA ops, warehouse, mart GRANT ALL ON TABLES TO talentpool_owner;

-- loader: runs nights. Writes the ledger, reads and fills the warehouse. It owns no table: parts of a
-- generation are made, attached and dropped by functions that act for their owner and refuse what
-- readers see, so that a loader can neither change another generation's shape nor drop the current one.
GRANT USAGE ON SCHEMA ops, warehouse, mart TO talentpool_loader;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ops, warehouse TO talentpool_loader;
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO talentpool_loader;
REVOKE INSERT, UPDATE ON ops.migration FROM talentpool_loader;
GRANT DELETE ON ops.reject TO talentpool_loader; -- rows of old batches, whose totals stay
GRANT EXECUTE ON FUNCTION warehouse.begin_part(text, bigint), warehouse.attach_part(text, bigint),
    warehouse.drop_parts(bigint) TO talentpool_loader;
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

-- agency steward: how the feeds fared and what was rejected of them, by source; names nobody.
GRANT USAGE ON SCHEMA mart TO talentpool_steward;
GRANT SELECT ON mart.source, mart.reject_summary, mart.agency, mart.generation, mart.run, mart.word
    TO talentpool_steward;

-- supervisor: whether nights ran and what the pool looks like as a whole; sees no single person.
GRANT USAGE ON SCHEMA mart TO talentpool_supervisor;
GRANT SELECT ON mart.run, mart.generation, mart.source, mart.reject_summary, mart.agency, mart.post,
    mart.post_gate, mart.talent_pool_summary, mart.rule, mart.word TO talentpool_supervisor;

-- expert reader: all of mart, and the scores with the rules behind them, to follow a number to its
-- parts; not where records came from, nor who was joined to whom.
GRANT USAGE ON SCHEMA mart, warehouse TO talentpool_expert;
GRANT SELECT ON ALL TABLES IN SCHEMA mart TO talentpool_expert;
ALTER DEFAULT PRIVILEGES IN SCHEMA mart GRANT SELECT ON TABLES TO talentpool_expert;
GRANT SELECT ON warehouse.person_score, warehouse.post, warehouse.post_gate, warehouse.shortlist,
    warehouse.best_post, warehouse.agency_merit, warehouse.rule, warehouse.rule_slot, warehouse.reason
    TO talentpool_expert;
