"""Says what `freshet aggregate daily` must say of yt records, in plain Python: judge.py FILE.

Writes one JSON object: the rows in order, and the numbers of the lines that are no yt record.
"""

import json
import sys
from datetime import datetime


class NoRecord(Exception):
    pass


def refuse(word):
    raise NoRecord(word)


def number(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NoRecord(text)
    return value


def check_text(value):
    """Lone surrogates can't be encoded; Python's parser lets them through."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, list):
        for one in value:
            check_text(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            check_text(name)
            check_text(one)


def record_of(line):
    try:
        value = json.loads(line.decode(), parse_constant=refuse, parse_float=number)
        check_text(value)
    except (NoRecord, ValueError, RecursionError) as error:
        raise NoRecord(str(error)) from error
    if not isinstance(value, dict):
        raise NoRecord("no object")
    channel, time, subs = (value.get(name) for name in ("yt_channel_id", "harvest_ts", "subs"))
    if not isinstance(channel, str) or not isinstance(time, str):
        raise NoRecord("no text")
    if isinstance(subs, float) and subs.is_integer():
        subs = int(subs)
    if isinstance(subs, bool) or not isinstance(subs, int) or not -(2**63) <= subs < 2**63:
        raise NoRecord("no long")
    try:
        at = datetime.fromisoformat(time)
    except ValueError as error:
        raise NoRecord(str(error)) from error
    return channel, at, time, subs


newest = {}
dead = []
lines = open(sys.argv[1], "rb").read().split(b"\n")
if lines[-1] == b"":
    lines.pop()
accepted = 0
for at, line in enumerate(lines, 1):
    if line.strip(b" \t\r") == b"":
        continue
    try:
        channel, when, time, subs = record_of(line)
    except NoRecord:
        dead.append(at)
        continue
    accepted += 1
    key = (when.date().isoformat(), channel.encode())
    if key not in newest or newest[key][:2] < (when, subs):
        newest[key] = (when, subs, time, channel)

rows = [
    {"yt_channel_id": channel, "harvest_ts": time, "date": key[0], "subs": str(subs)}
    for key, (_, subs, time, channel) in sorted(newest.items())
]
json.dump({"rows": rows, "dead": dead, "accepted": accepted}, sys.stdout)
