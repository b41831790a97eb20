#!/usr/bin/env bash
# A real Slurm of one machine with accounting, whose pretend nodes carry empty files as GPUs: allocated and accounted
# as on a real cluster, though nothing computes. Prints the SLURM_CONF to use. slurm-down.sh stops it. Needs root.
set -euo pipefail
. "$(dirname "$0")/packages.sh"
lab_packages slurmctld slurmd slurmdbd slurm-client munge mariadb-server
D=$LAB_DIR/slurm
mkdir -p "$D"/{state,log,gpu,db,run}
HOST=$(hostname -s)
SOCKET=$D/run/mysqld.sock
export SLURM_CONF=$D/slurm.conf
running() { [ -f "$1" ] && kill -0 "$(cat "$1")" 2>/dev/null; }
until_true() { for _ in $(seq "$1"); do "${@:2}" >/dev/null 2>&1 && return; sleep 0.5; done; echo "gave up on: ${*:2}" >&2; exit 1; }

munge_works() { munge -n | unmunge; }
if ! munge_works >/dev/null 2>&1; then
  install -d -o munge -g munge -m 755 /run/munge
  [ -f /etc/munge/munge.key ] || mungekey
  su -s /bin/sh munge -c /usr/sbin/munged
  until_true 20 munge_works
fi

sql() { mariadb --socket="$SOCKET" "$@"; }
if ! sql -e 'select 1' >/dev/null 2>&1; then
  [ -d "$D/db/mysql" ] || mariadb-install-db --user=root --datadir="$D/db" --auth-root-authentication-method=normal >/dev/null 2>&1
  setsid mariadbd --no-defaults --user=root --datadir="$D/db" --socket="$SOCKET" --pid-file="$D/run/mariadbd.pid" \
    --skip-networking=0 --bind-address=127.0.0.1 --port=13306 --innodb-buffer-pool-size=64M >"$D/log/mariadbd.log" 2>&1 </dev/null &
  until_true 60 sql -e 'select 1'
  sql -e "create database if not exists slurm_acct_db;
    create user if not exists 'slurm'@'127.0.0.1' identified by 'slurm'; grant all on slurm_acct_db.* to 'slurm'@'127.0.0.1';
    create user if not exists 'slurm'@'localhost' identified by 'slurm'; grant all on slurm_acct_db.* to 'slurm'@'localhost';"
fi

cat >"$D/slurmdbd.conf" <<C
AuthType=auth/munge
DbdHost=localhost
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort=13306
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
LogFile=$D/log/slurmdbd.log
PidFile=$D/run/slurmdbd.pid
C
chmod 600 "$D/slurmdbd.conf"
cat >"$D/slurm.conf" <<C
ClusterName=alvis
SlurmctldHost=$HOST(127.0.0.1)
AuthType=auth/munge
SlurmUser=root
StateSaveLocation=$D/state
SlurmdSpoolDir=$D/spool-%n
SlurmctldPidFile=$D/run/slurmctld.pid
SlurmdPidFile=$D/run/slurmd-%n.pid
SlurmctldLogFile=$D/log/slurmctld.log
SlurmdLogFile=$D/log/slurmd-%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
GresTypes=gpu
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStorageTRES=gres/gpu
JobAcctGatherType=jobacct_gather/linux
SchedulerParameters=sched_interval=1
NodeName=alvis1-01 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=17001 CPUs=32 Sockets=2 CoresPerSocket=16 RealMemory=8000 Gres=gpu:T4:8
NodeName=alvis4-01 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=17004 CPUs=64 Sockets=2 CoresPerSocket=32 RealMemory=8000 Gres=gpu:A100:4
PartitionName=alvis Nodes=ALL Default=YES MaxTime=7-0 State=UP
C
: >"$D/gres.conf"
for spec in alvis1-01:T4:7 alvis4-01:A100:3; do
  IFS=: read -r node type last <<<"$spec"
  mkdir -p "$D/gpu/$node" "$D/spool-$node"
  for index in $(seq 0 "$last"); do : >"$D/gpu/$node/nvidia$index"; done
  echo "NodeName=$node Name=gpu Type=$type File=$D/gpu/$node/nvidia[0-$last]" >>"$D/gres.conf"
done
echo 'CgroupAutomount=no' >"$D/cgroup.conf"

running "$D/run/slurmdbd.pid" || slurmdbd
until_true 60 sacctmgr -n list cluster
sacctmgr -n list cluster format=cluster | grep -q alvis || sacctmgr -i add cluster alvis >/dev/null
if ! sacctmgr -n list account format=account | grep -q naiss-llm; then
  sacctmgr -i add account naiss-llm Description=LLM Organization=chalmers >/dev/null
  sacctmgr -i add user root Account=naiss-llm >/dev/null
fi
running "$D/run/slurmctld.pid" || slurmctld
for node in alvis1-01 alvis4-01; do running "$D/run/slurmd-$node.pid" || slurmd -N "$node"; done
nodes_up() {
  [ "$(sinfo -h -N -t idle,alloc,mix -o %N | wc -l)" -ge 2 ] && return
  scontrol update nodename=alvis1-01,alvis4-01 state=resume || true
  return 1
}
until_true 60 nodes_up
echo "$SLURM_CONF"
