-- The shortlist of a post ($1): those proposed first, then those whose data are to be verified.
SELECT l.listing, l.rank, l.person_key, p.full_name AS name, p.agency, l.action, l.verdict,
       (l.fit / 100.0)::numeric(6,2) AS fit, (l.potential_x / 100.0)::numeric(6,2) AS x,
       (l.performance_y / 100.0)::numeric(6,2) AS y,
       (l.technical / 100.0)::numeric(6,2) AS technical, array_to_string(l.notes, ' ') AS notes
  FROM warehouse.shortlist l
  JOIN warehouse.post t USING (generation, post_no)
  JOIN warehouse.person p USING (generation, person_key)
 WHERE l.generation = (SELECT generation FROM ops.current_generation) AND t.position_id = $1
 ORDER BY l.listing, l.row_no
