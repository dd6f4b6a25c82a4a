-- Each row is a source whose person records, as counted, do not each stand in the crosswalk exactly
-- once ($1 = generation).
SELECT s.source AS object
  FROM ops.generation_source s
  LEFT JOIN (SELECT source, count(*) AS n, count(DISTINCT record_key) AS records
               FROM warehouse.crosswalk WHERE generation = $1 GROUP BY source) c USING (source)
 WHERE s.generation = $1
   AND (s.person_records IS DISTINCT FROM coalesce(c.n, 0) OR c.n IS DISTINCT FROM c.records)
UNION ALL
SELECT DISTINCT c.source
  FROM warehouse.crosswalk c
 WHERE c.generation = $1
   AND NOT EXISTS (SELECT FROM ops.generation_source s
                    WHERE s.generation = c.generation AND s.source = c.source)
 LIMIT 5
