#!/bin/sh
# Builds the peers of `npm run bench kafka` into bench/data/peers, each where its tools are there.
set -eu
cd "$(dirname "$0")"
peers=$PWD/data/peers
mkdir -p "$peers"
if command -v mvn > /dev/null && command -v javac > /dev/null; then
  mvn -B -q -f peers/kafka-streams/pom.xml -Dbench.target="$peers/kafka-streams" compile \
    dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$peers/kafka-streams/jars"
  echo "Kafka Streams: built"
else
  echo "Kafka Streams: a JDK and Maven are needed (apt-get install default-jdk-headless maven)" >&2
fi
if command -v go > /dev/null; then
  (cd peers/kafka-go && go build -o "$peers/kafka-go" .)
  echo "Go: built"
else
  echo "Go: go is needed (https://go.dev)" >&2
fi
if ! command -v kcat > /dev/null; then
  echo "kcat is not there. On Debian: sudo apt-get install kcat" >&2
fi
