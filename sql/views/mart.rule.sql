-- One row per rule in force. Read by whoever asks what a rule id means.
CREATE OR REPLACE VIEW mart.rule AS
SELECT r.rule_no AS rule_no,
       r.rule_id AS rule_id,
       r.severity AS severity,
       r.screening AS screening,
       r.enabled AS enabled,
       r.reason AS reason,
       r.regulation AS regulation
  FROM warehouse.rule r
 WHERE r.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.rule IS
    'Eligibility rules in force, with their regulation. / Aturan kelayakan yang berlaku beserta peraturannya.';
COMMENT ON COLUMN mart.rule.rule_no IS
    'Order of evaluation, from 1. / Urutan penilaian.';
COMMENT ON COLUMN mart.rule.rule_id IS
    'Rule. / Kode aturan.';
COMMENT ON COLUMN mart.rule.severity IS
    'Strictest severity: HARD, WAIV, COND, POL, FLAG, NONE. / Tingkat paling ketat.';
COMMENT ON COLUMN mart.rule.screening IS
    'True when part of the screening verdict. / Benar bila bagian dari penyaringan.';
COMMENT ON COLUMN mart.rule.enabled IS
    'False for a policy that only warns. / Salah bila hanya peringatan.';
COMMENT ON COLUMN mart.rule.reason IS
    'Reason shown when it is violated, Indonesian. / Teks alasan.';
COMMENT ON COLUMN mart.rule.regulation IS
    'Regulation and article. / Peraturan dan pasal.';
