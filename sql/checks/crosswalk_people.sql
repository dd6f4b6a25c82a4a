-- Each row is a record of the crosswalk whose person is not published ($1 = generation).
SELECT c.record_no::text AS object
  FROM warehouse.crosswalk c
  LEFT JOIN warehouse.person p ON p.generation = c.generation AND p.person_key = c.person_key
 WHERE c.generation = $1 AND p.person_key IS NULL
 LIMIT 5
