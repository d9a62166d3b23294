#!/bin/sh
# Fetches Apicurio's registry once, by Maven, into a cache folder of the user, and prints the path of what java runs.
set -eu
version=3.0.9
home=${XDG_CACHE_HOME:-$HOME/.cache}/freshet-test/registry-$version
if [ ! -d "$home" ]; then
  mkdir -p "$(dirname "$home")"
  # Only a whole folder gets the name; of two runs at once the first one wins.
  new=$(mktemp -d "$home.XXXXXX")
  mvn -B -q dependency:copy -Dartifact="io.apicurio:apicurio-registry-app:$version:tar.gz:all" -DoutputDirectory="$new" >&2
  tar -xzf "$new"/*.tar.gz -C "$new"
  rm "$new"/*.tar.gz
  mv -T "$new" "$home" 2> /dev/null || rm -rf "$new"
fi
find "$home" -maxdepth 2 -name '*runner.jar' -o -maxdepth 2 -name quarkus-run.jar
