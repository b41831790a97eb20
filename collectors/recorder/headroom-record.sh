#!/bin/sh
# Records what limits a job on this node: GPUs (one nvidia-smi in a loop), /proc, and /metrics pages. Needs no Node, no server, no root.
# shellcheck disable=SC2086 # lists of files and of addresses are split on purpose
# The folder that it writes is read by `headroom diagnose FOLDER`. Command lines are not recorded: they may hold secrets.
usage='headroom-record [--interval SECONDS] [--for SECONDS] [--out FOLDER] [METRICS_URL ...]
  --interval  seconds between samples (5)
  --for       stop after so many seconds (until Ctrl-C)
  --out       folder to write (headroom-NODE-DATE); must not hold a recording yet'
PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}; LC_ALL=C; export PATH LC_ALL
fail() { printf 'headroom-record: %s\n' "$1" >&2; exit 2; }
number() { case $1 in ''|*[!0-9]*|0) fail "$2 takes a whole number of seconds above 0, not \"$1\"" ;; esac; }
interval=5 length=0 out='' urls=''
while [ $# -gt 0 ]; do
  case $1 in
    --interval) number "${2-}" --interval; interval=$2; shift ;;
    --for) number "${2-}" --for; length=$2; shift ;;
    --out) [ -n "${2-}" ] || fail '--out takes a folder'; out=$2; shift ;;
    -h|--help) printf 'usage: %s\n' "$usage"; exit 0 ;;
    http://*|https://*) urls="$urls $1" ;;
    *) fail "unknown argument \"$1\"; usage: $usage" ;;
  esac
  shift
done
[ -r /proc/stat ] || fail 'no /proc here: this records Linux nodes only'
node=$(uname -n | cut -d. -f1) start=$(date +%s) scratch=${TMPDIR:-/tmp}
out=${out:-headroom-$node-$(date +%Y%m%d-%H%M%S)}
umask 077; if ! mkdir -p "$out" || [ -e "$out/proc.txt" ]; then fail "cannot record into \"$out\": not writable, or there is a recording in it"; fi

limited() { if command -v timeout >/dev/null; then timeout "$@"; else shift; "$@"; fi; }
buffered=''; command -v stdbuf >/dev/null && buffered='stdbuf -oL'
get=''; command -v wget >/dev/null && get='wget -q -T 5 -O -'; command -v curl >/dev/null && get='curl -sf -m 5'

# Fields that this driver does not know are left out: one of them would refuse the whole query.
gpu='' fields=''
known=$(limited 20 nvidia-smi --help-query-gpu 2>/dev/null)
for field in timestamp index uuid pci.bus_id name driver_version utilization.gpu utilization.memory memory.used memory.total power.draw \
  enforced.power.limit clocks.sm clocks.max.sm clocks.mem temperature.gpu temperature.memory pcie.link.gen.current pcie.link.gen.max \
  pcie.link.width.current pcie.link.width.max clocks_event_reasons.active clocks_throttle_reasons.active clocks_event_reasons_counters.sw_power_cap \
  clocks_event_reasons_counters.hw_thermal_slowdown clocks_event_reasons_counters.sw_thermal_slowdown ecc.errors.uncorrected.volatile.total mig.mode.current; do
  case $field,$fields in clocks_throttle*,*clocks_event_reasons.active*) continue ;; esac
  case $known in *"\"$field\""*) fields=${fields:+$fields,}$field ;; esac
done
gpu_start() {
  [ -n "$fields" ] || return 0
  $buffered nvidia-smi --query-gpu="$fields" --format=csv,nounits --loop="$interval" >>"$out/gpu.csv" 2>>"$out/gpu.err" & gpu=$!
}
stop() {
  trap '' INT TERM HUP
  kill $nap 2>/dev/null
  if [ -n "$gpu" ] && kill "$gpu" 2>/dev/null; then sleep 1; kill -9 "$gpu" 2>/dev/null; fi
  [ -s "$out/gpu.err" ] || rm -f "$out/gpu.err"; printf 'end=%s\nsamples=%s\n' "$(date +%s)" "$count" >>"$out/meta.txt"
  printf 'headroom-record: %s samples in %s\n' "$count" "$out" >&2
  exit 0
}

