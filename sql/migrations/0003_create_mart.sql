-- Schema of what dashboards read; its views are sql/views. Depends on: ops, warehouse.
CREATE SCHEMA mart;
COMMENT ON SCHEMA mart IS 'What dashboards read: stable views of the current generation, without identifiers. / Tampilan untuk dasbor: generasi berjalan, tanpa nomor identitas.';
