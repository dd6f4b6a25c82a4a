-- Each row is a table, view or column the data dictionary cannot describe.
SELECT format('%I.%I', n.nspname, c.relname) || coalesce('.' || quote_ident(a.attname), '') AS object
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE n.nspname IN ('ops', 'warehouse', 'mart')
   AND c.relkind IN ('r', 'p', 'v', 'm')
   AND NOT c.relispartition
   AND (obj_description(c.oid, 'pg_class') IS NULL
        OR (a.attnum IS NOT NULL AND col_description(c.oid, a.attnum) IS NULL))
 ORDER BY 1
