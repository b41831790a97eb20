#!/usr/bin/env bash
# Stops what slurm-up.sh started; the machine's own munge daemon is left running.
. "$(dirname "$0")/packages.sh"
for file in "$LAB_DIR"/slurm/run/{slurmd-*,slurmctld,slurmdbd,mariadbd}.pid; do
  [ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null
done
exit 0
