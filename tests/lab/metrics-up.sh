#!/usr/bin/env bash
# Real metric servers on loopback for the integration tests and the benchmark:
#   VictoriaMetrics 127.0.0.1:18428   Prometheus 127.0.0.1:19090 (scrapes node_exporter every second)   node_exporter 127.0.0.1:19100
# State lives under $LAB_DIR. metrics-down.sh stops them.
set -euo pipefail
. "$(dirname "$0")/packages.sh"
lab_packages victoria-metrics prometheus prometheus-node-exporter curl
D=$LAB_DIR/metrics
mkdir -p "$D"/{run,log,vm,prom}
cat >"$D/prometheus.yml" <<C
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['127.0.0.1:19100'], labels: { node: alvis4-01 } }]
C
start() { # name command…
  local name=$1; shift
  if [ -f "$D/run/$name.pid" ] && kill -0 "$(cat "$D/run/$name.pid")" 2>/dev/null; then return; fi
  setsid "$@" >"$D/log/$name.log" 2>&1 </dev/null &
  echo $! >"$D/run/$name.pid"
}
start victoria-metrics victoria-metrics -storageDataPath="$D/vm" -httpListenAddr=127.0.0.1:18428 -retentionPeriod=120
start node-exporter prometheus-node-exporter --web.listen-address=127.0.0.1:19100
start prometheus prometheus --config.file="$D/prometheus.yml" --storage.tsdb.path="$D/prom" --web.listen-address=127.0.0.1:19090
for url in 127.0.0.1:18428/health 127.0.0.1:19100/metrics 127.0.0.1:19090/-/ready; do
  for _ in $(seq 80); do curl -fs -o /dev/null "http://$url" && continue 2; sleep 0.25; done
  echo "$url does not answer; see $D/log" >&2
  exit 1
done
