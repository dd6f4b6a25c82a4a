-- One row per word that other views use. Read by dashboards for tooltips.
CREATE OR REPLACE VIEW mart.word AS
SELECT w.kind AS kind,
       w.word AS word,
       w.meaning AS meaning
  FROM warehouse.reason w
 WHERE w.generation = (SELECT c.generation FROM ops.current_generation c);
COMMENT ON VIEW mart.word IS
    'Meanings of reasons, notes, verdicts and boxes. / Arti alasan, catatan, putusan dan kotak.';
COMMENT ON COLUMN mart.word.kind IS
    'Whose word: person, pair, verdict, box. / Pemilik kata.';
COMMENT ON COLUMN mart.word.word IS
    'Word, as in the arrays of other views. / Kata.';
COMMENT ON COLUMN mart.word.meaning IS
    'Meaning: English for person and pair, Indonesian for verdict and box. / Arti.';
