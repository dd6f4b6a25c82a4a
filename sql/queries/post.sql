-- One post ($1) with the number of people by verdict.
SELECT title, tier, agency, vacant_since::text, effective_on::text, eligible, conditional,
       undetermined, not_recommended, waivable, not_eligible
  FROM warehouse.post
 WHERE generation = (SELECT generation FROM ops.current_generation) AND position_id = $1
