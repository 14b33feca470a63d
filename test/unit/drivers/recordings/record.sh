#!/bin/sh
# Makes the recordings of this folder again, with the podman on the PATH, and removes what it made.
#
#   sh test/unit/drivers/recordings/record.sh
#
# IMAGE is the image to make the containers from. Paths of this machine are replaced; the environment's
# values are made up. Afterwards bring manifest.json up to date.
set -eu

folder=$(cd "$(dirname "$0")" && pwd)
image=${IMAGE:-localhost/groundwork/debian-python:12}
image_id=$(podman image inspect --format '{{.Id}}' "$image")
prefix=gw-recording-$$
graph_root=$(podman info --format '{{.Store.GraphRoot}}')
run_root=$(podman info --format '{{.Store.RunRoot}}')
site=$(mktemp -d)

clean_up() {
  for container in $(podman ps --all --quiet --filter "label=groundwork.recording=$prefix"); do
    podman rm --force --volumes --time 0 "$container" >/dev/null
  done
  podman volume rm --force "$prefix-cache" >/dev/null
  rm -rf "$site"
}
trap clean_up EXIT

# Replaces what belongs to this machine alone; the names of the containers become those of the cases.
scrub() {
  sed -e "s#$site#/srv/site#g" -e "s#$graph_root#/graphroot#g" -e "s#$run_root#/runroot#g" \
    -e "s#$prefix-##g" -e "s#$prefix#recorded#g"
}

# record CONTAINER CASE
record() {
  podman container inspect "$prefix-$1" | scrub >"$folder/$2.json"
}

# Ours, as create-arguments.ts makes it: create NAME [OPTION...]
create_ours() {
  name=$1
  shift
  {
    echo 'GREETING=hello = "world"'
    echo 'TOKEN=made-up'
  } | podman create --init --name "$prefix-$name" --hostname "$name" --memory 512m --cpus 1.5 \
    --label groundwork.recording="$prefix" \
    --label groundwork.host=0123456789ab --label groundwork.stack=recorded --label "groundwork.id=$name" \
    --label "groundwork.image=$image" --label "groundwork.base-image=$image_id" \
    --label "groundwork.made-from=$image_id" --label 'groundwork.command=["sleep","600"]' \
    --label 'groundwork.effective-command=["sleep","600"]' --label groundwork.environment=GREETING,LINES,TOKEN \
    --env-file /proc/self/fd/0 --env LINES "$@" "$image_id" sleep 600 >/dev/null
}

LINES='first
second=2'
export LINES

create_ours running --publish 127.0.0.1:28109:80/tcp --publish 0.0.0.0:28110:81/tcp \
  --volume "$site:/srv:ro" --volume "$prefix-cache:/var/cache/app"
podman start "$prefix-running" >/dev/null
record running running
podman update --memory 640m --cpus 0.75 "$prefix-running" >/dev/null
record running updated
podman pause "$prefix-running" >/dev/null
record running paused
podman unpause "$prefix-running" >/dev/null
podman stop --time 0 "$prefix-running" >/dev/null
record running stopped

create_ours created --publish '[::1]:28111:80/tcp' --publish 127.0.0.1:28112:53/udp --publish 28113:90 --publish '[::]:28114:91'
record created created

podman run --detach --name "$prefix-by-hand" --label groundwork.recording="$prefix" "$image" >/dev/null
record by-hand by-hand

podman create --name "$prefix-anonymous-volume" --label groundwork.recording="$prefix" \
  --volume /var/lib/data --volume "$prefix-cache:/cache" --tmpfs /scratch "$image" true >/dev/null
record anonymous-volume anonymous-volume

# complain CASE COMMAND...: what a command that fails says on its standard error.
complain() {
  case=$1
  shift
  if "$@" 2>"$folder/$case.raw" >"$folder/$case.out"; then
    echo "$* did not fail" >&2
    exit 1
  fi
  scrub <"$folder/$case.raw" | sed -E 's/[0-9a-f]{64}/<id>/g' >"$folder/$case.txt"
  rm "$folder/$case.raw"
}

# Several at once, one of them missing: podman prints what it finds and ends with 125.
complain one-missing podman container inspect "$prefix-created" "$prefix-nowhere" "$prefix-by-hand"
scrub <"$folder/one-missing.out" >"$folder/one-missing.json"

create_ours busy --publish 127.0.0.1:28109:80/tcp
podman start "$prefix-running" >/dev/null
complain port-in-use podman start "$prefix-busy"
complain name-in-use podman create --name "$prefix-created" "$image"
complain image-missing podman image inspect localhost/nowhere:1
complain no-registry podman pull --quiet nowhere
complain mount-missing podman create --name "$prefix-mount" --volume /nowhere:/srv "$image" true
podman create --name "$prefix-program" --label groundwork.recording="$prefix" "$image" nowhere >/dev/null
complain program-missing podman start "$prefix-program"
complain no-connection podman --remote --url unix:///nowhere.sock ps
rm "$folder"/*.out
