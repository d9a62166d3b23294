"""Reads a table with Python's own sqlite3: read-table.py FILE TABLE prints its rows as JSON, as they are typed there."""

import json
import sqlite3
import sys

file, table = sys.argv[1:]
connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
# Texts as bytes: whether these are UTF-8 is for who asked to say.
connection.text_factory = bytes


def cell(kind, value):
    if value is None:
        return None
    if isinstance(value, bytes):
        return [kind.decode(), value.hex()]
    return [kind.decode(), repr(value)]


names = [row[1].decode() for row in connection.execute(f"PRAGMA table_info({table})")]
columns = ", ".join(f'typeof("{name}"), "{name}"' for name in names)
rows = [
    {name: cell(row[2 * at], row[2 * at + 1]) for at, name in enumerate(names)}
    for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY rowid")
]
print(json.dumps({"rows": rows, "check": connection.execute("PRAGMA integrity_check").fetchone()[0].decode()}))
