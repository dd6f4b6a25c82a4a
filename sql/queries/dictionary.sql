-- Everything the data dictionary lists: one row per schema, table or view (no column) and column.
SELECT n.nspname AS schema_name,
       NULL AS object_name,
       NULL AS object_kind,
       0 AS column_no,
       NULL AS column_name,
       NULL AS column_type,
       obj_description(n.oid, 'pg_namespace') AS meaning
  FROM pg_namespace n
 WHERE n.nspname IN ('mart', 'warehouse', 'ops')
UNION ALL
SELECT n.nspname,
       c.relname,
       CASE c.relkind WHEN 'v' THEN 'view' WHEN 'p' THEN 'table, by generation' ELSE 'table' END,
       coalesce(a.attnum, 0),
       a.attname,
       format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attnum IS NULL THEN obj_description(c.oid, 'pg_class')
            ELSE col_description(c.oid, a.attnum) END
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT NULL::int2 AS attnum, NULL::name AS attname, NULL::oid AS atttypid,
                             NULL::int4 AS atttypmod
                      UNION ALL
                      SELECT x.attnum, x.attname, x.atttypid, x.atttypmod
                        FROM pg_attribute x
                       WHERE x.attrelid = c.oid AND x.attnum > 0 AND NOT x.attisdropped) a
 WHERE n.nspname IN ('mart', 'warehouse', 'ops')
   AND c.relkind IN ('r', 'p', 'v', 'm')
   AND NOT c.relispartition
 ORDER BY 1, 2 NULLS FIRST, 4
