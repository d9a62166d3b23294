"""DuckDB: the newest record per channel and day. Arguments: ndjson|csv FILE THREADS.

The newest is the greatest time, then the greatest subs: seconds and subs in one whole number, which DuckDB finds the
maximum of faster than arg_max() over a pair of both.
"""
import sys

import duckdb

form, path, threads = sys.argv[1:]
columns = "{yt_channel_id: 'VARCHAR', harvest_ts: 'TIMESTAMP', subs: 'BIGINT'}"
records = (
    f"read_csv('{path}', header = true, columns = {columns})"
    if form == "csv"
    else f"read_ndjson('{path}', columns = {columns})"
)
newest = f"""
    select yt_channel_id, harvest_ts::date as day, max((epoch_us(harvest_ts) // 1000000 << 32) + subs) as newest
    from {records}
    group by yt_channel_id, day
"""
rows = f"""
    select yt_channel_id,
        strftime(make_timestamp((newest >> 32) * 1000000), '%Y-%m-%dT%H:%M:%S') as harvest_ts,
        day as date,
        newest & 4294967295 as subs
    from ({newest})
"""
connection = duckdb.connect(config={"threads": int(threads), "preserve_insertion_order": False})
connection.execute(f"copy ({rows}) to '/dev/stdout' (format json)")
