-- One row per word that other views use. Read by dashboards for tooltips. Reasons for setting a record or value
-- aside are the program's own (core/normalise), the others belong to the rules of the generation.
CREATE OR REPLACE VIEW mart.word AS
SELECT w.kind AS kind,
       w.word AS word,
       w.meaning AS meaning
  FROM warehouse.reason w
 WHERE w.generation = (SELECT c.generation FROM ops.current_generation c)
UNION ALL
SELECT 'reject' AS kind,
       v.word AS word,
       v.meaning AS meaning
  FROM (VALUES ('required', 'a required field is missing'),
               ('type', 'the text is not a value of the field''s type'),
               ('range', 'the value lies outside its declared range'),
               ('form', 'the text has not the declared form or length'),
               ('list', 'the value is not in its reference list'),
               ('check', 'a check between fields failed'),
               ('key', 'the record has no usable key'),
               ('parent', 'the person the record belongs to was rejected or is not there'),
               ('syntax', 'the record itself is damaged'),
               ('encoding', 'the bytes are not text in the declared encoding'),
               ('scientific', 'a number went through a spreadsheet and lost digits'),
               ('other_key', 'the answer speaks of somebody else than was asked for')) v (word, meaning);
COMMENT ON VIEW mart.word IS
    'Meanings of reasons, notes, verdicts, boxes and reject codes. / Arti alasan, catatan, putusan, kotak dan kode penolakan.';
COMMENT ON COLUMN mart.word.kind IS
    'Whose word: person, pair, verdict, box, reject. / Pemilik kata.';
COMMENT ON COLUMN mart.word.word IS
    'Word, as in the arrays of other views. / Kata.';
COMMENT ON COLUMN mart.word.meaning IS
    'Meaning: English for person, pair and reject, Indonesian for verdict and box. / Arti.';
