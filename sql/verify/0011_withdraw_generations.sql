-- Raises unless generations can be taken back.
SELECT withdrawn_at, replaced_by FROM ops.generation WHERE false;
