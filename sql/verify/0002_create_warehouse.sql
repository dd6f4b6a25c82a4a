-- Raises unless every table of the warehouse is there and is partitioned by generation.
DO $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(t, ', ') INTO missing
      FROM unnest(ARRAY[
          'warehouse.person',
          'warehouse.crosswalk',
          'warehouse.person_score',
          'warehouse.post',
          'warehouse.post_gate',
          'warehouse.shortlist',
          'warehouse.best_post',
          'warehouse.agency_merit',
          'warehouse.agency',
          'warehouse.review',
          'warehouse.identity_event',
          'warehouse.rule',
          'warehouse.rule_slot',
          'warehouse.reason',
          'warehouse.merit_calendar']) AS t
     WHERE NOT EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = to_regclass(t));
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'not there or not partitioned: %', missing;
    END IF;
END
$$;
