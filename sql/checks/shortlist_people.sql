-- Each row is a shortlist entry whose person or post is not published, or whose parts do not add up
-- ($1 = generation).
SELECT l.post_no || '/' || l.listing || '/' || l.row_no AS object
  FROM warehouse.shortlist l
  LEFT JOIN warehouse.person p ON p.generation = l.generation AND p.person_key = l.person_key
  LEFT JOIN warehouse.post t ON t.generation = l.generation AND t.post_no = l.post_no
 WHERE l.generation = $1
   AND (p.person_key IS NULL OR t.post_no IS NULL
        OR l.fit IS DISTINCT FROM (SELECT sum(v) FROM unnest(l.fit_parts) AS v)
        OR l.potential_x IS DISTINCT FROM (SELECT sum(v) FROM unnest(l.x_parts) AS v))
 LIMIT 5
