#!/bin/bash
# One search on the nodes of one allocation, from the folder that holds .venv:
#   sbatch deploy/slurm.sh run JOB        sbatch deploy/slurm.sh resume STUDY
#SBATCH --job-name=sizewise
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --exclusive
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@600
set -euo pipefail
cd "$SLURM_SUBMIT_DIR"
source .venv/bin/activate
: "${SIZEWISE_STORE:?must be the URL of a PostgreSQL store}"
# A token for this allocation alone; srun hands it to every node.
RAY_AUTH_TOKEN=$(python -c 'import secrets; print(secrets.token_hex(32))')
export RAY_AUTH_TOKEN RAY_AUTH_MODE=token SIZEWISE_RUNS="${SIZEWISE_RUNS:-$PWD/runs}"
head=$(hostname)
ip=$(hostname --ip-address | cut -d ' ' -f 1)
export RAY_ADDRESS="$ip:6379"

srun --overlap --nodes=1 --ntasks=1 --nodelist="$head" \
  env -u RAY_ADDRESS ray start --head --block --node-ip-address="$ip" --port=6379 &
until (: <"/dev/tcp/$ip/6379") 2>/dev/null; do sleep 1; done
if [ "$SLURM_NNODES" -gt 1 ]; then
  srun --overlap --nodes=$((SLURM_NNODES - 1)) --ntasks=$((SLURM_NNODES - 1)) --exclude="$head" \
    ray start --block --address="$RAY_ADDRESS" &
fi
# `workers: auto` counts the cores that are there when the search starts.
python - <<'PY'
import os, time, ray
ray.init(address="auto", log_to_driver=False)
while sum(node["Alive"] for node in ray.nodes()) < int(os.environ["SLURM_NNODES"]):
    time.sleep(1)
PY

sizewise "$@" --address auto &
search=$!
# Ten minutes before the time is over the search finishes its running epochs and saves.
trap 'kill -TERM "$search"' TERM
wait "$search" || wait "$search"
