# shellcheck shell=bash
# Building the image and starting it. Whoever sources this sets `tag`, `engine` ("" or a name) and `log`, for
# check_image also `scratch` (a folder), and has sourced common.sh, services.sh and main_job.sh.
# shellcheck disable=SC2154

readonly debian=docker.io/library/debian:bookworm-slim
readonly made_debian=localhost/debian:bookworm-slim  # of Debian's packages, on this machine
readonly image_user=65532
base=
container=

has() { command -v "$1" >/dev/null; }

# Sets `engine`, and how it starts containers: `engine_runs` and `container_arguments`, which are what the image is
# meant to run with, and the network of the machine, to reach what listens on loopback.
choose_engine() {
  if [[ -z $engine ]]; then
    if has docker && docker info >/dev/null 2>&1; then
      engine=docker
    elif has podman || ! has buildah; then
      engine=podman
    else
      engine=buildah
    fi
  fi
  case $engine in
    docker) docker info >/dev/null 2>&1 || fail "docker does not answer: is its daemon running?" ;;
    buildah) has buildah || fail "there is no buildah on this machine" ;;
    podman) has podman || "$root/scripts/setup" image ;;
    *) fail "the engine must be docker, podman or buildah" ;;
  esac
  engine_runs=("$engine")
  container_arguments=(--network host --read-only --cap-drop all --security-opt no-new-privileges)
  if [[ $engine != podman ]]; then return 0; fi
  # The other runtime, crun, does not take machines with cgroups of both versions.
  if has runc; then engine_runs+=(--runtime runc); fi
  # By itself podman raises the limits, which takes more than some machines allow their root.
  container_arguments+=(--ulimit nofile=4096:4096 --ulimit nproc=4096:4096)
}

has_image() { "$engine" inspect --type image "$1" >/dev/null 2>&1; }

# Sets `base`: Debian's own image, or one like it.
choose_base() {
  base=$debian
  if has_image "$base"; then return 0; fi
  if step "Fetching $debian" "$log" timeout 120 "$engine" pull "$debian" 2>/dev/null; then return 0; fi
  base=$made_debian
  if has_image "$base"; then return 0; fi
  say "No registry answers: making the base from Debian's packages instead"
  ((EUID == 0)) || fail "making the base takes root: start once as root, or fetch $debian"
  has debootstrap || "$root/scripts/setup" bootstrap
  make_base "$root/build/debian"
}

