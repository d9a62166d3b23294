#!/bin/sh
# Fetches the peers that are not there: DuckDB into bench/data/python, and Miller where apt-get may install it.
set -eu
here=$(dirname "$0")
python3 -m venv "$here/data/python"
"$here/data/python/bin/pip" install --quiet --upgrade duckdb
"$here/data/python/bin/python" -c 'import duckdb; print("DuckDB", duckdb.__version__)'
if ! command -v mlr >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get install -y miller
  else
    echo "Miller is not there. On Debian: sudo apt-get install miller" >&2
  fi
fi
