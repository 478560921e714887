#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Validate what btcpctl -j says against its schema.

usage: schema.py SCHEMA < ANSWERS

A line of ANSWERS is NAME, a tab, and JSON; NAME is one of the schema's $defs, and the JSON an
array of such, or one. Complains about what does not fit, and ends with 1; else prints what
the schema has, of what was named, and nobody has shown: "NAME.PROPERTY" a line.
"""

import json
import sys

import jsonschema


def properties(schema, part, path):
    """All that an object may have: "service.vips.addr" """
    while "$ref" in part:
        part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
    found = set()
    for other in part.get("oneOf", []) + ([part["items"]] if "items" in part else []):
        found |= properties(schema, other, path)
    for name, inner in part.get("properties", {}).items():
        found |= {f"{path}.{name}"} | properties(schema, inner, f"{path}.{name}")
    return found


def shown(value, path):
    found = set()
    if isinstance(value, list):
        for element in value:
            found |= shown(element, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            found |= {f"{path}.{name}"} | shown(inner, f"{path}.{name}")
    return found


def main():
    with open(sys.argv[1]) as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    seen, names, bad = set(), set(), False
    for line in sys.stdin:
        name, text = line.split("\t", 1)
        value = json.loads(text)
        if name not in schema["$defs"]:
            sys.exit(f"no schema of {name}")
        validator = jsonschema.Draft202012Validator(
            {"$ref": f"#/$defs/{name.replace(' ', '%20')}", "$defs": schema["$defs"]},
            format_checker=jsonschema.draft202012_format_checker)
        for element in value if isinstance(value, list) else [value]:
            names.add(name)
            for error in validator.iter_errors(element):
                print(f"{name}: {error.json_path}: {error.message}", file=sys.stderr)
                bad = True
            seen |= shown(element, name)
    wanted = set().union(*(properties(schema, schema["$defs"][name], name) for name in names))
    print(*sorted(wanted - seen), sep="\n")
    return bad


sys.exit(main())
