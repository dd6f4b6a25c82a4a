-- One post ($1) with the number of people by verdict, which together are everybody in the pool; "-" where no
-- candidates were sought.
SELECT title, tier, agency, vacant_since::text, effective_on::text,
       CASE WHEN scored THEN eligible::text ELSE '-' END AS eligible,
       CASE WHEN scored THEN conditional::text ELSE '-' END AS conditional,
       CASE WHEN scored THEN undetermined::text ELSE '-' END AS undetermined,
       CASE WHEN scored THEN not_recommended::text ELSE '-' END AS not_recommended,
       CASE WHEN scored THEN waivable::text ELSE '-' END AS waivable,
       CASE WHEN scored THEN not_eligible::text ELSE '-' END AS not_eligible,
       CASE WHEN scored THEN not_considered::text ELSE '-' END AS not_considered
  FROM warehouse.post
 WHERE generation = (SELECT generation FROM ops.current_generation) AND position_id = $1
