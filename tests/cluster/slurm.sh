#!/usr/bin/env bash
# A real Slurm on this machine for as long as a command runs, for tests:
#
#   bash tests/cluster/slurm.sh COMMAND…
#
# It has a folder, ports and a munge socket of its own and touches nothing in /etc, so it does not meet a Slurm that is there already. It needs
# root, munge, slurmctld, slurmd and the commands of Slurm. However COMMAND ends, jobs and daemons are ended and the folder is removed.
set -euo pipefail

dir=$(mktemp -d /tmp/evotor-slurm-XXXXXX)
chmod 755 "$dir"
mkdir "$dir"/{bin,spool,state}
# Everything that is started below has this in its environment, by which it is found at the end.
export EVOTOR_TEST_SLURM=$dir

# Those whose environment names the folder; this script's own does not, nor that of what looks for them.
ours() (
    unset EVOTOR_TEST_SLURM
    grep -lszF "EVOTOR_TEST_SLURM=$dir" /proc/[0-9]*/environ | cut -d / -f 3
)

stop() {
    trap '' INT TERM HUP
    PATH=$dir/bin:$PATH timeout 5 scancel --user="$(id -un)" 2>/dev/null || true
    for signal in TERM TERM KILL KILL; do
        for process in $(ours); do kill "-$signal" "$process" 2>/dev/null || true; done
        for _ in {1..15}; do
            if [ -z "$(ours)" ]; then break 2; fi
            sleep 0.1
        done
    done
    rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

port() {
    local port=$((20000 + RANDOM % 10000))
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

cat >"$dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
# How long a credential lives is also how long a job waits that was requeued: 121 s by default.
AuthInfo=cred_expire=5,socket=$dir/munge.socket
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=10
MinJobAge=600
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
NodeName=localhost NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(awk '/MemTotal/ {print int($2 / 1200)}' /proc/meminfo) State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF

# Whoever clears SLURM_CONF from the environment of a command, as Snakemake does in a job, still finds this Slurm.
for name in sacct sacctmgr sbatch scancel scontrol sinfo squeue srun; do
    printf '#!/bin/sh\nSLURM_CONF=%s exec %s "$@"\n' "$dir/slurm.conf" "$(command -v "$name")" >"$dir/bin/$name"
done
chmod 755 "$dir"/bin/*

# Daemons go with this script, even if it is killed.
daemon() { SLURM_CONF=$dir/slurm.conf setpriv --pdeathsig TERM "$@" >>"$dir/daemons.log" 2>&1 & disown; }

(umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")
daemon munged --foreground --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munged.pid" \
    --log-file="$dir/munged.log" --seed-file="$dir/munged.seed"
while [ ! -S "$dir/munge.socket" ] && [ "$SECONDS" -lt 10 ]; do sleep 0.05; done
daemon slurmctld -D
daemon slurmd -D -N localhost
export PATH=$dir/bin:$PATH
state() { timeout 5 sinfo --noheader --format=%T 2>/dev/null || true; }
while [ "$(state)" != idle ] && [ "$SECONDS" -lt 30 ]; do sleep 0.1; done
if [ "$(state)" != idle ]; then
    echo "Slurm does not come up:" >&2
    tail -n 40 "$dir"/*.log >&2
    exit 1
fi

"$@"
