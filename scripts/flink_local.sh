#!/bin/sh
# Compiles runtime/flink/local into the jar that pipec embeds, so that users of `pipec simulate` need no compiler of Java.
# FLINK_LIB names the folder of Flink's jars. Same sources and same javac, same bytes.
set -eu
: "${FLINK_LIB:?it names the folder of the jars}"
cd "$(dirname "$0")/../runtime/flink/local"
classes=$(mktemp -d)
trap 'rm -rf "$classes"' EXIT
javac --release 11 -encoding UTF-8 -Xlint:-options -cp "$FLINK_LIB/*" -d "$classes" ./*.java
mkdir -p "$classes/META-INF/services"
printf 'ArrivalsTableFactory\nRowsTableFactory\n' > "$classes/META-INF/services/org.apache.flink.table.factories.Factory"
jar --create --no-manifest --date=2026-01-01T00:00:00Z --file pipec-local.jar -C "$classes" .
