-- Posts of the current generation; $1 = only those for which candidates were sought. Of the others nothing is known.
SELECT position_id, tier, agency,
       CASE WHEN scored THEN (eligible + conditional)::text ELSE '-' END AS candidates,
       CASE WHEN scored THEN undetermined::text ELSE '-' END AS undetermined, title
  FROM warehouse.post
 WHERE generation = (SELECT generation FROM ops.current_generation)
   AND (scored OR NOT $1::boolean)
 ORDER BY scored DESC, eligible + conditional DESC, position_id
