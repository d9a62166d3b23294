#!/bin/sh
# Resolves Kafka's jars once, by Maven, into a cache folder of the user, and prints that folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/.*<kafka.version>\(.*\)<.*/\1/p' "$here/pom.xml")
jars=${XDG_CACHE_HOME:-$HOME/.cache}/freshet-test/kafka-$version
if [ ! -d "$jars" ]; then
  mkdir -p "$(dirname "$jars")"
  # Only a whole folder gets the name; of two runs at once the first one wins.
  new=$(mktemp -d "$jars.XXXXXX")
  mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$new" >&2
  mv -T "$new" "$jars" 2> /dev/null || rm -rf "$new"
fi
echo "$jars"
