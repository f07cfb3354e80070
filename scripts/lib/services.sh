# shellcheck shell=bash
# A private PostgreSQL, the development controller and the server, kept in a state folder.
# Whoever sources this sets `state` (a folder, absolute) and `bin` (a folder with the built programs).
# shellcheck disable=SC2154

# Settings of libpq that somebody has for another database would lead ours astray.
unset "${!PG@}" DATABASE_URL_FILE

service_names=()
service_pids=()
service_signals=()
socket_folder=

# launch NAME SIGNAL COMMAND...: runs a service with its output in the log folder; SIGNAL is what ends it in good order.
# It keeps clear of the terminal's Ctrl-C, so that services end one after the other, and when this script is killed the
# kernel ends it too.
launch() {
  local name=$1 signal=$2
  shift 2
  mkdir -p "$state/logs"
  : >"$state/logs/$name.log"  # now, so that nobody reads what an earlier start wrote
  setsid setpriv --pdeathsig "$signal" "$@" >>"$state/logs/$name.log" 2>&1 </dev/null &
  service_names+=("$name")
  service_pids+=("$!")
  service_signals+=("$signal")
}

# await NAME PATTERN: the first line of a service's log that matches, once it is there.
await() {
  local name=$1 pattern=$2 log=$state/logs/$1.log pid=${service_pids[-1]} give_up=$((SECONDS + 60))
  while ((SECONDS < give_up)); do
    if grep -m 1 -E -- "$pattern" "$log" 2>/dev/null; then return 0; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  say "The $name did not start; the end of $log:" >&2
  tail -n 20 "$log" >&2
  return 1
}