# A small Debian 12, without what only people read.
make_base() {
  local folder=$1 mirror=http://deb.debian.org
  rm -rf "$folder"
  step "Installing a small Debian 12 in $folder" "$log" setsid debootstrap --variant=minbase bookworm "$folder" \
    "$mirror/debian"
  cat >"$folder/etc/apt/sources.list" <<TEXT
deb $mirror/debian bookworm main
deb $mirror/debian bookworm-updates main
deb $mirror/debian-security bookworm-security main
TEXT
  cat >"$folder/etc/dpkg/dpkg.cfg.d/slim" <<'TEXT'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
path-exclude /usr/share/man/*
TEXT
  find "$folder"/usr/share/{doc,info,locale,man} -mindepth 1 ! -type d ! -name copyright -delete
  rm -rf "$folder"/var/lib/apt/lists/* "$folder"/var/cache/apt/* "$folder"/var/log/*
  step "Making an image of it" "$log" import_base "$folder"
  rm -rf "$folder"
}

import_base() {
  local container
  if [[ $engine == buildah ]]; then
    container=$(buildah from scratch)
    buildah add "$container" "$1" /
    buildah commit --rm "$container" "$made_debian"
  else
    tar -C "$1" --numeric-owner -c . | "$engine" import - "$made_debian"
  fi
}

# Builds `tag`. podman and buildah share the compiler cache of this machine.
build_image() {
  local arguments=(--tag "$tag" --build-arg "DEBIAN=$base" --build-arg "VERSION=$(git_says describe --always --dirty)"
    --build-arg "REVISION=$(git_says rev-parse HEAD)") cache
  if [[ $engine == docker ]]; then
    step "Building the image (docker)" "$log" setsid env DOCKER_BUILDKIT=1 docker build "${arguments[@]}" "$root"
    return
  fi
  cache=$(ccache --get-config cache_dir 2>/dev/null || true)
  if [[ -n $cache && -d $cache ]]; then arguments+=(--volume "$cache:/ccache"); fi
  # Only the format of docker has a place for the health check.
  step "Building the image ($engine)" "$log" setsid "$engine" build --isolation chroot --format docker --layers \
    "${arguments[@]}" "$root"
}

# What git says about this clone, or "unknown" in a folder that is none.
git_says() { git -C "$root" "$@" 2>/dev/null || say unknown; }

# In bytes, unpacked.
image_size() {
  if [[ $engine == buildah ]]; then
    buildah images --json "$tag" | grep -oE '"size": "[^"]+' | cut -d'"' -f4
  else
    "$engine" image inspect --format '{{.Size}}' "$tag"
  fi
}

megabytes() {
  if [[ $1 == *[!0-9]* ]]; then say "$1"; else say "$(($1 / 1000000)) MB"; fi
}

# run_in_image ARGUMENTS...: a command in a container of its own.
run_in_image() { "${engine_runs[@]}" run --rm --no-healthcheck "${container_arguments[@]}" "$@"; }

remove_container() {
  [[ -z $container ]] || "$engine" rm -f "$container" >/dev/null 2>&1 || true
  container=
}

# The CLI of the image, as the user of this script, in the folder it is called in.
runnersctl() {
  run_in_image --user "$(id -u):$(id -g)" --volume "$PWD:$PWD" --workdir "$PWD" --env RUNNERS_SERVER \
    --env RUNNERS_IDENTITY --entrypoint runnersctl "$tag" "$@"
}

# Starts what the server needs on this machine, and sets `server_arguments`: how the image gets at it.
start_surroundings() {
  state=$scratch/state
  bin=$root/build/release/bin
  mkdir "$state"
  chmod a+x "$scratch"
  "$root/scripts/setup" build database
  if [[ -z ${ZITI_MANAGEMENT_URL:-} ]]; then build release "$log" dev_controller; fi
  start_database
  chmod a+x "$socket_folder"  # the user of the image is another one
  start_controller
  if [[ -n ${ZITI_PASSWORD_FILE:-} ]]; then ZITI_PASSWORD=$(<"$ZITI_PASSWORD_FILE"); fi
  export ZITI_PASSWORD DATABASE_URL
  server_arguments=(--volume "$socket_folder:$socket_folder" --volume "$ZITI_CA_FILE:/run/ziti/ca.pem:ro"
    --env DATABASE_URL --env ZITI_MANAGEMENT_URL --env ZITI_CLIENT_URL --env ZITI_USERNAME --env ZITI_PASSWORD
    --env ZITI_CA_FILE=/run/ziti/ca.pem --env CALLER_TRUST=mesh --env "GRPC_ADDR=127.0.0.1:$(free_port)")
}

# The health check takes a port that is known before.
free_port() {
  local port=50051
  while port_is_taken "127.0.0.1:$port"; do port=$((port + 1)); done
  say "$port"
}

# check_image: starts it and does with it what its users do.
check_image() {
  local ready code=0
  start_surroundings
  say "Migrating and serving with the image, read-only, as user $image_user"
  export RUNNERS_IDENTITY=00000000-0000-4000-8000-000000000001
  run_in_image "${server_arguments[@]}" "$tag" migrate up
  run_in_image "${server_arguments[@]}" "$tag" grant-admin "$RUNNERS_IDENTITY"
  container=runners-check-$$
  # podman's own timer for health checks is one of systemd.
  if [[ $engine == podman ]]; then server_arguments+=(--health-interval disable); fi
  launch server TERM "${engine_runs[@]}" run --name "$container" "${container_arguments[@]}" "${server_arguments[@]}" \
    --env MIGRATE_ON_START=false "$tag"
  ready=$(await server '^ready grpc=')
  export RUNNERS_SERVER=${ready#ready grpc=}
  check_container
  (main_job "$scratch") || fail "the main job failed; the server's log: $(tail -n 5 "$state/logs/server.log")"
  say "Stopping it"
  "$engine" stop --time 30 "$container" >>"$log" 2>&1
  wait "${service_pids[-1]}" || code=$?
  ((code == 0)) || fail "the server ended with exit code $code"
  say "$tag, packed: $(megabytes "$("$engine" save "$tag" | gzip -c | wc -c)")"
}

# The container that serves is as the Dockerfile and the arguments say.
check_container() {
  local declared=${engine}_health_check
  "$engine" exec "$container" runners healthcheck
  "$engine" exec "$container" grep -qE '^[^ ]+ / [^ ]+ ro[ ,]' /proc/mounts || fail "its root can be written to"
  [[ $("$engine" exec "$container" id -u) == "$image_user" ]] || fail "it runs as another user"
  "$declared" || fail "the health check of the image fails"
  say "Its health check is fine, its root read-only, its user $image_user"
}

podman_health_check() { podman healthcheck run "$container" >/dev/null; }

docker_health_check() {
  local tries status
  for ((tries = 0; tries < 60; tries++)); do
    status=$(docker inspect --format '{{.State.Health.Status}}' "$container")
    [[ $status != starting ]] || { sleep 0.5; continue; }
    break
  done
  [[ $status == healthy ]]
}
