#!/bin/sh
# fetch-jars.sh NAME: resolves the jars of NAME/pom.xml once, by Maven, into a cache folder of the user, and prints that
# folder.
set -eu
pom=$(cd "$(dirname "$0")/$1" && pwd)/pom.xml
version=$(sed -n "s/.*<$1.version>\(.*\)<.*/\1/p" "$pom")
jars=${XDG_CACHE_HOME:-$HOME/.cache}/freshet-test/$1-$version
if [ ! -d "$jars" ]; then
  mkdir -p "$(dirname "$jars")"
  # Only a whole folder gets the name; of two runs at once the first one wins.
  new=$(mktemp -d "$jars.XXXXXX")
  mvn -B -q -f "$pom" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$new" >&2
  mv -T "$new" "$jars" 2> /dev/null || rm -rf "$new"
fi
echo "$jars"
