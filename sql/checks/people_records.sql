-- Each row is a person whose number of records differs from the crosswalk's ($1 = generation).
SELECT p.person_key::text AS object
  FROM warehouse.person p
  LEFT JOIN (SELECT person_key, count(*) AS n FROM warehouse.crosswalk
              WHERE generation = $1 GROUP BY person_key) c USING (person_key)
 WHERE p.generation = $1 AND p.records IS DISTINCT FROM coalesce(c.n, 0)
 LIMIT 5
