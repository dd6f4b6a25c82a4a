-- Each row is a person whose printed parts do not add up to the printed score ($1 = generation).
SELECT s.person_key::text AS object
  FROM warehouse.person_score s
 WHERE s.generation = $1
   AND (   s.ip_asn IS DISTINCT FROM
           s.ip_qualification + s.ip_competence + s.ip_performance + s.ip_discipline
        OR (s.potential_x IS NOT NULL
            AND s.potential_x IS DISTINCT FROM (SELECT sum(v) FROM unnest(s.x_parts) AS v))
        OR (s.performance_y IS NOT NULL
            AND s.performance_y IS DISTINCT FROM (SELECT sum(v) FROM unnest(s.y_parts) AS v))
        OR s.box NOT BETWEEN 0 AND 9)
 LIMIT 5
