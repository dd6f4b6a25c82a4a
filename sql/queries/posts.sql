-- Posts of the current generation; $1 = only those for which candidates were sought.
SELECT position_id, tier, agency, eligible + conditional AS candidates, undetermined, title
  FROM warehouse.post
 WHERE generation = (SELECT generation FROM ops.current_generation)
   AND (scored OR NOT $1::boolean)
 ORDER BY eligible + conditional DESC, position_id
