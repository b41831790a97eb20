#!/usr/bin/env bash
# Stops what metrics-up.sh started.
. "$(dirname "$0")/packages.sh"
for file in "$LAB_DIR"/metrics/run/*.pid; do
  [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null
  rm -f "$file"
done
exit 0
