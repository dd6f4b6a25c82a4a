-- What gc must keep besides generations: what a night landed, what a night that was not published made.
-- Depends on: ops.run, ops.source_run.
ALTER TABLE ops.source_run ADD COLUMN landed_key text;
COMMENT ON COLUMN ops.source_run.landed_key IS
    'Key of what this night landed, whatever became of it, 64 hex digits; NULL = nothing. / Kunci pendaratan malam ini, apa pun hasilnya.';

ALTER TABLE ops.run
    ADD COLUMN link_key  text,
    ADD COLUMN merge_key text,
    ADD COLUMN score_key text;
COMMENT ON COLUMN ops.run.link_key IS
    'Crosswalk artefact of a run that was not published, 64 hex digits; NULL = it did not come to that. / Kunci artefak tautan bila tidak diterbitkan.';
COMMENT ON COLUMN ops.run.merge_key IS
    'Pool artefact of a run that was not published. / Kunci artefak kumpulan bila tidak diterbitkan.';
COMMENT ON COLUMN ops.run.score_key IS
    'Score artefact of a run that was not published. / Kunci artefak skor bila tidak diterbitkan.';
CREATE INDEX source_run_landed ON ops.source_run (landed_key);
