#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Every figure of this namespace, wherever it is told, must be the same.

usage: figures.py BTCPCTL METRICS

Compares the counters of "stats" and of each object's show (JSON), of sysfs, and of the
Prometheus text in the file METRICS, which this fills. What may change meanwhile, such as
heartbeats, is read before and after, and what was read between must be between. Says how
many figures there were; complains and ends with 1 if one differs or is missing anywhere.
"""

import glob
import json
import os
import re
import subprocess
import sys

OBJECTS = {"service": "frontend", "backend": "frontend", "frontend": "backend"}
SAMPLE = re.compile(r'([a-z0-9_]+)(?:\{(\w+)="([^"\\]*)"\})? (\d+)')


def btcpctl(*words):
    return subprocess.run([sys.argv[1], *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def key(where, name, gauge):
    """where: a folder of /sys/class/btcp, "backend:be1" """
    kind, _, who = where.partition(":")
    prefix = f"{OBJECTS[kind]}_{kind}" if who else kind
    name = name.removeprefix(prefix + "_")
    return f"btcp_{prefix}_{name}" + ("" if gauge else "_total"), who


def from_json():
    """What each figure is, and {key: (folder, name)}"""
    figures, places = {}, {}
    for stat in json.loads(btcpctl("-j", "stats")):
        k = key(stat["role"], stat["name"], stat["type"] == "gauge")
        figures[k], places[k] = stat["value"], (stat["role"], stat["name"])
    roles = {stat["role"] for stat in json.loads(btcpctl("-j", "stats"))}
    for kind, role in OBJECTS.items():
        for shown in json.loads(btcpctl("-j", kind)) if role in roles else []:
            where = f"{kind}:{shown['name']}"
            for name, value in shown["statistics"].items():
                k = key(where, name, name == "active_flows")
                figures[k], places[k] = value, (where, name)
    return figures, places


def from_metrics(text):
    figures, types, helps = {}, {}, {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, told = line.split(" ", 3)
            helps[name] = told
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name in helps and name not in types, line
            types[name] = kind
        else:
            name, label, who, value = SAMPLE.fullmatch(line).groups()
            assert list(types)[-1] == name, f"not with its family: {line}"
            assert label is None or name.startswith(f"btcp_{OBJECTS[label]}_{label}_"), line
            assert (name, who or "") not in figures, f"twice: {line}"
            figures[name, who or ""] = int(value)
    assert set(types) == {name for name, _ in figures}
    return figures


def from_sysfs(places):
    figures = {}
    known = {place: k for k, place in places.items()}
    for path in glob.glob("/sys/class/btcp/*/statistics/*"):
        where, name = path.split("/")[4], path.split("/")[6]
        assert (where, name) in known, f"only in sysfs: {path}"
        with open(path) as file:
            figures[known[where, name]] = int(file.read())
    return figures


def main():
    before, places = from_json()
    text = btcpctl("metrics")
    with open(sys.argv[2], "w") as file:
        file.write(text)
    metrics, sysfs = from_metrics(text), from_sysfs(places)
    after, _ = from_json()
    wrong = 0

    for k, (where, name) in sorted(places.items()):
        low, high = sorted((before[k], after[k]))
        seen = {"metrics": metrics.get(k)}
        if where != "control":
            seen["sysfs"] = sysfs.get(k)
        for what, value in seen.items():
            if value is None or not low <= value <= high:
                print(f"{where} {name}: {what} {value}, btcpctl {low} to {high}")
                wrong += 1
    # All else in metrics is state, not a counter.
    for name, who in set(metrics) - set(places):
        if not re.fullmatch(r"btcp_\w+_(up|weight|other_flows|accept_queue(_max)?|path_mtu_bytes)", name):
            print(f"only in metrics: {name} {who}")
            wrong += 1
    for path in glob.glob("/sys/class/btcp/*:*/state"):
        kind, who = path.split("/")[4].split(":")
        with open(path) as file:
            up = file.read() == "up\n"
        if metrics[f"btcp_{OBJECTS[kind]}_{kind}_up", who] != up:
            print(f"{path}: not what metrics say")
            wrong += 1
    print(f"{len(places)} figures, {len(sysfs)} of them in sysfs, {os.path.getsize(sys.argv[2])} bytes of metrics")
    return wrong != 0


sys.exit(main())
