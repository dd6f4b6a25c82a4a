-- One row per post and rule at which somebody fell. Read by vacancy dashboards to explain the
-- numbers of mart.post: each barred person is counted at the first rule that barred, each
-- undetermined one at the first unknown.
CREATE OR REPLACE VIEW mart.post_gate AS
SELECT t.post_no AS post_no,
       t.position_id AS position_id,
       t.title AS title,
       t.agency AS agency,
       g.name AS agency_name,
       r.rule_no AS rule_no,
       q.rule_id AS rule_id,
       r.severity AS severity,
       r.reason AS reason,
       r.regulation AS regulation,
       q.barred AS barred,
       q.unknown AS unknown
  FROM warehouse.post_gate q
  JOIN warehouse.post t ON t.generation = q.generation AND t.post_no = q.post_no AND t.generation = (SELECT c.generation FROM ops.current_generation c)
  LEFT JOIN warehouse.rule r ON r.generation = q.generation AND r.rule_id = q.rule_id
  LEFT JOIN warehouse.agency g ON g.generation = t.generation AND g.agency = t.agency
 WHERE q.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.post_gate IS
    'How many people fell at each rule, per post. / Jumlah orang gugur per aturan dan jabatan.';
COMMENT ON COLUMN mart.post_gate.post_no IS
    'Number of the post within the generation. / Nomor jabatan.';
COMMENT ON COLUMN mart.post_gate.position_id IS
    'Key of the post in its source. / Kode jabatan.';
COMMENT ON COLUMN mart.post_gate.title IS
    'Title of the post. / Nama jabatan.';
COMMENT ON COLUMN mart.post_gate.agency IS
    'Quick code of the agency; NULL = unknown. / Kode cepat instansi.';
COMMENT ON COLUMN mart.post_gate.agency_name IS
    'Name of the agency; NULL = not in the list of agencies. / Nama instansi.';
COMMENT ON COLUMN mart.post_gate.rule_no IS
    'Order of evaluation, from 1. / Urutan penilaian.';
COMMENT ON COLUMN mart.post_gate.rule_id IS
    'Rule. / Kode aturan.';
COMMENT ON COLUMN mart.post_gate.severity IS
    'Strictest severity of the rule: HARD, WAIV, COND, POL, FLAG. / Tingkat aturan.';
COMMENT ON COLUMN mart.post_gate.reason IS
    'Reason shown when the rule is violated, Indonesian. / Teks alasan.';
COMMENT ON COLUMN mart.post_gate.regulation IS
    'Regulation and article. / Peraturan dan pasal.';
COMMENT ON COLUMN mart.post_gate.barred IS
    'People for whom this was the first rule that barred them. / Gugur pertama di aturan ini.';
COMMENT ON COLUMN mart.post_gate.unknown IS
    'Undetermined people for whom this was the first rule not known. / Belum pasti pertama di aturan ini.';
