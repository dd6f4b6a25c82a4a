-- At which rule people fell for a post ($1).
SELECT g.rule_id AS rule, g.barred, g.unknown, r.severity, r.reason
  FROM warehouse.post_gate g
  JOIN warehouse.post t USING (generation, post_no)
  JOIN warehouse.rule r USING (generation, rule_id)
 WHERE g.generation = (SELECT generation FROM ops.current_generation) AND t.position_id = $1
 ORDER BY g.barred DESC, g.unknown DESC, g.rule_id
