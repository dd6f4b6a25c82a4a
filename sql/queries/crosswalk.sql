COPY (SELECT source, source_key, person_key
        FROM warehouse.crosswalk
       WHERE generation = (SELECT generation FROM ops.current_generation)
       ORDER BY record_no)
  TO STDOUT (FORMAT csv, HEADER)
