#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Do reports agree with the published schema, by a validator that is not ours?

usage: schema_check.py SCHEMA [--program UNIT_TESTS] REPORT...

Exit codes: 0 all agree, 1 one does not, 77 the Python module jsonschema is missing. A report whose
name contains "cut" is not one JSON document: its complete record lines are validated. With
--program, the report that the unit tests write (suite report, test sample) is validated too. At
last the schema itself is tried: each of a list of damages must make a valid report invalid.
"""
import copy
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
    from jsonschema import Draft202012Validator
except ImportError:
    print("the Python module jsonschema is missing (Debian: python3-jsonschema)")
    sys.exit(77)

DAMAGES = {
    "another version": lambda r: r.update(fourtuple=2),
    "no head": lambda r: r.pop("head"),
    "no cases": lambda r: r.pop("cases"),
    "no outcome": lambda r: r["cases"][0].pop("outcome"),
    "an unknown verdict": lambda r: r["cases"][0].update(verdict="good"),
    "an outcome with two blanks": lambda r: r["cases"][0].update(outcome="a.bind=ok  b.bind=ok"),
    "a number for a case": lambda r: r["cases"][0].update({"case": 1}),
    "tuples without end": lambda r: r["cases"][0].update(tuples=[]),
    "a tuple without result": lambda r: r["cases"][0].update(
        tuples=[{"proto": "tcp", "local": "lo:q", "remote": "lo:p", "by": "c"}]),
    "a rule that is no text": lambda r: r["cases"][0].update(rule={"a.bind": 1}),
    "no rule at all": lambda r: r["cases"][0].update(rule={}),
    "a prediction with two blanks": lambda r: r["cases"][0].update(predicted="a.bind=ok  x"),
    "an explanation without its commit": lambda r: r["cases"][0].update(
        explained_by=[{"toggle": "x", "behaves": "before", "first": "6.8"}]),
    "one packet number": lambda r: r["cases"][0].update(packets=[1]),
    "a negative time": lambda r: r["cases"][0].update(us=-1),
}


def complaints(validator, document, name):
    """Prints what the validator says; returns whether it said anything."""
    errors = list(validator.iter_errors(document))
    for error in errors:
        place = "/".join(str(part) for part in error.absolute_path)
        print(f"{name}: {place}: {error.message}")
    return bool(errors)


def check_report(validator, record_validator, path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if "cut" not in os.path.basename(path):
        return complaints(validator, json.loads(text), path)
    bad = False
    for line in text.split("\n"):
        if not line.startswith('{"case"'):
            continue
        try:
            record = json.loads(line.rstrip(","))
        except json.JSONDecodeError:
            continue
        bad |= complaints(record_validator, record, path)
    return bad


def check_program(validator, record_validator, program):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sample.json")
        subprocess.run([program, "-s", "report", "-t", "sample"], check=True,
                       env={**os.environ, "FT_REPORT_SAMPLE": path}, stdout=subprocess.DEVNULL)
        with open(path, encoding="utf-8") as file:
            if not json.load(file)["cases"]:
                print("the sample has no cases")
                return True
        return check_report(validator, record_validator, path)


def check_schema(validator):
    sample = {"fourtuple": 1, "head": {}, "tail": {},
              "cases": [{"case": "a tcp4 bind lo:p", "outcome": "a.bind=ok",
                         "verdict": "observed"}]}
    bad = complaints(validator, sample, "sample")
    for name, damage in DAMAGES.items():
        damaged = copy.deepcopy(sample)
        damage(damaged)
        if validator.is_valid(damaged):
            print(f"the schema lets pass: {name}")
            bad = True
    return bad


def main(arguments):
    with open(arguments[0], encoding="utf-8") as file:
        schema = json.load(file)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    record = Draft202012Validator({"$ref": "#/$defs/record", "$defs": schema["$defs"]})
    arguments = arguments[1:]
    bad = check_schema(validator)
    if arguments[:1] == ["--program"]:
        bad |= check_program(validator, record, arguments[1])
        arguments = arguments[2:]
    for path in arguments:
        bad |= check_report(validator, record, path)
    print(f"{len(arguments)} reports and {len(DAMAGES)} damages:", "bad" if bad else "good")
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
