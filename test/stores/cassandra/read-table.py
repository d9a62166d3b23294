"""Reads a table with the driver for Python: read-table.py HOST PORT KEYSPACE TABLE prints its rows as JSON."""

import json
import sys

from cassandra.cluster import Cluster

host, port, keyspace, table = sys.argv[1:]


def cell(value):
    if value is None:
        return None
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    return [type(value).__name__, value if isinstance(value, str) else repr(value)]


with Cluster([host], port=int(port)) as cluster:
    rows = cluster.connect(keyspace).execute(f"SELECT * FROM {table}")
    print(json.dumps([{name: cell(value) for name, value in row._asdict().items()} for row in rows]))