# Ends one service: asks, waits, and after 20 seconds insists.
stop_service() {
  local pid=$1 signal=$2 tick
  kill "-$signal" "$pid" 2>/dev/null || return 0
  for ((tick = 0; tick < 200; tick++)); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

# Ends all services, the last started first.
stop_services() {
  local i
  for ((i = ${#service_pids[@]} - 1; i >= 0; i--)); do
    stop_service "${service_pids[i]}" "${service_signals[i]}"
  done
  service_names=()
  service_pids=()
  service_signals=()
  [[ -z $socket_folder ]] || rm -rf "$socket_folder"
  socket_folder=
}

# PostgreSQL refuses to run as root, so there it runs as the user its Debian package made.
as_database_user=()
if ((EUID == 0)); then as_database_user=(setpriv --reuid=postgres --regid=postgres --init-groups); fi

# Where the cluster is: in the state folder, or, if the user who runs it cannot get there (a clone below /root),
# in a folder below /var/lib that is named after the state folder.
database_folder() {
  local name
  if "${as_database_user[@]}" test -x "$state"; then
    say "$state/postgres"
  else
    name=$(printf '%s' "$state" | sha256sum | cut -c 1-12)
    say "/var/lib/runners-dev/$name"
  fi
}

# Makes an empty cluster, whole or not at all.
make_cluster() {
  local folder=$1 new=$1.new
  rm -rf "$folder" "$new"
  (umask 022 && mkdir -p "$(dirname "$folder")")
  install -d -m 0700 "$new"
  if ((EUID == 0)); then chown postgres:postgres "$new"; fi
  (cd / && "${as_database_user[@]}" "$pg_bin/initdb" -D "$new" -U admin -A trust -E UTF8 --locale=C.UTF-8 \
    --no-instructions) >"$state/logs/initdb.log" 2>&1 || {
    cat "$state/logs/initdb.log" >&2
    return 1
  }
  mv "$new" "$folder"
}

# The folder of the server's programs: of the version that made the cluster, else the newest installed.
server_programs() {
  local version=*
  if [[ -e $state/database-folder ]]; then version=$(<"$(<"$state/database-folder")/PG_VERSION"); fi
  # shellcheck disable=SC2086  # the star is a pattern
  printf '%s\n' /usr/lib/postgresql/$version/bin/initdb | sort -V | tail -n 1 | xargs dirname
}

# Starts PostgreSQL on a unix socket only, and sets DATABASE_URL.
start_database() {
  local folder
  mkdir -p "$state/logs"
  if ((EUID == 0)); then chmod a+x "$state"; fi  # what is secret in there has its own permissions
  pg_bin=$(server_programs)
  folder=$(database_folder)
  # A folder elsewhere that this state does not know is left over from a state that was removed by hand.
  if [[ ! -e $state/database-folder ]]; then
    say "Making a PostgreSQL cluster in $folder"
    make_cluster "$folder"
    say "$folder" >"$state/database-folder"
  fi
  folder=$(<"$state/database-folder")
  socket_folder=$(mktemp -d /tmp/runners-XXXXXX)  # short: the path of a socket has 107 bytes at most
  if ((EUID == 0)); then chown postgres:postgres "$socket_folder"; fi
  launch database INT --reset-env "${as_database_user[@]:1}" "$pg_bin/postgres" -D "$folder" -k "$socket_folder" \
    -c listen_addresses= -c external_pid_file= -c shared_buffers=32MB
  await database 'database system is ready to accept connections' >/dev/null
  export DATABASE_URL="postgresql://runners@/runners?host=$socket_folder"
  # Each by itself: a start may have been stopped between the two.
  if ! database_query "SELECT 1 FROM pg_roles WHERE rolname = 'runners'" | grep -q 1; then
    database_query 'CREATE ROLE runners LOGIN' >/dev/null
  fi
  if ! database_query "SELECT 1 FROM pg_database WHERE datname = 'runners'" | grep -q 1; then
    database_query 'CREATE DATABASE runners OWNER runners' >/dev/null
  fi
}

# One statement of the superuser.
database_query() { "$pg_bin/psql" -X -q -A -t -h "$socket_folder" -U admin -d postgres -c "$1"; }

# Starts the development controller, unless the settings name a controller, and sets the ZITI_* settings.
start_controller() {
  local ready
  if [[ -n ${ZITI_MANAGEMENT_URL:-} ]]; then
    say "Using the OpenZiti controller at $ZITI_MANAGEMENT_URL"
    return
  fi
  unset "${!ZITI_@}"  # settings for another controller would lead the service astray
  say "Starting the development controller. NOTE: it stands for an OpenZiti controller, and there is NO NETWORK behind"
  say "  it: identities and services are made, but nothing can be dialed. Set ZITI_MANAGEMENT_URL for a real one."
  launch controller TERM "$bin/dev_controller" --state-dir "$state/controller"
  ready=$(await controller '^ready management=')
  ZITI_MANAGEMENT_URL=$(sed -E 's/.* ?management=([^ ]+).*/\1/' <<<"$ready")
  ZITI_CLIENT_URL=$(sed -E 's/.* client=([^ ]+).*/\1/' <<<"$ready")
  ZITI_CA_FILE=$(sed -E 's/.* ca=(.+)$/\1/' <<<"$ready")
  export ZITI_MANAGEMENT_URL ZITI_CLIENT_URL ZITI_CA_FILE
  export ZITI_USERNAME=admin ZITI_PASSWORD_FILE=$state/controller/admin.password
}

# start_server ADDRESS: starts the service, which trusts whoever reaches it, and sets RUNNERS_SERVER.
start_server() {
  local ready
  say "Starting the service"
  launch server TERM env GRPC_ADDR="$1" CALLER_TRUST=mesh MIGRATE_ON_START=true LOG_FORMAT=text "$bin/runners" serve
  ready=$(await server '^ready grpc=')
  export RUNNERS_SERVER=${ready#ready grpc=}
}

# Returns when a service ends by itself, and says which.
await_end_of_any() {
  local i
  wait -n "${service_pids[@]}" || true
  for i in "${!service_pids[@]}"; do
    kill -0 "${service_pids[i]}" 2>/dev/null && continue
    say "The ${service_names[i]} ended by itself; the end of $state/logs/${service_names[i]}.log:" >&2
    tail -n 20 "$state/logs/${service_names[i]}.log" >&2
  done
}
