#!/usr/bin/env python3
"""Holds JSON files against a JSON Schema (draft 2020-12): check_schema.py SCHEMA FILE...

Prints one line for each file, "ok FILE" or "refused FILE: place: why", and ends with status 0 whatever the verdicts;
2 when it cannot work at all (the schema is none, a file is no JSON, the library is missing).
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit("check_schema.py: python3-jsonschema is not installed")


def read(name):
    with open(name, encoding="utf-8") as file:
        return json.load(file)


def main(names):
    if len(names) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        schema = read(names[0])
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for name in names[1:]:
            fault = jsonschema.exceptions.best_match(validator.iter_errors(read(name)))
            if fault is None:
                print("ok", name)
            else:
                place = ".".join(str(part) for part in fault.absolute_path) or "the whole"
                print(f"refused {name}: {place}: {fault.message[:120]!r}")
    except (OSError, ValueError, jsonschema.exceptions.SchemaError) as why:
        print(f"check_schema.py: {why}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
