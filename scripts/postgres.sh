#!/usr/bin/env bash
# PostgreSQL for the tests and for a first try: Debian's packages, and a throwaway server on loopback.
set -euo pipefail

usage() {
  cat >&2 <<'TEXT'
scripts/postgres.sh install        install the server from Debian's packages (as root or by sudo)
scripts/postgres.sh find           print the folder of the server's programs; fails where there is none
scripts/postgres.sh start FOLDER   start a server whose data lie in FOLDER, and print its URL
scripts/postgres.sh stop FOLDER    stop that server
TEXT
  exit 2
}

find_programs() {
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [ -x "$newest" ] || newest=$(command -v initdb) || return 1
  dirname "$(readlink -f "$newest")"
}

install_server() {
  find_programs && return
  local sudo=() folder=/etc/postgresql-common/createcluster.d
  [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update --quiet
  "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends postgresql-common
  # The package would otherwise set up and start a server that nobody asked for.
  "${sudo[@]}" mkdir -p "$folder"
  echo 'create_main_cluster = false' | "${sudo[@]}" tee "$folder/sizewise.conf" >/dev/null
  "${sudo[@]}" apt-get install --yes --quiet --no-install-recommends postgresql
  "${sudo[@]}" rm "$folder/sizewise.conf"
  find_programs
}

# The server refuses to run as root; the package has made a user for it.
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

start_server() {
  local folder=$1 programs password port
  programs=$(find_programs)
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  mkdir -p "$folder"
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  cd /
  (umask 077 && echo "$password" | as_owner tee "$folder/password" >/dev/null)
  as_owner "$programs/initdb" --pgdata="$folder/data" --username=sizewise --encoding=UTF8 \
    --locale=C --auth=scram-sha-256 --pwfile="$folder/password" >/dev/null
  rm "$folder/password"
  for _ in 1 2 3 4 5; do
    port=$((RANDOM % 10000 + 20000))
    # Without flushes to the disk: this server's data need not outlive the machine.
    if as_owner "$programs/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait --silent \
      --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off" \
      start >/dev/null; then
      echo "postgresql://sizewise:$password@127.0.0.1:$port/postgres"
      return
    fi
  done
  cat "$folder/log" >&2
  return 1
}

stop_server() {
  local folder=$1 programs
  programs=$(find_programs)
  cd /
  as_owner "$programs/pg_ctl" --pgdata="$folder/data" --mode=immediate --wait --silent stop
}

case "${1:-} $#" in
  "install 1") install_server ;;
  "find 1") find_programs ;;
  "start 2") start_server "$(realpath -m "$2")" ;;
  "stop 2") stop_server "$(realpath -m "$2")" ;;
  *) usage ;;
esac
