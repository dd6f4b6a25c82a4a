-- Where records stood in the landing leaves the crosswalk, whose bytes do not depend on the order of
-- records; keys that may be identifiers leave it too. Depends on: warehouse.crosswalk, ops.generation.
CREATE TABLE warehouse.record_place (
    generation   bigint NOT NULL,
    record_no    int NOT NULL,
    landing_body bigint NOT NULL,
    body_record  bigint NOT NULL,
    PRIMARY KEY (generation, record_no)
) PARTITION BY LIST (generation);
COMMENT ON TABLE warehouse.record_place IS
    'Where each record of the crosswalk stood in what was landed: from a value to its bytes. Not part of the fingerprint. / Tempat rekaman dalam pendaratan; tidak termasuk sidik jari.';
COMMENT ON COLUMN warehouse.record_place.generation IS
    'Generation the row belongs to; see ops.generation. / Generasi pemilik baris.';
COMMENT ON COLUMN warehouse.record_place.record_no IS
    'Record in warehouse.crosswalk; its source tells which landing. / Nomor rekaman dalam tautan.';
COMMENT ON COLUMN warehouse.record_place.landing_body IS
    'Body in the source''s landing, from 0. / Nomor badan pesan.';
COMMENT ON COLUMN warehouse.record_place.body_record IS
    'Ordinal of the record in the body, from 0. / Urutan dalam badan pesan.';

DO $$
DECLARE
    one bigint;
BEGIN
    FOR one IN SELECT DISTINCT generation FROM warehouse.crosswalk LOOP
        EXECUTE format('CREATE TABLE warehouse.record_place_g%1$s PARTITION OF warehouse.record_place'
                       ' FOR VALUES IN (%1$s)', one);
    END LOOP;
END
$$;
INSERT INTO warehouse.record_place (generation, record_no, landing_body, body_record)
SELECT generation, record_no, landing_body, body_record FROM warehouse.crosswalk;

ALTER TABLE warehouse.crosswalk DROP COLUMN landing_body, DROP COLUMN body_record;

UPDATE warehouse.crosswalk SET source_key = NULL
 WHERE regexp_replace(source_key, '[ ./-]', '', 'g') ~ '[0-9]{9}';
COMMENT ON COLUMN warehouse.crosswalk.source_key IS
    'Key of the record in the source; where it may be an identifier (nine digits or more), # and a keyed hash of it. / Kunci rekaman pada sumber; nomor identitas diganti hash.';
COMMENT ON COLUMN warehouse.crosswalk.record_key IS
    'Keyed hash of source and key, stable across nights. / Hash berkunci sumber dan kunci.';