# The processes with the most CPU time that this user may look into, and their busiest threads: a dozen files, not thousands.
busiest() { awk -v n="$1" '{ id = $1; sub(/^.*\) /, ""); if ($12 + $13 >= 100 && $22 > 0) print $12 + $13, id }' | sort -rn | head -n "$1" | cut -d' ' -f2; }
choose() {
  chosen=''
  for pid in $(cat /proc/[0-9]*/stat 2>/dev/null | busiest 40); do
    [ "$(printf %s "$chosen" | tr -cd '!' | wc -c)" -lt 8 ] || break
    cat "/proc/$pid/io" >/dev/null 2>&1 || continue
    chosen="$chosen ! /proc/$pid/stat /proc/$pid/io"
    for tid in $(cat /proc/"$pid"/task/*/stat 2>/dev/null | busiest 8); do chosen="$chosen /proc/$pid/task/$tid/stat"; done
  done
  chosen=$(printf %s "$chosen" | tr -d '!')
}

if [ -z "$fields" ] && command -v nvidia-smi >/dev/null; then limited 20 nvidia-smi -L >"$out/gpu.err" 2>&1; fi # in its own words
printf 'recorder=1\nnode=%s\nstart=%s\ninterval=%s\ntz=%s\nkernel=%s\njob=%s\ngpus=%s\ncuda_visible=%s\n' "$node" "$start" "$interval" "$(date +%z)" \
  "$(uname -r)" "${SLURM_JOB_ID-}" "$([ -n "$fields" ] && echo nvidia-smi || echo none)" "${CUDA_VISIBLE_DEVICES-}" >"$out/meta.txt"
printf '# headroom-record proc 1\n# headroom-node %s\n# headroom-scratch %s\n==> /proc/self/mountinfo <==\n' "$node" "$scratch" >"$out/proc.txt"
cat /proc/self/mountinfo >>"$out/proc.txt"
links=''; for file in /sys/class/net/*/speed; do cat "$file" >/dev/null 2>&1 && links="$links $file"; done
count=0 nap='' size=0
trap stop INT TERM HUP; gpu_start
while :; do
  [ $((count % 6)) -ne 0 ] || choose
  if [ -n "$gpu" ] && [ $((count % 4)) -eq 3 ]; then # dead or hung: nothing written for four samples
    was=$size; size=$(wc -c <"$out/gpu.csv")
    if [ "$size" -eq "$was" ]; then kill -9 "$gpu" 2>/dev/null; gpu_start; fi
  fi
  { printf '# headroom-time %s\n' "$(date +%s)"
    # Three calls: tail ends at the first file that cannot be read.
    tail -n +1 /proc/uptime /proc/stat /proc/loadavg /proc/meminfo /proc/vmstat /proc/diskstats /proc/net/dev /proc/pressure/* /proc/self/mountstats; echo
    tail -n +1 /sys/class/net/*/operstate $links /sys/class/infiniband/*/ports/*/rate /sys/class/infiniband/*/ports/*/state \
      /sys/class/infiniband/*/ports/*/link_layer /sys/class/infiniband/*/ports/*/counters/port_*_data /sys/class/infiniband/*/ports/*/counters/port_xmit_wait
    [ -z "$chosen" ] || { echo; tail -n +1 $chosen; }
    printf '\n==> df <==\n'; limited 5 df -Pk "$scratch"; printf '# headroom-end\n'; } >>"$out/proc.txt" 2>/dev/null
  page=0
  for url in $urls; do
    page=$((page + 1)); host=${url#*://}; host=${host%%/*}
    text=$($get "$url") && printf '# headroom-time %s\n# headroom-instance %s\n%s\n' "$(date +%s)" "${host##*@}" "$text" >>"$out/metrics-$page.prom"
  done
  count=$((count + 1)); now=$(date +%s)
  if [ "$length" -gt 0 ] && [ "$now" -ge $((start + length)) ]; then stop; fi
  wait_for=$((start + count * interval - now))
  while [ "$wait_for" -gt 0 ]; do nap_for=$((wait_for < 10 ? wait_for : 10)); sleep $nap_for & nap=$!; wait $nap; wait_for=$((wait_for - nap_for)); done # a signal just before a wait is heard after it
done
