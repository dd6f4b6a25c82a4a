-- Removes the places of rejects of batches that no run of a kept night used or held back; their totals stay.
WITH old AS (
    UPDATE ops.batch b SET pruned_at = clock_timestamp()
     WHERE b.pruned_at IS NULL
       AND NOT EXISTS (SELECT FROM ops.source_run s JOIN ops.run r ON r.run_id = s.run_id
                        WHERE s.source = b.source AND b.batch_key IN (s.batch_key, s.held_batch_key)
                          AND r.night >= (SELECT min(g.night) FROM ops.generation g WHERE g.dropped_at IS NULL))
       AND EXISTS (SELECT FROM ops.generation g WHERE g.dropped_at IS NULL)
    RETURNING b.batch_id)
DELETE FROM ops.reject j USING old WHERE j.batch_id = old.batch_id;
